#include "servidor.h"

#include "core/loop_internal.h"

#include <dlfcn.h>
#include <sys/epoll.h>

TestSuite(http_roto, .timeout = 60);

/* Un epoll_ctl que falla cuando se le pide, como si el sistema no admitiera más. */
static _Thread_local bool no_vigila_mas;

typedef int epoll_ctl_fn(int, int, int, struct epoll_event *);

int epoll_ctl(int epoll, int operacion, int fd, struct epoll_event *suceso)
{
    if (no_vigila_mas && operacion == EPOLL_CTL_ADD &&
        epoll != uv_backend_fd(&as__loop->uv)) { /* libuv abortaría */
        errno = ENOSPC;
        return -1;
    }
    epoll_ctl_fn *real = (epoll_ctl_fn *)dlsym(RTLD_NEXT, "epoll_ctl");
    return real(epoll, operacion, fd, suceso);
}

struct una {
    struct entorno *e;
    int rc;
};

static int espera_respuesta(void *arg)
{
    struct una *u = arg;
    as_http_response r;

    u->rc = as_http_get(u->e->http, url(u->e->servidor, "/"), &r);
    return u->rc;
}

static int se_rompe(struct entorno *e)
{
    enum { N = 6 };
    struct una unas[N];
    as_group grupo;

    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    for (int i = 0; i < N - 1; i++) {
        unas[i] = (struct una){.e = e};
        cr_assert_eq(as_start_soon(&grupo, NULL, espera_respuesta, &unas[i]), 0);
    }
    espera_a(&e->servidor->peticiones, N - 1);
    no_vigila_mas = true;
    unas[N - 1] = (struct una){.e = e};
    cr_assert_eq(as_start_soon(&grupo, NULL, espera_respuesta, &unas[N - 1]), 0);
    cr_assert_eq(as_group_leave(&grupo, 0), UV_ENOSPC);
    no_vigila_mas = false;
    for (int i = 0; i < N; i++)
        cr_assert_eq(unas[i].rc, UV_ENOSPC, "la %d dio %s", i, as_strerror(unas[i].rc));

    as_http_response r;
    cr_assert_eq(as_http_get(e->http, url(e->servidor, "/"), &r), UV_ENOSPC);
    cr_assert_not_null(strstr(as_error_text(UV_ENOSPC), "crea otro"));
    return 0;
}

PRUEBA(http_roto, si_libcurl_se_rompe_nadie_se_queda_esperando)
{
    con_servidor(atiende_mudo, se_rompe);
}

/* ---- Una cabecera que empieza en blanco --------------------------------------------- */

/*
 * libcurl 7.88.1 recuerda en el asa la última cabecera que recibió, también cuando ya la
 * liberó al empezar otra petición, y a ella le añade una línea que empieza en blanco
 * (curl #11101). Con un asa usada, bastan una redirección y esta respuesta.
 */
static void atiende_en_blanco(struct conexion *c)
{
    char cabecera[400], relleno[300];

    memset(relleno, 'x', sizeof relleno);
    snprintf(cabecera, sizeof cabecera, "Location: /mala\r\nX-Larga: %.*s\r\n",
             (int)sizeof relleno, relleno);
    while (lee_peticion(c)) {
        if (pide(c, "/mala")) {
            envia_texto(c, "HTTP/1.1 200 Bien\r\n X-Y: ");
            envia(c, relleno, sizeof relleno);
            envia_texto(c, "\r\nContent-Length: 0\r\n\r\n");
        } else if (pide(c, "/ir")) {
            responde(c, 302, cabecera, "");
        } else {
            responde_eco(c);
        }
    }
}

static int en_blanco(struct entorno *e)
{
    static const char *const rutas[] = {"/ir", "/eco", "/mala", "/mala"};
    as_http_response r;

    for (int i = 0; i < 40; i++) {
        int rc = as_http_get(e->http, url(e->servidor, rutas[i % 4]), &r);
        cr_assert(rc == 0 || rc == UV_EPROTO, "%s", as_strerror(rc));
        as_http_response_clear(&r);
    }
    return 0;
}

PRUEBA(http_roto, una_primera_cabecera_que_empieza_en_blanco_no_dana_la_memoria)
{
    con_servidor(atiende_en_blanco, en_blanco);
}
