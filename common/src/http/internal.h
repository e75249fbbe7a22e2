/*
 * El interior del cliente HTTP, para sus propios archivos.
 *
 *   http.c       enviar y recibir una respuesta entera
 *   stream.c     recibirla a trozos
 *   url.c        qué direcciones valen y cómo se escriben
 *   exchange.c   una petición: su plaza, su plazo y cada uno de sus saltos
 *   request.c    lo que se pide en un salto: método, cabeceras y cuerpo
 *   redirect.c   a dónde y con qué sigue una redirección
 *   transfer.c   un salto: un asa de libcurl y lo que nos cuenta mientras transfiere
 *   head.c       las cabeceras recibidas
 *   decode.c     descomprimir el cuerpo
 *   tls.c        en quién se confía
 *   outcome.c    cómo acabó un salto, en español
 *   client.c     el cliente: sus opciones, sus plazas, su principio y su fin
 *   sockets.c    los sockets y el reloj de libcurl en el bucle
 *   libcurl.c    libcurl en este proceso: iniciarla, si le faltó memoria y qué hace mal
 *
 * Las conexiones las hace io/connect.h, y no libcurl. Si para una petición no tiene ninguna libre,
 * libcurl la da por fallida (on_open_socket): se hace la conexión y se le pide otra vez.
 *
 * Tres reglas sostienen todo. Dentro de un callback de libcurl solo se apunta lo que pasó y
 * se despierta a quien espera: ni se llama a libcurl ni se suspende. Cada asa tiene un solo
 * dueño, la tarea que hace la petición: solo ella la quita de en medio, tanto si la
 * respuesta llegó como si la cancelaron. Y cada salto usa un asa como nueva, o nueva de
 * verdad donde libcurl no sabe volver a usarlas (as__libcurl_reuses). Lo que de verdad
 * cuesta, las conexiones y las sesiones TLS, no es del asa sino del cliente.
 */
#ifndef ASINC_HTTP_INTERNAL_H
#define ASINC_HTTP_INTERNAL_H

#include <asinc/http.h>
#include <curl/curl.h>

#include "core/buffer.h"
#include "core/task_internal.h"
#include "core/track.h"
#include "io/connect.h"
#include "io/dial.h"

struct as__exchange;
struct as__decoder;

/* ---- client.c ----------------------------------------------------------------------- */

/* Lo que libcurl quiere saber de un socket y lo que epoll vigila de él. */
struct as__socket {
    uint8_t wanted, watched;
    uint16_t box; /* en http->open; 0, si no es aún de libcurl */
    struct as__dial
        *dial; /* con el reloj virtual: quizá quien acepta es de este programa */
};

enum { AS__BOXES = 1024 };

struct as_http {
    struct as__tracked tracked;
    CURLM *multi;
    CURL *spare; /* las asas ya usadas: cada una guarda la siguiente en CURLOPT_PRIVATE */
    CURLSH *sessions; /* las sesiones TLS, para no negociar cada conexión desde cero */
    struct as__resolver resolver;

    size_t max_connections, max_body;
    int max_redirects;
    char *user_agent;                     /* "User-Agent: asinc" */
    char *ca_file, *cert_file, *key_file; /* ver tls.c; NULL: lo que haya en el sistema */
    bool insecure;
    char *proxy; /* "" si no hay */
    CURLU *proxy_url;
    struct as__hidden {
        char *host; /* o NULL */
        int port;
        uint64_t until_ns; /* de uv_hrtime */
    } hidden; /* el último nombre que libcurl cree que sabe, ver exchange.c */

    size_t users;           /* peticiones en marcha, con plaza o sin ella */
    size_t in_flight;       /* plazas ocupadas */
    struct as__link queue;  /* quienes esperan una */
    struct as__link active; /* transferencias que libcurl tiene entre manos */
    int unwatched;          /* por qué no se pudo vigilar un socket, o 0 */
    int broken;             /* el error del que libcurl no se recuperó, o 0 */
    const void *talker; /* la conexión TLS que acaba de recibir mensajes del saludo... */
    size_t talk;        /* ...y cuántos, en esta llamada a libcurl; ver tls.c */

