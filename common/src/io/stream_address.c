#include "io/stream_address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "core/task_internal.h"

/* ---- Buscar ------------------------------------------------------------------------- */

int as__address_check(const char *host, int port)
{
    if (!host)
        return as_error_set(UV_EINVAL, "falta el nombre de la máquina");
    if (port < 0 || port > 65535)
        return as_error_set(UV_EINVAL, "los puertos van de 0 a 65535");
    return 0;
}

int as__address_find(const char *host, int port, struct as__addresses *addresses)
{
    int rc = as__address_check(host, port);

    if (rc == 0)
        rc = as__resolve_once(host, addresses);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < addresses->count; i++) /* en el mismo sitio que sin6_port */
        addresses->list[i].v4.sin_port = htons((uint16_t)port);
    return 0;
}

int as__address_unix(const char *path, struct sockaddr_un *address)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (*path == '\0')
        return as_error_set(UV_EINVAL, "falta la ruta del socket");
    if (strlen(path) >= sizeof address->sun_path)
        return as_error_set(UV_ENAMETOOLONG,
                            "la ruta de un socket tiene como mucho %zu bytes: «%s»",
                            sizeof address->sun_path - 1, path);
    strcpy(address->sun_path, path);
    return 0;
}

/* ---- Escribir ----------------------------------------------------------------------- */

socklen_t as__address_size(const struct sockaddr *address)
{
    return address->sa_family == AF_INET ? sizeof(struct sockaddr_in)
                                         : sizeof(struct sockaddr_in6);
}

int as__address_port(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)address)->sin_port);
    if (address->sa_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    return 0;
}

static void unix_text(const struct sockaddr_un *address, socklen_t size, char *text)
{
    size_t offset = offsetof(struct sockaddr_un, sun_path);
    int length = size > offset ? (int)(size - offset) : 0;

    if (length > 1 && address->sun_path[0] == '\0') /* uno abstracto */
        snprintf(text, AS__ADDRESS_SIZE, "@%.*s", length - 1, address->sun_path + 1);
    else
        snprintf(text, AS__ADDRESS_SIZE, "%.*s", length, address->sun_path);
}

const char *as__address_text(const struct sockaddr *address, socklen_t size,
                             char text[AS__ADDRESS_SIZE])
{
    char ip[INET6_ADDRSTRLEN];
    int port = as__address_port(address);

    *text = '\0';
    if (address->sa_family == AF_INET) {
        uv_ip4_name((const struct sockaddr_in *)address, ip, sizeof ip);
        snprintf(text, AS__ADDRESS_SIZE, "%s:%d", ip, port);
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
            inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], ip, sizeof ip);
            snprintf(text, AS__ADDRESS_SIZE, "%s:%d", ip, port);
        } else {
            uv_ip6_name(v6, ip, sizeof ip);
            snprintf(text, AS__ADDRESS_SIZE, "[%s]:%d", ip, port);
        }
    } else if (address->sa_family == AF_UNIX) {
        unix_text((const struct sockaddr_un *)address, size, text);
    }
    return text;
}

/* ---- Comparar ----------------------------------------------------------------------- */

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static bool is_wildcard(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ((const struct sockaddr_in *)address)->sin_addr.s_addr == INADDR_ANY;
    return IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

bool as__address_reaches(const struct sockaddr *target, const struct sockaddr *listening)
{
    if (target->sa_family == AF_UNIX || listening->sa_family == AF_UNIX)
        return target->sa_family == listening->sa_family &&
               strcmp(((const struct sockaddr_un *)target)->sun_path,
                      ((const struct sockaddr_un *)listening)->sun_path) == 0;
    if (as__address_port(target) != as__address_port(listening))
        return false;
    if (is_wildcard(listening))
        return is_loopback(target) || is_wildcard(target);
    char a[AS__ADDRESS_SIZE], b[AS__ADDRESS_SIZE];
    return strcmp(as__address_text(target, 0, a), as__address_text(listening, 0, b)) == 0;
}
