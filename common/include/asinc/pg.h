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
 * Ninguna función de aquí suspende, salvo las que lo dicen.
 *
 * Errores de cualquier consulta; as_error_text(rc) los cuenta con las palabras del servidor
 * y as_pg_sqlstate(rc) da su código exacto:
 *   UV_ECANCELED   cancelaron la tarea o venció un ámbito; la consulta no tuvo efecto
 *   UV_EEXIST      clave duplicada (23505)
 *   UV_EAGAIN      bloqueo o conflicto entre transacciones (40001, 40P01, 55P03): repítela
 *   UV_ENOENT      la tabla o la base de datos no existe (42P01, 3D000)
 *   UV_EACCES      sin permiso, o la contraseña no es esa (42501, clase 28)
 *   UV_EINVAL      SQL o datos no válidos (clases 22, 23 y 42), o sobran o faltan parámetros
 *   UV_ETIMEDOUT   el servidor la interrumpió, por su statement_timeout (57014)
 *   UV_ECONNRESET  se perdió la conexión, o el servidor la echó; el pool la sustituirá
 *   UV_EBUSY       otra tarea está usando esa conexión; o el servidor no admite más (53300)
 *   UV_ENOTSUP     COPY desde o hacia el programa
 *   AS_EOVERFLOW   demasiadas notificaciones sin esperar, ver as_pg_notification_wait
 *   UV_ENOMEM, UV_ENOSPC; y UV_EIO los demás fallos del servidor
 */
#ifndef ASINC_PG_H
#define ASINC_PG_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

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
 * Crea un pool y lo deja en `*pool`; ciérralo con as_pg_close. `conninfo` es una cadena de
 * conexión de libpq, como "host=db user=ana dbname=tienda" o "postgresql://ana@db/tienda".
 * Lo que ella no diga lo dicen las variables PGHOST, PGUSER...; si es NULL, lo dicen todo
 * ellas. Los textos van en UTF-8 si la cadena no pide otra codificación, y su
 * connect_timeout, en segundos, acota cada conexión.
 *
 * Todavía no conecta: conectará la primera tarea que necesite una conexión, y esa tarea
 * recibirá el error si lo hay. `options` puede ser NULL. Nada de lo que le pasas tiene que
 * durar más que la llamada. 0, UV_EINVAL si la cadena no se entiende, o UV_ENOMEM; con un
 * error, NULL en `*pool`. Equivale a
 * await asyncpg.create_pool(conninfo, min_size=0, max_size=10).
 */
int as_pg_new(const char *conninfo, const as_pg_options *options,
              as_pg **pool) AS_MUST_CHECK;

/*
 * Cierra las conexiones y libera el pool; NULL no hace nada. Todas deben haberse devuelto:
 * lo contrario es un error de programación y aborta. Equivale a await pool.close().
 */
void as_pg_close(as_pg *pool);

/*
 * Hace `sql` por una conexión del pool, que toma prestada y devuelve. Los `n` textos de
 * `params` son sus parámetros, $1 a $n. Devuelve 0 y el resultado en `*result` (libéralo con
 * as_pg_result_free), o un error de as_pg_acquire o de los de arriba y NULL en `*result`.
 * `result` puede ser NULL si no te interesa.
 *
 * Sin parámetros, `sql` puede ser varias sentencias separadas por «;», que se hacen todas o
 * ninguna; el resultado es el de la última. Todas las filas se guardan en memoria: cuántas son lo
 * dice tu consulta, y no hay otro límite que la memoria que quede (UV_ENOMEM). Si no sabes cuántas,
 * as_pg_query_each.
 *
 * Si la cancelan a medias, pide al servidor que la interrumpa y espera su respuesta, un
 * segundo como mucho. Si resulta que ya había terminado, gana su resultado y devuelve 0.
 * Solo si el servidor no contesta en ese segundo queda la duda de si tuvo efecto.
 *
 * Suspende. Equivale a await pool.fetch(sql, *params) y await pool.execute(sql, *params).
 */
int as_pg_query(as_pg *pool, const char *sql, const char *const *params, size_t n,
                as_pg_result **result) AS_MUST_CHECK;

/* Recibe una fila, la 0 de `row`, que solo vale durante la llamada. 0: que venga la próxima. */
typedef int as_pg_row_fn(const as_pg_result *row, void *arg);

