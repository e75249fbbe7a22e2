/*
 * Conectarse por TCP con la primera de varias direcciones que conteste: RFC 8305, «Happy
 * Eyeballs». Es el único sitio en que este programa llama a una dirección de Internet por su
 * cuenta; lo usan as_connect y el cliente HTTP.
 *
 * Se empieza por la primera. Si falla, se pasa a la siguiente en el acto; si no contesta en
 * AS__ATTEMPT_DELAY_MS, se prueba con la siguiente sin dejar de esperarla. Gana la que conteste
 * antes y las demás se cierran. No hay más de ocho abiertas: para otra se cierra una que ya falló
 * o, si no hay, la que más lleva.
 */
#ifndef ASINC_CONNECT_H
#define ASINC_CONNECT_H

#include <asinc/stream.h>

#include "io/resolve.h"

enum { AS__ATTEMPT_DELAY_MS = 250 };

/* Para quién es la conexión. */
struct as__connect {
    /* Pregunta por las direcciones de todas las clases. */
    int (*ask_whole)(void *arg, struct as__addresses *addresses);
    void *arg;
    int port;
    bool apart; /* su otro extremo, si es de aquí, no es un flujo: ver stream_peer.c */
    const void *site;
};

/*
 * Se conecta con las direcciones que hay en `addresses`, que recibe el puerto; si faltaban las de
 * una clase y ninguna de las otras sirvió, las pregunta. Deja el flujo en `*stream`, o NULL. 0,
 * UV_ECANCELED, o por qué falló la primera dirección, sin explicar. Suspende.
 *
 * A cada socket se le llama con connect una sola vez: libcurl cuenta con ser la segunda (ver
 * http/sockets.c).
 */
int as__connect_any(const struct as__connect *to, struct as__addresses *addresses,
                    as_stream **stream);

#endif
