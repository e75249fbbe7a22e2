#include "servidor.h"

#include "nombres_falsos.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(http_cancelacion, .timeout = 60);

/*
 * El servidor se para donde diga la ruta y no sigue: así la cancelación llega en un punto
 * conocido. «peticiones» cuenta las leídas y «suelta», los puntos de parada alcanzados.
 */
static void para(struct conexion *c)
{
    char resto;

    atomic_fetch_add(&c->servidor->suelta, 1);
    while (recv(c->fd, &resto, 1, 0) > 0) /* hasta que el cliente se vaya */
        ;
}

static void atiende_hasta(struct conexion *c)
{
    static char relleno[64 << 20];

    while (lee_peticion(c)) {
        if (pide(c, "/media-cabecera")) {
            envia_texto(c, "HTTP/1.1 200 Bien\r\nX-A: b\r\nX-C");
            para(c);
        } else if (pide(c, "/medio-cuerpo")) {
            envia_texto(c, "HTTP/1.1 200 Bien\r\nContent-Length: 1000\r\n\r\nmedio");
            para(c);
        } else if (pide(c, "/nunca")) {
            para(c);
        } else if (pide(c, "/enorme")) {
            envia_texto(c, "HTTP/1.1 200 Bien\r\nContent-Length: 67108864\r\n\r\n");
            atomic_fetch_add(&c->servidor->suelta, 1);
            envia(c, relleno, sizeof relleno);
            return;
        } else {
            responde_eco(c);
        }
    }
}

struct victima {
    struct entorno *e;
    char direccion[128];
    const char *cuerpo;
    size_t tamano;
    int rc;
    bool empezo;
};

static int pide_y_espera(void *arg)
{
    struct victima *v = arg;
    as_http_response r;
    as_http_request peticion = {
        .url = v->direccion, .body = v->cuerpo, .body_size = v->tamano};

    v->empezo = true;
    v->rc = as_http_send(v->e->http, &peticion, &r);
    as_http_response_clear(&r);
    return v->rc;
}

/* Lanza una petición, espera a que el servidor llegue a su punto y la cancela. */
static void cancela_en(struct entorno *e, const char *direccion, const atomic_int *punto)
{
    struct victima v = {.e = e};
    as_group grupo;

    strcpy(v.direccion, direccion);
    int antes = punto ? atomic_load(punto) : 0;
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "víctima", pide_y_espera, &v);
    cr_assert_not_null(tarea);
    if (punto)
        espera_a(punto, antes + 1);
    else
        cr_assert_eq(as_yield(), 0);
    cr_assert(v.empezo);
    as_cancel(tarea);
    cr_assert_eq(as_await(tarea), UV_ECANCELED);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    cr_assert_eq(v.rc, UV_ECANCELED);
}

static int en_cada_punto(struct entorno *e)
{
    const char *rutas[] = {"/nunca", "/media-cabecera", "/medio-cuerpo"};

    for (int vez = 0; vez < 5; vez++) {
        for (int i = 0; i < 3; i++) {
            cancela_en(e, url(e->servidor, rutas[i]), &e->servidor->suelta);
            get_correcto(e, url(e->servidor, "/"));
        }
        cancela_en(e, url(e->servidor, "/nunca"), NULL); /* antes de conectar */
        get_correcto(e, url(e->servidor, "/"));
    }
    return 0;
}

PRUEBA(http_cancelacion, esperando_respuesta_a_media_cabecera_y_a_medio_cuerpo)
{
    /* Con una sola plaza, cada GET de después prueba que la cancelada la devolvió. */
    con_servidor_y(atiende_hasta, en_cada_punto, NULL,
                   (as_http_options){.max_connections = 1});
}

/* ---- En la cola --------------------------------------------------------------------- */

static int en_la_cola(struct entorno *e)
{
    struct victima v[4];
    as_task *tareas[4];
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < 4; i++) {
        v[i] = (struct victima){.e = e};
        strcpy(v[i].direccion, url(e->servidor, i == 0 ? "/nunca" : "/"));
        tareas[i] = as_spawn(&grupo, NULL, pide_y_espera, &v[i]);
        cr_assert_not_null(tareas[i]);
    }
    espera_a(&e->servidor->suelta, 1); /* la 0 ocupa la plaza; las demás hacen cola */
    as_cancel(tareas[1]);
    cr_assert_eq(as_await(tareas[1]), UV_ECANCELED);
    /* La 0 cede la plaza a la 2, y la 2 se cancela cuando ya la tiene pero no corrió. */
    as_cancel(tareas[0]);
    cr_assert_eq(as_await(tareas[0]), UV_ECANCELED);
    as_cancel(tareas[2]);
    cr_assert_eq(as_await(tareas[2]), UV_ECANCELED);
    cr_assert_eq(as_await(tareas[3]), 0, "la plaza no se perdió por el camino");
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 2);
    return 0;
}

PRUEBA(http_cancelacion, en_la_cola_y_justo_al_recibir_la_plaza)
{
    con_servidor_y(atiende_hasta, en_la_cola, NULL,
                   (as_http_options){.max_connections = 1});
}

