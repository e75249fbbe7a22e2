#include "web_banco.h"

#include <pthread.h>
#include <stdatomic.h>

/* La vida de una petición: su tarea y su plazo; y el final del servidor. */
TestSuite(web_vida, .timeout = 60);

/* ---- A la vez ----------------------------------------------------------------------- */

enum { MUCHAS = 200 };

static int barrera(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    if (++b->vivos == MUCHAS)
        as_event_set(&b->suceso);
    int rc = as_event_wait(&b->suceso);
    return rc < 0 ? rc : as_web_reply_text(p, 200, "todas");
}

static void rutas_barrera(struct banco *b)
{
    ruta(b, "GET", "/barrera", barrera);
}

static int pide_barrera(void *arg)
{
    get_es(*(struct banco **)arg, "/barrera", 200, "todas");
    return 0;
}

static int doscientas(struct banco *b)
{
    struct banco *todas[MUCHAS];

    for (int i = 0; i < MUCHAS; i++)
        todas[i] = b;
    return as_gather_each(pide_barrera, todas, MUCHAS, sizeof *todas, NULL);
}

PRUEBA(web_vida, doscientas_peticiones_corren_a_la_vez)
{
    con_banco(rutas_barrera, doscientas, (as_web_options){0});
}

/* ---- El reporte de la clase: lento y rápido ----------------------------------------- */

static int consulta_pedidos(void *arg)
{
    (void)arg;
    return as_sleep(30000);
}

/* Como el de la clase, cien veces más lento: de verdad, no cabría en el plazo de la prueba. */
static int reporte(as_web_request *p, void *arg)
{
    bool rapido = strcmp(as_web_path(p), "/reporte-rapido") == 0;
    int usuarios[2] = {1, 2};

    (void)arg;
    int rc = as_sleep(50000);
    if (rc == 0 && rapido)
        rc = as_gather_each(consulta_pedidos, usuarios, 2, sizeof *usuarios, NULL);
    for (int i = 0; i < 2 && rc == 0 && !rapido; i++)
        rc = consulta_pedidos(&usuarios[i]);
    if (rc < 0)
        return rc;
    return as_web_reply_json(
        p, 200, json_pack("{s:[{s:i},{s:i}]}", "reportes", "usuario", 1, "usuario", 2));
}

static void rutas_reporte(struct banco *b)
{
    ruta(b, "GET", "/reporte-lento", reporte);
    ruta(b, "GET", "/reporte-rapido", reporte);
}

static void tarda(struct banco *b, const char *camino, uint64_t ms)
{
    uint64_t antes = as_now();

    get_es(b, camino, 200, "{\"reportes\":[{\"usuario\":1},{\"usuario\":2}]}");
    uint64_t tardo = as_now() - antes;
    cr_assert(tardo >= ms && tardo < ms + 20000, "%s: %d ms", camino, (int)tardo);
}

static int compara(struct banco *b)
{
    tarda(b, "/reporte-lento", 110000);
    tarda(b, "/reporte-rapido", 80000);
    return 0;
}

PRUEBA(web_vida, con_el_reloj_virtual_las_esperas_del_manejador_no_se_esperan)
{
    con_banco(rutas_reporte, compara, (as_web_options){.request_timeout_ms = -1});
}

static int no_pasa_nada(struct banco *b)
{
    (void)b;
    cr_assert_eq(as_sleep(3600000), 0); /* de verdad, no cabe en su plazo */
    return 0;
}

PRUEBA(web_vida, un_servidor_ocioso_ni_para_el_reloj_ni_es_un_interbloqueo)
{
    con_banco(rutas_reporte, no_pasa_nada, (as_web_options){0});
}

/* ---- El plazo ----------------------------------------------------------------------- */

static int duerme(as_web_request *p, void *arg)
{
    struct banco *b = arg;
    int64_t ms;

    int rc = as_web_int(p, "ms", &ms);
    if (rc < 0)
        return rc;
    b->vivos++;
    rc = as_sleep(ms);
    b->vivos--;
    anota(&b->diario, "%d ", rc);
    if (rc == UV_ECANCELED && as_web_query(p, "terco"))
        return as_web_reply_text(p, 200, "da igual");
    return rc < 0 ? rc : as_web_reply_text(p, 200, "dormí");
}

static void rutas_duerme(struct banco *b)
{
    ruta(b, "GET", "/duerme/{ms}", duerme);
}

