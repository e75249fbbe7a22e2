#include "web_banco.h"

/* Lo que se abre para una petición se cierra con ella. */
TestSuite(web_dependencias, .timeout = 60);

static as_web_dependency sesion, conexion;

static int abre_conexion(as_web_request *p, void *arg, void **recurso)
{
    struct banco *b = arg;

    if (as_web_query(p, "sin"))
        return as_web_fail(p, 503, "no hay base de datos");
    anota(&b->diario, "abre-conexion ");
    *recurso = b;
    return as_sleep(100);
}

static int abre_sesion(as_web_request *p, void *arg, void **recurso)
{
    struct banco *b = arg;
    void *c;

    int rc = as_web_depend(p, &conexion, &c);
    if (rc < 0)
        return rc;
    cr_assert_eq(c, b);
    anota(&b->diario, "abre-sesion ");
    *recurso = &b->vivos;
    return 0;
}

static int cierra_sesion(void *recurso, void *arg, int rc)
{
    struct banco *b = arg;

    cr_assert_eq(recurso, &b->vivos);
    rc = as_sleep(50) < 0 ? -1 : rc; /* aunque esté cancelada la petición */
    anota(&b->diario, "cierra-sesion(%d) ", rc < 0 ? (rc == -1 ? -1 : -2) : rc);
    return b->vivos == 99 ? UV_EIO : b->vivos == 98 ? as_sleep(3600000) : 0;
}

static int cierra_conexion(void *recurso, void *arg, int rc)
{
    struct banco *b = arg;

    cr_assert_eq(recurso, b);
    anota(&b->diario, "cierra-conexion(%s)", rc < 0 ? as_errname(rc) : "bien");
    return 0;
}

struct hija {
    as_web_request *p;
};

static int pide_desde_otra(void *arg)
{
    void *recurso;

    return as_web_depend(((struct hija *)arg)->p, &sesion, &recurso);
}

static int usa_sesion(as_web_request *p, void *arg)
{
    struct banco *b = arg;
    void *recurso, *otra;
    struct hija hija = {.p = p};
    as_outcome final;

    int rc = as_web_depend(p, &sesion, &recurso);
    if (rc < 0)
        return rc;
    cr_assert_eq(as_web_depend(p, &sesion, &otra), 0);
    cr_assert_eq(recurso, otra, "la misma, sin abrirla otra vez");
    rc = as_gather_each(pide_desde_otra, &hija, 1, sizeof hija, &final);
    if (rc == 1)
        cr_assert_eq(final.rc, UV_EINVAL);
    anota(&b->diario, "manejador ");
    as_event_set(&b->suceso);
    if (as_web_query(p, "error"))
        return as_web_fail(p, 409, "conflicto");
    if (as_web_query(p, "duerme"))
        rc = as_sleep(60000);
    return rc < 0 ? rc : as_web_reply_text(p, 200, "hecho");
}

static void rutas_dependencias(struct banco *b)
{
    sesion = (as_web_dependency){abre_sesion, cierra_sesion, b};
    conexion = (as_web_dependency){abre_conexion, cierra_conexion, b};
    ruta(b, "GET", "/usuarios", usa_sesion);
}

static void diario_tras(struct banco *b, const char *camino, int estado,
                        const char *diario)
{
    b->diario = (struct diario){0};
    get_es(b, camino, estado, NULL);
    DIARIO_ES(&b->diario, diario);
}

#define APERTURA "abre-conexion abre-sesion manejador "

static int dependencias(struct banco *b)
{
    FILE *nada = fopen("/dev/null", "w");

    cr_assert_eq(as_log_to(nada, AS_LOG_DEBUG), 0);
    diario_tras(b, "/usuarios", 200, APERTURA "cierra-sesion(0) cierra-conexion(bien)");
    diario_tras(b, "/usuarios?error=1", 409,
                APERTURA "cierra-sesion(-2) cierra-conexion(EINVAL)");
    diario_tras(b, "/usuarios?sin=1", 503, "");
    diario_tras(b, "/usuarios?duerme=1", 503,
                APERTURA "cierra-sesion(-2) cierra-conexion(ETIMEDOUT)");
    b->vivos = 99; /* cerrar la sesión falla: no se puede decir que fue bien */
    diario_tras(b, "/usuarios", 500, APERTURA "cierra-sesion(0) cierra-conexion(EIO)");
    b->vivos = 98; /* cerrar la sesión no acaba nunca: tiene 5 s */
    uint64_t antes = as_now();
    diario_tras(b, "/usuarios", 500,
                APERTURA "cierra-sesion(0) cierra-conexion(ETIMEDOUT)");
    cr_assert_lt(as_now() - antes, 6000u);
    as_log_reset();
    fclose(nada);
    return 0;
}

PRUEBA(web_dependencias, las_dependencias_se_cierran_al_reves_pase_lo_que_pase)
{
    con_banco(rutas_dependencias, dependencias, (as_web_options){0});
}

static int se_va_con_dependencias(struct banco *b)
{
    as_stream *s = conecta(b);

    manda(s, "GET /usuarios?duerme=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    cr_assert_eq(as_event_wait(&b->suceso), 0);
    as_stream_close(s);
    as_web_stop(b->servidor);
    while (b->diario.largo < strlen(APERTURA "cierra-sesion(-2) cierra-conexion(E"))
        cr_assert_eq(as_sleep(1), 0);
    DIARIO_ES(&b->diario, APERTURA "cierra-sesion(-2) cierra-conexion(ECANCELED)");
    return 0;
}

PRUEBA(web_dependencias, si_el_cliente_se_va_tambien_se_cierran)
{
    con_banco(rutas_dependencias, se_va_con_dependencias,
              (as_web_options){.client_timeout_ms = 60000});
}
