#include "stream_apoyo.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

void pareja_abre(struct pareja *p)
{
    as_listener *l;

    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    BIEN(as_connect("127.0.0.1", as_listener_port(l), &p->a));
    cr_assert_eq(as_accept(l, &p->b), 0);
    as_listener_close(l);
}

void pareja_cierra(struct pareja *p)
{
    as_stream_close(p->a);
    as_stream_close(p->b);
}

void escribe(as_stream *s, const char *texto)
{
    BIEN(as_write(s, texto, strlen(texto)));
}

size_t lee_todo(as_stream *s, char *texto, size_t tamano)
{
    size_t largo = 0;
    ssize_t n;

    while (largo + 1 < tamano &&
           (n = as_read(s, texto + largo, tamano - 1 - largo)) != 0) {
        cr_assert_gt(n, 0, "leer falló: %s", as_strerror((int)n));
        largo += (size_t)n;
    }
    texto[largo] = '\0';
    return largo;
}

void llega(as_stream *s, const char *esperado)
{
    char texto[1024];
    size_t largo = strlen(esperado);

    cr_assert_lt(largo, sizeof texto);
    BIEN(as_readexactly(s, texto, largo));
    texto[largo] = '\0';
    cr_assert_str_eq(texto, esperado);
}

size_t atasca(as_stream *s)
{
    static const char bloque[16 * 1024];
    size_t total = 0;
    int rc;

    for (;;) {
        as_scope plazo;
        as_scope_enter(&plazo, 50);
        rc = as_scope_leave(&plazo, as_write(s, bloque, sizeof bloque));
        if (rc < 0)
            break;
        total += sizeof bloque;
    }
    cr_assert_eq(rc, UV_ETIMEDOUT, "%s", as_strerror(rc));
    return total;
}

int descriptor_libre(void)
{
    struct pareja p;

    pareja_abre(&p);
    pareja_cierra(&p);
    int fd = open("/dev/null", O_RDONLY);

    close(fd);
    return fd;
}

int conecta_de_fuera(int puerto)
{
    struct sockaddr_in direccion = {.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)puerto),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(fd, (struct sockaddr *)&direccion, sizeof direccion) == 0)
        return fd;
    close(fd);
    return -1;
}
