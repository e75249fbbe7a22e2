#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "pg/internal.h"

/*
 * libpq resuelve los nombres con getaddrinfo, que bloquea. Si además de `host` recibe
 * `hostaddr`, usa esas direcciones y deja `host` para comprobar el certificado y buscar la
 * contraseña. Un nombre con varias direcciones se convierte en varias máquinas con el mismo
 * nombre, que libpq probará en orden, como habría hecho ella.
 */

static const char *find(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword; options++) {
        if (strcmp(options->keyword, keyword) == 0)
            return options->val && *options->val ? options->val : NULL;
    }
    return NULL;
}

const char *as__pg_option(const as_pg *pool, const char *keyword)
{
    const char *value = find(pool->given, keyword);

    return value ? value : find(pool->defaults, keyword);
}

/* Ni un socket de Unix (abstracto, con @) ni una dirección ya escrita. */
static bool is_name(const char *host)
{
    struct in6_addr address;

    return *host && *host != '/' && *host != '@' &&
           inet_pton(AF_INET, host, &address) != 1 &&
           inet_pton(AF_INET6, host, &address) != 1;
}

static int append(char **list, const char *item)
{
    size_t size = *list ? strlen(*list) + 1 : 0;
    char *text = realloc(*list, size + strlen(item) + 1);

    if (!text)
        return as__error(UV_ENOMEM);
    if (size > 0)
        text[size - 1] = ',';
    strcpy(text + size, item);
    *list = text;
    return 0;
}

static int add(struct as__pg_place *place, const char *host, const char *address,
               const char *port)
{
    int rc = append(&place->host, host);

    if (rc == 0)
        rc = append(&place->hostaddr, address);
    if (rc == 0)
        rc = append(&place->port, port);
    return rc;
}

static int add_resolved(as_pg *pool, struct as__pg_place *place, const char *host,
                        const char *port)
{
    struct as__addresses addresses;
    char text[INET6_ADDRSTRLEN];

    int rc = as__resolve(&pool->resolver, host, &addresses);
    for (size_t i = 0; rc == 0 && i < addresses.count; i++) {
        uv_ip_name(&addresses.list[i].any, text, sizeof text);
        rc = add(place, host, text, port);
    }
    as__addresses_free(&addresses);
    return rc;
}

/* El siguiente elemento de una lista separada por comas; la última se queda en él. */
static const char *next_item(char **list)
{
    char *item = *list, *comma = strchr(item, ',');

    if (comma) {
        *comma = '\0';
        *list = comma + 1;
    }
    return item;
}

static size_t count_items(const char *list)
{
    size_t count = 1;

    for (; *list; list++)
        count += *list == ',';
    return count;
}

static int add_all(as_pg *pool, struct as__pg_place *place, char *hosts, char *ports)
{
    size_t count = count_items(hosts);
    int unresolved = 0;

    for (size_t i = 0; i < count; i++) {
        const char *host = next_item(&hosts), *port = next_item(&ports);
        int rc = is_name(host) ? add_resolved(pool, place, host, port)
                               : add(place, host, "", port);
        if (rc == UV_ECANCELED || rc == UV_ENOMEM)
            return rc;
        if (rc < 0)
            unresolved = rc; /* como libpq: quizá otra de la lista sirva */
    }
    return place->host ? 0 : unresolved;
}

int as__pg_locate(as_pg *pool, struct as__pg_place *place)
{
    const char *host = as__pg_option(pool, "host"), *port = as__pg_option(pool, "port");

    *place = (struct as__pg_place){0};
    /* Con service=, la máquina la dice pg_service.conf, y de él solo sabe libpq. */
    if (!host || as__pg_option(pool, "hostaddr") || find(pool->given, "service"))
        return 0;
    if (count_items(port) != 1 && count_items(port) != count_items(host))
        return 0; /* que lo explique libpq, que lo comprueba antes de resolver */
    char *hosts = strdup(host), *ports = strdup(port);
    int rc = hosts && ports ? add_all(pool, place, hosts, ports) : as__error(UV_ENOMEM);
    free(ports);
    free(hosts);
    return rc;
}

void as__pg_place_free(struct as__pg_place *place)
{
    free(place->host);
    free(place->hostaddr);
    free(place->port);
}
