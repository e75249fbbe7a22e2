/*
 * La suite del laboratorio 12. Cada prueba exige una sola cosa del enunciado, y la ve en el
 * servidor: tiene su propio PostgreSQL, de verdad, con la tabla ya hecha.
 *
 * «A la vez» se demuestra con cerrojos. Con la tabla cerrada ningún INSERT puede acabar, y
 * basta contar las conexiones que esperan: quien inserta de uno en uno deja una sola. Una
 * fila que el corrector insertó y no ha confirmado detiene solo a la inserción de esa misma
 * clave. Así casi nada depende del reloj, y nadie espera a quien ya no va a llegar.
 */
#include "harness/pg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

HS_SUITE(base_datos)

/* Plazos nominales: el banco los alarga en una máquina lenta. */
enum { PRONTO = 4000, ENSEGUIDA = 2000, TODAS = 10 };

/* ---- La base de datos ------------------------------------------------------------- */

/* Los que ya estaban, con claves que ninguna prueba inserta: así las respuestas no pueden
 * saberse de antemano. */
static void poner_desconocidos(struct hs_pg *pg)
{
    int n = hs_random_between(3, 9);
    for (int i = 0; i < n; i++)
        hs_pg_run(pg, "INSERT INTO usuarios VALUES (%d, '%s')",
                  1000 * (i + 1) + hs_random_between(0, 999), hs_random_name());
}

static struct hs_pg *base(void)
{
    struct hs_pg *pg = hs_pg_start();
    hs_pg_run(pg, "CREATE TABLE usuarios (id integer PRIMARY KEY, nombre text NOT NULL);"
                  "GRANT SELECT, INSERT ON usuarios TO alumno");
    poner_desconocidos(pg);
    return pg;
}

#define ARRANCAR(pg, ...) hs_start("--dsn", hs_pg_dsn(pg), ##__VA_ARGS__)
#define NUMERO(n)         hs_format("%d", n)

/* Nadie puede insertar hasta que se suelte; leer, sí. */
static struct hs_pg_hold *cerrar_tabla(struct hs_pg *pg)
{
    hs_step("Cierro la tabla: ningún INSERT puede acabar hasta que la abra");
    return hs_pg_hold(pg, "LOCK TABLE usuarios IN SHARE MODE");
}

/* Quien inserte esa clave espera; los demás, no. */
static struct hs_pg_hold *retener(struct hs_pg *pg, int id)
{
    hs_step(
        "Retengo la inserción del registro %d: esperará hasta que la suelte, y ninguna "
        "otra debe esperar por ella",
        id);
    return hs_pg_hold(pg, "INSERT INTO usuarios VALUES (%d, 'reservado')", id);
}

static void soltar(struct hs_pg_hold *retenido)
{
    hs_pg_release(retenido);
    hs_step("Suelto lo que retenía");
}

/* ---- El vocabulario del enunciado -------------------------------------------------- */

/* El principio de la línea de una tanda, hasta el tiempo. Devuelve sus milisegundos. */
static double exigir_tanda(struct hs_program *p, const char *titulo, int insertados,
                           int fallidos)
{
    struct hs_match tanda = {.regex = hs_format("^%s ", titulo),
                             .what = hs_format("la línea «%s insertados=%d fallidos=%d "
                                               "tiempo=(t) ms»",
                                               titulo, insertados, fallidos)};
    const struct hs_line *linea = hs_wait_line(p, tanda, PRONTO);
    const char *esperado = hs_format("%s insertados=%d fallidos=%d tiempo=", titulo,
                                     insertados, fallidos);
    const char *tiempo = strstr(linea->text, "tiempo=");
    int n = tiempo ? (int)(tiempo - linea->text + 7) : (int)linea->length;
    hs_expect_eq_str(hs_format("la línea %s, hasta el tiempo", titulo), esperado,
                     hs_format("%.*s", n, linea->text));
    return tiempo ? strtod(tiempo + 7, NULL) : 0;
}

static struct hs_match consulta(int k)
{
    return (struct hs_match){.regex = hs_format("^CONSULTA %d ", k),
                             .what = hs_format("la línea «CONSULTA %d (respuesta)»", k)};
}

static struct hs_match fallo(int id)
{
    return (struct hs_match){.regex = hs_format("^FALLO %d .+", id),
                             .what = hs_format("la línea «FALLO %d (motivo)»", id)};
}