/* ---- Resolviendo el nombre ---------------------------------------------------------- */

static int resolviendo(struct entorno *e)
{
    uint64_t antes = uv_hrtime();

    cancela_en(e, url_en(e->servidor, "lento.prueba", "/"), &nombres_lentos_en_curso);
    cr_assert_lt(uv_hrtime() - antes, 20000000000u);
    get_correcto(e, url(e->servidor, "/"));

    /* La consulta se abandonó con ella: quien venga después hace otra. */
    struct victima v = {.e = e};
    as_group grupo;
    strcpy(v.direccion, url_en(e->servidor, "lento.prueba", "/"));
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, NULL, pide_y_espera, &v), 0);
    espera_a(&nombres_lentos_en_curso, 2);
    nombres_suelta();
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    cr_assert_eq(v.rc, 0);
    cr_assert_eq(atomic_load(&nombres_preguntados), 2);
    cr_assert_eq(atomic_load(&nombres_preguntados_por_libcurl), 0);
    return 0;
}

PRUEBA(http_cancelacion, mientras_se_resuelve_el_nombre_no_espera_al_sistema)
{
    con_servidor(atiende_hasta, resolviendo);
}

static int cierra_resolviendo(struct entorno *e)
{
    cancela_en(e, url_en(e->servidor, "lento.prueba", "/"), &nombres_lentos_en_curso);
    return 0; /* el cliente se cierra; el DNS no contestará nunca */
}

PRUEBA(http_cancelacion, el_cliente_se_cierra_sin_esperar_al_dns)
{
    con_servidor(atiende_hasta, cierra_resolviendo);
}

/* ---- Conectando --------------------------------------------------------------------- */

/* Un puerto con la cola de conexiones llena: los siguientes SYN se pierden. */
static int puerto_lleno(int *escucha, int *llenan, size_t n)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t largo = sizeof donde;

    *escucha = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(*escucha, (struct sockaddr *)&donde, sizeof donde), 0);
    cr_assert_eq(listen(*escucha, 0), 0);
    getsockname(*escucha, (struct sockaddr *)&donde, &largo);
    for (size_t i = 0; i < n; i++) {
        llenan[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(llenan[i], (struct sockaddr *)&donde, sizeof donde);
    }
    return ntohs(donde.sin_port);
}

static int conectando(struct entorno *e)
{
    int escucha, llenan[4];
    char direccion[64];
    as_http_response r;

    snprintf(direccion, sizeof direccion, "http://127.0.0.1:%d/",
             puerto_lleno(&escucha, llenan, 4));
    cancela_en(e, direccion, NULL);
    as_http_request peticion = {.url = direccion, .timeout_ms = 50};
    cr_assert_eq(as_http_send(e->http, &peticion, &r), UV_ETIMEDOUT);
    cr_assert_eq(as_http_send(e->http, &peticion, &r), UV_ETIMEDOUT);
    get_correcto(e, url(e->servidor, "/"));
    for (int i = 0; i < 4; i++)
        close(llenan[i]);
    close(escucha);
    return 0;
}

PRUEBA(http_cancelacion, conectando_a_quien_no_contesta)
{
    con_servidor_y(atiende_hasta, conectando, NULL,
                   (as_http_options){.max_connections = 1});
}

/* ---- Enviando ----------------------------------------------------------------------- */

static void atiende_sin_leer(struct conexion *c)
{
    char poco[100];

    if (recv(c->fd, poco, sizeof poco, MSG_PEEK) <= 0)
        return;
    if (memmem(poco, sizeof poco, "GET", 3)) {
        atiende_eco(c);
        return;
    }
    atomic_fetch_add(&c->servidor->dentro, 1);
    espera_permiso(c, 1);
}

static int enviando(struct entorno *e)
{
    enum { TAMANO = 64 << 20 };
    struct victima v = {.e = e, .cuerpo = calloc(1, TAMANO), .tamano = TAMANO};
    as_group grupo;

    strcpy(v.direccion, url(e->servidor, "/"));
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, NULL, pide_y_espera, &v);
    espera_a(&e->servidor->dentro, 1);
    as_cancel(tarea);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    cr_assert_eq(v.rc, UV_ECANCELED);
    free((char *)v.cuerpo);
    get_correcto(e, url(e->servidor, "/"));
    atomic_store(&e->servidor->suelta, 1);
    return 0;
}

PRUEBA(http_cancelacion, enviando_un_cuerpo_que_nadie_lee)
{
    con_servidor_y(atiende_sin_leer, enviando, NULL,
                   (as_http_options){.max_connections = 1});
}

/* ---- Un flujo ----------------------------------------------------------------------- */

static int lee_hasta_que_lo_cancelen(void *arg)
{
    struct victima *v = arg;
    char trozo[1000];
    as_http_stream *flujo;
    as_http_request peticion = {.url = v->direccion};

    int rc = as_http_open(v->e->http, &peticion, &flujo);
    cr_assert_eq(rc, 0);
    ssize_t n;
    while ((n = as_http_read(flujo, trozo, sizeof trozo)) > 0)
        v->tamano += (size_t)n;
    as_http_stream_close(flujo);
    v->rc = (int)n;
    return v->rc;
}