static int vence(struct banco *b)
{
    FILE *nada = fopen("/dev/null", "w");

    cr_assert_eq(as_log_to(nada, AS_LOG_DEBUG), 0);
    get_es(b, "/duerme/29900", 200, "dormí");
    get_es(b, "/duerme/31000", 503, "el servidor ha tardado demasiado");
    get_es(b, "/duerme/31000?terco=1", 200, "da igual");
    as_log_reset();
    fclose(nada);
    return 0;
}

PRUEBA(web_vida, un_manejador_que_no_acaba_en_su_plazo_es_un_503)
{
    con_banco(rutas_duerme, vence, (as_web_options){0});
}

static int sin_plazo(struct banco *b)
{
    get_es(b, "/duerme/3600000", 200, "dormí");
    return 0;
}

PRUEBA(web_vida, sin_plazo_un_manejador_tarda_lo_que_quiera)
{
    con_banco(rutas_duerme, sin_plazo, (as_web_options){.request_timeout_ms = -1});
}

/* ---- Parar -------------------------------------------------------------------------- */

struct pedido {
    struct banco *b;
    const char *camino, *esperado;
    int estado;
};

static int hace_pedido(void *arg)
{
    struct pedido *p = arg;

    get_es(p->b, p->camino, p->estado, p->esperado);
    return 0;
}

static int espera_vivos(struct banco *b, int n)
{
    int rc = 0;

    while (b->vivos < n && rc == 0)
        rc = as_yield();
    return rc;
}

static int nadie_escucha(struct banco *b)
{
    as_stream *s;

    return as_connect("127.0.0.1", as_web_port(b->servidor), &s);
}

static int para_con_calma(struct banco *b)
{
    struct pedido pedidos[] = {{b, "/duerme/4000", "dormí", 200},
                               {b, "/duerme/20000", "se está parando", 503},
                               {b, "/duerme/4900", "dormí", 200}};
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(as_start_soon(&grupo, NULL, hace_pedido, &pedidos[i]), 0);
    int rc = espera_vivos(b, 3);
    uint64_t antes = as_now();
    as_web_stop(b->servidor);
    cr_assert_eq(as_sleep(10), 0);
    cr_assert_eq(nadie_escucha(b), UV_ECONNREFUSED);
    rc = as_group_leave(&grupo, rc);
    cr_assert_lt(as_now() - antes, 7000u);
    return rc;
}

PRUEBA(web_vida, al_parar_termina_lo_empezado_y_cancela_lo_que_no_acaba)
{
    con_banco(rutas_duerme, para_con_calma, (as_web_options){0});
}

static int para_ya(struct banco *b)
{
    struct pedido pedido = {b, "/duerme/100", "se está parando", 503};
    as_group grupo;

    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, NULL, hace_pedido, &pedido), 0);
    int rc = espera_vivos(b, 1);
    as_web_stop(b->servidor);
    return as_group_leave(&grupo, rc);
}

PRUEBA(web_vida, sin_gracia_cancela_al_instante)
{
    con_banco(rutas_duerme, para_ya, (as_web_options){.grace_ms = -1});
}

static int para_desde_dentro(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    as_web_stop(b->servidor);
    int rc = as_sleep(100);
    return rc < 0 ? rc : as_web_reply_text(p, 200, "adiós");
}

static void rutas_para(struct banco *b)
{
    ruta(b, "POST", "/para", para_desde_dentro);
}

static int pide_parar(struct banco *b)
{
    as_http_response r = pide_con(b, "POST", "/para", "", 0);

    cr_assert_eq(r.status, 200);
    cr_assert_str_eq(as_http_header(&r, "Connection"), "close");
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(web_vida, un_manejador_puede_parar_el_servidor)
{
    con_banco(rutas_para, pide_parar, (as_web_options){0});
}

/* Como Ctrl+C: cancelan a quien llamó a as_web_run. */
static int sirve_otro(void *arg)
{
    as_web *s = arg;
    int rc = as_web_run(s);

    cr_assert_eq(rc, UV_ECANCELED, "%s", as_strerror(rc));
    cr_assert_eq(as_web_run(s), UV_EALREADY);
    return rc;
}

static int cancela_el_servidor(void *arg)
{
    struct banco b = {0};
    struct pedido pedido = {&b, "/duerme/300", "dormí", 200};
    as_group grupo;

    (void)arg;
    cr_assert_eq(as_http_new(NULL, &b.http), 0);
    cr_assert_eq(as_web_new(NULL, &b.servidor), 0);
    rutas_duerme(&b);
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "servidor", sirve_otro, b.servidor);
    cr_assert_eq(as_start_soon(&grupo, NULL, hace_pedido, &pedido), 0);
    int rc = espera_vivos(&b, 1);
    as_cancel(tarea);
    rc = as_group_leave(&grupo, rc);
    as_http_close(b.http);
    as_web_close(b.servidor);
    return rc;
}