static const struct {
    const char *pregunta, *sql;
} CONSULTAS[TODAS] = {
    {"cuántos usuarios hay", "count(*) FROM"},
    {"el id más pequeño", "min(id) FROM"},
    {"el id más grande", "max(id) FROM"},
    {"la suma de los id", "sum(id) FROM"},
    {"cuántos id son pares", "count(*) FILTER (WHERE id % 2 = 0) FROM"},
    {"cuántos nombres distintos hay", "count(DISTINCT nombre) FROM"},
    {"el primer nombre en orden", "min(nombre) FROM"},
    {"el último nombre en orden", "max(nombre) FROM"},
    {"el nombre más largo",
     "(array_agg(nombre ORDER BY length(nombre) DESC, id))[1] FROM"},
    {"las letras que suman los nombres", "sum(length(nombre)) FROM"},
};

/* La respuesta `k` con lo que había en la tabla al preguntar: sin lo secuencial. */
static const char *respuesta(struct hs_pg *pg, int k, int registros)
{
    return hs_pg_text(pg, "SELECT %s usuarios WHERE id NOT BETWEEN %d AND %d",
                      CONSULTAS[k - 1].sql, registros + 1, 2 * registros);
}

/* Los registros que hay entre dos claves. */
static int64_t cuantos(struct hs_pg *pg, int desde, int hasta)
{
    return hs_pg_int(pg, "SELECT count(*) FROM usuarios WHERE id BETWEEN %d AND %d",
                     desde, hasta);
}

/* ---- Insertar ---------------------------------------------------------------------- */

/* Los registros de `desde` a `hasta`, con su nombre. */
static void exigir_registros(struct hs_pg *pg, int desde, int hasta)
{
    hs_expect_eq_int(hs_format("registros en la tabla con id de %d a %d", desde, hasta),
                     hasta - desde + 1, cuantos(pg, desde, hasta));
    const char *mal = hs_pg_text(
        pg,
        "SELECT coalesce(min(format('el %%s es «%%s»', id, nombre)), '')"
        " FROM usuarios WHERE id BETWEEN %d AND %d"
        " AND nombre <> 'usuario ' || id",
        desde, hasta);
    hs_expect(!*mal, "cada registro se llama «usuario», un espacio y su id; %s", mal);
}

HS_TEST(base_datos, inserta_los_registros)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 30);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    hs_wait_exit(p, PRONTO);
    exigir_registros(pg, 1, n);
}

HS_TEST(base_datos, cuenta_la_concurrente)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 30);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "CONCURRENTE", n, 0);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1, hs_regex("^CONCURRENTE "));
}

/* Con la tabla cerrada, `c` conexiones esperan a la vez. */
static void exigir_a_la_vez(struct hs_pg *pg, struct hs_program *p,
                            struct hs_pg_hold *puerta, int c, int n)
{
    hs_pg_wait_blocked(pg, c, ENSEGUIDA);
    soltar(puerta);
    exigir_tanda(p, "CONCURRENTE", n, 0);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, inserta_a_la_vez)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(3, 6), n = hs_random_between(3 * c, 5 * c);
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros",
                                    NUMERO(n), "--consultas", "0");
    exigir_a_la_vez(pg, p, puerta, c, n);
}

HS_TEST(base_datos, conexiones_configurables)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(11, 14);
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros", "30",
                                    "--consultas", "0");
    exigir_a_la_vez(pg, p, puerta, c, 30);
}

HS_TEST(base_datos, valores_por_omision)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    hs_step("Sin más opciones: 10 conexiones, 100 registros y 10 consultas");
    struct hs_program *p = ARRANCAR(pg);
    hs_pg_wait_blocked(pg, 10, ENSEGUIDA);
    soltar(puerta);
    exigir_tanda(p, "CONCURRENTE", 100, 0);
    exigir_tanda(p, "SECUENCIAL", 100, 0);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 10, hs_regex("^CONSULTA "));
}

HS_TEST(base_datos, no_abre_conexiones_de_mas)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(2, 5);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros", "40");
    hs_wait_exit(p, PRONTO);
    hs_expect_at_most(
        "conexiones abiertas de principio a fin: cada una sirve para muchas "
        "inserciones y consultas",
        c, hs_pg_connections(pg));
}

