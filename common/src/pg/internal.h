/*
 * El interior del cliente de PostgreSQL, para sus propios archivos.
 *
 *   pg.c           el pool: prestar y devolver conexiones
 *   connect.c      abrir una conexión
 *   socket.c       esperar a un socket
 *   address.c      dónde está el servidor, sin que libpq tenga que preguntarlo
 *   query.c        una consulta, y cómo abandonarla a medias
 *   notification.c esperar una notificación
 *   interrupt.c    pedir al servidor que deje una consulta
 *   transaction.c  empezar y terminar una transacción
 *   error.c        de SQLSTATE a los códigos de asinc
 *   result.c       leer un resultado
 *
 * libpq nunca bloquea si se la llama bien: se le manda algo, se espera a su socket, se le
 * dice que lea y se le pregunta si ya tiene un resultado. De aquí no se llama a ninguna
 * función suya que espere (PQexec, PQconnectdb, PQcancel); a la que calcula y saluda para
 * entrar, en otro hilo (connect.c).
 */
#ifndef ASINC_PG_INTERNAL_H
#define ASINC_PG_INTERNAL_H

#include <asinc/pg.h>
#include <libpq-fe.h>

#include "core/task_internal.h"
#include "core/track.h"
#include "io/resolve.h"

struct as_pg {
    struct as__tracked tracked;
    PQconninfoOption *given;    /* lo que dice la cadena de conexión */
    PQconninfoOption *defaults; /* lo que dicen el entorno y libpq */
    struct as__resolver resolver;
    size_t max_connections;
    size_t in_use; /* plazas ocupadas: cada una tiene, o va a tener, una conexión */
    struct as__link idle;  /* conexiones libres; primero, la última devuelta */
    struct as__link queue; /* quienes esperan una plaza */
};

struct as__pg_watcher;
struct as__pg_trace;

struct as_pg_connection {
    as_pg *pool;
    struct as__link link; /* en pool->idle, mientras nadie la tenga */
    PGconn *pg;
    struct as__pg_watcher *watcher;
    struct as__pg_trace *trace; /* mientras se conecta, ver interrupt.c */
    int key;                    /* con ella se interrumpe lo que haga */
    bool has_key;
    bool busy;        /* una tarea la está usando */
    bool unsent;      /* a la consulta le falta por salir una parte */
    bool adrift;      /* nadie la esperó: es del hilo en que está entrando */
    bool broken;      /* no se puede saber en qué estado quedó */
    PGnotify *unread; /* llegaron y nadie las ha esperado, ver notification.c */
    PGnotify **unread_end;
    size_t unread_size;
    char *farewell; /* lo que dijo el servidor al echarla sin que hiciera nada; o NULL */
};

/* ---- socket.c ----------------------------------------------------------------------- */

/*
 * Espera a que el socket `fd` esté como dice `events` (UV_READABLE, UV_WRITABLE) o a que
 * falle; cuál de las dos lo averigua quien lo use. `*watcher` vale NULL la primera vez, y lo
 * que deja en él se suelta con as__pg_unwatch. Suspende. 0, UV_ECANCELED, o UV_ECONNRESET si
 * el socket ya falló antes y nadie se dio por enterado.
 */
int as__pg_watch(struct as__pg_watcher **watcher, int fd, int events);
void as__pg_unwatch(struct as__pg_watcher **watcher);

/* ---- connect.c ---------------------------------------------------------------------- */

/* Abre una conexión. Suspende. 0 o un error, ya explicado. */
int as__pg_connect(as_pg *pool, as_pg_connection **connection);

/* La cierra y la libera. No suspende. */
void as__pg_disconnect(as_pg_connection *connection);

/* as__pg_watch con el socket de la conexión. */
int as__pg_wait(as_pg_connection *connection, int events);

/* ---- interrupt.c -------------------------------------------------------------------- */

/* Antes y después de conectar: aprende la clave con que se interrumpirá a la conexión. */
void as__pg_learn_key(as_pg_connection *connection);
void as__pg_keep_key(as_pg_connection *connection);

/* Mientras se conecta: lo que dice un servidor que no calla no se guarda sin fin. */
void as__pg_bound_trace(as_pg_connection *connection);

/* Pide al servidor que interrumpa lo que haga la conexión y espera a que lo sepa. Suspende.
 * 0, UV_ECANCELED, o por qué no se pudo pedir. */
int as__pg_interrupt(as_pg_connection *connection);

/* ---- query.c ------------------------------------------------------------------------ */

/* Lo que se espera al servidor cuando se deja una consulta o se deshace una transacción, que es lo
 * que promete pg.h; las pruebas que no miran ese plazo lo alargan. */
extern int64_t as__pg_give_up_ms;

/*
 * Toma la conexión para quien va a usarla, que al acabar pone connection->busy a false. 0,
 * UV_EBUSY, UV_ENOTCONN o UV_ECANCELED, ya explicado. Puede ceder el turno.
 */
int as__pg_claim(as_pg_connection *connection);

/* ---- notification.c ----------------------------------------------------------------- */

/* Cuántos bytes de notificaciones pueden estar sin esperar al empezar una consulta; mientras dura,
 * el doble. */
enum { AS__PG_UNREAD_MAX = 16 << 20 };

/* Aparta las que libpq tiene. 0, o AS_EOVERFLOW, explicado, si hay más de `limit` bytes. */
int as__pg_keep_notifications(as_pg_connection *connection, size_t limit);

/* Tira las apartadas. */
void as__pg_forget_notifications(as_pg_connection *connection);

/* ---- address.c ------------------------------------------------------------------- */

/* El valor de una opción de conexión, o NULL. */
const char *as__pg_option(const as_pg *pool, const char *keyword);

/* Listas separadas por comas, en el mismo orden; NULL: lo que diga la cadena de conexión. */
struct as__pg_place {
    char *host, *hostaddr, *port;
};

/* Resuelve los nombres de máquina. Suspende. 0 o un error, ya explicado; `place` se libera
 * siempre. */
int as__pg_locate(as_pg *pool, struct as__pg_place *place);
void as__pg_place_free(struct as__pg_place *place);

/* ---- error.c --------------------------------------------------------------------- */

/* Explica por qué no se pudo conectar y devuelve el código. `phase` es por dónde iba; si no
 * llegó a empezar, CONNECTION_BAD. */
int as__pg_connect_error(const PGconn *pg, ConnStatusType phase);

/* El código de un resultado fallido. */
int as__pg_result_error(const PGconn *pg, const PGresult *result);

/* Deja en la tarea la explicación de libpq: la de `result` o, si es NULL, la de `pg`. */
int as__pg_explain(int error, const PGconn *pg, const PGresult *result);

/* Guarda lo que el servidor dijo al echar a la conexión. */
void as__pg_keep_farewell(as_pg_connection *connection, const PGresult *notice);

/* La conexión se perdió: UV_ECONNRESET, explicado con la despedida del servidor si la hubo; si
 * no, con lo que sepa libpq. */
int as__pg_explain_loss(const as_pg_connection *connection);

/* true si el servidor no la terminó porque se lo pidieron. */
bool as__pg_was_cancelled(const PGresult *result);

#endif
