/*
 * Preguntar por un nombre de máquina sin gastar un hilo: c-ares sobre el bucle.
 *
 * getaddrinfo bloquea, y en un hilo no se puede cortar: con unos pocos nombres cuyo DNS no
 * contesta, los hilos se acaban y los demás nombres esperan. c-ares pregunta por sus propios
 * sockets, que el bucle vigila, así que mil consultas no cuestan ni un hilo y una que ya
 * nadie quiere se abandona en el acto.
 *
 * Busca donde el sistema, pero no en todo: /etc/hosts; los servidores, los dominios de
 * búsqueda y `ndots` de /etc/resolv.conf, que se lee cada vez que no hay consultas en marcha;
 * y LOCALDOMAIN y RES_OPTIONS. De /etc/nsswitch.conf solo entiende «files» y «dns» (o
 * «resolve»): no hay mDNS (los nombres .local), ni LDAP, ni lo que otros módulos inventen. Y
 * de resolv.conf no lee `timeout` ni `attempts`: a cada servidor se le pregunta tres veces, y
 * se le esperan 2, 4 y 8 segundos.
 */
#ifndef ASINC_DNS_H
#define ASINC_DNS_H

#include <netinet/in.h>

#include <asinc/types.h>

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

struct as__dns_query;

/* Recibe la respuesta: 0 y al menos una dirección, UV_EAI_* o UV_ENOMEM. */
typedef void as__dns_fn(void *arg, int status, const struct as__addresses *addresses);

/*
 * Pregunta por `name`. Con 0 se llamará a `done` una vez, y puede ser antes de volver (si está
 * en /etc/hosts); `*query` vale hasta entonces. UV_ENOMEM o UV_EAI_FAIL: no se la llamará. No
 * suspende.
 */
int as__dns_ask(const char *name, as__dns_fn *done, void *arg,
                struct as__dns_query **query);

/* Se desentiende de una consulta en marcha: ya no se llamará a su `done`. */
void as__dns_abandon(struct as__dns_query *query);

#endif
