#include "servidor.h"

#include "http/internal.h"

#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

TestSuite(http_conexiones, .timeout = 60);

/* ---- Muchas a la vez ---------------------------------------------------------------- */

/* Nadie recibe respuesta hasta que estén dentro tantas peticiones como diga arg. */
static void atiende_barrera(struct conexion *c)
{
    struct servidor *s = c->servidor;
    int todas = *(int *)s->arg;

    while (lee_peticion(c)) {
        int ahora = atomic_fetch_add(&s->dentro, 1) + 1;
        int antes = atomic_load(&s->maximo);
        while (ahora > antes && !atomic_compare_exchange_weak(&s->maximo, &antes, ahora))
            ;
        if (ahora == todas)
            atomic_fetch_add(&s->suelta, 1);
        espera_permiso(c, (atomic_load(&s->peticiones) + todas - 1) / todas);
        atomic_fetch_sub(&s->dentro, 1);
        responde_eco(c);
    }
}

struct pedida {
    struct entorno *e;
    const char *direccion;
};

static int pide_una(void *arg)
{
    struct pedida *p = arg;

    get_correcto(p->e, p->direccion);
    return 0;
}

static int pide_a_la_vez(struct entorno *e, int cuantas)
{
    struct pedida *pedidas = calloc((size_t)cuantas, sizeof *pedidas);
    const char *direccion = url(e->servidor, "/");

    for (int i = 0; i < cuantas; i++)
        pedidas[i] = (struct pedida){e, direccion};
    int rc = as_gather_each(pide_una, pedidas, (size_t)cuantas, sizeof *pedidas, NULL);
    free(pedidas);
    return rc;
}

static int cien_a_la_vez(struct entorno *e)
{
    cr_assert_eq(pide_a_la_vez(e, 100), 0);
    cr_assert_eq(atomic_load(&e->servidor->maximo), 100);
    return 0;
}

PRUEBA(http_conexiones, cien_peticiones_estan_en_vuelo_a_la_vez)
{
    int todas = 100;

    con_servidor_y(atiende_barrera, cien_a_la_vez, &todas, (as_http_options){0});
}

static int tres_cada_vez(struct entorno *e)
{
    cr_assert_eq(pide_a_la_vez(e, 30), 0);
    cr_assert_eq(atomic_load(&e->servidor->maximo), 3);
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 3);
    return 0;
}

PRUEBA(http_conexiones, nunca_hay_mas_peticiones_en_vuelo_que_max_connections)
{
    int todas = 3;

    con_servidor_y(atiende_barrera, tres_cada_vez, &todas,
                   (as_http_options){.max_connections = 3});
}

static void atiende_anotando(struct conexion *c)
{
    struct diario *diario = c->servidor->arg;

    while (lee_peticion(c)) {
        anota(diario, "%.2s ", c->peticion + 5);
        responde_eco(c);
    }
}

static int por_turno(struct entorno *e)
{
    struct pedida pedidas[10];

    for (int i = 0; i < 10; i++) {
        char ruta[16];
        snprintf(ruta, sizeof ruta, "/%02d", i);
        pedidas[i] = (struct pedida){e, url(e->servidor, ruta)};
    }
    return as_gather_each(pide_una, pedidas, 10, sizeof *pedidas, NULL);
}

PRUEBA(http_conexiones, quien_no_tiene_plaza_espera_su_turno)
{
    struct diario diario = {0};

    con_servidor_y(atiende_anotando, por_turno, &diario,
                   (as_http_options){.max_connections = 1});
    DIARIO_ES(&diario, "00 01 02 03 04 05 06 07 08 09 ");
}

static void *bucle_propio(void *arg)
{
    struct entorno *e = arg;

    return (void *)(intptr_t)as_run((as_fn *)e->cuerpo, e);
}

static int un_cliente_por_hilo(struct entorno *e)
{
    struct entorno suyo = *e;

    int rc = as_http_new(NULL, &suyo.http);
    cr_assert_eq(rc, 0);
    for (int i = 0; i < 50 && rc == 0; i++) {
        as_http_response r;
        rc = as_http_get(suyo.http, e->arg, &r);
        as_http_response_clear(&r);
    }
    as_http_close(suyo.http);
    return rc;
}

PRUEBA(http_conexiones, cada_hilo_puede_tener_su_bucle_y_su_cliente)
{
    struct servidor *s = servidor_abre(atiende_eco, NULL);
    struct entorno e = {
        .servidor = s, .cuerpo = un_cliente_por_hilo, .arg = (void *)url(s, "/")};
    pthread_t hilos[4];

    for (int i = 0; i < 4; i++)
        pthread_create(&hilos[i], NULL, bucle_propio, &e);
    for (int i = 0; i < 4; i++) {
        void *rc;
        pthread_join(hilos[i], &rc);
        cr_assert_eq((intptr_t)rc, 0);
    }
    servidor_cierra(s);
}