/*
 * Como as_pg_query, pero llama a `fn(fila, arg)` con cada fila según llega, en vez de
 * guardarlas todas: la memoria que gasta es la de una fila, sean diez o diez millones. `fn`
 * puede suspender; el servidor espera mientras tanto. Si `fn` devuelve algo distinto de 0 no
 * habrá más filas: la consulta se interrumpe, y lo que devolvió es lo que devuelve
 * as_pg_query_each. Si no, 0 al final, o un error, que puede llegar después de algunas filas.
 *
 * `fn` ocupa una conexión del pool: si dentro hace otra consulta, va por otra. Suspende.
 * Equivale a async for fila in conn.cursor(sql, *params).
 */
int as_pg_query_each(as_pg *pool, const char *sql, const char *const *params, size_t n,
                     as_pg_row_fn *fn, void *arg) AS_MUST_CHECK;

/* ---- Una conexión ------------------------------------------------------------------- */

/*
 * Toma prestada una conexión; si no hay ninguna libre, la abre, y si ya están abiertas
 * todas las que caben, espera turno. Devuelve 0 y la deja en `*connection`, o:
 *   UV_ECANCELED     cancelaron la tarea o venció un ámbito
 *   UV_ETIMEDOUT     pasó connect_timeout, o el sistema se cansó de conectar
 *   UV_EAI_*         el nombre de la máquina no se pudo resolver
 *   UV_ECONNREFUSED  nadie atiende ahí, o el servidor está arrancando o parándose
 *   UV_ECONNRESET    cortaron antes de terminar de conectar
 *   AS_EKEYREJECTED  el certificado del servidor, o el tuyo, no vale
 *   UV_EPROTO        la cadena pide cifrar (sslmode) y no se pudo
 *   UV_EACCES, UV_ENOENT, UV_EBUSY...   el servidor no la admite, como arriba
 *   UV_EINVAL        la cadena de conexión no vale: un puerto imposible...
 *   UV_EMFILE, UV_ENFILE, UV_ENOMEM
 * Suspende. Equivale a conn = await pool.acquire().
 */
int as_pg_acquire(as_pg *pool, as_pg_connection **connection) AS_MUST_CHECK;

/*
 * Devuelve la conexión, que pasa a quien más lleva esperando; NULL no hace nada. Si está
 * rota o se dejó una transacción abierta no se presta a nadie más: se cierra, y el servidor
 * deshace la transacción. Lo que cambiaste con SET sí se queda. No debe tener una consulta
 * en marcha. Equivale a await pool.release(conn).
 */
void as_pg_release(as_pg_connection *connection);

/*
 * Como as_pg_query, por una conexión que ya tienes. Una conexión solo puede con una
 * consulta a la vez: la segunda recibe UV_EBUSY. UV_ENOTCONN si se había perdido antes.
 * Suspende. Equivale a await conn.fetch(sql, *params) y await conn.execute(sql, *params).
 */
int as_pg_query_on(as_pg_connection *connection, const char *sql,
                   const char *const *params, size_t n,
                   as_pg_result **result) AS_MUST_CHECK;

/*
 * Empieza una transacción. 0, UV_EALREADY si la conexión ya está en una, o un error.
 * Suspende. Equivale a entrar en async with conn.transaction().
 */
int as_pg_begin(as_pg_connection *connection) AS_MUST_CHECK;

/*
 * Termina la transacción. `rc` es como acabó lo de dentro: si es negativo la deshace y
 * devuelve `rc` con su explicación, también si la tarea está cancelada (la espera, de un
 * segundo como mucho, está protegida); si no, la confirma y devuelve `rc`, o el error de
 * confirmarla, y entonces también queda deshecha. Confirmar una transacción en la que falló
 * una consulta es un error, UV_EIO: no hay nada que confirmar; y también si alguna fue un
 * COMMIT o un ROLLBACK. Cada begin necesita su end. Suspende. Equivale a salir de async
 * with conn.transaction().
 */
int as_pg_end(as_pg_connection *connection, int rc) AS_MUST_CHECK;

/* ---- Notificaciones ----------------------------------------------------------------- */

