#include "resolve.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "task_internal.h"

/* getaddrinfo no dice cuánto vale su respuesta: diez segundos, como aiohttp. */
#define TTL_NS UINT64_C(10000000000)

enum { MAX_HOSTS = 64 };

/* Un nombre conocido o por conocer. */
struct host {
    struct as__link link;          /* en resolver->hosts */
    struct as__resolver *resolver; /* NULL: nadie lo quiere ya, se libera al contestar */
    struct as__link waiters;
    uv_getaddrinfo_t request;
    bool busy; /* la consulta está en marcha */
    uint64_t expires_ns;
    struct as__addresses addresses;
    char name[];
};

/* Quien espera recibe su copia al despertar: cuando corra, `host` puede no existir. */
struct waiter {
    struct as__wait wait;
    struct as__addresses *addresses;
};

void as__resolver_init(struct as__resolver *resolver)
{
    as__list_init(&resolver->hosts);
    resolver->count = 0;
}

static void forget(struct host *host)
{
    as__list_remove(&host->link);
    host->resolver->count--;
    host->resolver = NULL;
    if (host->busy)
        uv_cancel((uv_req_t *)&host->request); /* solo evita las que aún hacían cola */
    else
        free(host);
}

void as__resolver_close(struct as__resolver *resolver)
{
    while (!as__list_empty(&resolver->hosts)) {
        struct host *host = as__container_of(resolver->hosts.next, struct host, link);
        forget(host); /* NOLINT(clang-analyzer-unix.Malloc): lo saca de la lista */
    }
}

static void remember_as_newest(struct as__resolver *resolver, struct host *host)
{
    as__list_remove(&host->link);
    as__list_append(resolver->hosts.next, &host->link); /* antes de la primera */
}

static struct host *find(struct as__resolver *resolver, const char *name)
{
    for (struct as__link *l = resolver->hosts.next; l != &resolver->hosts; l = l->next) {
        struct host *host = as__container_of(l, struct host, link);
        if (strcasecmp(host->name, name) == 0)
            return host;
    }
    return NULL;
}

/* Olvida el más antiguo que no esté en plena consulta. */
static void make_room(struct as__resolver *resolver)
{
    struct as__link *l = resolver->hosts.prev;

    while (resolver->count >= MAX_HOSTS && l != &resolver->hosts) {
        struct host *host = as__container_of(l, struct host, link);
        l = l->prev;
        if (!host->busy)
            forget(host);
    }
}

static void copy_addresses(struct as__addresses *to, const struct addrinfo *from)
{
    to->count = 0;
    for (; from && to->count < AS__MAX_ADDRESSES; from = from->ai_next) {
        if (from->ai_family == AF_INET || from->ai_family == AF_INET6)
            memcpy(&to->list[to->count++], from->ai_addr, from->ai_addrlen);
    }
}

static void on_answer(uv_getaddrinfo_t *request, int status, struct addrinfo *answer)
{
    struct host *host = as__container_of(request, struct host, request);

    host->busy = false;
    if (!host->resolver) {
        uv_freeaddrinfo(answer);
        free(host);
        return;
    }
    copy_addresses(&host->addresses, answer);
    uv_freeaddrinfo(answer);
    if (status == 0 && host->addresses.count == 0)
        status = UV_EAI_NODATA;
    while (!as__list_empty(&host->waiters)) {
        struct waiter *waiter = as__container_of(host->waiters.next, struct waiter,
                                                 wait.link);
        *waiter->addresses = host->addresses;
        as__wake(&waiter->wait, status);
    }
    host->expires_ns = as_now_ns() + TTL_NS;
    if (status < 0)
        forget(host); /* un fallo no se recuerda: puede ser pasajero */
}

static int ask(struct host *host)
{
    /* Sin esto, cada dirección vendría repetida por cada tipo de socket. */
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

    int rc = uv_getaddrinfo(&as__loop->uv, &host->request, on_answer, host->name, NULL,
                            &hints);
    host->busy = rc == 0;
    return rc;
}

static int look_up(struct as__resolver *resolver, const char *name, struct host **out)
{
    struct host *host = find(resolver, name);

    if (!host) {
        make_room(resolver);
        host = calloc(1, sizeof *host + strlen(name) + 1);
        if (!host)
            return UV_ENOMEM;
        host->resolver = resolver;
        as__list_init(&host->link);
        as__list_init(&host->waiters);
        strcpy(host->name, name);
        resolver->count++;
    }
    remember_as_newest(resolver, host);
    *out = host;
    if (host->busy || host->expires_ns > as_now_ns())
        return 0;
    int rc = ask(host);
    if (rc < 0)
        forget(host);
    return rc;
}

int as__resolve(struct as__resolver *resolver, const char *name,
                struct as__addresses *addresses)
{
    struct host *host;

    int rc = look_up(resolver, name, &host);
    if (rc == 0 && !host->busy) {
        *addresses = host->addresses;
        return 0;
    }
    if (rc == 0) {
        struct waiter waiter = {.addresses = addresses};
        as__wait_init(&waiter.wait, "que se resuelva un nombre de máquina", NULL);
        as__list_append(&host->waiters, &waiter.wait.link);
        as__io_begin();
        rc = as__suspend_one(&waiter.wait);
        as__io_end();
    }
    if (rc < 0 && rc != UV_ECANCELED)
        as_error_set(rc, "no se pudo resolver «%s»: %s", name, as_strerror(rc));
    return rc;
}
