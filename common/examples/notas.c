/*
 * Un servicio de notas: JSON sobre HTTP, PostgreSQL detrás, y los cambios según ocurren.
 *
 *     POST   /notas        {"titulo": "...", "texto": "..."}   201
 *     GET    /notas        ?desde=ID&limite=N: por orden de id
 *     GET    /notas/{id}
 *     DELETE /notas/{id}                                       204
 *     GET    /sucesos      text/event-stream: cada nota creada o borrada, sea quien sea
 *     GET    /salud        200 si la base de datos contesta; si no, 503
 *
 *     notas [--puerto N] [--conexiones N] [--cola N] [--oyentes N] [--plazo S]
 *           [--plazo-cliente S] [CONEXIÓN]
 *
 * CONEXIÓN es la de PostgreSQL ("host=db dbname=notas"); sin ella valen PGHOST, PGDATABASE...
 * Sin base de datos el servicio arranca igual, contesta 503 y se recupera cuando vuelva. Un
 * SIGTERM lo detiene: acaba lo que está atendiendo y se despide de quien sigue los sucesos.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <asinc/asinc.h>

#define MAX_CUERPO (64 << 10)
#define MAX_TITULO 200 /* bytes */
#define MAX_TEXTO  (32 << 10)
#define ATRASO     64 /* sucesos que se le guardan a quien lee despacio */
#define LATIDO_MS  15000

struct oyente {
    as_queue sucesos;   /* de textos, que libera quien los saca */
    const char *motivo; /* de su adiós */
    LIST_ENTRY(oyente) lista;
};

struct servicio {
    int puerto, conexiones, cola, oyentes;
    int64_t plazo_ms, plazo_cliente_ms;
    const char *conexion;
    as_pg *base;   /* para las peticiones */
    as_pg *avisos; /* una sola conexión, que escucha */
    as_web *web;
    int consultas; /* en marcha o esperando una conexión */
    int suscritos;
    LIST_HEAD(, oyente) lista;
};

/* ---- La base de datos --------------------------------------------------------------- */

#define ESQUEMA                                                                          \
    "CREATE TABLE IF NOT EXISTS notas ("                                                 \
    "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, titulo text NOT NULL, "         \
    "texto text NOT NULL, creada timestamptz NOT NULL DEFAULT now())"

static int ocupado(as_web_request *peticion, const char *motivo)
{
    int rc = as_web_reply_header(peticion, "Retry-After", "1");
    return rc < 0 ? rc : as_web_fail(peticion, 503, "%s", motivo);
}

/* Una consulta con plazo. Si la base de datos no da abasto o no está, el cliente recibe un 503
 * enseguida: vale más decir que no que hacer una cola sin fin. */
static int consulta(as_web_request *peticion, struct servicio *s, const char *sql,
                    const char *const *params, size_t n, as_pg_result **filas)
{
    if (s->consultas == s->conexiones + s->cola)
        return ocupado(peticion, "hay demasiadas peticiones a la vez");
    as_scope plazo;
    s->consultas++;
    as_scope_enter(&plazo, s->plazo_ms);
    int rc = as_scope_leave(&plazo, as_pg_query(s->base, sql, params, n, filas));
    s->consultas--;
    switch (rc) {
    case 0:
    case UV_ECANCELED:
    case UV_EINVAL: /* desde aquí, fallos del programa: un 500 */
    case UV_EACCES:
    case UV_EIO:
    case UV_ENOMEM:
        return rc;
    default:
        as_log_warning("base de datos: %s", as_error_text(rc));
        return ocupado(peticion, "la base de datos no está disponible");
    }
}

/* El JSON lo escribe PostgreSQL. */
static int responde(as_web_request *peticion, int estado, const as_pg_result *filas)
{
    const char *json = as_pg_value(filas, 0, 0);
    return as_web_reply(peticion, estado, "application/json", json, strlen(json));
}

/* ---- Las notas ---------------------------------------------------------------------- */

/* El texto `clave` de un objeto JSON. */
static int campo(as_web_request *peticion, const json_t *nota, const char *clave,
                 size_t maximo, const char **texto)
{
    const json_t *valor = json_object_get(nota, clave);
    *texto = json_string_value(valor);
    if (*texto == NULL)
        return as_web_fail(peticion, 422, "falta «%s», que es un texto", clave);
    if (json_string_length(valor) > maximo)
        return as_web_fail(peticion, 422, "«%s» pasa de %zu bytes", clave, maximo);
    return 0;
}

