#include "io/resolve.h"

#include <asinc/stream.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/task_internal.h"

/* Diez segundos, como aiohttp, diga lo que diga el DNS: ni eternos ni preguntados cada vez. */
#define TTL_NS UINT64_C(10000000000)

enum { MAX_HOSTS = 64 };

/* ---- Lo que no hay que preguntar ---------------------------------------------------- */

/* Con las formas antiguas de escribir una IPv4, «127.1» o «0x7f000001», como getaddrinfo. */
static bool parse(const char *name, union as__address *address)
{
    if (uv_ip6_addr(name, 0, &address->v6) == 0)
        return true;
    address->v4 = (struct sockaddr_in){.sin_family = AF_INET};
    /* inet_aton no mira lo que haya detrás de un espacio. */
    return inet_aton(name, &address->v4.sin_addr) == 1 && !strpbrk(name, " \t\n\v\f\r");
}

/* «localhost» y lo que acabe en «.localhost» son siempre esta máquina: RFC 6761. */
static bool is_localhost(const char *name)
{
    static const char local[] = "localhost";
    size_t size = strlen(name), tail = sizeof local - 1;

    size -= size > 0 && name[size - 1] == '.';
    return size >= tail && strncasecmp(name + size - tail, local, tail) == 0 &&
           (size == tail || name[size - tail - 1] == '.');
}

/* 0, UV_ENOMEM, o UV_EAGAIN si hay que preguntarlo. */
static int known(const char *name, struct as__addresses *addresses)
{
    union as__address list[2];
    struct as__addresses found = {.list = list, .count = 1};

    if (is_localhost(name)) {
        found.count = 2;
        uv_ip4_addr("127.0.0.1", 0, &list[0].v4);
        uv_ip6_addr("::1", 0, &list[1].v6);
    } else if (!parse(name, &list[0])) {
        return UV_EAGAIN;
    }
    return as__addresses_copy(addresses, &found);
}

/* ---- Lo preguntado ------------------------------------------------------------------ */

/* Un nombre conocido o por conocer. */
struct host {
    struct as__link link; /* en resolver->hosts */
    struct as__resolver *resolver;
    struct as__link waiters;
    bool busy; /* la consulta está en marcha */
    struct as__dns_query *query;
    int status; /* lo que dio la última */
    uint64_t expires_ns;
    struct as__addresses addresses;
    char name[];
};

/* Quien espera recibe su copia al despertar: cuando corra, `host` puede no existir. */
struct waiter {
    struct as__wait wait;
    struct host *host;
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
    if (host->busy)
        as__dns_abandon(host->query);
    as__addresses_free(&host->addresses);
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

static struct host *find_or_add(struct as__resolver *resolver, const char *name)
{
    struct host *host = find(resolver, name);

    if (!host) {
        make_room(resolver);
        host = calloc(1, sizeof *host + strlen(name) + 1);
        if (!host)
            return NULL;
        host->resolver = resolver;
        as__list_init(&host->link);
        as__list_init(&host->waiters);
        strcpy(host->name, name);
        resolver->count++;
    }
    remember_as_newest(resolver, host);
    return host;
}

/* Un fallo no se recuerda: puede ser pasajero. */
static void on_answer(void *arg, int status, struct as__addresses *addresses)
{
    struct host *host = arg;

    host->busy = false;
    as__addresses_free(&host->addresses);
    host->addresses = *addresses;
    *addresses = (struct as__addresses){0};
    host->expires_ns = status == 0 ? as_now_ns() + TTL_NS : 0;
    while (!as__list_empty(&host->waiters)) {
        struct waiter *waiter = as__container_of(host->waiters.next, struct waiter,
                                                 wait.link);
        int rc = status;
        if (rc == 0)
            rc = as__addresses_copy(waiter->addresses, &host->addresses);
        as__wake(&waiter->wait, rc);
    }
    host->status = status;
}

/* ---- Esperar la respuesta ----------------------------------------------------------- */

static void stop_waiting(struct as__wait *wait)
{
    struct host *host = as__container_of(wait, struct waiter, wait)->host;

    as__list_remove(&wait->link);
    if (host->busy && as__list_empty(&host->waiters))
        forget(host); /* nadie más la quiere */
}

static int wait_answer(struct host *host, struct as__addresses *addresses)
{
    struct waiter waiter = {.host = host, .addresses = addresses};

    as__wait_init(&waiter.wait, "que se resuelva un nombre de máquina", stop_waiting);
    as__list_append(&host->waiters, &waiter.wait.link);
    as__io_begin();
    int rc = as__suspend_one(&waiter.wait);
    as__io_end();
    if (rc < 0)
        as__addresses_free(addresses); /* la cancelaron ya despierta */
    return rc;
}

/* ¿Sirve lo que se recuerda de `host`? */
static bool is_fresh(const struct host *host, bool whole)
{
    return host->expires_ns > as_now_ns() && !(whole && host->addresses.partial);
}

static int look_up(struct as__resolver *resolver, const char *name, bool whole,
                   struct as__addresses *addresses)
{
    struct host *host = find_or_add(resolver, name);

