/*
 * De nombre de máquina a direcciones.
 *
 * getaddrinfo bloquea, así que corre en un hilo de libuv. Un hilo no se puede cortar a la
 * mitad: cancelar a quien espera solo lo despega, y la consulta sigue por su cuenta hasta
 * que el sistema conteste; su memoria no depende de ninguna tarea. Las respuestas se
 * guardan unos segundos, y las tareas que preguntan a la vez por el mismo nombre
 * comparten una sola consulta.
 */
#ifndef ASINC_RESOLVE_H
#define ASINC_RESOLVE_H

#include <asinc/types.h>
#include <netinet/in.h>

enum { AS__MAX_ADDRESSES = 16 };

/* Las direcciones de una máquina, sin puerto, en el orden en que conviene probarlas. */
struct as__addresses {
    size_t count;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } list[AS__MAX_ADDRESSES];
};

/* Lo que un cliente ha preguntado; vive en su memoria. */
struct as__resolver {
    struct as__link hosts; /* primero, el usado más recientemente */
    size_t count;
};

void as__resolver_init(struct as__resolver *resolver);

/* Nadie debe estar esperando. Las consultas en marcha se liberan solas al acabar. */
void as__resolver_close(struct as__resolver *resolver);

/*
 * Llena `addresses` con las direcciones de `name`. Devuelve 0, UV_EAI_*, UV_ENOMEM o
 * UV_ECANCELED, y explica el error. Suspende si no lo sabía ya.
 */
int as__resolve(struct as__resolver *resolver, const char *name,
                struct as__addresses *addresses);

#endif
