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

/* Las direcciones de una máquina, sin puerto, en el orden en que conviene probarlas: las IPv6 y
 * las IPv4, alternadas. Las que quepan en una respuesta del DNS, que son 64 KiB. */
struct as__addresses {
    size_t count;
    bool
        partial; /* faltan las de una de las dos clases, que tardan más de lo que se espera */
    union as__address {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } * list;
};

/* Libera la lista y la deja vacía; puede repetirse. */
void as__addresses_free(struct as__addresses *addresses);

/* Copia en `to`, que no tiene nada. 0 o UV_ENOMEM. */
int as__addresses_copy(struct as__addresses *to, const struct as__addresses *from);

/* Junta en `to`, que no tiene nada, las IPv4 y las IPv6, en el orden en que conviene probarlas. 0 o
 * UV_ENOMEM. */
int as__addresses_join(struct as__addresses *to, const struct as__addresses *v4,
                       const struct as__addresses *v6);

struct as__dns_query;

/* Recibe la respuesta: 0 y al menos una dirección, UV_EAI_* o UV_ENOMEM. Puede quedarse con la
 * lista: entonces la deja vacía. */
typedef void as__dns_fn(void *arg, int status, struct as__addresses *addresses);

/* Con una de las dos respuestas, IPv4 e IPv6, lo que se espera a la otra: RFC 8305, 3. */
enum { AS__RESOLUTION_DELAY_MS = 50 };

/*
 * Pregunta por `name`; con `whole`, sin conformarse con la respuesta de una clase. Con 0 se llamará a `done` una vez, y puede ser antes de volver (si está
 * en /etc/hosts); `*query` vale hasta entonces. UV_ENOMEM o UV_EAI_FAIL: no se la llamará. No
 * suspende.
 */
int as__dns_ask(const char *name, bool whole, as__dns_fn *done, void *arg,
                struct as__dns_query **query);

/* Se desentiende de una consulta en marcha: ya no se llamará a su `done`. */
void as__dns_abandon(struct as__dns_query *query);

#endif