/* ---- Conexiones que se mueren ------------------------------------------------------- */

/* La segunda petición de la primera conexión muere sin respuesta. */
static void atiende_una_y_muere(struct conexion *c)
{
    if (!lee_peticion(c))
        return;
    responde_eco(c);
    if (c->numero > 0)
        atiende_eco(c);
    else
        lee_peticion(c);
}

static int get_se_repite(struct entorno *e)
{
    get_correcto(e, url(e->servidor, "/"));
    get_correcto(e, url(e->servidor, "/"));
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 2);
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 3, "una se perdió y se repitió");
    return 0;
}

PRUEBA(http_conexiones, un_get_que_muere_en_una_conexion_reutilizada_se_repite)
{
    con_servidor(atiende_una_y_muere, get_se_repite);
}

/* Cada conexión responde una vez y muere al recibir la segunda petición. */
static void atiende_una_por_conexion(struct conexion *c)
{
    if (lee_peticion(c))
        responde_eco(c);
    lee_peticion(c);
}

static int get_se_repite_siempre(struct entorno *e)
{
    enum { N = 20 };

    /* libcurl lleva la cuenta de las veces que repite, y a la sexta se rinde: la cuenta no
     * debe pasar de una petición a otra. */
    for (int i = 0; i < N; i++)
        get_correcto(e, url(e->servidor, "/"));
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 2 * N - 1);
    return 0;
}

PRUEBA(http_conexiones, las_repeticiones_de_una_peticion_no_se_cuentan_en_la_siguiente)
{
    con_servidor(atiende_una_por_conexion, get_se_repite_siempre);
}

static int post_no_se_repite(struct entorno *e)
{
    as_http_response r;

    get_correcto(e, url(e->servidor, "/"));
    cr_assert_eq(as_http_post(e->http, url(e->servidor, "/"), "text/plain", "x", 1, &r),
                 UV_ECONNRESET);
    EXPLICA(UV_ECONNRESET, "no se repite");
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 2);
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http_conexiones, un_post_nunca_llega_dos_veces)
{
    con_servidor(atiende_una_y_muere, post_no_se_repite);
}

static void atiende_una_y_redirige(struct conexion *c)
{
    if (!lee_peticion(c))
        return;
    if (pide(c, "/ir"))
        responde(c, 302, "Location: /llegar\r\n", "");
    else
        responde_eco(c);
    lee_peticion(c); /* la siguiente por aquí moriría sin respuesta */
}

static int una_sola_vez(struct entorno *e)
{
    as_http_request peticion = {.url = url(e->servidor, "/ir"), .send_once = true};
    as_http_response r;

    get_correcto(e, url(e->servidor, "/"));
    for (int i = 0; i < 5; i++) {
        BIEN(as_http_send(e->http, &peticion, &r));
        cr_assert_eq(r.status, 200);
        as_http_response_clear(&r);
    }
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 1 + 5 * 2,
                 "cada salto llegó una vez");
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 1 + 5 * 2);
    return 0;
}

PRUEBA(http_conexiones, con_send_once_ni_un_get_llega_dos_veces_ni_falla_por_eso)
{
    con_servidor(atiende_una_y_redirige, una_sola_vez);
}

static void atiende_y_cierra(struct conexion *c)
{
    if (!lee_peticion(c))
        return;
    responde_eco(c);
    cuelga(c, false);
    atomic_fetch_add(&c->servidor->suelta, 1);
}

static int conexion_ociosa_cerrada(struct entorno *e)
{
    for (int i = 0; i < 20; i++) {
        as_http_response r;
        BIEN(as_http_post(e->http, url(e->servidor, "/"), "a/b", "x", 1, &r));
        as_http_response_clear(&r);
        espera_a(&e->servidor->suelta, i + 1);
    }
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 20);
    return 0;
}

PRUEBA(http_conexiones, una_conexion_ociosa_que_cerro_el_servidor_no_se_usa)
{
    con_servidor(atiende_y_cierra, conexion_ociosa_cerrada);
}

/* ---- Una respuesta que nadie pidió --------------------------------------------------- */

enum { CUERPO_GRANDE = 8 << 20 };

static void atiende_y_envenena(struct conexion *c)
{
    static char relleno[64 * 1024];

    while (lee_peticion(c)) {
        if (pide(c, "/grande")) {
            char cabeza[100];
            snprintf(cabeza, sizeof cabeza,
                     "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", CUERPO_GRANDE);
            envia_texto(c, cabeza);
            for (int i = 0; i < CUERPO_GRANDE; i += (int)sizeof relleno)
                envia(c, relleno, sizeof relleno);
            continue;
        }
        responde_eco(c);
        if (!pide(c, "/envenena"))
            continue;
        espera_permiso(c, 1);
        envia_texto(/* como HAProxy y Apache antes de cerrar */
                    c, "HTTP/1.1 408 Tarde\r\nContent-Length: 5\r\n\r\nTarde");
    }
}

