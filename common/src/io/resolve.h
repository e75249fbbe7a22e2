/*
 * De nombre de máquina a direcciones.
 *
 * Una dirección ya escrita no se pregunta a nadie, ni «localhost». Lo demás se pregunta con
 * dns.h: las respuestas se guardan unos segundos, y las tareas que preguntan a la vez por el
 * mismo nombre comparten una sola consulta. Cuando se va la última que esperaba, la consulta
 * se abandona.
 */
#ifndef ASINC_RESOLVE_H
#define ASINC_RESOLVE_H

#include "io/dns.h"

/* Lo que un cliente ha preguntado; vive en su memoria. */
struct as__resolver {
    struct as__link hosts; /* primero, el usado más recientemente */
    size_t count;
};

void as__resolver_init(struct as__resolver *resolver);

/* Nadie debe estar esperando. */
void as__resolver_close(struct as__resolver *resolver);

typedef int as__resolve_fn(struct as__resolver *resolver, const char *name,
                           struct as__addresses *addresses);

/*
 * Llena `addresses` con las direcciones de `name`, y quien llama las libera. Si las de una clase
 * (IPv4 o IPv6) tardan más que las de la otra, puede dar solo estas: `addresses->partial`.
 * Devuelve 0, UV_EAI_*, UV_ENOMEM o UV_ECANCELED, y explica el error. Suspende si no lo sabía ya.
 */
as__resolve_fn as__resolve;

/* Lo mismo, sin conformarse con las de una clase. */
as__resolve_fn as__resolve_whole;

/* Si ya se sabe, llena `addresses` sin suspender y devuelve 0; si no, UV_EAGAIN. O UV_ENOMEM. */
int as__resolve_known(struct as__resolver *resolver, const char *name,
                      struct as__addresses *addresses);

/* Lo mismo, para quien no va a preguntar más y no necesita recordar nada. */
int as__resolve_once(const char *name, struct as__addresses *addresses);

#endif
