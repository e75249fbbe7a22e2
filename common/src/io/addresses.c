/* Listas de direcciones: copiarlas y ordenarlas. Las llena dns.c, o resolve.c. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <uv.h>

#include "io/dns.h"

void as__addresses_free(struct as__addresses *addresses)
{
    free(addresses->list);
    *addresses = (struct as__addresses){0};
}

int as__addresses_copy(struct as__addresses *to, const struct as__addresses *from)
{
    *to = (struct as__addresses){0};
    to->list = malloc((from->count + 1) * sizeof *to->list);
    if (!to->list)
        return UV_ENOMEM;
    if (from->count > 0)
        memcpy(to->list, from->list, from->count * sizeof *to->list);
    to->count = from->count;
    to->partial = from->partial;
    return 0;
}

/* ¿Hay por dónde llegar? No se envía nada. */
static bool has_route(const union as__address *address)
{
    union as__address to = *address;
    int fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    to.v6.sin6_port = htons(53); /* en el mismo sitio que sin_port */
    bool reached = fd >= 0 && connect(fd, &to.any, sizeof to.v6) == 0;
    if (fd >= 0)
        close(fd);
    return reached;
}

/* Alternadas, para que una clase que no funciona no retrase a la otra. Primero, IPv6 si hay por
 * dónde: RFC 8305, 4. */
int as__addresses_join(struct as__addresses *to, const struct as__addresses *v4,
                       const struct as__addresses *v6)
{
    bool six_first = v6->count > 0 && (v4->count == 0 || has_route(v6->list));
    const struct as__addresses *first = six_first ? v6 : v4;
    const struct as__addresses *second = six_first ? v4 : v6;

    to->list = malloc((v4->count + v6->count + 1) * sizeof *to->list);
    if (!to->list)
        return UV_ENOMEM;
    for (size_t i = 0; i < first->count || i < second->count; i++) {
        if (i < first->count)
            to->list[to->count++] = first->list[i];
        if (i < second->count)
            to->list[to->count++] = second->list[i];
    }
    return 0;
}
