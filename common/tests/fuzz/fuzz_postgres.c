/*
 * El cliente de PostgreSQL ante un servidor que contesta cualquier cosa: la entrada, byte a byte,
 * es lo que envía. Puede salir bien o ser un error, pero lo que devuelva debe sostenerse.
 *
 * El primer byte elige si la entrada empieza antes o después de entrar, qué se le pide y en qué
 * trozos llega.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLAZO_MS = 30 };

#define ENTRA "R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"

struct caso {
    const char *respuesta;
    size_t largo;
    uint8_t como;
    as_listener *puerta;
    char conninfo[160];
};

static void exige(bool bien, const char *que)
{
    if (bien)
        return;
    fprintf(stderr, "fuzz_postgres: %s\n", que);
    abort();
}

static int envia(as_stream *cliente, struct caso *c)
{
    size_t trozo = c->como & 1 ? 1 + c->como / 8 : c->largo;
    int rc = 0;

    for (size_t i = 0; i < c->largo && rc == 0; i += trozo) {
        size_t este = trozo < c->largo - i ? trozo : c->largo - i;
        rc = as_write(cliente, c->respuesta + i, este);
        if (rc == 0 && c->largo / trozo < 64)
            rc = as_yield();
    }
    return rc;
}

/* Oye el saludo; si hay que dejarlo entrar, también la primera consulta. Al acabar, cuelga. */
static int contesta(as_stream *cliente, void *arg)
{
    struct caso *c = arg;
    char oido[4096];
    ssize_t n = as_read(cliente, oido, sizeof oido);

    if (n > 0 && c->como & 2) {
        int rc = as_write(cliente, ENTRA, sizeof ENTRA - 1);
        n = rc < 0 ? rc : as_read(cliente, oido, sizeof oido);
    }
    if (n > 0)
        n = envia(cliente, c);
    return n < 0 && n != UV_EPIPE && n != UV_ECONNRESET ? (int)n : 0;
}

static int sirve(void *arg)
{
    struct caso *c = arg;

    return as_serve(c->puerta, contesta, c);
}

static void usa(const char *texto)
{
    size_t total = 0;

    for (; texto && *texto; texto++) /* ASan mira que cada byte sea del resultado */
        total += (unsigned char)*texto;
    __asm__ volatile("" : : "r"(total)); /* que la lectura no se optimice */
}

static void usa_todo(const as_pg_result *r)
{
    int64_t entero;

    for (size_t j = 0; j < as_pg_columns(r); j++)
        usa(as_pg_column_name(r, j));
    for (size_t i = 0; i < as_pg_rows(r); i++) {
        for (size_t j = 0; j < as_pg_columns(r); j++) {
            usa(as_pg_value(r, i, j));
            if (as_pg_int(r, i, j, &entero) == 0)
                exige(!as_pg_is_null(r, i, j), "un entero que no está");
        }
    }
    (void)as_pg_affected(r);
}

static int fila(const as_pg_result *r, void *arg)
{
    (void)arg;
    exige(as_pg_rows(r) == 1, "no es una fila");
    usa_todo(r);
    return 0;
}

static void explicado(int rc)
{
    exige(*as_error_text(rc) != '\0', "error sin texto");
    usa(as_error_text(rc));
    usa(as_pg_sqlstate(rc));
}

static int pregunta(as_pg *pool)
{
    as_pg_result *r = NULL;

    int rc = as_pg_query(pool, "select 1", NULL, 0, &r);
    exige((rc == 0) == (r != NULL), "ni resultado ni error");
    if (r)
        usa_todo(r);
    as_pg_result_free(r);
    return rc;
}

static int espera(as_pg *pool)
{
    as_pg_connection *conexion;
    as_pg_notification aviso;

    int rc = as_pg_acquire(pool, &conexion);
    if (rc < 0)
        return rc;
    rc = as_pg_query_on(conexion, "listen x", NULL, 0, NULL);
    while (rc == 0 && (rc = as_pg_notification_wait(conexion, &aviso)) == 0) {
        usa(aviso.channel);
        usa(aviso.payload);
        as_pg_notification_clear(&aviso);
    }
    as_pg_release(conexion);
    return rc;
}

static int pide(struct caso *c, as_pg *pool)
{
    const char *const params[] = {"uno", NULL};

    switch (c->como >> 2 & 3) {
    case 0:
        return as_pg_query_each(pool, "select 1", NULL, 0, fila, NULL);
    case 1:
        return as_pg_query_each(pool, "select $1, $2", params, 2, fila, NULL);
    case 2:
        return espera(pool);
    default:
        return pregunta(pool);
    }
}

static int principal(void *arg)
{
    struct caso *c = arg;
    as_group grupo;
    as_scope plazo;
    as_pg *pool;

    exige(as_listen("127.0.0.1", 0, 0, &c->puerta) == 0, "as_listen falló");
    snprintf(c->conninfo, sizeof c->conninfo,
             "host=127.0.0.1 port=%d user=x dbname=x password=x sslmode=disable "
             "gssencmode=disable",
             as_listener_port(c->puerta));
    exige(as_pg_new(c->conninfo, NULL, &pool) == 0, "as_pg_new falló");
    as_group_enter(&grupo);
    exige(as_start_soon(&grupo, "servidor", sirve, c) == 0, "as_start_soon falló");
    as_scope_enter(&plazo, PLAZO_MS);
    int rc = pide(c, pool);
    rc = as_scope_leave(&plazo, rc);
    if (rc < 0)
        explicado(rc);
    as_pg_close(pool);
    as_group_cancel(&grupo);
    rc = as_group_leave(&grupo, 0);
    as_listener_close(c->puerta);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *datos, size_t largo);

int LLVMFuzzerTestOneInput(const uint8_t *datos, size_t largo)
{
    if (largo == 0)
        return 0;
    struct caso c = {
        .respuesta = (const char *)datos + 1, .largo = largo - 1, .como = datos[0]};

    exige(as_run_options(principal, &c, &(as_options){.no_sigint = true}) == 0,
          "as_run falló");
    return 0;
}
