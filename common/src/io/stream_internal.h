/*
 * El interior de un flujo, para los archivos que lo forman y para quien haga flujos de
 * asideros de libuv.
 *
 *   stream.c          nacer, morir, abrir descriptores
 *   stream_read.c     el búfer de lectura y quien espera datos
 *   stream_write.c    lo que no cupo en el núcleo y quien espera a que quepa
 *   stream_connect.c  conectarse
 *   connect.c         la primera de varias direcciones que conteste
 *   stream_peer.c     saber si el otro extremo está en este mismo programa
 *   stream_address.c  direcciones: buscarlas y escribirlas
 *   dial.c            las conexiones que este programa hace y aún no ha aceptado
 *   listener.c        escuchar y aceptar
 *   serve.c           atender a cada cliente en su tarea
 */
#ifndef ASINC_STREAM_INTERNAL_H
#define ASINC_STREAM_INTERNAL_H

#include <asinc/stream.h>

#include "core/buffer.h"
#include "core/task_internal.h"
#include "core/track.h"
#include "io/dial.h"
#include "io/stream_address.h"

enum as__stream_kind {
    AS__TCP,
    AS__PIPE, /* también los sockets Unix */
    AS__TTY,
    AS__FILE /* libuv no puede esperar por él, ni hace falta: siempre está listo */
};

struct as_stream {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
        uv_tty_t tty;
    } uv;
    enum as__stream_kind kind;
    bool has_handle; /* el de libuv está preparado */
    int fd;          /* -1 hasta que adopte uno */
    int fd_flags;    /* los que hay que devolver a 0, 1 o 2; -1: ninguno */
    struct as__tracked tracked;

    /* Vida: se libera cuando libuv ha cerrado y nadie está dentro de una función suya. */
    unsigned users;
    bool cut;       /* ya no se puede usar: as_stream_abort o as_stream_close */
    bool closing;   /* as_stream_close */
    bool closed;    /* libuv ha cerrado */
    bool discarded; /* as__stream_discard: nadie espera a que cierre */
    struct as__link closer;

    /* Lectura. */
    as_task *reader; /* quien está leyendo; NULL si nadie */
    struct as__link reader_wait;
    struct as__buffer unread;    /* lo recibido y no leído */
    struct as__line_search line; /* y la línea que se busca en ello */
    size_t enough;               /* cuánto necesita quien espera */
    int read_status;             /* por qué no llegará más: UV_EOF o un error */
    bool reading;                /* libuv está leyendo */

    /* Escritura. */
    as_lock writing;          /* da el turno a quienes escriben */
    struct as__link drainers; /* esperan a que quede poco por entregar */
    int write_status;         /* el error que ya no deja escribir más */
    bool shut;

    /* El otro extremo, ver stream_peer.c. */
    bool connecting;
    bool inner;           /* está en este programa */
    as_listener *dialed;  /* el servidor de este programa que debe aceptarlo */
    bool peer_gone;       /* y ya se cerró */
    as_stream *peer;      /* cuál es, cuando se sabe */
    struct as__dial dial; /* en el registro, hasta que lo acepten */
    uint64_t sent, received;
    size_t *counter; /* la cuenta del bucle en que está apuntado */
    char *peername, *sockname;
};

/* ---- stream.c ----------------------------------------------------------------------- */

/* Crea un flujo con su asidero de libuv sin abrir; NULL si falta memoria. Se libera siempre
 * con as_stream_close. */
as_stream *as__stream_new(enum as__stream_kind kind, const void *site);

/* Se deshace de un flujo conectado que nadie usa, sin esperar a que libuv lo cierre: los que se
 * cierran en una misma vuelta acaban al revés, y quien los esperara perdería su turno. */
void as__stream_discard(as_stream *stream);

/* Le da un descriptor abierto. Si falla, el descriptor sigue siendo de quien llama. */
int as__stream_adopt(as_stream *stream, int fd);

/* Las dos cosas; si falla, no deja nada y `*stream` vale NULL. */
int as__stream_open(enum as__stream_kind kind, int fd, const void *site,
                    as_stream **stream);

/* 0, o por qué ya no se puede usar, explicado. */
int as__stream_check(const as_stream *stream);

/* Alrededor de toda función que usa un flujo y puede suspenderse. */
int as__stream_enter(as_stream *stream);
void as__stream_leave(as_stream *stream);

/* Espera en `list` a que as__wake despierte; `wait` debe estar ya preparada. */
int as__stream_wait(as_stream *stream, struct as__link *list, struct as__wait *wait);

/* ---- stream_write.c ----------------------------------------------------------------- */

/* Los bytes aceptados y no entregados al sistema. */
size_t as__stream_unsent(const as_stream *stream);

/* Espera a que queden como mucho `level` bytes por entregar. */
int as__stream_wait_level(as_stream *stream, size_t level);

/* ---- listener.c ---------------------------------------------------------------------- */

/* as_accept en nombre de quien está en `site`. */
int as__accept(as_listener *listener, const void *site, as_stream **stream);

/* ---- stream_peer.c ------------------------------------------------------------------ */

/* `stream` se está conectando con `address`. */
void as__peer_dial(as_stream *stream, const struct sockaddr *address);

/* Da a un socket Unix sin conectar un nombre por el que reconocerlo. */
void as__peer_name_unix(int fd);

/* `stream` acaba de aceptarse. */
void as__peer_accepted(as_stream *stream);

/* Los dos extremos de una tubería. */
void as__peer_join(as_stream *a, as_stream *b);

/* `listener` se cierra: a quien no aceptó, el núcleo lo despide. */
void as__peer_unlisten(as_listener *listener);

/* `stream` se cierra. */
void as__peer_leave(as_stream *stream);

/* Cambió si alguien acepta en `listener`. */
void as__peer_accepting(as_listener *listener);

/* Cambió algo de lo que depende que la espera de `stream` pueda terminar: la apunta en la
 * cuenta del bucle que toque. */
void as__peer_recount(as_stream *stream);

struct as_listener {
    struct as__tracked tracked;
    struct as__link in_loop; /* en loop->listeners */
    uv_poll_t poll;
    int fd;
    enum as__stream_kind kind;
    struct sockaddr_storage address;
    char name[AS__ADDRESS_SIZE];
    dev_t path_dev; /* el socket Unix que se creó, para no borrar el de otro */
    ino_t path_ino;
    struct as__link acceptors, closer;
    unsigned users;
    bool polling, closing, closed;
};

#endif
