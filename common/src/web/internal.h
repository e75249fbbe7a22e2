/*
 * El interior del servidor HTTP, para sus propios archivos, de abajo arriba:
 *
 *   head.c        la cabeza de una petición, al pie de la letra (ver parse.h)
 *   chunked.c     un cuerpo a trozos (ídem)
 *   route.c       patrones, rutas y texto codificado con %
 *   request.c     lo que el manejador lee de la petición
 *   reply.c       lo que el manejador responde
 *   handle.c      la tarea que atiende una petición, y sus dependencias
 *   receive.c     de los bytes que llegan a una petición entera
 *   send.c        de una respuesta a bytes que salen
 *   stream.c      la respuesta que sale a trozos, mientras el manejador sigue
 *   connection.c  una conexión: sus sucesos, su plazo y su final
 *   listen.c      aceptar conexiones, y cuántas caben
 *   terminate.c   que SIGTERM sea despedirse
 *   server.c      el servidor: nacer, servir, despedirse
 *
 * Una conexión es una máquina de estados que corre en la pila del bucle; ver as__phase. Una
 * petición vive en su conexión, y solo mientras la atiende un manejador hay una tarea. La
 * conexión nunca se cierra con el manejador corriendo: si el cliente se va, se cancela la
 * tarea y se espera a que acabe. Así la petición vive siempre más que su tarea.
 */
#ifndef ASINC_WEB_INTERNAL_H
#define ASINC_WEB_INTERNAL_H

#include <asinc/sync.h>
#include <asinc/web.h>
#include <netinet/in.h>
#include <sys/uio.h>
#include <time.h>

#include "core/buffer.h"
#include "core/caught.h"
#include "core/task_internal.h"
#include "core/track.h"
#include "io/stream_address.h"
#include "web/parse.h"

struct as__route {
    struct as__route *next;
    char *method, *pattern; /* como se declararon */
    char *text;             /* los trozos del patrón, cada uno con su '\0' */
    size_t count;
    as_web_handler_fn *handler;
    void *arg;
};

struct as_web {
    struct as__tracked tracked;
    as_web_options options; /* ya sin ceros; host no se conserva */
    int listen_fd, port;
    struct as__route *routes;

    as_callback_fn *on_shutdown; /* NULL: ninguna; ver as_web_on_shutdown */
    void *on_shutdown_arg;
    as_web_prepare_fn *on_response; /* NULL: ninguna; ver as_web_on_response_prepare */
    void *on_response_arg;

    as_event stopping;            /* hay que despedirse */
    struct as__caught terminated; /* SIGTERM */
    uv_async_t termination;       /* que llegó: desde el manejador de señal */
    bool started, serving;
    as_group tasks;        /* las que atienden peticiones */
    size_t active;         /* peticiones que llegaron enteras y no han terminado */
    struct as__link quiet; /* quien espera a que no quede ninguna */

    /* Aceptar. */
    uv_poll_t listening;
    uv_timer_t retry; /* cuándo volver a probar, si faltaron descriptores */
    bool accepting;   /* aún se aceptan conexiones */
    bool full;        /* no caben más: las nuevas esperan en el núcleo */
    size_t connection_count;
    struct as__link connections;

    /* Los plazos de los clientes: en cada lista, la primera en vencer delante. */
    uv_timer_t reaper;
    uint64_t reap_at_ns;     /* cuándo salta */
    bool reaps_late;         /* el bucle llegó tarde: se cortará tras leer */
    struct as__link waiting; /* a que el cliente envíe o recoja algo */
    struct as__link parting; /* a que el cliente cierre también */

    struct as__buffer spare; /* el de una conexión que se quedó ociosa, para la próxima */
    size_t handles;          /* asideros de libuv abiertos */
    struct as__link closer; /* quien espera a que no quede ninguno */
    time_t date_at;         /* cuándo se escribió `date` */
    char date[80];
};

/* En qué está una conexión. */
enum as__phase {
    AS__HEAD,    /* espera una petición, o le está llegando la cabeza */
    AS__BODY,    /* le está llegando el cuerpo */
    AS__HANDLER, /* la petición está entera y la atiende su tarea */
    AS__REPLY,   /* está saliendo la respuesta */
    AS__PARTING, /* salió la última: se espera a que el cliente cierre */
    AS__CLOSED
};

