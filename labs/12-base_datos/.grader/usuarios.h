/* usuarios.h: lo que comparten las pruebas del laboratorio 12: la tabla, lo que se retiene en
 * ella y las líneas que pide el enunciado. */
#ifndef USUARIOS_H
#define USUARIOS_H

#include "harness/pg.h"

/* Plazos nominales: el banco los alarga en una máquina lenta. */
enum { PRONTO = 4000, ENSEGUIDA = 2000, TODAS = 10 };

/* Mientras se conecta, una conexión puede gastar dos descriptores, y aquí se abren más de treinta a la vez. */
#define ARRANCAR_EN(dsn, ...)                                                            \
    hs_start_with((struct hs_options){.files = 256}, "--dsn", dsn, ##__VA_ARGS__)
#define ARRANCAR(pg, ...) ARRANCAR_EN(hs_pg_dsn(pg), ##__VA_ARGS__)
#define NUMERO(n)         hs_format("%d", n)

/* Donde da igual cuántas sean: cada conexión es un proceso del servidor. */
#define POCAS "--conexiones", "2"

/* Lo que tarda el servidor en contestar a esto: lo que se mide no puede ser menos. */
#define PAUSA "SELECT pg_sleep(0.15)"

/* Un servidor con la tabla, y en ella usuarios que el programa no conoce. */
struct hs_pg *base(void);

/* Nadie puede insertar hasta que se suelte; leer, sí. */
struct hs_pg_hold *cerrar_tabla(struct hs_pg *pg);

/* Quien inserte esa clave espera; los demás, no. */
struct hs_pg_hold *retener(struct hs_pg *pg, int id);
void soltar(struct hs_pg_hold *retenido);

/* Lo mismo con varias claves, de `desde` en `desde` + `paso`. */
struct hs_pg_hold *retener_varias(struct hs_pg *pg, int cuantas, int desde, int paso);

/* Deja al programa, con un solo registro y `c` conexiones, con `c` de sus `q` consultas
 * paradas a la vez; sigue al abrir `*puerta`. El corrector se pone en la cola de la tabla detrás de la única inserción,
 * que retiene, y así pasa delante de las consultas. */
struct hs_program *parar_consultas(struct hs_pg *pg, int c, int q,
                                   struct hs_pg_hold **puerta);

/* El principio de la línea de una tanda, hasta el tiempo. Devuelve sus milisegundos. */
double exigir_tanda(struct hs_program *p, const char *titulo, int insertados,
                    int fallidos);

/* Las líneas de una consulta y de un registro que falló. */
struct hs_match consulta(int k);
struct hs_match fallo(int id);

/* Que hay un FALLO por cada uno de los `k` registros que fallaron, de 1 a `hasta`, y nada que
 * no sea una línea del enunciado. */
void exigir_fallos(struct hs_program *p, int k, int hasta);

/* Que no hay líneas de otra clase: el resto de un motivo que ocupa varias, por ejemplo. */
void exigir_lineas_conocidas(struct hs_program *p);

/* La respuesta `k` con lo que había en la tabla al preguntar: sin lo secuencial. */
const char *respuesta(struct hs_pg *pg, int k, int registros);

/* Los registros que hay entre dos claves. */
int64_t cuantos(struct hs_pg *pg, int desde, int hasta);

/* Los registros de `desde` a `hasta`, con su nombre. */
void exigir_registros(struct hs_pg *pg, int desde, int hasta);

/* Ocupa `k` claves entre `desde` y `hasta`, al azar. */
void ocupar(struct hs_pg *pg, int k, int desde, int hasta);

/* Corta una de las `c` conexiones (`k` = 1), o todas, que esperan un cerrojo, y espera a que
 * otras ocupen su sitio. */
void cortar(struct hs_pg *pg, int k, int c);

/* Espera a que, insertado el registro 1, la tanda secuencial espere un cerrojo. */
void esperar_la_secuencial(struct hs_pg *pg, int registros);

/* Interrumpe la única conexión que espera: falla lo que iba por ella, sin romperla. */
void interrumpir(struct hs_pg *pg);

/* Un texto de `n` veces esas letras, entre otras dos. */
const char *largo(const char *antes, const char *letras, int n, const char *despues);

/* Lo que pregunta cada consulta, de la 1 a la 10. */
struct pregunta {
    const char *pregunta, *sql;
};
extern const struct pregunta CONSULTAS[TODAS];

/* Los nombres de esos registros: el que se dio, un espacio y su número. */
void exigir_nombres(struct hs_pg *pg, const char *nombre, int desde, int hasta);

/* El SQL de la inserción que espera no debe llevar dentro ni el nombre ni el número. */
void exigir_parametros(struct hs_pg *pg, const char *nombre);

/* Todo lo del programa espera: no debe gastar procesador. */
void exigir_reposo(struct hs_pg *pg, struct hs_program *p, const char *que);

#endif