HS_TEST(base_datos, una_lenta_no_detiene_a_las_demas)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(2, 4), n = hs_random_between(5 * c, 7 * c);
    int id = hs_random_between(1, n / 2);
    struct hs_pg_hold *lenta = retener(pg, id);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros",
                                    NUMERO(n), "--consultas", "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    hs_pg_wait(pg, PRONTO,
               hs_format("se insertaban los otros %d registros, por las otras conexiones",
                         n - 1),
               "SELECT count(*) = %d FROM usuarios WHERE id BETWEEN 1 AND %d", n - 1, n);
    soltar(lenta);
    exigir_tanda(p, "CONCURRENTE", n, 0);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, valores_como_parametros)
{
    struct hs_pg *pg = base();
    const char *nombre = hs_random_name();
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--registros", "12", "--consultas", "0",
                                    "--nombre", nombre);
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    const char *sql = hs_pg_text(pg,
                                 "SELECT query FROM pg_stat_activity "
                                 "WHERE usename = 'alumno' AND wait_event_type = 'Lock' "
                                 "LIMIT 1");
    hs_step("El servidor está haciendo: «%s»", sql);
    hs_expect(!strstr(sql, nombre),
              "los valores viajan aparte del SQL, como $1 y $2; aquí el nombre «%s» va "
              "pegado dentro: «%s»",
              nombre, sql);
    soltar(puerta);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, nombres_dificiles)
{
    static const char *const nombres[] = {
        "O'Brien",    "x'); DROP TABLE usuarios; --",
        "\\' \" `",   "100%s %n $1 ?",
        "ñandú 日本", "dos  espacios ",
    };
    struct hs_pg *pg = base();
    for (size_t i = 0; i < sizeof nombres / sizeof *nombres; i++) {
        hs_pg_run(pg, "TRUNCATE usuarios");
        struct hs_program *p = ARRANCAR(pg, "--registros", "2", "--consultas", "0",
                                        "--nombre", nombres[i]);
        hs_wait_exit(p, PRONTO);
        for (int id = 1; id <= 2; id++)
            hs_expect_eq_str(
                hs_format("nombre del registro %d, con --nombre «%s»", id, nombres[i]),
                hs_format("%s %d", nombres[i], id),
                hs_pg_text(pg,
                           "SELECT coalesce(max(nombre), '') FROM usuarios WHERE id = %d",
                           id));
    }
}

/* ---- Cuando algo falla -------------------------------------------------------------- */

/* Ocupa `k` claves entre `desde` y `hasta`, al azar. */
static void ocupar(struct hs_pg *pg, int k, int desde, int hasta)
{
    while (cuantos(pg, desde, hasta) < k)
        hs_pg_run(pg,
                  "INSERT INTO usuarios VALUES (%d, 'ocupado') ON CONFLICT DO NOTHING",
                  hs_random_between(desde, hasta));
    hs_step("Claves que ya existen: %s",
            hs_pg_text(pg,
                       "SELECT string_agg(id::text, ', ' ORDER BY id) FROM usuarios "
                       "WHERE id BETWEEN %d AND %d",
                       desde, hasta));
}

HS_TEST(base_datos, clave_repetida_no_detiene)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(20, 30), k = hs_random_between(2, 5);
    ocupar(pg, k, 1, n);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "CONCURRENTE", n - k, k);
    hs_wait_exit(p, PRONTO);
    hs_expect_eq_int("registros que quedan en la tabla", n, cuantos(pg, 1, n));
    hs_expect_eq_int(
        "registros que ya estaban y siguen igual", k,
        hs_pg_int(pg, "SELECT count(*) FROM usuarios WHERE nombre = 'ocupado'"));
}

HS_TEST(base_datos, explica_cada_fallo)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(20, 30);
    int a = hs_random_between(1, n / 2), b = hs_random_between(n / 2 + 1, n);
    ocupar(pg, 1, a, a);
    ocupar(pg, 1, b, b);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1, fallo(a));
    hs_expect_lines(p, 1, fallo(b));
    hs_expect_lines(p, 2, hs_regex("^FALLO"));
}

HS_TEST(base_datos, un_fallo_sale_con_1)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(10, 20);
    ocupar(pg, 1, 1, n);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "1");
    hs_expect_exit(p, 1, PRONTO);
    hs_pg_run(
        pg, "DELETE FROM usuarios WHERE id <= %d; REVOKE SELECT ON usuarios FROM alumno",
        2 * n);
    hs_step(
        "Ahora puede insertar, pero no tiene permiso para leer: fallan las consultas");
    p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "1");
    hs_expect_exit(p, 1, PRONTO);
}

