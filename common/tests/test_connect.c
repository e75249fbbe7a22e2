/* A qué dirección se acaba llegando cuando un nombre tiene varias (RFC 8305), con as_connect y con
 * el cliente HTTP. */
#include "servidor.h"

#include "http/internal.h"
#include "io/connect.h"
#include "nombres_falsos.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

TestSuite(connect, .timeout = 60);

/* ---- Muchas direcciones -------------------------------------------------------------- */

enum { MUCHAS = 1000, DESCRIPTORES = 40 };

/* En todas menos en la última no escucha nadie. */
static int la_ultima(void *arg)
{
    struct as__addresses direcciones = {.count = MUCHAS};
    as_listener *l;
    as_stream *s;

    (void)arg;
    BIEN(as_listen("127.0.0.1", 0, 16, &l));
    direcciones.list = calloc(MUCHAS, sizeof *direcciones.list);
    for (int i = 0; i < MUCHAS; i++) {
        direcciones.list[i].v4.sin_family = AF_INET;
        direcciones.list[i].v4.sin_addr.s_addr = htonl(
            i + 1 < MUCHAS ? 0x7f010001u + (unsigned)i : INADDR_LOOPBACK);
    }
    const struct as__connect con = {.port = as_listener_port(l)};
    BIEN(as__connect_any(&con, &direcciones, &s));
    as_stream_close(s);
    as_listener_close(l);
    as__addresses_free(&direcciones);
    return 0;
}

PRUEBA(connect, mil_direcciones_no_gastan_mil_descriptores)
{
    struct rlimit pocos;

    getrlimit(RLIMIT_NOFILE, &pocos);
    pocos.rlim_cur = DESCRIPTORES;
    setrlimit(RLIMIT_NOFILE, &pocos);
    BIEN(as_run(la_ultima, NULL));
}

/* ---- Con as_connect y el reloj virtual ----------------------------------------------- */

/* Uno que no acepta a nadie y tiene la cola llena: a quien llame no le contesta. */
struct callado {
    as_listener *l;
    as_stream *clientes[2];
};

static void calla(struct callado *c, const char *direccion, int puerto)
{
    BIEN(as_listen(direccion, puerto, 1, &c->l));
    for (int i = 0; i < 2; i++)
        BIEN(as_connect(direccion, puerto, &c->clientes[i]));
}

static void deja_de_callar(struct callado *c)
{
    for (int i = 0; i < 2; i++)
        as_stream_close(c->clientes[i]);
    as_listener_close(c->l);
}

static void llega(as_stream *s, int puerto)
{
    char esperada[64];

    snprintf(esperada, sizeof esperada, "127.0.0.1:%d", puerto);
    cr_assert_str_eq(as_stream_peername(s), esperada);
    as_stream_close(s);
}

static uint64_t tarda(int puerto)
{
    as_stream *s;
    uint64_t antes = as_now();

    BIEN(as_connect("tres.prueba", puerto, &s));
    llega(s, puerto);
    return as_now() - antes;
}

/* Corre en cuanto la carrera espera, y detrás de ella en cada plazo: entre lo uno y lo otro el reloj
 * virtual no se mueve, y se ve cuándo toca la siguiente dirección sin medir lo que tarda la red. */
static int mira_los_plazos(void *arg)
{
    for (int i = 0; i < *(int *)arg; i++) {
        cr_assert_not_null(as__loop->timers.root, "no hay plazo para pasar a otra");
        cr_assert_eq(as__loop->timers.root->deadline_ns - as_now_ns(), 250 * 1000000u);
        BIEN(as_sleep(250));
    }
    return 0;
}

/* tres.prueba es .3, .2 y .1, y callan las primeras. */
static void se_les_espera(int callados, int puerto)
{
    struct as__addresses direcciones = {0};
    const struct as__connect con = {.port = puerto};
    as_group grupo;
    as_stream *s;

    BIEN(as__resolve_once("tres.prueba", &direcciones));
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, NULL, mira_los_plazos, &callados));
    uint64_t antes = as_now();
    BIEN(as__connect_any(&con, &direcciones, &s));
    cr_assert_geq(as_now() - antes, (uint64_t)callados * 250);
    llega(s, puerto);
    BIEN(as_group_leave(&grupo, 0));
    as__addresses_free(&direcciones);
    cr_assert_geq(tarda(puerto), (uint64_t)callados * 250, "con as_connect, lo mismo");
}

