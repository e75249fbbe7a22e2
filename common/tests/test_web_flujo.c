#include "web_banco.h"

/* Respuestas que salen a trozos mientras el manejador sigue. */
TestSuite(web_flujo, .timeout = 60);

#define GET(camino) "GET " camino " HTTP/1.1\r\nHost: x\r\n\r\n"

static const as_web_options real = {.client_timeout_ms = 60000};

static void espera_a_que(const int *numero, int valor)
{
    while (*numero != valor)
        cr_assert_eq(as_sleep(1), 0);
}

static as_http_stream *abre(struct banco *b, const char *camino)
{
    char url[256];
    as_http_stream *flujo;

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", as_web_port(b->servidor), camino);
    cr_assert_eq(as_http_open(b->http, &(as_http_request){.url = url}, &flujo), 0);
    return flujo;
}

/* ---- Sucesos ------------------------------------------------------------------------ */

/* Un suceso cada vez que el cliente dice que recibió el anterior. */
static int sucesos(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    int rc = as_web_reply_header(p, "Cache-Control", "no-store");
    if (rc == 0)
        rc = as_web_reply_start(p, 200, "text/event-stream");
    for (int i = 1; i <= 3 && rc == 0; i++) {
        rc = as_event_wait(&b->suceso);
        as_event_clear(&b->suceso);
        if (rc == 0)
            rc = as_web_reply_writef(p, "data: %d\n\n", i);
        if (rc == 0)
            rc = as_web_reply_write(p, "", 0); /* no es el final */
    }
    return rc;
}

static void rutas_sucesos(struct banco *b)
{
    ruta(b, "GET", "/sucesos", sucesos);
}

static int sigue_sucesos(struct banco *b)
{
    char texto[64], esperado[64];
    as_http_stream *flujo = abre(b, "/sucesos");

    cr_assert_eq(as_http_stream_status(flujo), 200);
    cr_assert_str_eq(as_http_stream_header(flujo, "Content-Type"), "text/event-stream");
    cr_assert_str_eq(as_http_stream_header(flujo, "Cache-Control"), "no-store");
    for (int i = 1; i <= 3; i++) {
        as_event_set(&b->suceso);
        ssize_t n = as_http_read(flujo, texto, sizeof texto - 1);
        cr_assert_gt(n, 0);
        texto[n] = '\0';
        snprintf(esperado, sizeof esperado, "data: %d\n\n", i);
        cr_assert_str_eq(texto, esperado);
    }
    cr_assert_eq(as_http_read(flujo, texto, sizeof texto), 0);
    as_http_stream_close(flujo);
    return 0;
}

PRUEBA(web_flujo, cada_suceso_llega_cuando_se_escribe)
{
    con_banco(rutas_sucesos, sigue_sucesos, real);
}

static int cada_segundo(as_web_request *p, void *arg)
{
    (void)arg;
    int rc = as_web_reply_start(p, 200, NULL);
    for (int i = 0; i < 100 && rc == 0; i++) { /* más de lo que dura un manejador */
        rc = as_sleep(1000);
        if (rc == 0)
            rc = as_web_reply_write(p, "x", 1);
    }
    return rc;
}

static void rutas_reloj(struct banco *b)
{
    ruta(b, "GET", "/reloj", cada_segundo);
}

