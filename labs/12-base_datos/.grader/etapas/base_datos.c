/*
 * Quien va por una etapa, y no ha leído las siguientes: con ETAPA 1, la primera; y así hasta la 4.
 * El corrector le exige enteras las que lleva.
 */
#ifndef ETAPA
#define ETAPA 4
#endif

#include "opciones.h"

#include <asinc/asinc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tanda {
    as_pg *pool;
    const char *nombre;
    int insertados, fallidos;
};

struct registro {
    struct tanda *tanda;
    int id;
};

static int insertar(void *arg)
{
    struct registro *r = arg;
    char id[12], *nombre;
    snprintf(id, sizeof id, "%d", r->id);
    if (asprintf(&nombre, "%s %d", r->tanda->nombre, r->id) < 0)
        return UV_ENOMEM;
    const char *const valores[] = {id, nombre};
    int rc = as_pg_query(r->tanda->pool,
                         "INSERT INTO usuarios(id, nombre) VALUES ($1, $2)", valores, 2,
                         NULL);
    if (rc < 0) {
        r->tanda->fallidos++;
#if ETAPA >= 3
        printf("FALLO %d %.*s\n", r->id, (int)strcspn(as_error_text(rc), "\n"),
               as_error_text(rc));
#endif
    } else {
        r->tanda->insertados++;
    }
    free(nombre);
    return 0;
}

#if ETAPA >= 4
struct consulta {
    as_pg *pool;
    const char *sql;
    char *valor, *motivo;
};

static int consultar(void *arg)
{
    struct consulta *c = arg;
    as_pg_result *r;
    int rc = as_pg_query(c->pool, c->sql, NULL, 0, &r);
    if (rc < 0) {
        const char *texto = as_error_text(rc);
        c->motivo = strndup(texto, strcspn(texto, "\n"));
        return 0;
    }
    const char *valor = as_pg_value(r, 0, 0);
    c->valor = strdup(valor ? valor : "NULL");
    as_pg_result_free(r);
    return 0;
}

/* Cuántas fallaron. */
static int consultas(as_pg *pool, int n)
{
    struct consulta v[MAX_CONSULTAS] = {0};
    int mal = 0;
    for (int i = 0; i < n; i++)
        v[i] = (struct consulta){.pool = pool, .sql = CONSULTAS[i]};
    int rc = as_gather_each(consultar, v, (size_t)n, sizeof *v, NULL);
    for (int i = 0; i < n; i++) {
        if (v[i].valor)
            printf("CONSULTA %d %s\n", i + 1, v[i].valor);
        else
            printf("CONSULTA %d ERROR %s\n", i + 1, v[i].motivo);
        mal += !v[i].valor;
        free(v[i].valor);
        free(v[i].motivo);
    }
    return rc < 0 ? rc : mal;
}
#endif

static int principal(void *arg)
{
    const struct opciones *o = arg;
    as_pg_options limites = {.max_connections = (size_t)o->conexiones};
    as_pg_connection *una;
    as_pg *pool;
    int rc = as_pg_new(o->dsn, &limites, &pool);
    if (rc < 0)
        return rc;
    rc = as_pg_acquire(pool, &una);
    if (rc < 0) {
        as_pg_close(pool);
        return rc;
    }
    as_pg_release(una);
    struct tanda tanda = {.pool = pool, .nombre = o->nombre};
    struct registro *v = calloc((size_t)o->registros, sizeof *v);
    uint64_t antes = as_now_ns();
    for (int i = 0; i < o->registros; i++) {
        v[i] = (struct registro){&tanda, i + 1};
#if ETAPA == 1
        insertar(&v[i]);
#endif
    }
#if ETAPA >= 2
    rc = as_gather_each(insertar, v, (size_t)o->registros, sizeof *v, NULL);
#endif
    printf("CONCURRENTE insertados=%d fallidos=%d tiempo=%.1f ms\n", tanda.insertados,
           tanda.fallidos, (double)(as_now_ns() - antes) / 1e6);
    free(v);
#if ETAPA >= 4
    if (rc == 0)
        rc = consultas(pool, o->consultas);
    rc = rc < 0 ? rc : rc > 0 || tanda.fallidos > 0;
#endif
    as_pg_close(pool);
    return rc;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int rc = as_run(principal, &opciones);
    if (rc < 0)
        fprintf(stderr, "base_datos: %s\n", as_error_text(rc));
    return rc == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
