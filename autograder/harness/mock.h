/*
 * mock.h: el servidor de mentira, por dentro.
 *
 *   mock_http.c     lo que usa la prueba: guiones, esperas y registro (hilo de la prueba)
 *   mock_server.c   el bucle, las conexiones y la lectura de peticiones (el del servidor)
 *   mock_reply.c    qué se hace con cada petición ya recibida (el del servidor)
 *   mock_compose.c  los bytes de una respuesta (el del servidor)
 *
 * Todo lo que hay aquí se toca con el cerrojo del banco tomado, menos los objetos de
 * libuv, que son solo del hilo del servidor.
 */
#ifndef HS_MOCK_H
#define HS_MOCK_H

#include "harness/chronicle.h"
#include "harness/internal.h"
#include <pthread.h>
#include <uv.h>

/* Dura hasta el final de la prueba: puede haber peticiones esperando según un guion ya
 * sustituido. */
struct script {
    size_t count, at; /* el paso que toca */
    int spent;        /* peticiones que ya gastó ese paso */
    struct hs_reply steps[];
};

struct route {
    struct route *next;
    char *path;
    struct script *script; /* NULL: contesta 404 */
    int lane;
    struct hs_http_stats stats;
};

enum phase {
    READING,  /* falta petición */
    BARRIER,  /* espera a las demás */
    PASSED,   /* la barrera se abrió: toca seguir */
    HELD,     /* espera a hs_http_release */
    RELEASED, /* la soltaron: toca seguir */
    DELAYED,  /* espera a su demora */
    SENDING,  /* se está contestando */
    PAUSED,   /* contestada en parte: espera a hs_http_advance */
    RESUMED,  /* toca seguir hasta `let` */
    SILENT,   /* no se contestará */
    LINGER,   /* contestado y cerrado por nuestro lado; falta que cierre el cliente */
};

struct connection {
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_shutdown_t shutdown;
    struct hs_http *m;
    struct connection *next;
    int number;
    int handles; /* por cerrar: la conexión se libera con el último */
    bool closing;

    char *input; /* recibido y sin consumir */
    size_t input_length;
    bool continued; /* ya se le dijo «100 Continue» */

    enum phase phase;
    struct route *route;
    struct hs_request *request; /* la que está en vuelo, o NULL */
    struct hs__span link, flight;
    const struct hs_reply *reply;
    bool keep_alive, head;
    bool old;     /* habla HTTP/1.0 */
    char *output; /* la respuesta compuesta */
    size_t output_length, output_sent;
    size_t head_length, body_size; /* de sus bytes, las cabeceras; y los del cuerpo */
    size_t let;                    /* hasta qué byte del cuerpo se puede seguir */
};

#define TOGETHER "peticiones a la vez"

enum command { NOTHING, STOP_LISTENING, CUT_ALL, LISTEN_AGAIN, QUIT };

struct hs_http {
    struct hs__part part;
    int port;
    int reserve; /* ocupa el puerto mientras nadie escucha */
    uv_loop_t loop;
    uv_async_t wake;
    uv_tcp_t *listener; /* NULL si no escucha */
    pthread_t thread;
    enum command command; /* la orden en curso; el servidor la pone a NOTHING al acabar */
    int command_error;
    struct connection *connections;
    struct route *routes;
    struct hs_request **log;
    size_t log_count;
    struct hs_http_stats total;
    struct hs__span wanted; /* las que debían llegar a una barrera */
};

/* mock_http.c: rutas y registro */
struct route *mock_route(struct hs_http *m, const char *path, size_t length);
void mock_keep_request(struct hs_http *m, struct hs_request *r);

/* mock_server.c */
int mock_bind(int *port);         /* un socket sin escuchar; *port 0 = elige el sistema */
int mock_open(struct hs_http *m); /* escucha y arranca el hilo */
void connection_close(struct connection *c);
void connection_reset(struct connection *c);
void connection_serve(struct connection *c); /* atiende lo que ya haya leído */

/* mock_compose.c. mock_compose deja en c->output la respuesta de la petición en curso, y
 * mock_offset dice cuántos de esos bytes llevan los primeros `body_bytes` del cuerpo. */
const char *mock_reason(int status);
void mock_compose(struct connection *c);
size_t mock_offset(const struct connection *c, size_t body_bytes);

/* mock_reply.c */
void reply_admit(struct connection *c); /* petición recibida: empieza su espera */
void reply_go_on(struct connection *c); /* PASSED o RELEASED: sigue */
void reply_refuse(struct connection *c, int status);
void reply_end(struct connection *c, enum hs_request_end end);

#endif