struct as__connection {
    as_web *server;
    uv_poll_t poll;
    int fd, watched; /* los sucesos de uv_poll que se miran */
    enum as__phase phase;
    bool inner;                /* el cliente está en este mismo proceso */
    bool left;                 /* el cliente cerró su lado */
    bool receiving;            /* se está leyendo lo que llegó: no hace falta `turn` */
    bool turn_queued;          /* `turn` está en la cola */
    bool handle_open;          /* libuv aún tiene `poll` */
    struct as__link in_server; /* en server->connections */
    struct as__link waiting;   /* en server->waiting o en server->parting */
    uint64_t deadline_ns;      /* de uv_hrtime */
    size_t swallowed;          /* lo que llegó, y se tiró, tras despedirse */
    struct as__job turn;       /* seguir con lo que ya había llegado */

    /* Lo que ha llegado y aún no se ha leído. */
    struct as__buffer in;
    struct as__request_head_scan scan;

    /* Lo que falta por salir, y la tarea que espera a que salga. */
    struct iovec out[3];
    int out_first, out_count;
    struct as__link writer;

    as_web_request *request;
    char peername[AS__ADDRESS_SIZE];
};

struct as__dependency {
    struct as__dependency *next; /* la que se abrió antes */
    const as_web_dependency *what;
    void *resource;
};

struct as__query {
    const char *name, *value;
};

struct as_web_request {
    as_web *server;
    struct as__connection *connection;
    struct as__request_head head;
    bool close; /* la conexión se cierra tras la respuesta */

    /* El cuerpo. */
    struct as__chunked chunked;
    uint64_t body_left; /* bytes que faltan, si no viene a trozos */
    struct as__buffer received;
    char *body; /* cuando está entero; NULL si no hay */
    size_t body_size;

    /* La ruta decodificada, en trozos; y la consulta. */
    char *segments;
    size_t segment_count;
    struct as__query *query;
    size_t query_count;
    const struct as__route *route;

    /* La tarea. Su reanudación y `settle` van seguidas en la cola: cuando `settle` corre, la
     * tarea ya tuvo su primera oportunidad. */
    struct as__job settle;
    as_task *task; /* mientras corre el manejador */
    as_scope scope;
    bool dispatched; /* llegó entera: cuenta en server->active */
    bool settled;    /* ya tuvo su primera oportunidad */
    bool finished;   /* y acabó, con sus dependencias */
    bool gone;       /* el cliente se fue antes: nadie espera la respuesta */
    struct as__dependency *dependencies; /* la última abierta, la primera */

    /* La respuesta: la preparada, o la que está saliendo a trozos. */
    int status; /* 0: ninguna */
    char *reply, *type;
    size_t reply_size;
    struct as__buffer headers;    /* las que añade el manejador, cada una con su CR LF */
    struct as__buffer reply_head; /* lo que sale delante */
    bool failed;                  /* la preparada es de as_web_fail */
    bool streaming;               /* la cabeza ya salió */
    bool torn; /* lo que salió está a medias y no se puede completar */
    char chunk_line[24];

    struct as__field fields[]; /* y detrás, el texto de la cabeza */
};

/* ---- route.c ------------------------------------------------------------------------ */

enum as__match { AS__MATCH, AS__NO_PATH, AS__NO_METHOD };

/* Busca quién atiende la petición y lo deja en request->route. */
enum as__match as__route_find(as_web_request *request);

/* Los métodos que sí se atienden en su ruta, "GET, HEAD"; NULL si falta memoria. */
char *as__route_allowed(const as_web_request *request);

void as__route_free_all(as_web *server);

/* Decodifica los %XX de `length` bytes de `text` en `out`, donde caben siempre, con '\0'
 * detrás. Un % que no va seguido de dos cifras se queda como está. Devuelve el final, o NULL
 * si hay un %00: en C cortaría el texto. */
char *as__percent_decode(const char *text, size_t length, char *out);

/* ---- request.c ---------------------------------------------------------------------- */

/* Trocea y decodifica la ruta y la consulta. 0, UV_EINVAL o UV_ENOMEM. */
int as__request_parse(as_web_request *request);

