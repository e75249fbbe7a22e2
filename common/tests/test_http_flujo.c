#include "servidor.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(http_flujo, .timeout = 60);

enum { TOTAL = 48 << 20, BUFER = 256 * 1024 };

static char byte_de(size_t posicion)
{
    return (char)(posicion * 31 + (posicion >> 13));
}

/* ---- Contrapresión ------------------------------------------------------------------ */

struct cuenta {
    atomic_llong enviado;
    atomic_int atascado; /* veces que el cliente dejó de aceptar */
};

/* Envía TOTAL bytes sin bloquearse y apunta cuándo deja de poder. */
static void atiende_torrente(struct conexion *c)
{
    struct cuenta *cuenta = c->servidor->arg;
    static char trozo[64 * 1024];
    size_t enviado = 0;
    bool atascado = false;

    if (!lee_peticion(c))
        return;
    envia_texto(c, "HTTP/1.1 200 Bien\r\nContent-Length: 50331648\r\n\r\n");
    while (enviado < TOTAL) {
        size_t n = TOTAL - enviado < sizeof trozo ? TOTAL - enviado : sizeof trozo;
        for (size_t i = 0; i < n; i++)
            trozo[i] = byte_de(enviado + i);
        struct pollfd espera = {.fd = c->fd, .events = POLLOUT};
        if (poll(&espera, 1, 200) == 0) {
            if (!atascado)
                atomic_fetch_add(&cuenta->atascado, 1);
            atascado = true;
            continue;
        }
        ssize_t m = send(c->fd, trozo, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (m < 0 && errno == EAGAIN)
            continue;
        if (m <= 0)
            return;
        atascado = false;
        enviado += (size_t)m;
        atomic_store(&cuenta->enviado, (long long)enviado);
    }
}

static int contrapresion(struct entorno *e)
{
    struct cuenta *cuenta = e->arg;
    static char trozo[100 * 1000];
    as_http_stream *flujo;
    as_http_request peticion = {.url = url(e->servidor, "/")};
    size_t leido = 0;
    ssize_t n;

    cr_assert_eq(as_http_open(e->http, &peticion, &flujo), 0);
    cr_assert_eq(as_http_stream_status(flujo), 200);
    cr_assert_str_eq(as_http_stream_header(flujo, "content-length"), "50331648");
    espera_a(&cuenta->atascado, 1);
    long long antes = atomic_load(&cuenta->enviado);
    /* Lo demás está en los búferes del núcleo: varios megas, pero no todo. */
    cr_assert_lt(antes, TOTAL / 2, "el servidor envió %lld bytes que nadie leía", antes);

    while ((n = as_http_read(flujo, trozo, sizeof trozo)) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (trozo[i] != byte_de(leido + (size_t)i))
                cr_assert_fail("el byte %zu llegó cambiado", leido + (size_t)i);
        }
        leido += (size_t)n;
    }
    cr_assert_eq(n, 0, "%s", as_error_text(n));
    cr_assert_eq(leido, (size_t)TOTAL);
    cr_assert_eq(as_http_read(flujo, trozo, 1), 0, "el final se repite");
    as_http_stream_close(flujo);
    return 0;
}

PRUEBA(http_flujo, quien_lee_despacio_frena_al_servidor_y_no_pierde_nada)
{
    struct cuenta cuenta = {0};

    con_servidor_y(atiende_torrente, contrapresion, &cuenta, (as_http_options){0});
}

/* Una tarea lee a sorbos de tamaños distintos mientras otras usan el mismo cliente. */
static int a_sorbos(struct entorno *e)
{
    as_http_stream *flujo;
    as_http_request peticion = {.url = url(e->servidor, "/")};
    static char trozo[70000];
    size_t leido = 0, paso = 1;
    ssize_t n;

    cr_assert_eq(as_http_open(e->http, &peticion, &flujo), 0);
    while (leido < 3 * BUFER) {
        n = as_http_read(flujo, trozo, paso);
        cr_assert_gt(n, 0);
        for (ssize_t i = 0; i < n; i++)
            cr_assert_eq(trozo[i], byte_de(leido + (size_t)i));
        leido += (size_t)n;
        paso = paso * 3 % sizeof trozo + 1;
    }
    as_http_stream_close(flujo);
    return 0;
}

PRUEBA(http_flujo, a_sorbos_de_cualquier_tamano_y_abandonado_a_medias)
{
    struct cuenta cuenta = {0};

    con_servidor_y(atiende_torrente, a_sorbos, &cuenta, (as_http_options){0});
}

/* ---- Por partes --------------------------------------------------------------------- */

static void atiende_por_partes(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "/eco")) {
            responde_eco(c);
            continue;
        }
        if (pide(c, "/302")) {
            responde(c, 302, "Location: /partes\r\n", "");
            continue;
        }
        /* Cada parte sale cuando la prueba ya ha leído la anterior. */
        envia_texto(c, "HTTP/1.1 202 Bien\r\nTransfer-Encoding: chunked\r\n\r\n");
        espera_permiso(c, 1);
        envia_texto(c, "3\r\nuno\r\n");
        espera_permiso(c, 2);
        if (pide(c, "/cortado"))
            return;
        envia_texto(c, "3\r\ndos\r\n0\r\n\r\n");
    }
}