static bool esta_parado(const as_http *http)
{
    return as__container_of(http->active.next, struct as__transfer, active)->paused;
}

static int no_se_toma_por_suya(struct entorno *e)
{
    as_http_request grande = {.url = url(e->servidor, "/grande")};
    static char trozo[64 * 1024];
    as_http_stream *flujo;
    as_http_response r;
    size_t total = 0;
    ssize_t n;

    get_correcto(e, url(e->servidor, "/")); /* el flujo irá por una conexión usada */
    BIEN(as_http_open(e->http, &grande, &flujo));
    get_correcto(e, url(e->servidor, "/envenena"));
    while (!esta_parado(e->http)) /* el flujo, porque nadie lo lee */
        BIEN(as_sleep(1));
    atomic_store(&e->servidor->suelta, 1);
    while (e->http->lost_ns == 0) /* la respuesta que no pidió nadie */
        BIEN(as_sleep(1));
    BIEN(as_http_post(e->http, url(e->servidor, "/"), "a/b", "x", 1, &r));
    cr_assert_eq(r.status, 200, "se creyó un %d que nadie le dio", r.status);
    as_http_response_clear(&r);
    while ((n = as_http_read(flujo, trozo, sizeof trozo)) > 0)
        total += (size_t)n;
    cr_assert_eq(n, 0, "%s", as_error_text((int)n));
    cr_assert_eq(total, (size_t)CUERPO_GRANDE, "el flujo pausado lo recibe todo");
    as_http_stream_close(flujo);
    return 0;
}

PRUEBA(http_conexiones, una_respuesta_que_nadie_pidio_no_es_de_la_siguiente)
{
    con_servidor(atiende_y_envenena, no_se_toma_por_suya);
}

/* El socket, que es el único, por el que el cliente habla con el servidor. */
static int descriptor_del_cliente(const struct entorno *e)
{
    struct sockaddr_in a;
    socklen_t largo = sizeof a;

    for (int fd = 0; fd < 1024; fd++, largo = sizeof a) {
        if (getpeername(fd, (struct sockaddr *)&a, &largo) == 0 &&
            a.sin_family == AF_INET && ntohs(a.sin_port) == e->servidor->puerto)
            return fd;
    }
    cr_assert_fail("no encuentro el descriptor");
    return -1;
}

/* Llega mientras el programa no mira la red, y lo siguiente que hace es pedir. */
static int no_le_da_tiempo_a_verla(struct entorno *e)
{
    get_correcto(e, url(e->servidor, "/envenena"));
    struct pollfd mira = {.fd = descriptor_del_cliente(e), .events = POLLIN};
    atomic_store(&e->servidor->suelta, 1);
    cr_assert_eq(poll(&mira, 1, 10000), 1);
    get_correcto(e, url(e->servidor, "/"));
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 2);
    return 0;
}

PRUEBA(http_conexiones, justo_antes_de_pedir_se_mira_si_la_conexion_sirve)
{
    con_servidor(atiende_y_envenena, no_le_da_tiempo_a_verla);
}

/* ---- El cliente y el bucle ---------------------------------------------------------- */

static int nadie_despierta(struct entorno *e)
{
    as_future nunca;

    get_correcto(e, url(e->servidor, "/"));
    as_future_init(&nunca);
    cr_assert_eq(as_future_wait(&nunca, NULL), UV_ECANCELED);
    return 0;
}

static int con_un_cliente(void *arg)
{
    struct entorno *e = arg;

    int rc = as_http_new(NULL, &e->http);
    cr_assert_eq(rc, 0);
    rc = nadie_despierta(e);
    as_http_close(e->http);
    return rc;
}

PRUEBA(http_conexiones, un_cliente_ocioso_no_esconde_un_interbloqueo)
{
    struct entorno e = {.servidor = servidor_abre(atiende_eco, NULL)};

    CORRE(con_un_cliente, &e, AS_EDEADLK);
    servidor_cierra(e.servidor);
}

static int abre_y_cierra(void *arg)
{
    (void)arg;
    as_http_close(NULL);
    for (int i = 0; i < 20; i++) {
        as_http *http;
        cr_assert_eq(as_http_new(NULL, &http), 0);
        as_http_close(http);
    }
    return 0;
}

PRUEBA(http_conexiones, un_cliente_sin_usar_se_cierra_limpio)
{
    CORRE(abre_y_cierra, NULL, 0);
}

static int cierra_con_flujo(void *arg)
{
    struct entorno *e = arg;
    as_http_stream *flujo;
    as_http_request peticion = {.url = url(e->servidor, "/")};

    if (as_http_new(NULL, &e->http) == 0 && as_http_open(e->http, &peticion, &flujo) == 0)
        as_http_close(e->http);
    return 0;
}

