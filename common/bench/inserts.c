/*
 * Cien INSERT en PostgreSQL: todos a la vez por el pool, o uno detrás de otro.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum { INSERTS = 100 };

static as_pg *pool;
static long batches;
static bool at_once;

static int insert(void *number)
{
    const char *params[] = {number, "una fila de la medida"};

    return as_pg_query(pool, "INSERT INTO medida (numero, texto) VALUES ($1, $2)", params,
                       2, NULL);
}

static int batch(void)
{
    static char numbers[INSERTS][12];
    as_call calls[INSERTS];
    int rc = 0;

    for (int i = 0; i < INSERTS; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%d", i);
        calls[i] = (as_call){.fn = insert, .arg = numbers[i], .name = "insertar"};
    }
    if (at_once)
        return as_gather(calls, INSERTS, NULL);
    for (int i = 0; i < INSERTS && rc >= 0; i++)
        rc = insert(numbers[i]);
    return rc;
}

/* Que estén todas las filas, y no más. */
static int check_rows(void)
{
    as_pg_result *result;
    int rc = as_pg_query(pool, "SELECT count(*) FROM medida", NULL, 0, &result);

    if (rc < 0)
        return rc;
    if (atol(as_pg_value(result, 0, 0)) != (batches + 1) * INSERTS)
        rc = as_error_set(UV_EPROTO, "faltan o sobran filas");
    as_pg_result_free(result);
    return rc;
}

static int run_batches(void)
{
    int rc = as_pg_query(pool,
                         "DROP TABLE IF EXISTS medida;"
                         "CREATE TABLE medida (numero int, texto text)",
                         NULL, 0, NULL);
    if (rc >= 0)
        rc = batch(); /* abre las conexiones, que no se miden */

    struct bench_mark start = bench_now();
    for (long i = 0; i < batches && rc >= 0; i++)
        rc = batch();
    struct bench_mark spent = bench_since(start);

    if (rc >= 0)
        rc = check_rows();
    if (rc < 0)
        return rc;
    bench_figure("pg", (double)spent.wall / 1e6 / (double)batches);
    bench_figure("pg_cpu", (double)spent.cpu / 1e3 / (double)(batches * INSERTS));
    return 0;
}

static int measure(void *arg)
{
    (void)arg;
    int rc = as_pg_new(NULL, NULL, &pool);
    if (rc == 0)
        rc = run_batches();
    if (rc < 0)
        fprintf(stderr, "inserts: %s\n", as_error_text(rc));
    as_pg_close(pool);
    return rc;
}

int main(int argc, char **argv)
{
    static const char usage[] = "inserts LOTES a-la-vez|seguidas";

    batches = bench_argument(argc, argv, 1, usage);
    if (argc != 3 || (strcmp(argv[2], "a-la-vez") && strcmp(argv[2], "seguidas"))) {
        fprintf(stderr, "Uso: %s\n", usage);
        return 2;
    }
    at_once = strcmp(argv[2], "a-la-vez") == 0;
    return as_run(measure, NULL) < 0;
}