static int por_partes(struct entorno *e)
{
    as_http_stream *flujo;
    as_http_request peticion = {.url = url(e->servidor, "/302"), .timeout_ms = 5000};
    char texto[10];
    as_scope ambito;

    cr_assert_eq(as_http_open(e->http, &peticion, &flujo), 0);
    cr_assert_eq(as_http_stream_status(flujo), 202, "abre con las cabeceras, sin cuerpo");
    cr_assert_null(as_http_stream_header(flujo, "Location"));
    as_scope_enter(&ambito, 30);
    ssize_t n = as_http_read(flujo, texto, sizeof texto);
    cr_assert_eq(as_scope_leave(&ambito, (int)n), UV_ETIMEDOUT);

    atomic_store(&e->servidor->suelta, 1);
    cr_assert_eq(as_http_read(flujo, texto, sizeof texto), 3,
                 "el plazo no rompe el flujo");
    cr_assert_eq(memcmp(texto, "uno", 3), 0);
    atomic_store(&e->servidor->suelta, 2);
    cr_assert_eq(as_http_read(flujo, texto, 1), 1);
    cr_assert_eq(as_http_read(flujo, texto + 1, sizeof texto - 1), 2);
    cr_assert_eq(memcmp(texto, "dos", 3), 0);
    cr_assert_eq(as_http_read(flujo, texto, sizeof texto), 0);
    as_http_stream_close(flujo);

    get_correcto(e, url(e->servidor, "/eco"));
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 1,
                 "leído hasta el final, la conexión se reutiliza");
    return 0;
}

PRUEBA(http_flujo, cada_parte_se_lee_cuando_llega)
{
    con_servidor(atiende_por_partes, por_partes);
}

static int cortado(struct entorno *e)
{
    as_http_stream *flujo;
    as_http_request peticion = {.url = url(e->servidor, "/cortado")};
    char texto[10];

    atomic_store(&e->servidor->suelta, 2);
    cr_assert_eq(as_http_open(e->http, &peticion, &flujo), 0);
    cr_assert_eq(as_http_read(flujo, texto, sizeof texto), 3, "lo que llegó se entrega");
    cr_assert_eq(as_http_read(flujo, texto, sizeof texto), UV_ECONNRESET);
    cr_assert_eq(as_http_read(flujo, texto, sizeof texto), UV_ECONNRESET);
    EXPLICA(UV_ECONNRESET, "a media respuesta");
    as_http_stream_close(flujo);
    as_http_stream_close(NULL);
    return 0;
}

PRUEBA(http_flujo, cortado_a_medias_entrega_lo_que_llego_y_luego_el_error)
{
    con_servidor(atiende_por_partes, cortado);
}

static int sin_comprimir(struct entorno *e)
{
    as_http_stream *flujo;
    as_http_request peticion = {.url = url(e->servidor, "/eco")};
    char texto[1024] = "";
    size_t leido = 0;
    ssize_t n;

    get_correcto(e, peticion.url); /* deja un asa configurada para comprimir */
    cr_assert_eq(as_http_open(e->http, &peticion, &flujo), 0);
    while ((n = as_http_read(flujo, texto + leido, sizeof texto - 1 - leido)) > 0)
        leido += (size_t)n;
    cr_assert_eq(n, 0);
    cr_assert_not_null(strstr(texto, "Accept-Encoding: identity"), "%s", texto);
    cr_assert_null(strstr(texto, "gzip"));
    as_http_stream_close(flujo);

    as_http_response r;
    cr_assert_eq(as_http_get(e->http, peticion.url, &r), 0);
    cr_assert_not_null(strstr(r.body, "gzip"));
    cr_assert_null(strstr(r.body, "identity"));
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(http_flujo, se_pide_sin_comprimir)
{
    con_servidor(atiende_por_partes, sin_comprimir);
}

/* ---- Errores ------------------------------------------------------------------------ */

static int no_abre(struct entorno *e)
{
    as_http_stream *flujo = (as_http_stream *)e;
    as_http_request peticion = {.url = url(e->servidor, "/"), .timeout_ms = 30};

    cr_assert_eq(as_http_open(e->http, &peticion, &flujo), UV_ETIMEDOUT);
    cr_assert_null(flujo);
    peticion.url = "http://no-existe.prueba/";
    cr_assert_eq(as_http_open(e->http, &peticion, &flujo), UV_EAI_NONAME);
    return 0;
}

PRUEBA(http_flujo, sin_cabeceras_a_tiempo_no_se_abre)
{
    con_servidor_y(atiende_mudo, no_abre, NULL, (as_http_options){.max_connections = 1});
}

static int lee_uno(void *arg)
{
    char letra;

    return (int)as_http_read(arg, &letra, 1);
}

static int dos_lectores(struct entorno *e)
{
    as_http_stream *flujo;
    as_http_request peticion = {.url = url(e->servidor, "/partes")};
    as_group grupo;
    char letra;

    cr_assert_eq(as_http_open(e->http, &peticion, &flujo), 0);
    as_group_enter(&grupo);
    as_task *otra = as_spawn(&grupo, NULL, lee_uno, flujo);
    cr_assert_eq(as_yield(), 0);
    cr_assert_eq(as_http_read(flujo, &letra, 1), UV_EBUSY);
    atomic_store(&e->servidor->suelta, 2);
    cr_assert_eq(as_await(otra), 1);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    cr_assert_eq(as_http_read(flujo, &letra, 1), 1);
    as_http_stream_close(flujo);
    return 0;
}

PRUEBA(http_flujo, solo_una_tarea_lee_a_la_vez)
{
    con_servidor(atiende_por_partes, dos_lectores);
}