    int epoll_fd;
    struct as__socket *sockets; /* por número de descriptor */
    size_t socket_count;
    uint32_t open[AS__BOXES]; /* conexiones abiertas con las máquinas de cada casilla */
    uv_poll_t ready;          /* alguno de los sockets tiene novedades */
    uv_timer_t timer;
    uint64_t lost_ns; /* cuándo murió la última conexión ociosa; 0, ninguna */
    struct as__job kick;
    bool kick_queued, closing;
    size_t waiting; /* tareas que esperan a la red */
    int handles;    /* de libuv, abiertos */
    struct as__link closer;
};

/* Ocupa una plaza, en orden de llegada. Suspende. 0 o UV_ECANCELED. */
int as__http_acquire(as_http *http);

/* La devuelve, o se la pasa a quien más lleva esperando. */
void as__http_release(as_http *http);

/* ---- sockets.c ---------------------------------------------------------------------- */

/* Ata libcurl al bucle de este hilo. 0 o un error, y entonces no queda nada que soltar. */
int as__http_attach(as_http *http);

/* Lo suelta, con libcurl ya cerrada. Suspende y no se deja cancelar. */
void as__http_detach(as_http *http);

/* Pide que libcurl dé un paso en la próxima vuelta del bucle. */
void as__http_kick(as_http *http);

/* ¿Murió hace poco una conexión ociosa? libcurl podría no haberse enterado. */
bool as__http_lost_connection(as_http *http);

/* Espera en `waiters` contando con que la red puede despertarla. */
int as__http_wait_on(as_http *http, struct as__link *waiters, const char *what);

/* Se queda con la conexión de `stream`, que sigue siendo de quien llama, para dársela a libcurl:
 * un descriptor, o un error. */
int as__http_adopt(as_http *http, as_stream *stream);

/* La conexión, con la máquina de la casilla `box`, pasa a manos de libcurl. */
void as__http_hand_over(as_http *http, curl_socket_t fd, uint16_t box);

/* Para CURLOPT_CLOSESOCKETFUNCTION. */
int as__http_close_socket(as_http *http, curl_socket_t fd);

/* ---- libcurl.c ---------------------------------------------------------------------- */

/* Inicia libcurl la primera vez. 0 o un error, explicado. */
int as__libcurl_init(void);

/* Cuántas veces le faltó memoria a libcurl en este hilo. */
unsigned long as__libcurl_starved(void);

/* ¿Puede usarse un asa otra vez? */
bool as__libcurl_reuses(void);

/* ¿Se puede prescindir de la carpeta de autoridades? */
bool as__libcurl_drops_directory(void);

/* ¿Sabe dónde está el archivo de las autoridades del sistema? */
bool as__libcurl_has_authorities_file(void);

/* ---- head.c ------------------------------------------------------------------------- */

/* Las cabeceras de una respuesta: "Nombre: valor\0Nombre: valor\0". */
struct as__head {
    struct as__buffer text;
    size_t count;
};

void as__head_clear(struct as__head *head);
void as__head_free(struct as__head *head);

/* Añade una línea, o la continuación de la última. 0 o UV_ENOMEM. */
int as__head_add(struct as__head *head, const char *line, size_t size);
int as__head_unfold(struct as__head *head, const char *line, size_t size);

/* El valor de la primera cabecera `name`, o NULL. */
const char *as__head_find(const struct as__head *head, const char *name);

/* El de la que sigue a la de `value`, que es de una de ellas, o NULL. */
const char *as__head_next(const struct as__head *head, const char *name,
                          const char *value);

/* El Content-Length que no dice cuánto mide el cuerpo, o NULL si no hay ninguno así. */
const char *as__head_bad_length(const struct as__head *head);

/* El Transfer-Encoding que no se pidió, o NULL si no hay ninguno así. */
const char *as__head_bad_coding(const struct as__head *head);

/* Una copia en una sola memoria: el vector, acabado en NULL, y detrás el texto. NULL si
 * falta memoria. */
char **as__head_copy(const struct as__head *head);

/* Si `line` es la cabecera `name`, su valor; si no, NULL. */
const char *as__header_value(const char *line, const char *name);

/* ---- decode.c ----------------------------------------------------------------------- */

/* Prepara `*decoder` para lo que dice Content-Encoding, o lo deja en NULL si no hay nada
 * que descomprimir. 0, UV_ENOMEM, o UV_EPROTO si viene en algo que no se pidió. */
int as__decoder_new(const char *coding, struct as__decoder **decoder);
void as__decoder_free(struct as__decoder *decoder);