    if (!host)
        return as__error(UV_ENOMEM);
    if (!host->busy && !is_fresh(host, whole)) {
        host->busy = true; /* on_answer puede desmentirlo antes de volver */
        int rc = as__dns_ask(host->name, whole, on_answer, host, &host->query);
        if (rc < 0) {
            host->busy = false;
            forget(host);
            return rc;
        }
    }
    if (host->busy)
        return wait_answer(host, addresses);
    return host->status == 0 ? as__addresses_copy(addresses, &host->addresses)
                             : host->status;
}

static int resolve(struct as__resolver *resolver, const char *name, bool whole,
                   struct as__addresses *addresses)
{
    *addresses = (struct as__addresses){0};
    int rc = known(name, addresses);
    if (rc == UV_EAGAIN)
        rc = *name ? look_up(resolver, name, whole, addresses) : UV_EAI_NONAME;
    if (rc < 0 && rc != UV_ECANCELED)
        as_error_set(rc, "no se pudo resolver «%s»: %s", name, as_strerror(rc));
    return rc;
}

int as__resolve(struct as__resolver *resolver, const char *name,
                struct as__addresses *addresses)
{
    return resolve(resolver, name, false, addresses);
}

int as__resolve_whole(struct as__resolver *resolver, const char *name,
                      struct as__addresses *addresses)
{
    return resolve(resolver, name, true, addresses);
}

int as__resolve_known(struct as__resolver *resolver, const char *name,
                      struct as__addresses *addresses)
{
    int rc = known(name, addresses);

    if (rc != UV_EAGAIN)
        return rc;
    struct host *host = find(resolver, name);
    if (!host || host->busy || !is_fresh(host, false))
        return UV_EAGAIN;
    remember_as_newest(resolver, host);
    return as__addresses_copy(addresses, &host->addresses);
}

int as__resolve_once(const char *name, struct as__addresses *addresses)
{
    struct as__resolver resolver;

    as__resolver_init(&resolver);
    int rc = as__resolve(&resolver, name, addresses);
    as__resolver_close(&resolver);
    return rc;
}

/* ---- Para el programa --------------------------------------------------------------- */

enum { TEXT_SIZE = INET6_ADDRSTRLEN + 1 + IF_NAMESIZE };

/* Una IPv6 de enlace local solo vale con su interfaz detrás: «fe80::1%eth0». */
static void write_address(const struct sockaddr *address, char text[TEXT_SIZE])
{
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    char interface[IF_NAMESIZE];

    uv_ip_name(address, text, TEXT_SIZE);
    if (address->sa_family == AF_INET6 && v6->sin6_scope_id != 0 &&
        if_indextoname(v6->sin6_scope_id, interface)) {
        strcat(text, "%");
        strcat(text, interface);
    }
}

/* El vector y, detrás, los textos a los que apunta. */
static char **pack(const struct as__addresses *addresses)
{
    size_t n = addresses->count;
    char **list = malloc((n + 1) * sizeof *list + n * TEXT_SIZE);

    if (!list)
        return NULL;
    char *text = (char *)(list + n + 1);
    for (size_t i = 0; i < n; i++, text += TEXT_SIZE) {
        write_address(&addresses->list[i].any, text);
        list[i] = text;
    }
    list[n] = NULL;
    return list;
}

int as_getaddrinfo(const char *host, char ***addresses, size_t *count)
{
    struct as__addresses found = {0};

    as__task_required("as_getaddrinfo");
    *addresses = NULL;
    if (count)
        *count = 0;
    int rc = as__checkpoint();
    if (rc == 0)
        rc = as__resolve_once(host, &found);
    if (rc < 0)
        return rc;
    *addresses = pack(&found);
    size_t n = found.count;
    as__addresses_free(&found);
    if (!*addresses)
        return as__error(UV_ENOMEM);
    if (count)
        *count = n;
    return 0;
}
