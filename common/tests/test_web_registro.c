#include "web_banco.h"

#include <unistd.h>

/* Qué va al registro: lo que falla aquí, y no lo que pide o decide un cliente. */
TestSuite(web_registro, .timeout = 60);

#define GET(camino) "GET " camino " HTTP/1.1\r\nHost: x\r\n\r\n"

struct registro {
    FILE *memoria;
    char *texto;
    size_t tamano;
};

static void apunta(struct registro *r)
{
    r->memoria = open_memstream(&r->texto, &r->tamano);
    cr_assert_eq(as_log_to(r->memoria, AS_LOG_DEBUG), 0);
}

/* Exige que el registro diga `esperado`, o nada, y lo cierra. */
static void dijo(struct registro *r, const char *esperado)
{
    as_log_reset();
    fclose(r->memoria);
    if (esperado)
        CONTIENE(r->texto, esperado);
    else
        cr_assert_str_eq(r->texto, "");
    free(r->texto);
}

/* ---- Una dependencia que se cierra con lo que le dan, como as_pg_end ------------------ */

static int abre(as_web_request *p, void *arg, void **recurso)
{
    (void)p;
    *recurso = arg;
    return 0;
}

static int confirma_o_deshace(void *recurso, void *arg, int rc)
{
    struct banco *b = arg;

    (void)recurso;
    b->vivos++;
    return rc < 0 ? rc : b->grandes;
}

static as_web_dependency transaccion;

static int guarda(as_web_request *p, void *arg)
{
    const char *como = as_web_param(p, "como");
    void *t;

    (void)arg;
    int rc = as_web_depend(p, &transaccion, &t);
    if (rc < 0)
        return rc;
    if (strcmp(como, "mal") == 0)
        return as_web_fail(p, 409, "ya existe");
    if (strcmp(como, "roto") == 0)
        return as_error_set(UV_EIO, "se rompió");
    return as_web_reply_text(p, 200, "guardado");
}

static void rutas_guardar(struct banco *b)
{
    transaccion = (as_web_dependency){abre, confirma_o_deshace, b};
    ruta(b, "GET", "/guarda/{como}", guarda);
}

static int guardan(struct banco *b)
{
    struct registro r;

    apunta(&r);
    get_es(b, "/guarda/bien", 200, "guardado");
    get_es(b, "/guarda/mal", 409, "ya existe");
    cr_assert_eq(b->vivos, 2);
    dijo(&r, NULL);

    apunta(&r);
    get_es(b, "/guarda/roto", 500, "error interno");
    const char *ultima = strrchr(r.texto, '\n');
    cr_assert(ultima && strchr(r.texto, '\n') == ultima, "una sola vez: %s", r.texto);
    dijo(&r, "el manejador de GET /guarda/{como}: error de entrada o salida: se rompió");

    b->grandes = UV_EAGAIN; /* no se pudo confirmar: el cliente no puede creer que sí */
    apunta(&r);
    get_es(b, "/guarda/bien", 500, "error interno");
    dijo(&r, "cerrar una dependencia de GET /guarda/{como}");
    return 0;
}

PRUEBA(web_registro, cerrar_con_el_error_recibido_no_lo_convierte_en_otro)
{
    con_banco(rutas_guardar, guardan, (as_web_options){0});
}

/* ---- El cliente se despide cuando empieza la respuesta ------------------------------- */

static int emite(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    int rc = as_web_reply_start(p, 200, "text/event-stream");
    for (int i = 0; rc == 0 && i < 100; i++)
        rc = as_web_reply_writef(p, "data: %d\n\n", i);
    b->vivos = rc;
    as_event_set(&b->suceso);
    return rc;
}

static void rutas_emitir(struct banco *b)
{
    ruta(b, "GET", "/sucesos", emite);
}

static int se_despide(struct banco *b)
{
    struct registro r;

    apunta(&r);
    as_stream *s = conecta(b);
    BIEN(as_write(s, GET("/sucesos"), strlen(GET("/sucesos"))));
    as_stream_close(s); /* el servidor se entera de las dos cosas a la vez */
    BIEN(as_event_wait(&b->suceso));
    cr_assert_eq(b->vivos, UV_ECANCELED);
    as_web_stop(b->servidor);
    BIEN(as_yield());
    dijo(&r, NULL);
    return 0;
}

PRUEBA(web_registro, que_el_cliente_se_vaya_al_empezar_no_es_un_fallo)
{
    con_banco(rutas_emitir, se_despide, (as_web_options){.client_timeout_ms = 60000});
}
