#include "io/dial.h"

#include <string.h>
#include <sys/socket.h>

#include "core/loop_internal.h"
#include "io/stream_address.h"

/* El número del socket en el núcleo, que no se repite; 0 si no lo dice. */
static uint64_t cookie_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;

    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

void as__dial_add(struct as__dial *dial, int fd)
{
    dial->fd = fd;
    dial->cookie = cookie_of(fd);
    as__list_append(&as__loop->dialing, &dial->link);
}

void as__dial_remove(struct as__dial *dial)
{
    if (dial->link.next)
        as__list_remove(&dial->link);
}

/* Se pregunta al núcleo cada vez: hasta que no está conectado, un socket no tiene dirección. */
static bool is_at(const struct as__dial *dial, const char *address)
{
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    char text[AS__ADDRESS_SIZE];

    return getsockname(dial->fd, (struct sockaddr *)&own, &size) == 0 &&
           strcmp(as__address_text((struct sockaddr *)&own, size, text), address) == 0 &&
           cookie_of(dial->fd) == dial->cookie;
}

/* Casi siempre es la primera: se aceptan en el orden en que se hicieron. */
struct as__dial *as__dial_take(const char *address)
{
    struct as__link *dialing = &as__loop->dialing;

    for (struct as__link *l = dialing->next; *address && l != dialing; l = l->next) {
        struct as__dial *dial = as__container_of(l, struct as__dial, link);
        if (is_at(dial, address)) {
            as__list_remove(l);
            return dial;
        }
    }
    return NULL;
}