static int cien_segundos(struct banco *b)
{
    uint64_t antes = as_now();

    as_http_response r = pide_con(b, "GET", "/reloj", NULL, 0);
    cr_assert_eq(r.status, 200);
    cr_assert_eq(r.body_size, 100u);
    cr_assert_geq(as_now() - antes, 100000u);
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(web_flujo, una_vez_empezada_no_tiene_plazo_y_el_reloj_virtual_salta)
{
    con_banco(rutas_reloj, cien_segundos, (as_web_options){0});
}

/* ---- Contrapresión ------------------------------------------------------------------ */

enum { TROZO = 64 << 10, TROZOS = 1024 };

/* Lleva en `vivos` cuántos trozos han salido. */
static int manda_mucho(as_web_request *p, void *arg)
{
    struct banco *b = arg;
    char *trozo = malloc(TROZO);

    memset(trozo, 'x', TROZO);
    int rc = as_web_reply_start(p, 200, NULL);
    while (rc == 0 && b->vivos < TROZOS) {
        rc = as_web_reply_write(p, trozo, TROZO);
        b->vivos += rc == 0;
    }
    free(trozo);
    anota(&b->diario, "%s;", rc < 0 ? as_errname(rc) : "bien");
    as_event_set(&b->suceso);
    return rc;
}

static void rutas_mucho(struct banco *b)
{
    ruta(b, "GET", "/mucho", manda_mucho);
}

static int lee_despacio(struct banco *b)
{
    static char texto[TROZO];
    as_http_stream *flujo = abre(b, "/mucho");
    size_t leido = 0;
    ssize_t n;

    while ((n = as_http_read(flujo, texto, sizeof texto)) > 0) {
        leido += (size_t)n;
        size_t enviado = (size_t)b->vivos * TROZO;
        cr_assert(enviado < leido + (24 << 20), "ha enviado %zu MiB y se han leído %zu",
                  enviado >> 20, leido >> 20);
    }
    cr_assert_eq(n, 0);
    cr_assert_eq(leido, (size_t)TROZO * TROZOS);
    as_http_stream_close(flujo);
    DIARIO_ES(&b->diario, "bien;");
    return 0;
}

PRUEBA(web_flujo, nadie_escribe_mas_deprisa_de_lo_que_su_cliente_lee)
{
    con_banco(rutas_mucho, lee_despacio, real);
}

static int no_recoge(struct banco *b)
{
    as_stream *s = conecta(b);

    manda(s, GET("/mucho"));
    cr_assert_eq(as_event_wait(&b->suceso), 0);
    DIARIO_ES(&b->diario, "ECANCELED;");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_flujo, a_quien_no_recoge_su_trozo_se_le_corta)
{
    con_banco(rutas_mucho, no_recoge, (as_web_options){.client_timeout_ms = 300});
}

/* ---- El cliente se va --------------------------------------------------------------- */

static int espera_sin_fin(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    int rc = as_web_reply_start(p, 200, NULL);
    b->vivos = 1;
    if (rc == 0)
        rc = as_sleep(3600000);
    anota(&b->diario, "%s %s;", rc < 0 ? as_errname(rc) : "bien",
          as_web_reply_write(p, "x", 1) == UV_ECANCELED ? "tampoco" : "?");
    b->vivos = 0;
    return rc;
}

static void rutas_sin_fin(struct banco *b)
{
    ruta(b, "GET", "/sin-fin", espera_sin_fin);
    ruta(b, "GET", "/mucho", manda_mucho);
}

static int se_van(struct banco *b)
{
    for (int golpe = 0; golpe < 2; golpe++) {
        as_stream *s = conecta(b);
        manda(s, GET("/sin-fin"));
        espera_a_que(&b->vivos, 1);
        if (golpe)
            cierra_de_golpe(s);
        else
            as_stream_close(s);
        espera_a_que(&b->vivos, 0);
    }
    DIARIO_ES(&b->diario, "ECANCELED tampoco;ECANCELED tampoco;");
    b->diario = (struct diario){0};
    for (int golpe = 0; golpe < 2; golpe++) { /* mientras espera a que recoja */
        char texto[64];
        b->vivos = 0;
        as_stream *s = conecta(b);
        manda(s, GET("/mucho"));
        cr_assert_gt(as_read(s, texto, sizeof texto), 0);
        if (golpe)
            cierra_de_golpe(s);
        else
            as_stream_close(s);
        cr_assert_eq(as_event_wait(&b->suceso), 0);
        as_event_clear(&b->suceso);
    }
    DIARIO_ES(&b->diario, "ECANCELED;ECANCELED;");
    return 0;
}

PRUEBA(web_flujo, si_el_cliente_se_va_se_cancela_a_quien_le_respondia)
{
    con_banco(rutas_sin_fin, se_van, real);
}

static int para_con_flujos(struct banco *b)
{
    char texto[4096];
    as_stream *s = conecta(b);

    manda(s, GET("/sin-fin"));
    espera_a_que(&b->vivos, 1);
    as_web_stop(b->servidor);
    lee_hasta_cierre(s, texto, sizeof texto);
    CONTIENE(texto, "200 OK");
    cr_assert_null(strstr(texto, "0\r\n\r\n"), "no puede parecer entera: %s", texto);
    DIARIO_ES(&b->diario, "ECANCELED tampoco;");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_flujo, al_parar_tambien_se_corta_lo_que_no_acaba)
{
    con_banco(rutas_sin_fin, para_con_flujos,
              (as_web_options){.client_timeout_ms = 60000, .grace_ms = 50});
}

/* ---- El servidor se despide ---------------------------------------------------------- */

/* Empieza a responder y acaba cuando se lo digan. */
static int acaba_luego(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    int rc = as_web_reply_start(p, 200, NULL);
    b->grandes = 1;
    if (rc == 0)
        rc = as_event_wait(&b->suceso);
    return rc < 0 ? rc : as_web_reply_writef(p, "fin");
}

static void rutas_acaban(struct banco *b)
{
    ruta(b, "GET", "/sin-fin", espera_sin_fin);
    ruta(b, "GET", "/acaba", acaba_luego);
}

static int acaba_una(struct banco *b)
{
    char texto[4096];
    as_stream *otra = conecta(b), *s = conecta(b);

    manda(otra, GET("/sin-fin"));
    espera_a_que(&b->vivos, 1);
    manda(s, GET("/acaba"));
    espera_a_que(&b->grandes, 1);
    as_web_stop(b->servidor);
    BIEN(as_yield()); /* ya se está despidiendo */
    as_event_set(&b->suceso);
    lee_hasta_cierre(s, texto, sizeof texto);
    CONTIENE(texto, "fin\r\n0\r\n\r\n");
    cr_assert_eq(b->vivos, 1, "no se cerró hasta que acabó la otra");
    as_stream_close(s);
    as_stream_close(otra);
    return 0;
}

PRUEBA(web_flujo, al_parar_cada_conexion_se_cierra_con_su_respuesta)
{
    con_banco(rutas_acaban, acaba_una,
              (as_web_options){.client_timeout_ms = 60000, .grace_ms = 2000});
}

/* ---- A quien solo quiere la cabeza ---------------------------------------------------- */

static int abre_cuenta(as_web_request *p, void *arg, void **recurso)
{
    (void)p;
    *recurso = arg;
    return 0;
}

static int cierra_cuenta(void *recurso, void *arg, int rc)
{
    (void)arg;
    anota(recurso, "cierra %s;", rc < 0 ? as_errname(rc) : "bien");
    return rc;
}

static as_web_dependency cuenta = {.open = abre_cuenta, .close = cierra_cuenta};

static int con_cuenta(as_web_request *p, void *arg)
{
    struct banco *b = arg;
    void *recurso;

    cuenta.arg = &b->diario;
    int rc = as_web_depend(p, &cuenta, &recurso);
    return rc < 0 ? rc : espera_sin_fin(p, arg);
}

static void rutas_cabeza(struct banco *b)
{
    ruta(b, "GET", "/sin-fin", con_cuenta);
}

static int solo_la_cabeza(struct banco *b)
{
    char texto[4096];
    as_stream *s = conecta(b);

    manda(s, "HEAD /sin-fin HTTP/1.1\r\nHost: x\r\n\r\n");
    cr_assert_gt(as_readuntil(s, "\r\n\r\n", 4, texto, sizeof texto), 0);
    CONTIENE(texto, "200 OK");
    pide_y_recibe(s, GET("/nada"), "404"); /* la conexión sigue */
    espera_a_que(&b->vivos, 0);
    DIARIO_ES(&b->diario, "ECANCELED tampoco;cierra ECANCELED;");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_flujo, a_un_head_le_basta_la_cabeza)
{
    con_banco(rutas_cabeza, solo_la_cabeza, real);
}

/* Escribe hasta que se le dice que pare. */
static int sin_cuerpo(as_web_request *p, void *arg)
{
    struct banco *b = arg;
    int estado = strcmp(as_web_path(p), "/204") == 0 ? 204 : 304;

    int rc = as_web_reply_start(p, estado, NULL);
    b->vivos = 1;
    while (rc == 0)
        rc = as_web_reply_write(p, "x", 1);
    anota(&b->diario, "%s;", as_errname(rc));
    b->vivos = 0;
    return rc;
}

static void rutas_sin_cuerpo(struct banco *b)
{
    ruta(b, "GET", "/204", sin_cuerpo);
    ruta(b, "GET", "/304", sin_cuerpo);
}

static int ni_a_lo_que_no_lleva_cuerpo(struct banco *b)
{
    char texto[4096];
    as_stream *s = conecta(b);

    manda(s, GET("/204"));
    cr_assert_gt(as_readuntil(s, "\r\n\r\n", 4, texto, sizeof texto), 0);
    manda(s, GET("/304"));
    cr_assert_gt(as_readuntil(s, "\r\n\r\n", 4, texto, sizeof texto), 0);
    pide_y_recibe(s, GET("/nada"), "404"); /* la conexión sigue */
    DIARIO_ES(&b->diario, "ECANCELED;ECANCELED;");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_flujo, lo_que_no_lleva_cuerpo_tampoco_espera)
{
    con_banco(rutas_sin_cuerpo, ni_a_lo_que_no_lleva_cuerpo, real);
}

/* ---- Mal usado ---------------------------------------------------------------------- */

struct otra {
    as_web_request *p;
    int rc;
};

static int escribe_a_la_vez(void *arg)
{
    struct otra *o = arg;

    o->rc = as_web_reply_write(o->p, "x", 1);
    return 0;
}

static int mal_usado(as_web_request *p, void *arg)
{
    struct banco *b = arg;
    enum { MUCHO = 32 << 20 };
    char *bytes = calloc(1, MUCHO);
    struct otra otra = {.p = p};
    as_group grupo;

    cr_assert_eq(as_web_reply_write(p, "x", 1), UV_EINVAL);
    cr_assert_eq(as_web_reply_start(p, 99, NULL), UV_EINVAL);
    cr_assert_eq(as_web_reply_start(p, 200, "a\r\nb"), UV_EINVAL);
    cr_assert_eq(as_web_fail(p, 404, "no está"), UV_EINVAL); /* y se repone */
    cr_assert_eq(as_web_reply_start(p, 206, NULL), 0);
    cr_assert_eq(as_web_reply_start(p, 200, NULL), UV_EALREADY);
    cr_assert_eq(as_web_reply_text(p, 200, "x"), UV_EALREADY);
    cr_assert_eq(as_web_reply_header(p, "X-A", "x"), UV_EALREADY);
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, NULL, escribe_a_la_vez, &otra), 0);
    int rc = as_web_reply_write(p, bytes, MUCHO);
    rc = as_group_leave(&grupo, rc);
    free(bytes);
    anota(&b->diario, "%s", as_errname(otra.rc));
    return rc < 0 ? rc : as_web_fail(p, 500, "ya no puede decirse");
}