/* Recibe lo descomprimido y devuelve si lo admitió todo. */
typedef bool as__decoded_fn(void *arg, const char *data, size_t size);

/* Descomprime `size` bytes y entrega lo que salga. 0; UV_EPROTO si están mal; UV_ENOMEM, o
 * UV_ECANCELED si `deliver` no quiso más. */
int as__decoder_feed(struct as__decoder *decoder, const char *data, size_t size,
                     as__decoded_fn *deliver, void *arg);

/* ¿Se puede acabar aquí, o falta un trozo? */
bool as__decoder_may_end(const struct as__decoder *decoder);

/* ---- transfer.c --------------------------------------------------------------------- */

struct as__transfer;

enum { AS__IDLE_SECONDS = 15 }; /* una conexión ociosa más vieja no se reutiliza */

/* Los dos extremos de una conexión, que es como libcurl la nombra. */
struct as__ends {
    char local[INET6_ADDRSTRLEN], remote[INET6_ADDRSTRLEN];
    int local_port, remote_port;
};

/* Recibe un trozo del cuerpo y devuelve cuánto aceptó, o CURL_WRITEFUNC_PAUSE. */
typedef size_t as__sink_fn(struct as__transfer *transfer, const char *data, size_t size);

struct as__transfer {
    as_http *http;
    CURL *easy;             /* el asa de este salto, o NULL */
    struct as__link active; /* en http->active */
    struct as__link waiter; /* la tarea que espera, si la hay */

    /* Lo que se pide: lo pone as__exchange. */
    bool follow;  /* las redirecciones se siguen: su cuerpo no interesa */
    bool tunnels; /* la conexión, si es nueva, empieza por pedirle un túnel al proxy */
    bool secure;  /* va por TLS, y su respuesta puede tener cuerpo */
    bool idempotent; /* libcurl puede repetirla si la conexión se muere */
    bool streaming;  /* quien espera quiere saber de las cabeceras y de cada trozo */
    bool decode;     /* el cuerpo se entrega descomprimido */
    as__sink_fn *sink;
    void *sink_arg;
    uint16_t box; /* la de la máquina con que hay que conectarse */
    int fd;       /* una conexión hecha que espera a que libcurl la pida, o -1 */

    /* Lo que llega. */
    int status;
    struct as__head head;         /* de la respuesta final */
    size_t head_size, head_lines; /* de todas las cabeceras del salto */
    void *ssl; /* la conexión de OpenSSL que debe despedirse, o NULL */
    size_t discarded;
    struct as__decoder *decoder;
    unsigned long starved; /* as__libcurl_starved() al empezar */
    struct as__ends ends;  /* los de la conexión por la que va, si es un flujo */
    int sends;
    CURLcode result;
    bool answered; /* libcurl iba a repetirla, y ya tenía respuesta: no tendrá cuerpo */
    bool unconnected; /* libcurl no tenía conexión: hay que hacerla y repetir */
    bool head_done;   /* llegó la línea en blanco */
    bool redirect;    /* es una redirección y se va a seguir */
    bool in_tunnel;   /* las cabeceras que llegan son del proxy */
    bool farewell;    /* `ssl` se despidió */
    bool paused;      /* no se lee del socket hasta que alguien lea del flujo */
    bool done;
    char detail[CURL_ERROR_SIZE];

    /* Por qué un callback cortó la transferencia, o 0, y su explicación. */
    int error;
    char why[160];
};

/* Prepara la transferencia de un salto. 0 o UV_ENOMEM. */
int as__transfer_open(struct as__transfer *transfer);

/* La empieza. 0 o un error. */
int as__transfer_start(struct as__transfer *transfer);

/* Suspende hasta la próxima novedad. 0 o UV_ECANCELED. */
int as__transfer_wait(struct as__transfer *transfer);

/* Se la quita a libcurl, terminara o no, y suelta el asa; puede repetirse. */
void as__transfer_close(struct as__transfer *transfer);

/* Libera lo demás. */
void as__transfer_free(struct as__transfer *transfer);

/* Libera las asas que el cliente guardaba. */
void as__transfer_free_spares(as_http *http);

/* Lo llama el cliente cuando libcurl da por terminada una transferencia. */
void as__transfer_finished(struct as__transfer *transfer, CURLcode result);

/* Despierta a quien espera novedades. */
void as__transfer_notify(struct as__transfer *transfer);