static int crea(as_web_request *peticion, void *arg)
{
    json_t *nota;
    const char *params[2];
    as_pg_result *filas = NULL;
    int rc = as_web_json(peticion, &nota);
    if (rc < 0)
        return rc;
    rc = campo(peticion, nota, "titulo", MAX_TITULO, &params[0]);
    if (rc == 0)
        rc = campo(peticion, nota, "texto", MAX_TEXTO, &params[1]);
    if (rc == 0)
        rc = consulta(peticion, arg,
                      "WITH nota AS (INSERT INTO notas (titulo, texto) VALUES ($1, $2)"
                      " RETURNING *) SELECT row_to_json(nota), '/notas/' || id,"
                      " pg_notify('notas', json_build_object('creada', id)::text)"
                      " FROM nota",
                      params, 2, &filas);
    if (rc == 0)
        rc = as_web_reply_header(peticion, "Location", as_pg_value(filas, 0, 1));
    if (rc == 0)
        rc = responde(peticion, 201, filas);
    as_pg_result_free(filas);
    json_decref(nota);
    return rc;
}

static int lista(as_web_request *peticion, void *arg)
{
    int64_t desde = 0, limite = 20;
    int rc = as_web_int_or(peticion, "desde", desde, &desde);
    if (rc == 0)
        rc = as_web_int_or(peticion, "limite", limite, &limite);
    if (rc < 0)
        return rc;
    if (limite < 1 || limite > 100)
        return as_web_fail(peticion, 422, "«limite» va de 1 a 100");
    char textos[2][24];
    snprintf(textos[0], sizeof textos[0], "%" PRId64, desde);
    snprintf(textos[1], sizeof textos[1], "%" PRId64, limite);
    as_pg_result *filas = NULL;
    rc = consulta(peticion, arg,
                  "SELECT coalesce(json_agg(nota ORDER BY id), '[]') FROM (SELECT * FROM"
                  " notas WHERE id >= $1 ORDER BY id LIMIT $2) nota",
                  (const char *[]){textos[0], textos[1]}, 2, &filas);
    if (rc == 0)
        rc = responde(peticion, 200, filas);
    as_pg_result_free(filas);
    return rc;
}

/* Hace `sql` con el id de la ruta; si no da ninguna fila, es un 404. */
static int con_id(as_web_request *peticion, struct servicio *s, const char *sql,
                  as_pg_result **filas)
{
    int64_t id;
    char texto[24];
    int rc = as_web_int(peticion, "id", &id);
    if (rc < 0)
        return rc;
    snprintf(texto, sizeof texto, "%" PRId64, id);
    rc = consulta(peticion, s, sql, (const char *[]){texto}, 1, filas);
    if (rc == 0 && as_pg_rows(*filas) == 0)
        rc = as_web_fail(peticion, 404, "no existe la nota %" PRId64, id);
    return rc;
}

static int lee(as_web_request *peticion, void *arg)
{
    as_pg_result *filas = NULL;
    int rc = con_id(peticion, arg,
                    "SELECT row_to_json(nota) FROM notas nota WHERE id = $1", &filas);
    if (rc == 0)
        rc = responde(peticion, 200, filas);
    as_pg_result_free(filas);
    return rc;
}

static int borra(as_web_request *peticion, void *arg)
{
    as_pg_result *filas = NULL;
    int rc = con_id(peticion, arg,
                    "WITH nota AS (DELETE FROM notas WHERE id = $1 RETURNING id) SELECT"
                    " pg_notify('notas', json_build_object('borrada', id)::text)"
                    " FROM nota",
                    &filas);
    if (rc == 0)
        rc = as_web_reply(peticion, 204, NULL, "", 0);
    as_pg_result_free(filas);
    return rc;
}

static int salud(as_web_request *peticion, void *arg)
{
    int rc = consulta(peticion, arg, "SELECT 1", NULL, 0, NULL);
    return rc < 0
               ? rc
               : as_web_reply_json(peticion, 200, json_pack("{s:s}", "estado", "bien"));
}

/* ---- Los sucesos -------------------------------------------------------------------- */