static void cierra_antes_de_tiempo(void)
{
    struct entorno e = {.servidor = servidor_abre(atiende_eco, NULL)};

    as_run(cierra_con_flujo, &e);
}

PRUEBA(http_conexiones, cerrar_con_algo_en_marcha_se_explica_y_aborta)
{
    char salida[1024];

    en_otro_proceso(cierra_antes_de_tiempo, salida, sizeof salida);
    cr_assert_not_null(strstr(salida, "as_http_close: quedan peticiones en marcha"), "%s",
                       salida);
}

static int pide_y_ya(void *arg)
{
    struct entorno *e = arg;
    as_http_response respuesta;

    int rc = as_http_get(e->http, url(e->servidor, "/"), &respuesta);
    if (rc == 0)
        as_http_response_clear(&respuesta);
    return rc;
}

/* La plaza de quien cierra pasa a quien hace cola, que aún no lo sabe. */
static int cierra_con_cola(void *arg)
{
    struct entorno *e = arg;
    as_http_options opciones = {.max_connections = 1};
    as_http_stream *flujo;
    as_http_request peticion = {.url = url(e->servidor, "/")};
    as_group grupo;

    if (as_http_new(&opciones, &e->http) < 0 ||
        as_http_open(e->http, &peticion, &flujo) < 0)
        return -1;
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, pide_y_ya, e);
    if (rc == 0)
        rc = as_wait_all_blocked();
    as_http_stream_close(flujo);
    as_http_close(e->http);
    return as_group_leave(&grupo, rc);
}

static void cierra_antes_de_que_le_toque(void)
{
    struct entorno e = {.servidor = servidor_abre(atiende_eco, NULL)};

    as_run(cierra_con_cola, &e);
}

PRUEBA(http_conexiones, cerrar_con_alguien_en_la_cola_se_explica_y_aborta)
{
    char salida[1024];

    en_otro_proceso(cierra_antes_de_que_le_toque, salida, sizeof salida);
    cr_assert_not_null(strstr(salida, "as_http_close: quedan peticiones en marcha"), "%s",
                       salida);
}

/* ---- Sockets cuyo número cambia de dueño -------------------------------------------- */

static int numeros_reciclados(struct entorno *e)
{
    as_http *otro, *propio = e->http;

    cr_assert_eq(as_http_new(NULL, &otro), 0);
    /* Cada respuesta cierra su conexión y deja libre el número: lo toma el otro cliente. */
    for (int i = 0; i < 50; i++) {
        e->http = i % 2 ? otro : propio;
        get_correcto(e, url(e->servidor, "/"));
        cr_assert_eq(pide_a_la_vez(e, 5), 0);
    }
    e->http = propio;
    as_http_close(otro);
    return 0;
}

PRUEBA(http_conexiones, dos_clientes_se_reparten_los_mismos_numeros_de_socket)
{
    con_servidor(atiende_y_cierra, numeros_reciclados);
}

/* ---- El reloj de libcurl ------------------------------------------------------------ */

/* Ocupa en [::1] el puerto del servidor y llena su cola: allí nadie contestará. */
static bool tapona_ipv6(int puerto, int sockets[5])
{
    struct sockaddr_in6 donde = {.sin6_family = AF_INET6,
                                 .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                                 .sin6_port = htons((uint16_t)puerto)};

    sockets[0] = socket(AF_INET6, SOCK_STREAM, 0);
    if (sockets[0] < 0 || bind(sockets[0], (struct sockaddr *)&donde, sizeof donde) < 0)
        return false;
    cr_assert_eq(listen(sockets[0], 0), 0);
    for (int i = 1; i < 5; i++) {
        sockets[i] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(sockets[i], (struct sockaddr *)&donde, sizeof donde);
    }
    return true;
}

static int prueba_la_otra(struct entorno *e)
{
    int sockets[5];

    if (!tapona_ipv6(e->servidor->puerto, sockets))
        cr_skip_test("esta máquina no tiene IPv6");
    uint64_t antes = uv_hrtime();
    get_correcto(e, url_en(e->servidor, "dos.prueba", "/"));
    cr_assert_geq(uv_hrtime() - antes, 150000000u, "¿contestó ::1?");
    for (int i = 0; i < 5; i++)
        close(sockets[i]);
    return 0;
}

/* libcurl prueba la segunda dirección si en 200 ms la primera no contesta: para eso hay
 * que llamarla sin que ningún socket haya dicho nada. */
PRUEBA(http_conexiones, el_reloj_de_libcurl_marcha_aunque_ningun_socket_diga_nada)
{
    con_servidor(atiende_eco, prueba_la_otra);
}
