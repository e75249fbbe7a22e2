/*
 * El interior del servidor HTTP, para sus propios archivos.
 *
 *   http_server.c          el servidor: nacer, servir, despedirse
 *   http_server_engine.c   libmicrohttpd dentro del bucle: cuándo correr, y cada conexión
 *   http_server_handle.c   una petición: recibirla, su tarea, sus dependencias
 *   http_server_request.c  lo que el manejador lee de ella
 *   http_server_reply.c    lo que el manejador responde
 *   http_server_route.c    patrones, rutas y texto codificado con %
 *
 * libmicrohttpd nos llama, en la pila del bucle, mientras corre MHD_run: ahí solo se apunta
 * lo que llega. Con la petición entera, su conexión se aparta (MHD_suspend_connection) y nace
 * la tarea. Apartada, la conexión no vence, no se entera de que el cliente se fue y no puede
 * morir: eso garantiza que la petición vive más que su tarea, y obliga a devolverlas todas
 * (MHD_resume_connection) antes de parar.
 */
#ifndef ASINC_HTTP_SERVER_INTERNAL_H
#define ASINC_HTTP_SERVER_INTERNAL_H

#include <asinc/http_server.h>
#include <asinc/sync.h>

#include <microhttpd.h>

#include "task_internal.h"
#include "track.h"

struct as__route {
    struct as__route *next;
    char *method, *pattern; /* como se declararon */
    char *text;             /* los trozos del patrón, cada uno con su '\0' */
    size_t count;
    as_http_handler_fn *handler;
    void *arg;
};

struct as_http_server {
    struct as__tracked tracked;
    as_http_server_options options; /* ya sin ceros; host no se conserva */
    int listen_fd, port;
    struct as__route *routes;

    as_event stopping; /* hay que despedirse */
    bool started, serving;
    as_group tasks;        /* las que atienden peticiones */
    size_t active;         /* peticiones que llegaron enteras y no han terminado */
    struct as__link quiet; /* quien espera a que no quede ninguna */

    /* El motor. */
    struct MHD_Daemon *daemon;
    int epoll_fd; /* el de libmicrohttpd y los sockets de los clientes */
    uv_poll_t ready;
    uv_timer_t alarm;  /* cuándo quiere libmicrohttpd que la llamen */
    uv_timer_t reaper; /* cuándo vence el plazo del primer cliente de `waiting` */
    struct as__job step;
    bool step_queued;
    struct as__link waiting; /* conexiones de las que se espera algo, la primera en vencer
                                delante: todas tienen el mismo plazo */
    struct as__link leaving; /* las que se van a cortar: su cliente cerró su lado */
    struct as__link closer;
    int handles;
};

/* Una conexión abierta. */
struct as__connection {
    as_http_server *server;
    struct as__link waiting; /* en server->waiting o en server->leaving */
    uint64_t deadline_ns;    /* de uv_hrtime */
    int fd;
    bool inner;                      /* el cliente está en este mismo proceso */
    bool left;                       /* el cliente cerró su lado */
    as_http_server_request *request; /* la que se está atendiendo o respondiendo */
};

struct as__dependency {
    struct as__dependency *next; /* la que se abrió antes */
    const as_http_dependency *what;
    void *resource;
};

struct as__query {
    char *name, *value;
};

struct as_http_server_request {
    as_http_server *server;
    struct MHD_Connection *mhd;
    struct as__connection *connection;
    const char *method, *path; /* de libmicrohttpd; `path`, sin decodificar */

    /* Lo recibido. */
    char *body;
    size_t body_size, body_capacity;
    int refused; /* el estado con que se rechaza sin llegar a ningún manejador, o 0 */

    /* La ruta decodificada, en trozos; y la consulta. */
    char *segments;
    size_t segment_count;
    struct as__query *query;
    size_t query_count;
    const struct as__route *route;

    /* La tarea. Su reanudación y `settle` van seguidas en la cola: cuando `settle` corre, la
     * tarea ya tuvo su primera oportunidad. */
    struct as__job settle;
    as_task *task;
    as_scope scope;
    bool dispatched, finished, settled, gone;
    struct as__dependency *dependencies; /* la última abierta, la primera */
    bool closing;                        /* ya se están cerrando */

    /* La respuesta. */
    struct MHD_Response *response;
    struct MHD_Response *headers; /* sin cuerpo: solo guarda las que añade el manejador */
    int status;
    bool failed; /* es de as_http_fail */
};

/* ---- http_server_engine.c ----------------------------------------------------------- */

/* Pone en marcha libmicrohttpd sobre server->listen_fd, que pasa a ser suyo. */
int as__engine_open(as_http_server *server);

/* Deja de aceptar conexiones. */
void as__engine_quiesce(as_http_server *server);

/* Corta las conexiones y lo cierra todo. Nadie debe estar apartado. Suspende. */
void as__engine_close(as_http_server *server);

/* Que libmicrohttpd dé un paso en la próxima vuelta; y ese paso. */
void as__engine_kick(as_http_server *server);
void as__engine_step(struct as__job *job);

/* Desde ahora corre, o deja de correr, el plazo del cliente. */
void as__connection_wait(struct as__connection *connection);
void as__connection_rest(struct as__connection *connection);

/* ---- http_server_handle.c ----------------------------------------------------------- */

/* Las dos llamadas de libmicrohttpd sobre una petición: sus datos, y su final. */
enum MHD_Result as__request_access(void *arg, struct MHD_Connection *mhd, const char *url,
                                   const char *method, const char *version,
                                   const char *data, size_t *size, void **request);
void as__request_completed(void *arg, struct MHD_Connection *mhd, void **request,
                           enum MHD_RequestTerminationCode code);

/* El cliente se fue mientras se le atendía. */
void as__request_left(as_http_server_request *request);

/* ---- http_server_reply.c ------------------------------------------------------------ */

/* Olvida la respuesta preparada, y también sus cabeceras si `everything`. */
void as__reply_discard(as_http_server_request *request, bool everything);

/* Entrega la respuesta a libmicrohttpd. */
enum MHD_Result as__reply_queue(as_http_server_request *request);

/* ---- http_server_request.c ---------------------------------------------------------- */

/* Trocea y decodifica la ruta y la consulta. 0, UV_EINVAL o UV_ENOMEM. */
int as__request_parse(as_http_server_request *request);

/* ---- http_server_route.c ------------------------------------------------------------ */

enum as__match { AS__MATCH, AS__NO_PATH, AS__NO_METHOD };

/* Busca quién atiende la petición y lo deja en request->route. */
enum as__match as__route_find(as_http_server_request *request);

/* Los métodos que sí se atienden en su ruta, "GET, HEAD"; NULL si falta memoria. */
char *as__route_allowed(const as_http_server_request *request);

void as__route_free_all(as_http_server *server);

/* Decodifica los %XX de `length` bytes de `text` en `out`, donde caben siempre, con '\0'
 * detrás. Un % que no va seguido de dos cifras se queda como está. Devuelve el final, o NULL
 * si hay un %00: en C cortaría el texto. */
char *as__percent_decode(const char *text, size_t length, char *out);

#endif