/* Lo que tenga en su cola le llega todavía; después, el adiós. */
static void despide(struct oyente *oyente, const char *motivo)
{
    if (oyente->motivo == NULL)
        oyente->motivo = motivo;
    as_queue_close(&oyente->sucesos);
}

/* A quien lee despacio se le guarda un poco; si no basta, se le despide: no frena a los demás. */
static void difunde(struct servicio *s, const char *suceso)
{
    struct oyente *oyente;
    LIST_FOREACH(oyente, &s->lista, lista)
    {
        char *copia = strdup(suceso);
        if (copia == NULL || as_queue_put_nowait(&oyente->sucesos, copia) < 0) {
            free(copia);
            despide(oyente, "lees demasiado despacio");
        }
    }
}

/* Envía el próximo suceso, o un latido si no lo hay: así se descubre a quien ya no está. */
static int envia(as_web_request *peticion, struct oyente *yo)
{
    void *suceso;
    as_scope latido;
    as_scope_enter(&latido, LATIDO_MS);
    int rc = as_scope_leave(&latido, as_queue_get(&yo->sucesos, &suceso));
    if (rc == UV_ETIMEDOUT)
        return as_web_reply_writef(peticion, ":\n\n");
    if (rc < 0)
        return rc;
    rc = as_web_reply_writef(peticion, "data: %s\n\n", (char *)suceso);
    free(suceso);
    return rc;
}

static int sucesos(as_web_request *peticion, void *arg)
{
    struct servicio *s = arg;
    if (s->suscritos == s->oyentes)
        return ocupado(peticion, "ya siguen los sucesos todos los que caben");
    int rc = as_web_reply_header(peticion, "Cache-Control", "no-store");
    if (rc < 0)
        return rc;
    struct oyente yo = {0};
    as_queue_init(&yo.sucesos, ATRASO);
    LIST_INSERT_HEAD(&s->lista, &yo, lista);
    s->suscritos++;
    rc = as_web_reply_start(peticion, 200, "text/event-stream");
    if (rc == 0 && strcmp(as_web_method(peticion), "HEAD") == 0)
        rc = UV_EOF; /* solo quería las cabeceras */
    if (rc == 0)     /* desde aquí no se le pierde ninguno: ya puede leer la lista */
        rc = as_web_reply_writef(peticion, "retry: 1000\ndata: {\"hola\": true}\n\n");
    while (rc == 0)
        rc = envia(peticion, &yo);
    if (rc == UV_EOF)
        rc = as_web_reply_writef(peticion, "data: {\"adios\": \"%s\"}\n\n",
                                 yo.motivo != NULL ? yo.motivo : "");
    s->suscritos--;
    LIST_REMOVE(&yo, lista);
    for (void *resto; as_queue_get_nowait(&yo.sucesos, &resto) == 0;)
        free(resto);
    as_queue_destroy(&yo.sucesos);
    return rc;
}

static bool pasajero(int error, void *arg)
{
    (void)arg;
    return error != UV_ECANCELED && error != UV_EINVAL;
}

static const as_retry_options SIEMPRE = {
    .attempts = INT_MAX, .base_ms = 100, .cap_ms = 5000, .retry = pasajero};

/* Difunde lo que cambia, lo cambie este servicio u otro, hasta que se pierde la conexión. */
static int escucha(struct servicio *s, as_retry *intentos)
{
    as_pg_connection *conexion;
    int rc = as_pg_acquire(s->avisos, &conexion);
    if (rc < 0)
        return rc;
    rc = as_pg_query_on(conexion, ESQUEMA "; LISTEN notas", NULL, 0, NULL);
    if (rc == 0) {
        as_log_info("base de datos: conectada");
        as_retry_init(intentos, &SIEMPRE); /* la próxima espera vuelve a ser corta */
        difunde(s, "{\"hueco\": true}"); /* lo de antes pudo perderse: a leer la lista */
    }
    while (rc == 0) {
        as_pg_notification aviso;
        rc = as_pg_notification_wait(conexion, &aviso);
        if (rc < 0)
            break;
        /* Por el canal puede avisar cualquiera, y un salto de línea acabaría el suceso. */
        if (strpbrk(aviso.payload, "\r\n") == NULL)
            difunde(s, aviso.payload);
        as_pg_notification_clear(&aviso);
    }
    as_pg_release(conexion);
    return rc;
}