static int dos_callados(void *arg)
{
    struct callado tres, dos;
    as_listener *uno;
    int veces = 20;

    (void)arg;
    BIEN(as_listen("127.0.0.1", 0, 16, &uno));
    int puerto = as_listener_port(uno);
    /* La máquina puede parar al programa lo que quiera, pero no siempre; esperar sería siempre. */
    while (tarda(puerto) >= 250)
        cr_assert_gt(--veces, 0, "quien rechaza no hace esperar");

    calla(&tres, "127.0.0.3", puerto);
    se_les_espera(1, puerto);
    calla(&dos, "127.0.0.2", puerto);
    se_les_espera(2, puerto);
    deja_de_callar(&dos);
    deja_de_callar(&tres);
    as_listener_close(uno);
    return 0;
}

PRUEBA(connect, a_quien_calla_se_le_esperan_250_ms_y_a_quien_rechaza_nada)
{
    CORRE(dos_callados, NULL, 0);
}

static int todas_fallan(void *arg)
{
    struct callado tres;
    as_listener *uno;
    as_stream *s;
    as_scope plazo;

    (void)arg;
    BIEN(as_listen("127.0.0.1", 0, 16, &uno));
    int puerto = as_listener_port(uno);
    as_listener_close(uno);
    cr_assert_eq(as_connect("tres.prueba", puerto, &s), UV_ECONNREFUSED);
    cr_assert_null(s);
    int libre = dup(0);
    close(libre);
    calla(&tres, "127.0.0.3", puerto);
    as_scope_enter(&plazo, 3600000);
    int rc = as_connect("tres.prueba", puerto, &s); /* la que calla no falla nunca */
    cr_assert_eq(as_scope_leave(&plazo, rc), UV_ETIMEDOUT);
    cr_assert_null(s);
    deja_de_callar(&tres);
    int despues = dup(0);
    close(despues);
    cr_assert_eq(despues, libre, "queda un socket abierto");
    return 0;
}

PRUEBA(connect, si_ninguna_sirve_se_dice_y_no_queda_nada_abierto)
{
    CORRE(todas_fallan, NULL, 0);
}

static int llega_tarde(void *arg)
{
    as_stream *s;

    BIEN(as_connect("tarde.prueba", *(int *)arg, &s));
    cr_assert_eq(strncmp(as_stream_peername(s), "[::1]:", 6), 0);
    as_stream_close(s);
    return 0;
}

static int con_la_otra_clase(void *arg)
{
    as_listener *l;
    as_group grupo;

    (void)arg;
    if (as_listen("::1", 0, 16, &l) < 0)
        cr_skip_test("no hay IPv6");
    int puerto = as_listener_port(l);
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, NULL, llega_tarde, &puerto));
    espera_a(&nombres_preguntados, 2); /* la primera respuesta no sirvió */
    nombres_suelta();
    BIEN(as_group_leave(&grupo, 0));
    as_listener_close(l);
    return 0;
}

PRUEBA(connect, si_las_de_una_clase_no_sirven_se_espera_a_las_de_la_otra)
{
    CORRE(con_la_otra_clase, NULL, 0);
}

/* ---- Con el cliente HTTP -------------------------------------------------------------- */

static int rechazan_dos(struct entorno *e)
{
    for (int i = 0; i < 3; i++)
        get_correcto(e, url_en(e->servidor, "tres.prueba", "/"));
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 1, "y se reutiliza");
    get_correcto(e, url_en(e->servidor, "coja.prueba", "/"));
    cr_assert_eq(atomic_load(&nombres_preguntados_por_libcurl), 0);
    return 0;
}

PRUEBA(connect, el_cliente_http_llega_aunque_rechacen_las_primeras)
{
    con_servidor(atiende_eco, rechazan_dos);
}

static int calla_una(struct entorno *e)
{
    struct callado tres;

    calla(&tres, "127.0.0.3", e->servidor->puerto);
    get_correcto(e, url_en(e->servidor, "tres.prueba", "/"));
    deja_de_callar(&tres);
    return 0;
}

PRUEBA(connect, el_cliente_http_llega_aunque_calle_la_primera)
{
    con_servidor(atiende_eco, calla_una);
}

