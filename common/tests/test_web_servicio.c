#include "web_banco.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Lo que pide un servicio de verdad: que lo paren, apuntar los accesos, CORS. */
TestSuite(web_servicio, .timeout = 60);

#define GET(camino) "GET " camino " HTTP/1.1\r\nHost: x\r\n\r\n"

static const as_web_options real = {.client_timeout_ms = 60000};

static int saluda(as_web_request *p, void *arg)
{
    (void)arg;
    int rc = as_web_reply_header(p, "X-Vacia", "");
    return rc < 0 ? rc : as_web_reply_text(p, 200, "hola");
}

/* ---- Parar -------------------------------------------------------------------------- */

static void rutas_matar(struct banco *b)
{
    ruta(b, "GET", "/hola", saluda);
}

enum { SIRVIENDO = 1 };

static int se_mata(struct banco *b)
{
    b->rc_servidor = SIRVIENDO;
    get_es(b, "/hola", 200, "hola");
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    while (b->rc_servidor == SIRVIENDO)
        BIEN(as_sleep(1));
    return b->rc_servidor;
}

static void sirve_y_recibe_sigterm(void)
{
    signal(SIGTERM, SIG_DFL);
    con_banco(rutas_matar, se_mata, real);
    raise(SIGTERM); /* después de as_web_run vuelve a matar */
    _exit(2);
}

PRUEBA(web_servicio, sigterm_lo_despide_y_despues_vuelve_a_matar)
{
    char salida[512];
    int estado = en_otro_proceso(sirve_y_recibe_sigterm, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGTERM, "%#x: %s", estado,
              salida);
}

static int es_del_programa(struct banco *b)
{
    as_signals *senales;
    const int cuales[] = {SIGTERM};

    get_es(b, "/hola", 200, "hola");
    BIEN(as_signals_open(cuales, 1, &senales));
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    cr_assert_eq(as_signals_wait(senales), SIGTERM);
    as_signals_close(senales);
    get_es(b, "/hola", 200, "hola");
    return 0;
}

static void sigterm_propio(void)
{
    con_banco(rutas_matar, es_del_programa, real);
}

PRUEBA(web_servicio, si_el_programa_recoge_sigterm_es_suyo)
{
    char salida[512];
    int estado = en_otro_proceso(sigterm_propio, salida, sizeof salida);

    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 0, "%#x: %s", estado, salida);
}

/* ---- Avisar a quien responde sin fin ------------------------------------------------- */

static as_queue sucesos;

static int emite(as_web_request *p, void *arg)
{
    struct banco *b = arg;
    void *suceso;

    int rc = as_web_reply_start(p, 200, "text/event-stream");
    b->vivos = 1;
    while (rc == 0 && (rc = as_queue_get(&sucesos, &suceso)) == 0)
        rc = as_web_reply_writef(p, "data: %s\n\n", (char *)suceso);
    return rc == UV_EOF ? 0 : rc;
}

static void cierra_sucesos(void *arg)
{
    as_queue_close(arg);
}

static void rutas_sucesos(struct banco *b)
{
    as_web_on_shutdown(b->servidor, cierra_sucesos, &sucesos);
    ruta(b, "GET", "/sucesos", emite);
}

static int para_con_oyentes(struct banco *b)
{
    char texto[1024];
    as_stream *s = conecta(b);

    as_queue_init(&sucesos, 0);
    manda(s, GET("/sucesos"));
    while (b->vivos != 1)
        BIEN(as_sleep(1));
    BIEN(as_queue_put(&sucesos, "uno"));
    as_web_stop(b->servidor);
    lee_hasta_cierre(s, texto, sizeof texto);
    CONTIENE(texto, "data: uno");
    CONTIENE(texto, "\r\n0\r\n\r\n"); /* entera: no hubo que cortarla */
    as_stream_close(s);
    as_queue_destroy(&sucesos);
    return 0;
}

PRUEBA(web_servicio, al_parar_se_avisa_y_lo_que_no_acababa_acaba_bien)
{
    con_banco(rutas_sucesos, para_con_oyentes, real);
}

/* ---- Ver pasar las respuestas -------------------------------------------------------- */

