#include "web_banco.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static int sirve(void *arg)
{
    struct banco *b = arg;

    b->rc_servidor = as_web_run(b->servidor);
    return b->rc_servidor;
}

static int principal(void *arg)
{
    struct banco *b = arg;
    as_group grupo;

    BIEN(as_web_new(&b->opciones, &b->servidor));
    BIEN(as_http_new(&(as_http_options){.max_connections = 300}, &b->http));
    as_event_init(&b->suceso);
    b->rutas(b);
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, "servidor", sirve, b), 0);
    int rc = b->cuerpo(b);
    as_web_stop(b->servidor);
    rc = as_group_leave(&grupo, rc);
    as_http_close(b->http);
    as_web_close(b->servidor);
    return rc;
}

void con_banco(void (*rutas)(struct banco *b), int (*cuerpo)(struct banco *b),
               as_web_options opciones)
{
    struct banco b = {.rutas = rutas, .cuerpo = cuerpo, .opciones = opciones};
    enum as_clock reloj = opciones.client_timeout_ms ? AS_CLOCK_REAL : AS_CLOCK_VIRTUAL;

    int rc = as_run_options(principal, &b, &(as_options){.clock = reloj});
    cr_assert_eq(rc, 0, "as_run devolvió %d (%s)", rc, as_strerror(rc));
}

void ruta(struct banco *b, const char *metodo, const char *patron,
          as_web_handler_fn *atiende)
{
    int rc = as_web_route(b->servidor, metodo, patron, atiende, b);

    cr_assert_eq(rc, 0, "%s %s: %s", metodo, patron, as_error_text(rc));
}

/* ---- Con el cliente de la biblioteca ------------------------------------------------ */

as_http_response pide_con(struct banco *b, const char *metodo, const char *camino,
                          const char *cuerpo, size_t tamano)
{
    as_http_response r;
    char direccion[4096];

    snprintf(direccion, sizeof direccion, "http://127.0.0.1:%d%s",
             as_web_port(b->servidor), camino);
    as_http_request peticion = {
        .url = direccion, .method = metodo, .body = cuerpo, .body_size = tamano};
    int rc = as_http_send(b->http, &peticion, &r);
    cr_assert_eq(rc, 0, "%s %s: %s", metodo, camino, as_error_text(rc));
    return r;
}

void pide_y_espera(struct banco *b, const char *metodo, const char *camino,
                   const char *cuerpo, int estado, const char *esperado)
{
    as_http_response r = pide_con(b, metodo, camino, cuerpo, cuerpo ? strlen(cuerpo) : 0);

    cr_assert_eq(r.status, estado, "%s %s: %d «%s»", metodo, camino, r.status, r.body);
    if (esperado)
        CONTIENE(r.body, esperado);
    as_http_response_clear(&r);
}

void get_es(struct banco *b, const char *camino, int estado, const char *esperado)
{
    pide_y_espera(b, "GET", camino, NULL, estado, esperado);
}

/* ---- Byte a byte -------------------------------------------------------------------- */

as_stream *conecta(struct banco *b)
{
    as_stream *s;
    int rc = as_connect("127.0.0.1", as_web_port(b->servidor), &s);

    cr_assert_eq(rc, 0, "%s", as_strerror(rc));
    return s;
}

void manda(as_stream *s, const char *texto)
{
    cr_assert_eq(as_write(s, texto, strlen(texto)), 0);
    cr_assert_eq(as_drain(s), 0);
}

void lee_hasta_cierre(as_stream *s, char *texto, size_t tamano)
{
    size_t leido = 0;
    ssize_t n;

    while ((n = as_read(s, texto + leido, tamano - 1 - leido)) > 0)
        leido += (size_t)n;
    cr_assert(n == 0 || n == UV_ECONNRESET, "%s", as_strerror((int)n));
    texto[leido] = '\0';
}

void lee_respuesta(as_stream *s, char *texto, size_t tamano)
{
    ssize_t cabeza = as_readuntil(s, "\r\n\r\n", 4, texto, tamano);

    cr_assert_gt(cabeza, 0, "sin cabeceras: %s", as_strerror((int)cabeza));
    const char *largo = strstr(texto, "Content-Length: ");
    cr_assert_not_null(largo, "%s", texto);
    size_t cuerpo = strtoul(largo + 16, NULL, 10);
    cr_assert_lt((size_t)cabeza + cuerpo, tamano);
    cr_assert_eq(as_readexactly(s, texto + cabeza, cuerpo), 0);
    texto[(size_t)cabeza + cuerpo] = '\0';
}

void pide_y_recibe(as_stream *s, const char *peticion, const char *esperado)
{
    char texto[1024];
    as_scope plazo;

    manda(s, peticion);
    as_scope_enter(&plazo, 10000);
    lee_respuesta(s, texto, sizeof texto);
    cr_assert_eq(as_scope_leave(&plazo, 0), 0);
    CONTIENE(texto, esperado);
}

/* Desde aquí no se ve el descriptor del flujo: se busca por su dirección. */
static int descriptor(as_stream *s)
{
    const char *puerto = strrchr(as_stream_sockname(s), ':');
    struct sockaddr_in a;
    socklen_t largo = sizeof a;

    for (int fd = 0; fd < 1024; fd++, largo = sizeof a) {
        if (getsockname(fd, (struct sockaddr *)&a, &largo) == 0 &&
            a.sin_family == AF_INET && ntohs(a.sin_port) == atoi(puerto + 1))
            return fd;
    }
    cr_assert_fail("no encuentro el descriptor");
    return -1;
}

void cierra_de_golpe(as_stream *s)
{
    struct linger golpe = {.l_onoff = 1, .l_linger = 0};

    cr_assert_eq(setsockopt(descriptor(s), SOL_SOCKET, SO_LINGER, &golpe, sizeof golpe),
                 0);
    as_stream_close(s);
}