/* Apunta por qué no se admite lo que llega: hay que decirle a libcurl que corte. */
void as__transfer_refuse(struct as__transfer *transfer, int error, const char *format,
                         ...) __attribute__((format(printf, 3, 4)));

/* ---- exchange.c --------------------------------------------------------------------- */

/* Una petición con todas sus redirecciones. */
struct as__exchange {
    as_http *http;
    const as_http_request *request;
    struct as__transfer transfer;
    CURLU *url;         /* la del salto actual */
    const char *method; /* el del salto actual */
    bool with_body;
    bool foreign; /* se salió del origen: las credenciales no pasan */
    int redirects;
    char *host; /* con quién hay que conectarse en este salto, que puede ser un proxy */
    int port;
    bool seated; /* tiene plaza */
    as_scope deadline;

    /* Lo que libcurl lee durante el salto. */
    struct curl_slist *headers;
    struct curl_slist resolve;
};

/*
 * Hace la petición, dentro de su plazo, hasta que llega la respuesta final: entera, o solo
 * sus cabeceras si `streaming`. Con error no queda nada que liberar; con 0, falta
 * as__exchange_end. Suspende.
 */
int as__exchange_run(struct as__exchange *exchange, as_http *http,
                     const as_http_request *request, as__sink_fn *sink, void *sink_arg,
                     bool streaming);

/* Devuelve lo prestado. */
void as__exchange_end(struct as__exchange *exchange);

/* ---- request.c ---------------------------------------------------------------------- */

/* ¿Se puede enviar lo que pide el programa? 0 o UV_EINVAL, explicado. */
int as__request_check(const as_http_request *request);

/* El método, el cuerpo y lo demás del primer salto. */
void as__request_first(struct as__exchange *exchange);

/* ¿Debe ir por una conexión nueva? */
bool as__request_goes_alone(const struct as__exchange *exchange);

/* Le dice a libcurl qué pedir en este salto. 0 o UV_ENOMEM. */
int as__request_configure(struct as__exchange *exchange);

/* ---- redirect.c --------------------------------------------------------------------- */

/* Prepara el salto al que manda la respuesta que acaba de llegar. 0 o un error. */
int as__exchange_follow(struct as__exchange *exchange);

/* ---- url.c -------------------------------------------------------------------------- */

/* Lee `text` en `*url`, que es de quien llama también si falla. 0, UV_EINVAL o UV_ENOMEM. */
int as__url_parse(const char *text, CURLU **url);

/* 0 si la URL es http o https; si no, `error`, explicado. */
int as__url_check_scheme(CURLU *url, int error);

/* Un nombre de máquina tal como lo buscará libcurl: en punycode si no es ASCII. Libera
 * `*host` con curl_free. 0, UV_ENOMEM, o UV_EINVAL si no se puede convertir, sin explicar. */
int as__url_host(CURLU *url, char **host);

/* ---- tls.c -------------------------------------------------------------------------- */

/* Copia del programa en quién confía y con qué se presenta. 0 o un error, explicado. */
int as__tls_options(as_http *http, const as_http_options *options);

/* Se lo dice a libcurl. 0 o UV_ENOMEM. */
int as__tls_configure(const as_http *http, CURL *easy);

/* ¿Lo que falló es que el servidor no admite nuestro certificado, o que no le dimos uno? */
bool as__tls_refused(const struct as__transfer *transfer);

/* El cuerpo acabará cuando el servidor cierre: que no valga sin despedirse. Dentro de un callback. */
void as__tls_expect_farewell(struct as__transfer *transfer);

/* ¿Se fue sin despedirse? */
bool as__tls_cut(const struct as__transfer *transfer);

/* Explica un error de TLS de libcurl al hablar con `host`. Devuelve el código que le toca. */
int as__tls_error(const struct as__transfer *transfer, const char *host);

/* ---- outcome.c ---------------------------------------------------------------------- */

/* Explica que con el servidor de este salto, o con el proxy, no se pudo conectar. Devuelve `rc`. */
int as__connect_error(const struct as__exchange *exchange, int rc);

/* Cómo terminó el salto: 0 o un error, ya explicado. */
int as__exchange_outcome(struct as__exchange *exchange);

/* Añade a la explicación de `error`, si pudo ser por eso, que hay un proxy en el entorno y
 * este cliente no lo usa. Devuelve `error`. */
int as__proxy_hint(const as_http *http, int error);

#endif
