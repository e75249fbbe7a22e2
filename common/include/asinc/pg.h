/*
 * Cliente de PostgreSQL sobre libpq: un pool de conexiones y consultas que se escriben como
 * si bloquearan.
 *
 * Abrir una conexión cuesta milisegundos y un proceso en el servidor: el pool guarda las
 * abiertas y las presta. Crea uno y compártelo entre todas tus tareas; con más tareas que
 * conexiones, hacen cola en orden de llegada. Para una consulta suelta basta as_pg_query;
 * pide una conexión con as_pg_acquire cuando varias deban ir por la misma, como en una
 * transacción.
 *
 * Los valores viajan aparte del SQL: escribe $1, $2... donde van y pásalos como textos en
 * `params` (NULL es el NULL de SQL). Nunca los pegues dentro del texto: así entran las
 * inyecciones de SQL.
 *
 * Errores de cualquier consulta; as_error_detail() los cuenta con las palabras del servidor
 * y as_pg_sqlstate() da su código exacto:
 *   UV_ECANCELED   cancelaron la tarea o venció un ámbito; la consulta no tuvo efecto
 *   UV_EEXIST      clave duplicada (23505)
 *   UV_EAGAIN      bloqueo o conflicto entre transacciones (40001, 40P01, 55P03): repítela
 *   UV_ENOENT      la tabla o la base de datos no existe (42P01, 3D000)
 *   UV_EACCES      sin permiso, o la contraseña no es esa (42501, clase 28)
 *   UV_EINVAL      SQL o datos no válidos (clases 22, 23 y 42)
 *   UV_ETIMEDOUT   el servidor la interrumpió, por su statement_timeout (57014)
 *   UV_ECONNRESET  se perdió la conexión; el pool la sustituirá
 *   UV_EBUSY       otra tarea está usando esa conexión; o el servidor no admite más (53300)
 *   UV_ENOTSUP     COPY desde o hacia el programa
 *   UV_ENOMEM, UV_ENOSPC; y UV_EIO los demás fallos del servidor
 */
#ifndef ASINC_PG_H
#define ASINC_PG_H

#include <asinc/types.h>

typedef struct as_pg as_pg;
typedef struct as_pg_connection as_pg_connection;

/* Un PGresult de libpq: quien conozca libpq puede usar también sus funciones. */
typedef struct pg_result as_pg_result;

/* Opciones del pool. Los ceros son los valores por omisión. */
typedef struct {
    size_t max_connections; /* abiertas a la vez; 0 = 10, como asyncpg */
} as_pg_options;

/* ---- El pool ------------------------------------------------------------------------ */

/*
 * Crea un pool. `conninfo` es una cadena de conexión de libpq ("host=db user=ana
 * dbname=tienda" o "postgresql://ana@db/tienda"); lo que no diga sale de las variables
 * PGHOST, PGUSER..., y NULL lo deja todo en sus manos. Los textos van en UTF-8 si no
 * pide otra cosa. Su connect_timeout, en segundos, acota cada conexión.
 *
 * No conecta: lo hará quien primero la necesite, y suyo será el error. `options` puede ser
 * NULL; todo se copia. NULL si falta memoria o la cadena no se entiende, y as_error_detail()
 * dice cuál. Ciérralo con as_pg_close. No suspende. Equivale a
 * await asyncpg.create_pool(conninfo, min_size=0, max_size=10).
 */
as_pg *as_pg_new(const char *conninfo, const as_pg_options *options) AS_MUST_CHECK;

/*
 * Cierra las conexiones y libera el pool; NULL no hace nada. Todas deben haberse devuelto:
 * lo contrario es un error de programación y aborta. No suspende. Equivale a
 * await pool.close().
 */
void as_pg_close(as_pg *pool);

/*
 * Toma prestada una conexión, deja `sql` en el servidor y devuelve la conexión. `sql` lleva
 * `n` parámetros, $1 a $n. Devuelve 0 y el resultado en `*result` (libéralo con
 * as_pg_result_free), o un error de as_pg_acquire o de los de arriba y NULL en `*result`.
 * `result` puede ser NULL si no te interesa.
 *
 * Sin parámetros, `sql` puede ser varias sentencias separadas por «;», que se hacen todas o
 * ninguna; el resultado es el de la última. Todas las filas se guardan en memoria.
 *
 * Si la cancelan a medias, pide al servidor que la interrumpa y espera su respuesta, un
 * segundo como mucho. Si resulta que ya había terminado, gana su resultado y devuelve 0.
 * Solo si el servidor no contesta en ese segundo queda la duda de si tuvo efecto.
 *
 * Suspende. Equivale a await pool.fetch(sql, *params) y await pool.execute(sql, *params).
 */