PRUEBA(web_vida, cancelarlo_tambien_es_despedirse)
{
    CORRE(cancela_el_servidor, NULL, 0);
}

static int para_antes(void *arg)
{
    as_web *s;
    as_scope vencido;

    (void)arg;
    cr_assert_eq(as_web_new(NULL, &s), 0);
    as_web_stop(s);
    cr_assert_eq(as_web_run(s), 0);
    as_web_close(s);

    cr_assert_eq(as_web_new(NULL, &s), 0);
    as_scope_enter(&vencido, 0);
    cr_assert_eq(as_scope_leave(&vencido, as_web_run(s)), UV_ETIMEDOUT);
    as_web_close(s);
    return 0;
}

PRUEBA(web_vida, pararlo_antes_de_empezar_vale)
{
    CORRE(para_antes, NULL, 0);
}

/* ---- Clientes de verdad ------------------------------------------------------------- */

static int rapido(as_web_request *p, void *arg)
{
    static char kib[1024];

    (void)arg;
    memset(kib, 'x', sizeof kib);
    return as_web_reply(p, 200, "text/plain", kib, sizeof kib);
}

static void rutas_wrk(struct banco *b)
{
    ruta(b, "GET", "/", rapido);
    ruta(b, "GET", "/duerme/{ms}", duerme);
}

struct orden {
    char texto[256], salida[4096];
    atomic_bool hecha;
};

static void *corre_orden(void *arg)
{
    struct orden *o = arg;
    FILE *f = popen(o->texto, "r");

    size_t n = fread(o->salida, 1, sizeof o->salida - 1, f);
    o->salida[n] = '\0';
    pclose(f);
    atomic_store(&o->hecha, true);
    return NULL;
}

/* Ejecuta una orden del sistema en otro hilo; false si no está instalada. */
static bool ordena(struct banco *b, struct orden *o, const char *programa,
                   const char *opciones, const char *camino)
{
    pthread_t hilo;

    *o = (struct orden){0};
    snprintf(o->texto, sizeof o->texto,
             "command -v %s >/dev/null && %s %s http://127.0.0.1:%d%s 2>&1", programa,
             programa, opciones, as_web_port(b->servidor), camino);
    cr_assert_eq(pthread_create(&hilo, NULL, corre_orden, o), 0);
    while (!atomic_load(&o->hecha))
        cr_assert_eq(as_sleep(1), 0);
    pthread_join(hilo, NULL);
    if (!*o->salida)
        fprintf(stderr, "%s no está instalado: no se prueba con él\n", programa);
    return *o->salida;
}

static int aguanta(struct banco *b)
{
    struct orden o;

    if (ordena(b, &o, "wrk", "-t1 -c100 -d1s", "/")) {
        CONTIENE(o.salida, "Requests/sec");
        cr_assert_null(strstr(o.salida, "Socket errors"), "%s", o.salida);
        cr_assert_null(strstr(o.salida, "Non-2xx"), "%s", o.salida);
    }
    /* wrk se va con sus peticiones a medias: se cancelan y no queda ninguna tarea. */
    if (ordena(b, &o, "wrk", "-t1 -c50 -d1s", "/duerme/30000"))
        CONTIENE(o.salida, "0 requests");
    while (b->vivos > 0)
        cr_assert_eq(as_sleep(1), 0);
    if (ordena(b, &o, "curl", "-s --max-time 20 -i", "/"))
        CONTIENE(o.salida, "HTTP/1.1 200 OK");
    get_es(b, "/", 200, "xxxx");
    return 0;
}

PRUEBA(web_vida, aguanta_a_wrk_y_a_curl)
{
    con_banco(rutas_wrk, aguanta, (as_web_options){.client_timeout_ms = 60000});
}