HS_TEST(base_datos, un_fallo_devuelve_su_conexion)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(2, 3), n = 8 * c;
    ocupar(pg, 4 * c, 1, n);
    hs_step("Son más que las %d conexiones: si un fallo se queda con la suya, se acaban",
            c);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros",
                                    NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "CONCURRENTE", n - 4 * c, 4 * c);
    hs_wait_exit(p, PRONTO);
    hs_expect_at_most(
        "conexiones abiertas de principio a fin: una clave repetida no rompe "
        "la suya",
        c, hs_pg_connections(pg));
}

/* Corta las `c` conexiones, que esperan un cerrojo, y espera a que otras ocupen su sitio. */
static void cortar(struct hs_pg *pg, int c)
{
    hs_step("El servidor corta las %d conexiones, con sus inserciones a medias", c);
    const char *hora = hs_pg_text(pg, "SELECT clock_timestamp()");
    hs_pg_run(pg, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                  "WHERE usename = 'alumno'");
    hs_pg_wait(
        pg, PRONTO,
        hs_format("el programa abría otras %d conexiones y seguía insertando", c),
        "SELECT count(*) = %d FROM pg_stat_activity WHERE usename = 'alumno' "
        "AND backend_start > '%s' AND state = 'active' AND wait_event_type = 'Lock'",
        c, hora);
}

HS_TEST(base_datos, conexion_perdida_se_sustituye)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(2, 4), n = hs_random_between(4 * c, 6 * c);
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros",
                                    NUMERO(n), "--consultas", "3");
    hs_pg_wait_blocked(pg, c, ENSEGUIDA);
    cortar(pg, c);
    soltar(puerta);
    exigir_tanda(p, "CONCURRENTE", n - c, c);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, servidor_que_se_va)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", "3", "--registros", "12",
                                    "--consultas", "2");
    hs_pg_wait_blocked(pg, 3, ENSEGUIDA);
    (void)puerta;
    hs_pg_kill(pg);
    hs_step("Todo lo que falta va a fallar: el programa lo cuenta y termina");
    exigir_tanda(p, "CONCURRENTE", 0, 12);
    exigir_tanda(p, "SECUENCIAL", 0, 12);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 2, hs_regex("^CONSULTA [12] ERROR .+"));
}

static void exigir_rechazo(const char *dsn)
{
    struct hs_program *p = hs_start("--dsn", dsn);
    hs_expect_exit(p, 1, PRONTO);
    hs_expect_eq_str("sin base de datos no se escribe nada en la salida", "",
                     hs_stdout(p));
    hs_expect(*hs_stderr(p), "el programa explica en la salida de errores qué pasa");
}

HS_TEST(base_datos, servidor_ausente)
{
    struct hs_pg *pg = base();
    const char *puerto = strrchr(hs_http_refused_url(""), ':') + 1;
    hs_step("En el puerto %s no atiende nadie", puerto);
    exigir_rechazo(hs_format("host=127.0.0.1 port=%s dbname=curso user=alumno", puerto));
    hs_step("Aquí sí hay un servidor, pero no esa base de datos");
    exigir_rechazo(
        hs_format("host=127.0.0.1 port=%d dbname=ninguna user=alumno", hs_pg_port(pg)));
}

/* ---- Preguntar ---------------------------------------------------------------------- */

HS_TEST(base_datos, respuestas_de_las_consultas)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(10, 30);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--nombre",
                                    hs_random_name());
    hs_wait_exit(p, PRONTO);
    for (int k = 1; k <= TODAS; k++) {
        hs_expect_lines(p, 1, consulta(k));
        hs_expect_eq_str(hs_format("la consulta %d: %s", k, CONSULTAS[k - 1].pregunta),
                         hs_format("CONSULTA %d %s", k, respuesta(pg, k, n)),
                         hs_find_line(p, consulta(k), 1)->text);
    }
}

