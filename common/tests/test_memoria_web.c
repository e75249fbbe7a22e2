#include "sin_memoria.h"

TestSuite(memoria_web, .timeout = 120);

static int abre(as_web_request *peticion, void *arg, void **recurso)
{
    (void)peticion, (void)arg;
    *recurso = strdup("recurso");
    return *recurso ? 0 : UV_ENOMEM;
}

static int cierra(void *recurso, void *arg, int rc)
{
    (void)arg, (void)rc;
    free(recurso);
    return 0;
}

static const as_web_dependency dependencia = {.open = abre, .close = cierra};

static int saluda(as_web_request *peticion, void *arg)
{
    void *recurso;
    int64_t veces;
    json_t *json;

    (void)arg;
    int rc = as_web_depend(peticion, &dependencia, &recurso);
    if (rc == 0)
        rc = as_web_int(peticion, "veces", &veces);
    if (rc == 0)
        rc = as_web_json(peticion, &json);
    if (rc != 0)
        return rc;
    json_decref(json);
    rc = as_web_reply_header(peticion, "X-Host", as_web_header(peticion, "Host"));
    if (rc < 0)
        return rc;
    return as_web_reply_json(peticion, 200,
                             json_pack("{s:s, s:s, s:I}", "a",
                                       as_web_param(peticion, "nombre"), "con",
                                       (char *)recurso, "veces", (json_int_t)veces));
}

static int se_queja(as_web_request *peticion, void *arg)
{
    (void)arg;
    return as_web_fail(peticion, 404, "no está %s", as_web_param(peticion, "cosa"));
}

static int va_a_trozos(as_web_request *peticion, void *arg)
{
    (void)arg;
    int rc = as_web_reply_header(peticion, "X-Cliente", as_web_peername(peticion));
    if (rc == 0)
        rc = as_web_reply_start(peticion, 200, "text/plain");
    return rc < 0 ? rc : as_web_reply_writef(peticion, "a %s", "trozos");
}

/* Todo lo que el cliente envía y lo que espera, en una sola conexión. */
static const char peticiones[] =
    "POST /saludos/eva%20luz?veces=3 HTTP/1.1\r\nHost: aqui\r\nContent-Length: 9\r\n\r\n"
    "{\"a\":[1]}"
    "GET /trozos HTTP/1.1\r\nHost: aqui\r\n\r\n"
    "GET /cosas/una HTTP/1.1\r\nHost: aqui\r\nConnection: close\r\n\r\n";

struct visita {
    as_web *servidor;
    char texto[4096];
};

static int visita(struct visita *v)
{
    as_stream *s;
    as_scope plazo;
    size_t largo = 0;
    ssize_t n = 0;

    int rc = as_connect("127.0.0.1", as_web_port(v->servidor), &s);
    if (rc < 0)
        return rc;
    as_scope_enter(&plazo, 5000);
    rc = as_write(s, peticiones, sizeof peticiones - 1);
    while (rc == 0 && largo < sizeof v->texto - 1 &&
           (n = as_read(s, v->texto + largo, sizeof v->texto - 1 - largo)) > 0)
        largo += (size_t)n;
    v->texto[largo] = '\0';
    rc = as_scope_leave(&plazo, rc < 0 ? rc : (int)n);
    as_stream_close(s);
    if (rc < 0)
        return rc;
    bool bien = strstr(v->texto, "eva luz") && strstr(v->texto, "X-Host: aqui") &&
                strstr(v->texto, "8\r\na trozos\r\n0\r\n\r\n") &&
                strstr(v->texto, "404") && strstr(v->texto, "una");
    return bien ? 0 : UV_EPROTO; /* un 500, o ni eso */
}

static int sirve(void *arg)
{
    return as_web_run(arg);
}

static int principal(void *arg)
{
    as_web_options opciones = {.request_timeout_ms = 2000, .grace_ms = 1000};
    struct visita v;
    as_group grupo;

    (void)arg;
    int rc = as_web_new(&opciones, &v.servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(v.servidor, "POST", "/saludos/{nombre}", saluda, NULL);
    if (rc == 0)
        rc = as_web_route(v.servidor, "GET", "/cosas/{cosa}", se_queja, NULL);
    if (rc == 0)
        rc = as_web_route(v.servidor, "GET", "/trozos", va_a_trozos, NULL);
    if (rc == 0) {
        as_group_enter(&grupo);
        rc = as_start_soon(&grupo, "servidor", sirve, v.servidor);
        if (rc == 0)
            rc = visita(&v);
        as_web_stop(v.servidor);
        rc = as_group_leave(&grupo, rc);
    }
    as_web_close(v.servidor);
    return rc;
}

static int caso(void)
{
    return as_run(principal, NULL);
}

PRUEBA(memoria_web, ni_se_cae_ni_deja_esperando_al_cliente)
{
    EXIGE_SIN_MEMORIA();
    as_log_to(stderr, AS_LOG_OFF); /* los 500 se explican en el registro */
    sin_memoria_recorre_tolerante(caso, 0, 30);
    as_log_reset();
}