static void rutas_mal(struct banco *b)
{
    ruta(b, "GET", "/mal", mal_usado);
}

static int lee_hasta_el_error(struct banco *b)
{
    static char texto[TROZO];
    char *registro = NULL;
    size_t largo, leido = 0;
    ssize_t n;
    FILE *destino = open_memstream(&registro, &largo);

    cr_assert_eq(as_log_to(destino, AS_LOG_DEBUG), 0);
    as_http_stream *flujo = abre(b, "/mal");
    cr_assert_eq(as_http_stream_status(flujo), 206);
    while ((n = as_http_read(flujo, texto, sizeof texto)) > 0)
        leido += (size_t)n;
    cr_assert_lt(n, 0, "parecía entera");
    cr_assert_eq(leido, (size_t)(32 << 20));
    as_http_stream_close(flujo);
    DIARIO_ES(&b->diario, "EBUSY");
    as_log_reset();
    fclose(destino);
    CONTIENE(registro, "el manejador de GET /mal: ");
    CONTIENE(registro, "ya no puede decirse");
    free(registro);
    return 0;
}

PRUEBA(web_flujo, un_error_a_media_respuesta_la_corta_y_va_al_registro)
{
    con_banco(rutas_mal, lee_hasta_el_error, real);
}

/* ---- Otros clientes ----------------------------------------------------------------- */

