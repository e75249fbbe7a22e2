/*
 * El interior del cliente HTTP, para sus propios archivos.
 *
 *   http.c            enviar y recibir una respuesta entera
 *   http_stream.c     recibirla a trozos
 *   http_exchange.c   una petición: validarla, resolver el nombre, hacer cada salto
 *   http_redirect.c   a dónde y con qué sigue una redirección
 *   http_transfer.c   un asa de libcurl y lo que nos cuenta mientras transfiere
 *   http_client.c     el cliente: sus plazas, sus sockets y el reloj de libcurl
 *
 * Dos reglas sostienen todo. Dentro de un callback de libcurl solo se apunta lo que pasó y
 * se despierta a quien espera: ni se llama a libcurl ni se suspende. Y cada asa tiene un
 * solo dueño, la tarea que hace la petición: solo ella la quita de en medio, tanto si la
 * respuesta llegó como si la cancelaron.
 */
#ifndef ASINC_HTTP_INTERNAL_H
#define ASINC_HTTP_INTERNAL_H

#include <curl/curl.h>

#include "resolve.h"
#include "task_internal.h"
#include "track.h"

struct as__transfer;

/* Lo que libcurl quiere saber de un socket y lo que epoll vigila de él. */
struct as__socket {
    uint8_t wanted, watched;
};

struct as_http {
    struct as__tracked tracked;
    CURLM *multi;
    struct as__resolver resolver;

    size_t max_connections, max_body;
    int max_redirects;
    char *user_agent;

    size_t in_flight;           /* plazas ocupadas */
    struct as__link queue;      /* quienes esperan una */
    struct as__transfer *spare; /* asas ya configuradas, sin uso */
    struct as__link active;     /* transferencias que libcurl tiene entre manos */
    int broken;                 /* el error del que libcurl no se recuperó, o 0 */

    int epoll_fd;
    struct as__socket *sockets; /* por número de descriptor */
    size_t socket_count;
    uv_poll_t ready; /* alguno de los sockets tiene novedades */
    uv_timer_t timer;
    struct as__job kick;
    bool kick_queued, closing;
    size_t waiting; /* tareas que esperan a la red */
    int handles;    /* de libuv, abiertos */
    struct as__link closer;
};

/* ---- http_client.c ------------------------------------------------------------------ */

/* Ocupa una plaza, en orden de llegada. Suspende. 0 o UV_ECANCELED. */
int as__http_acquire(as_http *http);

/* La devuelve, o se la pasa a quien más lleva esperando. */
void as__http_release(as_http *http);

/* Pide que libcurl dé un paso en la próxima vuelta del bucle. */
void as__http_kick(as_http *http);

/* Suspende en `wait` contando con que la red puede despertarla. */
int as__http_suspend(as_http *http, struct as__wait *wait);

/* Para CURLOPT_OPENSOCKETFUNCTION y CURLOPT_CLOSESOCKETFUNCTION. */
int as__http_open_socket(as_http *http, const struct curl_sockaddr *address);
int as__http_close_socket(as_http *http, curl_socket_t fd);

/* ---- http_transfer.c ---------------------------------------------------------------- */

/* Recibe un trozo del cuerpo y devuelve cuánto aceptó, o CURL_WRITEFUNC_PAUSE. */
typedef size_t as__sink_fn(struct as__transfer *transfer, const char *data, size_t size);

struct as__transfer {
    as_http *http;
    CURL *easy;
    struct as__transfer *next_spare;
    struct as__link active; /* en http->active */
    struct as__link waiter; /* la tarea que espera, si la hay */
    bool worn;              /* no debe servir para otra petición */

    /* Lo que se pide. Lo pone as__exchange y dura lo que la transferencia. */
    struct curl_slist *headers;
    size_t header_capacity;
    struct curl_slist resolve;
    bool follow;    /* las redirecciones se siguen: su cuerpo no interesa */
    bool send_once; /* no es idempotente: no debe llegar dos veces al servidor */
    bool streaming; /* quien espera quiere saber de las cabeceras y de cada trozo */
    as__sink_fn *sink;
    void *sink_arg;

    /* Lo que llega. */
    int status;
    char *head; /* "Nombre: valor\0Nombre: valor\0" de la respuesta final */
    size_t head_size, head_capacity, head_count;
    bool head_done; /* llegó la línea en blanco */
    bool redirect;  /* es una redirección y se va a seguir */
    size_t discarded;
    int sends;
    int error; /* por qué un callback cortó la transferencia, o 0 */
    bool done;
    CURLcode result;
    char detail[CURL_ERROR_SIZE];
};

/* Un asa lista para configurar, de las de repuesto o nueva; NULL si falta memoria. */
struct as__transfer *as__transfer_take(as_http *http);

/* Empieza la transferencia. 0 o un error. */
int as__transfer_start(struct as__transfer *transfer);

/* Suspende hasta la próxima novedad. 0 o UV_ECANCELED. */
int as__transfer_wait(struct as__transfer *transfer);

/* Cómo terminó: 0 o un error, ya explicado. */
int as__transfer_result(struct as__transfer *transfer);

/* Se la quita a libcurl, terminara o no. */
void as__transfer_stop(struct as__transfer *transfer);

/* Guarda el asa para otra vez si `reusable` y no está gastada; si no, la libera. */
void as__transfer_give_back(struct as__transfer *transfer, bool reusable);
void as__transfer_free(struct as__transfer *transfer);

/* Lo llama el cliente cuando libcurl da por terminada una transferencia. */
void as__transfer_finished(struct as__transfer *transfer, CURLcode result);

/* Despierta a quien espera novedades. */
void as__transfer_notify(struct as__transfer *transfer);

/* El valor de la primera cabecera `name` recibida, o NULL. */
const char *as__transfer_header(const struct as__transfer *transfer, const char *name);

/* Si `line` es la cabecera `name`, su valor; si no, NULL. */
const char *as__header_value(const char *line, const char *name);

/* ---- http_exchange.c ---------------------------------------------------------------- */

/* Una petición con todas sus redirecciones. */
struct as__exchange {
    as_http *http;
    const as_http_request *request;
    struct as__transfer *transfer;
    CURLU *url;         /* la del salto actual */
    const char *method; /* el del salto actual */
    bool with_body;
    bool foreign; /* se salió del origen: las credenciales ya no viajan */
    int redirects;
};

/*
 * Hace la petición, dentro de su plazo, hasta que llega la respuesta final: entera, o solo
 * sus cabeceras si `streaming`. Con error no queda nada que liberar; con 0, falta
 * as__exchange_end. Suspende.
 */
int as__exchange_run(struct as__exchange *exchange, as_http *http,
                     const as_http_request *request, as__sink_fn *sink, void *sink_arg,
                     bool streaming);

/* Devuelve lo prestado; `complete` si la transferencia llegó a su fin sin error. */
void as__exchange_end(struct as__exchange *exchange, bool complete);

/* ---- http_redirect.c ---------------------------------------------------------------- */

/* 0 si la URL es http o https; si no, `error`, explicado. */
int as__url_check_scheme(CURLU *url, int error);

/* Prepara el salto al que manda la respuesta que acaba de llegar. 0 o un error. */
int as__exchange_follow(struct as__exchange *exchange);

#endif