HS_TEST(base_datos, consultas_elegidas)
{
    struct hs_pg *pg = base();
    int q = hs_random_between(3, 8), ultima = 0;
    struct hs_program *p = ARRANCAR(pg, "--registros", "5", "--consultas", NUMERO(q));
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, q, hs_regex("^CONSULTA "));
    for (int k = 1; k <= q; k++) {
        hs_expect_lines(p, 1, consulta(k));
        int numero = hs_find_line(p, consulta(k), 1)->number;
        hs_expect(numero > ultima, "las consultas salen en orden, de la 1 a la %d", q);
        ultima = numero;
    }
}

/* Deja al programa con sus `q` consultas paradas a la vez; sigue al abrir `*puerta`. El
 * corrector se pone en la cola de la tabla detrás de la única inserción, que retiene, y así
 * pasa delante de las consultas. */
static struct hs_program *parar_consultas(struct hs_pg *pg, int q,
                                          struct hs_pg_hold **puerta)
{
    hs_step(
        "En cuanto acabe la única inserción cierro la tabla del todo: ninguna consulta "
        "puede leerla hasta que la abra");
    struct hs_pg_hold *fila = hs_pg_hold(pg, "INSERT INTO usuarios VALUES (1, '')");
    struct hs_program *p = ARRANCAR(pg, "--registros", "1", "--conexiones", NUMERO(q),
                                    "--consultas", NUMERO(q));
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    *puerta = hs_pg_hold_next(pg, "LOCK TABLE usuarios");
    hs_pg_release(fila);
    hs_pg_wait_blocked(pg, q, ENSEGUIDA);
    return p;
}

HS_TEST(base_datos, consultas_a_la_vez)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta;
    int q = hs_random_between(4, TODAS);
    struct hs_program *p = parar_consultas(pg, q, &puerta);
    hs_expect_eq_int("consultas distintas entre las que esperan", q,
                     hs_pg_int(pg, "SELECT count(DISTINCT query) FROM pg_stat_activity "
                                   "WHERE usename = 'alumno' AND state = 'active'"));
    soltar(puerta);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, consulta_que_falla)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta;
    int q = hs_random_between(4, TODAS), fallidas = 0;
    struct hs_program *p = parar_consultas(pg, q, &puerta);
    const char *pid = hs_pg_text(pg, "SELECT pid FROM pg_stat_activity WHERE usename = "
                                     "'alumno' AND wait_event_type = 'Lock' LIMIT 1");
    hs_step("El servidor interrumpe una de las consultas: «%s»",
            hs_pg_text(pg, "SELECT query FROM pg_stat_activity WHERE pid = %s", pid));
    hs_pg_run(pg, "SELECT pg_cancel_backend(%s)", pid);
    hs_pg_wait(pg, PRONTO, "la interrumpida ya no esperaba",
               "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %s "
               "AND wait_event_type = 'Lock')",
               pid);
    soltar(puerta);
    hs_wait_exit(p, PRONTO);
    for (int k = 1; k <= q; k++) {
        hs_expect_lines(p, 1, consulta(k));
        const char *linea = hs_find_line(p, consulta(k), 1)->text;
        const char *error = hs_format("CONSULTA %d ERROR ", k);
        const char *buena = hs_format("CONSULTA %d %s", k, respuesta(pg, k, 1));
        if (strncmp(linea, error, strlen(error)) == 0)
            fallidas++;
        else
            hs_expect(strcmp(linea, buena) == 0,
                      "la consulta %d da su respuesta, «%s», o «%s(motivo)» si es la "
                      "interrumpida; y dio «%s»",
                      k, buena, error, linea);
    }
    hs_expect_eq_int("líneas «CONSULTA k ERROR motivo»", 1, fallidas);
}

/* ---- Una tras otra, y el reloj ------------------------------------------------------- */

/* El servidor tarda esto en contestar: lo que se mide no puede ser menos. */
#define PAUSA "SELECT pg_sleep(0.15)"

HS_TEST(base_datos, cuenta_la_secuencial)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 30);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "SECUENCIAL", n, 0);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1, hs_regex("^SECUENCIAL "));
    exigir_registros(pg, n + 1, 2 * n);
    const struct hs_line *antes = hs_find_line(p, hs_regex("^CONCURRENTE "), 1);
    hs_expect(antes &&
                  antes->number < hs_find_line(p, hs_regex("^SECUENCIAL "), 1)->number,
              "la tanda concurrente va antes que la secuencial");
    hs_expect_exit(p, 0, PRONTO);
}

