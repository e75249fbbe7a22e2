/* cliente.h: los clientes con que se prueba el servidor de mentira: curl y sockets. */
#ifndef CLIENTE_H
#define CLIENTE_H

#include "harness/harness.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* curl que escribe el cuerpo y, al final, una línea con el estado. */
#define curl(...)                                                                        \
    hs_start_with(((struct hs_options){.program = "/usr/bin/curl"}), "-sS", "-w",        \
                  "\\n%{http_code}\\n", __VA_ARGS__)

/* Lo que curl obtiene de una dirección. */
static inline const char *fetch(const char *url)
{
    struct hs_program *p = curl(url);
    hs_expect_exit(p, 0, 10000);
    return hs_stdout(p);
}

/* Conexión a mano; falla la prueba si no puede. */
static inline int dial(struct hs_http *m)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)hs_http_port(m)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    hs_expect(connect(fd, (struct sockaddr *)&a, sizeof a) == 0, "conecta: %s",
              strerror(errno));
    return fd;
}

static inline void say(int fd, const char *text)
{
    hs_expect_eq_int("bytes enviados", (int64_t)strlen(text),
                     send(fd, text, strlen(text), MSG_NOSIGNAL));
}

/* Lee hasta ver `until`, o hasta el cierre si es NULL. En *error, el errno del corte, o 0. */
static inline const char *hear(int fd, const char *until, int *error)
{
    static char text[65536];
    size_t n = 0;
    *error = 0;
    while (n < sizeof text - 1) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        hs_expect(poll(&ready, 1, hs_ms(10000)) == 1, "el servidor dice algo");
        ssize_t got = recv(fd, text + n, sizeof text - 1 - n, 0);
        if (got < 0)
            *error = errno;
        if (got <= 0)
            break;
        n += (size_t)got;
        text[n] = '\0';
        if (until && strstr(text, until))
            break;
    }
    text[n] = '\0';
    return text;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

#endif