/* ---- Los nombres no ocupan plaza ------------------------------------------------------ */

enum { MUDOS = 30, PLAZAS = 2 };

static int pide_mudo(void *arg)
{
    as_http_response r;

    return as_http_get(((struct entorno *)arg)->http, "http://1.mudo.prueba/", &r);
}

static int con_pocas_plazas(struct entorno *e)
{
    as_group grupo;
    as_scope plazo;

    as_group_enter(&grupo);
    for (int i = 0; i < MUDOS; i++)
        BIEN(as_start_soon(&grupo, NULL, pide_mudo, e));
    espera_a(&nombres_mudos_en_curso, 1);
    as_scope_enter(&plazo, 10000);
    get_correcto(e, url_en(e->servidor, "bien.prueba", "/"));
    BIEN(as_scope_leave(&plazo, 0));
    as_group_cancel(&grupo);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    get_correcto(e, url_en(e->servidor, "bien.prueba", "/"));
    return 0;
}

PRUEBA(connect, quien_espera_a_un_dns_no_ocupa_plaza)
{
    con_servidor_y(atiende_eco, con_pocas_plazas, NULL,
                   (as_http_options){.max_connections = PLAZAS});
}

/* Por su IPv4 no se llega, y se pregunta otra vez por las IPv6. */
static int pide_tarde(void *arg)
{
    struct entorno *e = arg;
    char direccion[64];
    as_http_response r;

    snprintf(direccion, sizeof direccion, "http://tarde.prueba:%d/", *(int *)e->arg);
    cr_assert_eq(as_http_get(e->http, direccion, &r), UV_ECONNREFUSED);
    return 0;
}

static int se_pregunta_otra_vez(struct entorno *e)
{
    as_listener *nadie;
    as_group grupo;
    as_scope plazo;

    BIEN(as_listen("127.0.0.1", 0, 16, &nadie));
    int puerto = as_listener_port(nadie);
    as_listener_close(nadie);
    e->arg = &puerto;
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, NULL, pide_tarde, e));
    espera_a(&nombres_preguntados, 2);
    as_scope_enter(&plazo, 10000);
    get_correcto(e, url_en(e->servidor, "bien.prueba", "/"));
    BIEN(as_scope_leave(&plazo, 0));
    nombres_suelta();
    BIEN(as_group_leave(&grupo, 0));
    get_correcto(e, url_en(e->servidor, "bien.prueba", "/"));
    return 0;
}

PRUEBA(connect, quien_pregunta_por_la_otra_clase_no_ocupa_plaza)
{
    con_servidor_y(atiende_eco, se_pregunta_otra_vez, NULL,
                   (as_http_options){.max_connections = 1});
}

/* Con la única plaza ocupada, quien ya sabe la dirección la espera más que su plazo. */
static int pide_con_plazo(void *arg)
{
    struct entorno *e = arg;
    as_http_request peticion = {.url = url_en(e->servidor, "bien.prueba", "/eco"),
                                .timeout_ms = 2000};
    as_http_response r;

    BIEN(as_http_send(e->http, &peticion, &r));
    as_http_response_clear(&r);
    return 0;
}

static void atiende_con_permiso(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "/espera"))
            espera_permiso(c, 1);
        responde_eco(c);
    }
}

static int ocupa(void *arg)
{
    struct entorno *e = arg;

    get_correcto(e, url(e->servidor, "/espera"));
    return 0;
}

static int plaza_tras_el_nombre(struct entorno *e)
{
    as_group grupo;

    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, NULL, pide_con_plazo, e));
    BIEN(as_start_soon(&grupo, NULL, ocupa, e));
    espera_a(&e->servidor->peticiones, 1);
    while (as__list_empty(&e->http->queue)) /* ya sabe la dirección, y no hay plaza */
        BIEN(as_yield());
    cr_assert_null(as__loop->timers.root, "su plazo corre mientras espera");
    atomic_store(&e->servidor->suelta, 1);
    return as_group_leave(&grupo, 0);
}

PRUEBA(connect, la_plaza_que_se_espera_tras_el_nombre_no_gasta_plazo)
{
    con_servidor_y(atiende_con_permiso, plaza_tras_el_nombre, NULL,
                   (as_http_options){.max_connections = 1});
}