static int flujos(struct entorno *e)
{
    struct victima v = {.e = e};
    as_group grupo;

    strcpy(v.direccion, url(e->servidor, "/medio-cuerpo"));
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, NULL, lee_hasta_que_lo_cancelen, &v);
    while (v.tamano < 5)
        cr_assert_eq(as_sleep(1), 0);
    as_cancel(tarea);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    cr_assert_eq(v.rc, UV_ECANCELED);

    /* Pausado, con megas por llegar. */
    as_http_stream *flujo;
    as_http_request peticion = {.url = url(e->servidor, "/enorme")};
    char trozo[100];
    cr_assert_eq(as_http_open(e->http, &peticion, &flujo), 0);
    cr_assert_eq(as_http_read(flujo, trozo, sizeof trozo), 100);
    for (int i = 0; i < 100; i++) { /* que la red llene el búfer */
        usleep(200);
        cr_assert_eq(as_sleep(1), 0);
    }
    as_scope ambito;
    as_scope_enter(&ambito, 0);
    cr_assert_eq(as_http_read(flujo, trozo, sizeof trozo), UV_ECANCELED,
                 "aunque haya datos: la cancelación es un nivel");
    as_scope_leave(&ambito, 0);
    cr_assert_eq(as_http_read(flujo, trozo, sizeof trozo), 100, "y no se perdió nada");
    as_http_stream_close(flujo);
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http_cancelacion, un_flujo_leyendo_y_pausado)
{
    con_servidor_y(atiende_hasta, flujos, NULL, (as_http_options){.max_connections = 1});
}

/* ---- En cualquier momento ----------------------------------------------------------- */

static int en_cada_turno(struct entorno *e)
{
    int canceladas = 0;

    /* Cancela tras 0, 1, 2... turnos del bucle: pasa por todos los estados que hay desde
     * que empieza hasta que termina. */
    for (int turnos = 0; turnos < 200; turnos++) {
        struct victima v = {.e = e};
        as_group grupo;
        strcpy(v.direccion,
               url_en(e->servidor, turnos % 2 ? "localhost" : "bien.prueba", "/"));
        as_group_enter(&grupo);
        as_task *tarea = as_spawn(&grupo, NULL, pide_y_espera, &v);
        for (int i = 0; i < turnos; i++)
            cr_assert_eq(as_yield(), 0);
        as_cancel(tarea);
        cr_assert_eq(as_group_leave(&grupo, 0), 0);
        if (!v.empezo)
            continue;
        cr_assert(v.rc == 0 || v.rc == UV_ECANCELED, "%s", as_strerror(v.rc));
        canceladas += v.rc == UV_ECANCELED;
    }
    cr_assert_gt(canceladas, 0);
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http_cancelacion, en_cualquier_turno_del_bucle)
{
    con_servidor_y(atiende_eco, en_cada_turno, NULL,
                   (as_http_options){.max_connections = 1});
}

struct tropel {
    struct entorno *e;
    unsigned semilla;
    int bien, cortadas;
};

static int uno_del_tropel(void *arg)
{
    struct tropel *t = arg;

    for (int i = 0; i < 30; i++) {
        char direccion[128];
        const char *rutas[] = {"/", "/", "/", "/medio-cuerpo", "/nunca"};
        as_http_response r;
        snprintf(direccion, sizeof direccion, "http://%s:%d%s",
                 rand_r(&t->semilla) % 2 ? "127.0.0.1" : "bien.prueba",
                 t->e->servidor->puerto, rutas[rand_r(&t->semilla) % 5]);
        as_http_request peticion = {.url = direccion,
                                    .timeout_ms = 1 + rand_r(&t->semilla) % 20};
        int rc = as_http_send(t->e->http, &peticion, &r);
        cr_assert(rc == 0 || rc == UV_ETIMEDOUT, "%s", as_error_text(rc));
        t->bien += rc == 0;
        t->cortadas += rc < 0;
        as_http_response_clear(&r);
    }
    return 0;
}

static int tropel(struct entorno *e)
{
    enum { TAREAS = 40 };
    struct tropel todos[TAREAS];
    int bien = 0, cortadas = 0;

    for (unsigned i = 0; i < TAREAS; i++)
        todos[i] = (struct tropel){.e = e, .semilla = i};
    cr_assert_eq(as_gather_each(uno_del_tropel, todos, TAREAS, sizeof *todos, NULL), 0);
    for (int i = 0; i < TAREAS; i++) {
        bien += todos[i].bien;
        cortadas += todos[i].cortadas;
    }
    cr_assert_gt(cortadas, 0);
    cr_assert_eq(bien + cortadas, TAREAS * 30);
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http_cancelacion, un_tropel_con_plazos_al_azar_no_estropea_nada)
{
    con_servidor_y(atiende_hasta, tropel, NULL, (as_http_options){.max_connections = 20});
}
