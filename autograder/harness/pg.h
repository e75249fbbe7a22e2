/*
 * pg.h: un PostgreSQL de verdad, de usar y tirar, para cada prueba que lo pida.
 *
 * Nace de una plantilla (pg_template.sh) en unos 100 ms, dentro de una caja como la del
 * programa: por mucho que este llene el disco, pida memoria o deje consultas sin fin, solo
 * se estropea su propia prueba. El programa entra por 127.0.0.1 como «alumno», que no es
 * superusuario, en la base «curso», la única que hay. El corrector entra como «juez» por un
 * socket que el programa no ve, y tiene conexiones reservadas.
 *
 * Lo concurrente se demuestra con cerrojos, no con el reloj: el corrector toma uno, ve
 * cuántas conexiones del programa lo esperan a la vez, y lo suelta.
 *
 *     struct hs_pg *pg = hs_pg_start();
 *     hs_pg_run(pg, "CREATE TABLE t (id int PRIMARY KEY); GRANT INSERT ON t TO alumno");
 *     struct hs_pg_hold *puerta = hs_pg_hold(pg, "LOCK TABLE t IN SHARE MODE");
 *     struct hs_program *p = hs_start("--dsn", hs_pg_dsn(pg));
 *     hs_pg_wait_blocked(pg, 4, 5000);
 *     hs_pg_release(puerta);
 *     hs_expect_exit(p, 0, 5000);
 *     hs_expect_eq_int("filas", 4, hs_pg_int(pg, "SELECT count(*) FROM t"));
 *
 * Valen las reglas de harness.h. Si el servidor no responde al corrector con el programa ya
 * arrancado, el fallo es «mal»: es que lo tumbó o lo dejó sin sitio. Un SQL equivocado de la
 * suite es siempre un fallo del corrector.
 */
#ifndef HS_PG_H
#define HS_PG_H

#include "harness/harness.h"

struct hs_pg;
struct hs_pg_hold;

/* Arranca un servidor, vacío. Sin PostgreSQL instalado es un fallo del corrector. */
struct hs_pg *hs_pg_start(void);

/* Cómo conecta el programa: "host=127.0.0.1 port=N dbname=curso user=alumno". */
const char *hs_pg_dsn(const struct hs_pg *pg);
int hs_pg_port(const struct hs_pg *pg);

/* El servidor muere en el acto, y quien lo use lo nota. Ya solo valen para él hs_pg_dsn y
 * hs_pg_port. */
void hs_pg_kill(struct hs_pg *pg);

/*
 * SQL del corrector, con formato de printf: los valores que pegues deben ser de confianza.
 * hs_pg_run hace las sentencias; hs_pg_text y hs_pg_int dan la primera casilla de la
 * respuesta, que debe existir (su NULL es "" y 0), hasta 65536 letras; su SQL es un SELECT.
 */
void hs_pg_run(struct hs_pg *pg, const char *sql, ...) HS_PRINTF(2, 3);
const char *hs_pg_text(struct hs_pg *pg, const char *sql, ...) HS_PRINTF(2, 3);
int64_t hs_pg_int(struct hs_pg *pg, const char *sql, ...) HS_PRINTF(2, 3);

/* Espera, como hs_wait_line, a que la consulta dé verdadero. `what` acaba la frase «No vi
 * que…». */
void hs_pg_wait(struct hs_pg *pg, int ms, const char *what, const char *sql, ...)
    HS_PRINTF(4, 5);

/* Espera a que `n` conexiones del programa estén a la vez paradas ante un cerrojo. */
void hs_pg_wait_blocked(struct hs_pg *pg, int n, int ms);

/*
 * Abre otra sesión del corrector, empieza en ella una transacción y hace estas sentencias:
 * sus cerrojos, y sus filas sin confirmar, duran hasta hs_pg_release, que la deshace.
 * hs_pg_hold_next no espera a tener el cerrojo: vuelve al ponerse en la cola por él, detrás
 * de quien lo tenga y delante de quien venga después.
 */
struct hs_pg_hold *hs_pg_hold(struct hs_pg *pg, const char *sql, ...) HS_PRINTF(2, 3);
struct hs_pg_hold *hs_pg_hold_next(struct hs_pg *pg, const char *sql, ...)
    HS_PRINTF(2, 3);
void hs_pg_release(struct hs_pg_hold *hold);

/* Conexiones que el servidor ha admitido al programa desde que arrancó. */
int hs_pg_connections(struct hs_pg *pg);

/* Espera a que el programa no tenga ninguna conexión y dice cuántas de todas las que tuvo se
 * cortaron sin despedirse (sin PQfinish). */
int hs_pg_abandoned(struct hs_pg *pg, int ms);

#endif