static void mira(as_web_request *p, int estado, void *arg)
{
    struct banco *b = arg;

    anota(&b->diario, "%s %s %d%s;", as_web_method(p), as_web_path(p), estado,
          as_web_header(p, "Origin") && !as_web_param(p, "nada") ? " cors" : "");
    if (as_web_header(p, "Origin"))
        BIEN(as_web_reply_header(p, "Access-Control-Allow-Origin", "*"));
}

static int a_trozos(as_web_request *p, void *arg)
{
    (void)arg;
    int rc = as_web_reply_start(p, 200, NULL);
    return rc < 0 ? rc : as_web_reply_write(p, "x", 1);
}

static int con_pagina(as_web_request *p, void *arg)
{
    int64_t pagina;

    (void)arg;
    int rc = as_web_int_or(p, "pagina", 7, &pagina);
    return rc < 0 ? rc : as_web_reply_text(p, 200, "página %d", (int)pagina);
}

static void rutas_miradas(struct banco *b)
{
    as_web_on_response_prepare(b->servidor, mira, b);
    ruta(b, "GET", "/hola", saluda);
    ruta(b, "GET", "/trozos", a_trozos);
    ruta(b, "GET", "/lista", con_pagina);
}

static int miradas(struct banco *b)
{
    char texto[1024];
    as_stream *s = conecta(b);

    pide_y_recibe(s, "GET /hola HTTP/1.1\r\nHost: x\r\nOrigin: y\r\n\r\n",
                  "Access-Control-Allow-Origin: *");
    pide_y_recibe(s, GET("/nada"), "404");
    pide_y_recibe(s, "PUT /hola HTTP/1.1\r\nHost: x\r\n\r\n", "405");
    pide_y_recibe(s, GET("/hola"), "X-Vacia: \r\n");
    manda(s, "GET /trozos HTTP/1.1\r\nHost: x\r\nOrigin: y\r\nConnection: close\r\n\r\n");
    lee_hasta_cierre(s, texto, sizeof texto);
    CONTIENE(texto, "Access-Control-Allow-Origin: *");
    as_stream_close(s);
    s = conecta(b);
    manda(s, "hola\r\n\r\n");
    lee_hasta_cierre(s, texto, sizeof texto);
    CONTIENE(texto, "400");
    as_stream_close(s);
    DIARIO_ES(&b->diario, "GET /hola 200 cors;GET /nada 404;PUT /hola 405;GET /hola 200;"
                          "GET /trozos 200 cors;  400;");
    return 0;
}

PRUEBA(web_servicio, cada_respuesta_se_puede_apuntar_y_llevar_mas_cabeceras)
{
    con_banco(rutas_miradas, miradas, real);
}

static int pregunta_opciones(struct banco *b)
{
    char texto[1024];
    as_stream *s = conecta(b);

    manda(s, "OPTIONS /hola HTTP/1.1\r\nHost: x\r\nOrigin: y\r\n\r\n"
             "OPTIONS /nada HTTP/1.1\r\nHost: x\r\nOrigin: y\r\n\r\n"
             "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    lee_hasta_cierre(s, texto, sizeof texto);
    CONTIENE(texto, "HTTP/1.1 204 No Content\r\n");
    CONTIENE(texto, "Allow: GET, HEAD, OPTIONS\r\nAccess-Control-Allow-Origin: *\r\n");
    CONTIENE(texto, "HTTP/1.1 404");
    DIARIO_ES(&b->diario, "OPTIONS /hola 204 cors;OPTIONS /nada 404 cors;OPTIONS * 204;");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_servicio, a_options_responde_el_servidor)
{
    con_banco(rutas_miradas, pregunta_opciones, real);
}

static int enteros_con_omision(struct banco *b)
{
    get_es(b, "/lista", 200, "página 7");
    get_es(b, "/lista?pagina=3", 200, "página 3");
    get_es(b, "/lista?pagina=tres", 422, "tiene que ser un entero");
    get_es(b, "/lista?pagina=", 422, "tiene que ser un entero");
    return 0;
}

PRUEBA(web_servicio, un_entero_que_falta_puede_tener_valor_por_omision)
{
    con_banco(rutas_miradas, enteros_con_omision, (as_web_options){0});
}