/* ---- reply.c ------------------------------------------------------------------------ */

/* Olvida la respuesta preparada, y también sus cabeceras si `everything`. */
void as__reply_discard(as_web_request *request, bool everything);

/* Prepara la cabeza de una respuesta que saldrá a trozos. 0, UV_EINVAL, UV_EALREADY o
 * UV_ENOMEM. */
int as__reply_prepare_stream(as_web_request *request, int status, const char *type);

/* ---- handle.c ----------------------------------------------------------------------- */

/* La petición está entera: o se responde ya, o nace su tarea. */
void as__request_dispatch(as_web_request *request);

/* El cliente se fue mientras se le atendía. */
void as__request_left(as_web_request *request);

/* Libera la petición, respondida o no. */
void as__request_free(as_web_request *request);

/* ---- receive.c ---------------------------------------------------------------------- */

/* Lee del socket lo que haya. */
void as__receive(struct as__connection *connection);

/* Sigue leyendo lo que ya había llegado. */
void as__receive_more(struct as__connection *connection);

/* ---- send.c ------------------------------------------------------------------------- */

/* Envía la respuesta preparada; si no hay, o el cliente se fue, corta la conexión. */
void as__reply_send(as_web_request *request);

/* La respuesta está lista: que la vea quien pidió verlas, y le añada lo suyo. */
void as__reply_announce(as_web_request *request);

/* Añade la cabeza de la respuesta a lo que tiene que salir. 0 o UV_ENOMEM. */
int as__reply_write_head(as_web_request *request);

/* true si se pidió solo la cabeza. */
bool as__reply_is_to_head(const as_web_request *request);

/* true si la respuesta no lleva cuerpo, aunque el manejador lo diera. */
bool as__reply_has_no_body(const as_web_request *request);

/* Añade algo a lo que tiene que salir. Debe durar hasta que salga. */
void as__out_add(struct as__connection *connection, const void *data, size_t size);

/* Envía lo que falta: 1 si salió todo, 0 si hay que esperar, < 0 si la conexión está rota. */
int as__out_flush(struct as__connection *connection);

/* El socket vuelve a admitir datos. */
void as__send_more(struct as__connection *connection);

/* ---- stream.c ----------------------------------------------------------------------- */

/* El manejador terminó: prepara el final de la respuesta que estaba saliendo a trozos. */
void as__stream_finish(as_web_request *request);

/* ---- connection.c ------------------------------------------------------------------- */

/* Empieza a atender el socket `fd`, que pasa a ser suyo. UV_ENOMEM. */
int as__connection_open(as_web *server, int fd, const struct sockaddr *peer);

/* La cierra. No puede estar en AS__HANDLER. */
void as__connection_close(struct as__connection *connection);

/* Qué sucesos interesan. */
void as__connection_watch(struct as__connection *connection, int events);

/* La petición acabó, y salió su respuesta: espera otra o se despide. */
void as__connection_next(struct as__connection *connection);

/* Desde ahora corre, o deja de correr, el plazo del cliente. */
void as__connection_wait(struct as__connection *connection);
void as__connection_rest(struct as__connection *connection);

/* La conexión no sirve ya para hablar con el cliente: como si se hubiera ido. */
void as__connection_broken(struct as__connection *connection);

/* ---- listen.c ----------------------------------------------------------------------- */

/* Empieza a aceptar conexiones en server->listen_fd, que pasa a ser suyo. */
int as__listen_open(as_web *server);

/* Deja de aceptarlas. */
void as__listen_stop(as_web *server);

/* Se ha ido una conexión, o hay una ociosa: quizá quepa otra. */
void as__listen_room(as_web *server);

/* Corta todas y lo cierra todo. No debe quedar ninguna petición en marcha. Suspende. */
void as__listen_close(as_web *server);

/* Se cerró un asidero del servidor. */
void as__listen_handle_closed(as_web *server);

/* ---- terminate.c -------------------------------------------------------------------- */

/* Desde ahora SIGTERM para el servidor; y deja de hacerlo. Antes, as__listen_open; después,
 * as__listen_close. */
void as__termination_watch(as_web *server);
void as__termination_forget(as_web *server);

#endif