HS_TEST(base_datos, la_secuencial_sigue_tras_un_fallo)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 25), id = n + hs_random_between(2, n - 2);
    ocupar(pg, 1, id, id);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "SECUENCIAL", n - 1, 1);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1, fallo(id));
}

static void exigir_tiempo(struct hs_program *p, const char *titulo)
{
    const char *linea = hs_find_line(p, hs_regex(hs_format("^%s ", titulo)), 1)->text;
    const char *tiempo = strstr(linea, "tiempo=") + strlen("tiempo=");
    size_t cifras = strspn(tiempo, "0123456789");
    hs_expect(
        cifras > 0 && tiempo[cifras] == '.' &&
            strspn(tiempo + cifras + 1, "0123456789") == 1 &&
            strcmp(tiempo + cifras + 2, " ms") == 0,
        "la línea acaba con los milisegundos y un decimal, así: «tiempo=31.4 ms»; es "
        "«%s»",
        linea);
}

HS_TEST(base_datos, formato_del_tiempo)
{
    struct hs_pg *pg = base();
    struct hs_program *p = ARRANCAR(pg, "--registros", "20", "--consultas", "0");
    exigir_tanda(p, "CONCURRENTE", 20, 0);
    exigir_tanda(p, "SECUENCIAL", 20, 0);
    exigir_tiempo(p, "CONCURRENTE");
    exigir_tiempo(p, "SECUENCIAL");
}

HS_TEST(base_datos, secuencial_de_una_en_una)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 25), id = n + hs_random_between(4, n - 4);
    struct hs_pg_hold *fila = retener(pg, id);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", "4", "--registros", NUMERO(n),
                                    "--consultas", "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    hs_expect_eq_int(hs_format("registros de %d a %d: antes que el %d van todos esos",
                               n + 1, id - 1, id),
                     id - n - 1, cuantos(pg, n + 1, id - 1));
    hs_pg_run(pg, PAUSA); /* que tenga ocasión de insertar otra */
    hs_expect_eq_int(
        hs_format("registros de %d a %d: en la tanda secuencial ninguno empieza "
                  "hasta que acaba el %d",
                  id + 1, 2 * n, id),
        0, cuantos(pg, id + 1, 2 * n));
    soltar(fila);
    exigir_tanda(p, "SECUENCIAL", n, 0);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, mide_cada_tanda)
{
    struct hs_pg *pg = base();
    double antes = hs_now();
    struct hs_pg_hold *una = retener(pg, 1), *otra = retener(pg, 5);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", "2", "--registros", "4",
                                    "--consultas", "1");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    double desde = hs_now();
    hs_pg_run(pg, PAUSA);
    double primera = hs_now() - desde;
    soltar(una);
    hs_pg_wait(
        pg, PRONTO, "la tanda secuencial esperaba",
        "SELECT EXISTS (SELECT FROM usuarios WHERE id = 1) AND EXISTS "
        "(SELECT FROM pg_stat_activity WHERE usename = 'alumno' AND state = 'active' "
        "AND wait_event_type = 'Lock')");
    desde = hs_now();
    hs_pg_run(pg, PAUSA);
    double segunda = hs_now() - desde;
    soltar(otra);
    double juntas = exigir_tanda(p, "CONCURRENTE", 4, 0);
    double en_fila = exigir_tanda(p, "SECUENCIAL", 4, 0);
    struct hs_exit fin = hs_wait_exit(p, PRONTO);
    hs_step("Las retuve %.0f y %.0f ms; el programa dice que tardaron %.1f y %.1f",
            primera, segunda, juntas, en_fila);
    hs_expect_at_least(
        "milisegundos de la tanda concurrente: los que la retuve caben en ella",
        (int64_t)primera - 2, (int64_t)juntas);
    hs_expect_at_least(
        "milisegundos de la tanda secuencial: los que la retuve caben en ella",
        (int64_t)segunda - 2, (int64_t)en_fila);
    hs_expect_at_most(
        "milisegundos de las dos tandas juntas: no pueden ser más de los que "
        "duró el programa (¿son milisegundos? ¿cuenta cada una solo lo suyo?)",
        (int64_t)(fin.ms - antes) + 2, (int64_t)(juntas + en_fila));
}