int as_pg_query(as_pg *pool, const char *sql, size_t n, const char *const *params,
                as_pg_result **result) AS_MUST_CHECK;

/* ---- Una conexión ------------------------------------------------------------------- */

/*
 * Toma prestada una conexión; si no hay ninguna libre, la abre, y si ya están abiertas
 * todas las que caben, espera turno. Devuelve 0 y la deja en `*connection`, o:
 *   UV_ECANCELED     cancelaron la tarea o venció un ámbito
 *   UV_ETIMEDOUT     pasó connect_timeout, o el sistema se cansó de conectar
 *   UV_EAI_*         el nombre de la máquina no se pudo resolver
 *   UV_ECONNREFUSED  nadie atiende ahí, o el servidor está arrancando o parándose
 *   UV_ECONNRESET    cortaron antes de terminar de conectar
 *   UV_EACCES, UV_ENOENT, UV_EBUSY...   el servidor no la admite, como arriba
 * Suspende. Equivale a conn = await pool.acquire().
 */
int as_pg_acquire(as_pg *pool, as_pg_connection **connection) AS_MUST_CHECK;

/*
 * Devuelve la conexión, que pasa a quien más lleva esperando; NULL no hace nada. Si está
 * rota o se dejó una transacción abierta no se presta a nadie más: se cierra, y el servidor
 * deshace la transacción. Lo que cambiaste con SET sí se queda. No debe tener una consulta
 * en marcha. No suspende. Equivale a await pool.release(conn).
 */
void as_pg_release(as_pg_connection *connection);

/*
 * Como as_pg_query, por una conexión que ya tienes. Una conexión solo puede con una
 * consulta a la vez: la segunda recibe UV_EBUSY. UV_ENOTCONN si se había perdido antes.
 * Suspende. Equivale a await conn.fetch(sql, *params) y await conn.execute(sql, *params).
 */
int as_pg_query_on(as_pg_connection *connection, const char *sql, size_t n,
                   const char *const *params, as_pg_result **result) AS_MUST_CHECK;

/*
 * Empieza una transacción. 0, UV_EALREADY si la conexión ya está en una, o un error.
 * Suspende. Con as_pg_end, equivale a async with conn.transaction().
 */
int as_pg_begin(as_pg_connection *connection) AS_MUST_CHECK;

/*
 * Termina la transacción. `rc` es como acabó lo de dentro: si es negativo la deshace y
 * devuelve `rc` con su explicación, también si la tarea está cancelada (la espera, de un
 * segundo como mucho, está protegida); si no, la confirma y devuelve `rc`, o el error de
 * confirmarla, y entonces también queda deshecha. Confirmar una transacción en la que falló
 * una consulta es un error, UV_EIO: no hay nada que confirmar. Cada begin necesita su end.
 * Suspende.
 */
int as_pg_end(as_pg_connection *connection, int rc) AS_MUST_CHECK;

/* ---- El resultado ------------------------------------------------------------------- */

/* Cuántas filas y columnas trae; 0 si la sentencia no devuelve filas. No suspenden.
 * Equivale a len(filas). */
size_t as_pg_rows(const as_pg_result *result);
size_t as_pg_columns(const as_pg_result *result);

/*
 * El valor de una casilla, contando desde 0, como texto acabado en '\0'; NULL si es NULL o
 * si no existe esa casilla. Es del resultado. No suspende. Equivale a filas[i][j].
 */
const char *as_pg_value(const as_pg_result *result, size_t row, size_t column);

/* true si la casilla existe y es el NULL de SQL. No suspende. Equivale a
 * filas[i][j] is None. */
bool as_pg_is_null(const as_pg_result *result, size_t row, size_t column);

/* El nombre de una columna, o NULL; es del resultado. No suspende. */
const char *as_pg_column_name(const as_pg_result *result, size_t column);

/* La posición de la columna `name`, o UV_ENOENT. Como en SQL, las mayúsculas solo cuentan
 * entre comillas dobles. No suspende. Con as_pg_value, equivale a fila["name"]. */
ssize_t as_pg_column(const as_pg_result *result, const char *name);

/* Cuántas filas insertó, cambió, borró o devolvió la sentencia; 0 para las demás.
 * No suspende. Equivale al número de "INSERT 0 1". */
uint64_t as_pg_affected(const as_pg_result *result);

/* Libera un resultado; NULL no hace nada. No suspende. */
void as_pg_result_free(as_pg_result *result);

/*
 * El SQLSTATE ("23505") del último error de la tarea actual, si lo dio PostgreSQL; si no,
 * "". Al esperar una tarea que falló pasa a quien la esperó. Dura lo que as_error_detail(),
 * de cuyo final se lee. No suspende. Equivale a error.sqlstate.
 */
const char *as_pg_sqlstate(void);

#endif