static int dos_trozos(as_web_request *p, void *arg)
{
    int64_t estado = 200;

    (void)arg;
    if (as_web_query(p, "estado"))
        cr_assert_eq(as_web_int(p, "estado", &estado), 0);
    int rc = as_web_reply_start(p, (int)estado, "text/plain");
    if (rc == 0)
        rc = as_web_reply_write(p, "hola ", 5);
    return rc < 0 ? rc : as_web_reply_writef(p, "%s", as_web_method(p));
}

static void rutas_dos(struct banco *b)
{
    ruta(b, "GET", "/dos", dos_trozos);
}

static void responde(as_stream *s, const char *peticion, const char *cabeza,
                     const char *cuerpo)
{
    char texto[4096];

    manda(s, peticion);
    ssize_t n = as_readuntil(s, "\r\n\r\n", 4, texto, sizeof texto);
    cr_assert_gt(n, 0);
    texto[n] = '\0';
    CONTIENE(texto, cabeza);
    cr_assert_null(strstr(texto, "Content-Length"), "%s", texto);
    cr_assert_eq(as_readexactly(s, texto, strlen(cuerpo)), 0);
    cr_assert_eq(memcmp(texto, cuerpo, strlen(cuerpo)), 0, "%s", texto);
}

static int otros_clientes(struct banco *b)
{
    char texto[256];
    as_stream *s = conecta(b);

    responde(s, GET("/dos"), "Transfer-Encoding: chunked",
             "5\r\nhola \r\n3\r\nGET\r\n0\r\n\r\n");
    responde(s, "HEAD /dos HTTP/1.1\r\nHost: x\r\n\r\n", "Transfer-Encoding: chunked",
             "");
    responde(s, GET("/dos?estado=204"), "204 No Content", "");
    responde(s, GET("/dos?estado=304"), "304 Not Modified", "");
    responde(s, "GET /dos HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
             "Connection: close", "hola GET");
    lee_hasta_cierre(s, texto, sizeof texto);
    cr_assert_str_eq(texto, "");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_flujo, cada_cliente_sabe_donde_acaba)
{
    con_banco(rutas_dos, otros_clientes, real);
}