HS_TEST(base_datos, comparacion)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(20, 30);
    struct hs_pg_hold *fila = retener(pg, n + 1);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    hs_pg_run(pg, PAUSA);
    soltar(fila);
    double juntas = exigir_tanda(p, "CONCURRENTE", n, 0);
    double en_fila = exigir_tanda(p, "SECUENCIAL", n, 0);
    const struct hs_line *linea = hs_wait_line(
        p,
        (struct hs_match){.regex = "^COMPARACION [0-9]+\\.[0-9][0-9]( .*)?$",
                          .what = "la línea «COMPARACION (veces, con dos decimales)»"},
        PRONTO);
    hs_wait_exit(p, PRONTO);
    double veces = strtod(linea->text + strlen("COMPARACION "), NULL);
    /* El programa divide lo que midió; aquí solo se ve redondeado. */
    double menos = (en_fila - 0.05) / (juntas + 0.05) - 0.006;
    double mas = (en_fila + 0.05) / fmax(juntas - 0.05, 0.01) + 0.006;
    hs_expect(
        veces >= menos && veces <= mas,
        "la comparación es lo que tardó la secuencial, %.1f ms, entre lo que tardó la "
        "concurrente, %.1f ms: debía salir %.2f y salió %.2f",
        en_fila, juntas, en_fila / juntas, veces);
}

/* ---- Dejarlo todo en su sitio --------------------------------------------------------- */

HS_TEST(base_datos, se_despide)
{
    struct hs_pg *pg = base();
    struct hs_program *p = ARRANCAR(pg, "--registros", "20");
    hs_wait_exit(p, PRONTO);
    hs_expect_eq_int("conexiones que se cortaron sin despedirse (sin PQfinish)", 0,
                     hs_pg_abandoned(pg, PRONTO));
}

HS_TEST(base_datos, argumentos_invalidos)
{
    static const char *const casos[][4] = {
        {"sobra", NULL},
        {"--conexiones", NULL},
        {"--conexiones", "0", NULL},
        {"--conexiones", "101", NULL},
        {"--conexiones", "muchas", NULL},
        {"--registros", "0", NULL},
        {"--registros", "1.5", NULL},
        {"--registros", "10001", NULL},
        {"--registros", "-3", NULL},
        {"--consultas", "11", NULL},
        {"--consultas", "-1", NULL},
        {"--consultas", "3x", NULL},
        {"--no-existe", NULL},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        struct hs_program *p = hs_start_argv((struct hs_options){0}, casos[i]);
        hs_expect_exit(p, 2, PRONTO);
        hs_expect_eq_str("con argumentos inválidos no se escribe nada en stdout", "",
                         hs_stdout(p));
        hs_expect_eq_int("líneas en stderr", 1, hs_mark(p));
    }
}

HS_TEST(base_datos, no_quema_cpu)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--consultas", "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    hs_pg_run(pg, PAUSA);
    hs_step("Todas sus inserciones esperan: el programa no tiene nada que hacer");
    double desde = hs_now();
    int64_t antes = hs_usage(p).cpu_ms;
    hs_pg_run(pg, "SELECT pg_sleep(%f)", hs_ms(400) / 1000.0);
    int64_t gasto = hs_usage(p).cpu_ms - antes;
    double ms = hs_now() - desde;
    hs_step("En %.0f ms ha gastado %lld ms de procesador", ms, (long long)gasto);
    hs_expect_at_most(
        hs_format("milisegundos de procesador gastados en %.0f ms de espera", ms),
        30 + (int64_t)(ms / 50), gasto);
    soltar(puerta);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, memoria_limpia, .segundos = 60)
{
    enum { N = 40, C = 3 };
    struct hs_pg *pg = base();
    ocupar(pg, 5, 1, N);
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    hs_step(
        "Una sesión entera con el programa compilado con ASan y UBSan: claves repetidas "
        "y conexiones cortadas");
    struct hs_program *p = hs_start_with((struct hs_options){.asan = true}, "--dsn",
                                         hs_pg_dsn(pg), "--conexiones", NUMERO(C),
                                         "--registros", NUMERO(N));
    hs_pg_wait_blocked(pg, C, 2 * PRONTO);
    cortar(pg, C);
    hs_pg_release(puerta);
    struct hs_exit fin = hs_wait_exit(p, 2 * PRONTO);
    hs_expect(fin.exited && !fin.asan, "el programa acaba por su pie, y no: %s",
              hs_exit_words(fin));
    hs_expect_lines(p, TODAS, hs_regex("^CONSULTA "));
}
