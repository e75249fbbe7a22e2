/*
 * tcp_internal.h: los clientes TCP, por dentro.
 *
 *   tcp.c        lo que usa la prueba                       (hilo de la prueba)
 *   tcp_crowd.c  las conexiones y el hilo que las atiende
 *
 * Todo se toca con el cerrojo del banco tomado.
 */
#ifndef HS_TCP_INTERNAL_H
#define HS_TCP_INTERNAL_H

#include "harness/chronicle.h"
#include "harness/program/record.h"
#include "harness/tcp.h"
#include <sys/socket.h>

struct hs_tcp {
    struct hs_tcp *next;
    const char *name;
    struct hs_tcp_options options;
    struct sockaddr_storage local, remote;
    int fd; /* -1: cerrada por la prueba */
    enum hs_tcp_state state;
    int error;      /* errno de un corte o de no poder conectar */
    bool watched;   /* está en el epoll */
    bool paused;    /* no lee */
    size_t ration;  /* bytes tras los que deja de leer; 0: no hay tope */
    bool finishing; /* cerrar nuestro lado cuando se haya enviado todo */
    struct hs__record record;
    struct hs__span link;
    struct hs__intake in;
    char *output; /* lo que el núcleo aún no aceptó: [output_sent, output_length) */
    size_t output_sent, output_length;
};

/* Apunta la conexión y empieza a atenderla; arranca el hilo si es la primera. */
void hs__crowd_add(struct hs_tcp *c);
/* Lo que hay que atender cambió: enviar, leer o cerrar. */
void hs__crowd_update(struct hs_tcp *c);
/* Envía lo que quepa. */
void hs__tcp_push(struct hs_tcp *c);
/* Cómo está, con palabras: «conectado», «el servidor le cerró la conexión»... */
const char *hs__tcp_words(const struct hs_tcp *c);
/* Cierra su descriptor; con `reset`, cortando. */
void hs__tcp_shut(struct hs_tcp *c, bool reset);

#endif