/* Un aviso que alguien envió por un canal. Libéralo con as_pg_notification_clear. */
typedef struct {
    const char *channel;
    const char *payload; /* "" si se envió sin texto */
    int sender;          /* el proceso del servidor que lo envió: su pg_backend_pid() */
    void *memory;        /* de asinc */
} as_pg_notification;

/*
 * Espera la próxima notificación que llegue a la conexión y la deja en `*notification`. Antes
 * pide escuchar el canal con as_pg_query_on(conexión, "LISTEN pedidos", NULL, 0, NULL); se
 * envían con "NOTIFY pedidos, 'texto'" o "SELECT pg_notify($1, $2)". Salen en orden, también
 * las que llegaron mientras hacías otras consultas, y cancelar la espera no pierde ninguna.
 *
 * Las que llegan sin que nadie las espere se guardan hasta 16 MiB. Con más, la próxima consulta por
 * esa conexión no se hace, y da AS_EOVERFLOW hasta que las esperes; si llegan a 32 durante una, da
 * AS_EOVERFLOW y la conexión se pierde.
 *
 * Mientras una tarea espera, la conexión no sirve para otra cosa: dedícale una, y no la
 * devuelvas mientras te interesen, porque las que reciba después se pierden. Antes de
 * devolverla haz "UNLISTEN *". Dentro de una transacción no llega ninguna.
 *
 * Cede el turno siempre, aunque ya haya una: las demás tareas corren entre una y la siguiente, y
 * de una ráfaga cada una puede salir antes de que llegue otra.
 *
 * 0, UV_ECANCELED, UV_ECONNRESET si se perdió la conexión, y UV_EBUSY o UV_ENOTCONN como
 * as_pg_query_on. Suspende. Equivale a conn.add_listener(canal, función).
 */
int as_pg_notification_wait(as_pg_connection *connection,
                            as_pg_notification *notification) AS_MUST_CHECK;

/* Libera lo que guarda y la deja vacía; puede repetirse. */
void as_pg_notification_clear(as_pg_notification *notification);

/* ---- El resultado ------------------------------------------------------------------- */

/* Cuántas filas y columnas trae; 0 si la sentencia no devuelve filas.
 * Equivale a len(filas). */
size_t as_pg_rows(const as_pg_result *result);
size_t as_pg_columns(const as_pg_result *result);

/*
 * El valor de una casilla, contando desde 0, como texto acabado en '\0'; NULL si es NULL o
 * si no existe esa casilla. Es del resultado. Equivale a filas[i][j].
 */
const char *as_pg_value(const as_pg_result *result, size_t row, size_t column);

/* true si la casilla existe y es el NULL de SQL. Equivale a filas[i][j] is None. */
bool as_pg_is_null(const as_pg_result *result, size_t row, size_t column);

/*
 * El entero de una casilla, en `*value`. 0, o UV_EINVAL si no existe, es NULL o no es un entero
 * de 64 bits; entonces `*value` no cambia. Equivale a filas[i][j] de una columna bigint.
 */
int as_pg_int(const as_pg_result *result, size_t row, size_t column,
              int64_t *value) AS_MUST_CHECK;

/*
 * El nombre de una columna, o NULL; es del resultado. Equivale a
 * cursor.description[i].name, de psycopg.
 */
const char *as_pg_column_name(const as_pg_result *result, size_t column);

/* La posición de la columna `name`, o UV_ENOENT. Como en SQL, las mayúsculas solo cuentan
 * entre comillas dobles. Equivale a buscar en fila["name"]. */
ssize_t as_pg_column(const as_pg_result *result, const char *name);

/* Cuántas filas insertó, cambió, borró o devolvió la sentencia; 0 para las demás.
 * Equivale al número de "INSERT 0 1". */
uint64_t as_pg_affected(const as_pg_result *result);

/* Libera un resultado; NULL no hace nada. */
void as_pg_result_free(as_pg_result *result);

/*
 * El SQLSTATE ("23505") de `error`, si es el último de la tarea actual y lo dio
 * PostgreSQL; si no, "". Al esperar una tarea que falló pasa a quien la esperó. Dura lo que
 * as_error_text(error): de un error del servidor, su última línea es «SQLSTATE: 23505».
 * Equivale a error.sqlstate.
 */
const char *as_pg_sqlstate(int error);

AS_DECLARATIONS_END

#endif
