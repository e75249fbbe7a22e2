#include "notas_banco.h"

#include <unistd.h>

int64_t ejecuta(as_pg *base, const char *sql)
{
    as_pg_result *filas;
    int64_t n = -1;

    int rc = as_pg_query(base, sql, NULL, 0, &filas);
    cr_assert_eq(rc, 0, "«%s»: %s", sql, as_error_text(rc));
    if (as_pg_int(filas, 0, 0, &n) < 0)
        n = -1;
    as_pg_result_free(filas);
    return n;
}

void notas_lanza(struct notas *n, const char *const *opciones)
{
    const char *argv[24] = {"notas", "--puerto", "0"};
    int i = 3;

    for (; opciones != NULL && opciones[i - 3] != NULL; i++)
        argv[i] = opciones[i - 3];
    argv[i] = n->conexion;
    ejemplo_lanza(&n->e, argv);
    ejemplo_dice(&n->e, ERRORES, "\n"); /* la línea entera */
    const char *donde = ejemplo_dice(&n->e, ERRORES, "http://127.0.0.1:");
    n->puerto = (int)strtol(donde + strlen("http://127.0.0.1:"), NULL, 10);
}

struct caso {
    int (*fn)(struct notas *n);
    const char *const *opciones;
};

static int principal(void *arg)
{
    struct caso *caso = arg;
    struct notas n = {0};
    char sql[64];

    /* Cada prueba, su base de datos: los canales de los avisos son de la base entera. */
    BIEN(as_pg_new(NULL, &(as_pg_options){.max_connections = 1}, &n.base));
    snprintf(sql, sizeof sql, "create database prueba_%d", (int)getpid());
    ejecuta(n.base, sql);
    as_pg_close(n.base);
    snprintf(n.conexion, sizeof n.conexion, "dbname=prueba_%d", (int)getpid());
    BIEN(as_pg_new(n.conexion, NULL, &n.base));
    BIEN(as_http_new(&(as_http_options){.max_connections = 300}, &n.http));
    notas_lanza(&n, caso->opciones);
    ejemplo_dice(&n.e, ERRORES, "conectada");
    cr_assert_eq(caso->fn(&n), 0);
    as_http_close(n.http);
    if (!n.detenido) /* el segundo lo mataría */
        ejemplo_recibe(&n.e, SIGTERM);
    ejemplo_acaba(&n.e, 0);
    DIJO(&n.e, ERRORES, "adiós\n");
    ejemplo_olvida(&n.e);
    as_pg_close(n.base);
    return 0;
}

void con_notas(int (*fn)(struct notas *n), const char *const *opciones)
{
    struct caso caso = {.fn = fn, .opciones = opciones};

    if (getenv("ASINC_PG_CLUSTER") == NULL)
        cr_skip_test("PostgreSQL no está instalado");
    en_el_bucle(principal, &caso);
}

/* ---- Pedir -------------------------------------------------------------------------- */

void contesta(struct notas *n, const char *metodo, const char *camino, const char *cuerpo,
              int estado, const char *trozo)
{
    as_http_response r;
    char url[512];

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", n->puerto, camino);
    BIEN(
        as_http_send(n->http,
                     &(as_http_request){.url = url,
                                        .method = metodo,
                                        .body = cuerpo,
                                        .body_size = cuerpo != NULL ? strlen(cuerpo) : 0},
                     &r));
    cr_assert_eq(r.status, estado, "%s %s: %d %s", metodo, camino, r.status, r.body);
    if (trozo != NULL)
        cr_assert_not_null(strstr(r.body, trozo), "%s %s: falta «%s» en «%s»", metodo,
                           camino, trozo, r.body);
    if (estado == 503)
        cr_assert_not_null(as_http_header(&r, "Retry-After"),
                           "un 503 dice cuándo volver");
    as_http_response_clear(&r);
}

void en_crudo(struct notas *n, const char *peticion, const char *trozo)
{
    char todo[4096];
    as_stream *s = conecta(n->puerto);

    manda(s, peticion);
    hasta_el_final(s, todo, sizeof todo);
    cr_assert_not_null(strstr(todo, trozo), "falta «%s» en «%s»", trozo, todo);
    as_stream_close(s);
}

as_stream *sigue_los_sucesos(struct notas *n)
{
    char todo[1024];
    as_stream *s = conecta(n->puerto);

    manda(s, "GET /sucesos HTTP/1.1\r\nHost: a\r\n\r\n");
    hasta(s, "hola", todo, sizeof todo);
    cr_assert_not_null(strstr(todo, "Content-Type: text/event-stream\r\n"), "%s", todo);
    return s;
}

/* ---- Estorbar ----------------------------------------------------------------------- */

as_pg_connection *bloquea(struct notas *n)
{
    as_pg_connection *c;

    BIEN(as_pg_acquire(n->base, &c));
    BIEN(as_pg_begin(c));
    BIEN(as_pg_query_on(c, "lock table notas in access exclusive mode", NULL, 0, NULL));
    return c;
}

void espera_bloqueadas(struct notas *n, int64_t cuantas)
{
    while (ejecuta(n->base,
                   "select count(*) from pg_stat_activity where wait_event_type ="
                   " 'Lock' and datname = current_database()") != cuantas)
        ;
}