static int avisa(void *arg)
{
    as_retry intentos;
    int rc;
    as_retry_init(&intentos, &SIEMPRE);
    do {
        rc = escucha(arg, &intentos);
        if (rc != UV_ECANCELED)
            as_log_warning("base de datos: %s", as_error_text(rc));
    } while (as_retry_again(&intentos, &rc));
    return rc;
}

/* ---- El servicio -------------------------------------------------------------------- */

static void acceso(as_web_request *peticion, int estado, void *arg)
{
    (void)arg;
    const char *metodo = as_web_method(peticion), *ruta = as_web_path(peticion);
    as_log_info("%s %s %s %d", as_web_peername(peticion), metodo != NULL ? metodo : "",
                ruta != NULL ? ruta : "", estado);
}

static void al_parar(void *arg)
{
    struct servicio *s = arg;
    struct oyente *oyente;
    as_log_info("me detengo");
    LIST_FOREACH(oyente, &s->lista, lista)
    despide(oyente, "el servicio se detiene");
}

static int prepara(struct servicio *s)
{
    static const struct {
        const char *metodo, *ruta;
        as_web_handler_fn *manejador;
    } rutas[] = {
        {"POST", "/notas", crea},     {"GET", "/notas", lista},
        {"GET", "/notas/{id}", lee},  {"DELETE", "/notas/{id}", borra},
        {"GET", "/sucesos", sucesos}, {"GET", "/salud", salud},
    };
    int rc = as_pg_new(s->conexion,
                       &(as_pg_options){.max_connections = (size_t)s->conexiones},
                       &s->base);
    if (rc == 0)
        rc = as_pg_new(s->conexion, &(as_pg_options){.max_connections = 1}, &s->avisos);
    if (rc == 0)
        rc = as_web_new(&(as_web_options){.port = s->puerto,
                                          .max_body = MAX_CUERPO,
                                          .client_timeout_ms = s->plazo_cliente_ms},
                        &s->web);
    for (size_t i = 0; rc == 0 && i < sizeof rutas / sizeof *rutas; i++)
        rc = as_web_route(s->web, rutas[i].metodo, rutas[i].ruta, rutas[i].manejador, s);
    if (rc == 0) {
        as_web_on_response_prepare(s->web, acceso, NULL);
        as_web_on_shutdown(s->web, al_parar, s);
    }
    return rc;
}

static int sirve(void *arg)
{
    struct servicio *s = arg;
    int rc = prepara(s);
    if (rc == 0) {
        as_group grupo;
        as_group_enter(&grupo);
        rc = as_start_soon(&grupo, "avisos", avisa, s);
        if (rc == 0) {
            as_log_info("atiendo en http://127.0.0.1:%d", as_web_port(s->web));
            rc = as_web_run(s->web);
        }
        as_group_cancel(&grupo);
        rc = as_group_leave(&grupo, rc);
        as_log_info("adiós");
    }
    as_web_close(s->web);
    as_pg_close(s->avisos);
    as_pg_close(s->base);
    return rc;
}

int main(int argc, char **argv)
{
    struct servicio s = {.puerto = 8080,
                         .conexiones = 10,
                         .cola = 100,
                         .oyentes = 500,
                         .plazo_ms = 5000,
                         .plazo_cliente_ms = 30000};
    const struct as_arg opciones[] = {
        {"puerto", AS_ARG_INT, &s.puerto, 0, 65535},
        {"conexiones", AS_ARG_INT, &s.conexiones, 1, 1000},
        {"cola", AS_ARG_INT, &s.cola, 0, 1000000},
        {"oyentes", AS_ARG_INT, &s.oyentes, 0, 900},
        {"plazo", AS_ARG_SECONDS, &s.plazo_ms, 0.001, 3600},
        {"plazo-cliente", AS_ARG_SECONDS, &s.plazo_cliente_ms, 0.001, 3600},
        {"CONEXIÓN", AS_ARG_REST, NULL, 0, 1},
        {0},
    };
    int primera = as_args(argc, argv, "[opciones] [CONEXIÓN]", opciones);
    if (primera < 0)
        return 2;
    if (primera < argc)
        s.conexion = argv[primera];
    int rc = as_run(sirve, &s);
    if (as_interrupted())
        return 130;
    if (rc < 0)
        fprintf(stderr, "notas: %s\n", as_error_text(rc));
    return rc < 0;
}
