/* Las entregas que la lista de la clase no sabe de quién son. */
#include "class/csv.h"
#include "class/output.h"
#include "class/store_sql.h"

#include <stdio.h>
#include <string.h>

static const char *const columns[] = {"correo", "moodle", "canvas", "github",
                                      "gradescope"};
enum { N_COLUMNS = sizeof columns / sizeof *columns, MOST_TOLD = 12 };

struct writing {
    const char *dir;
    FILE *f;
    ssize_t n;
    struct gr_error *err;
};

static int put_unknown(sqlite3_stmt *row, void *context)
{
    struct writing *w = context;
    const char *column = cl_sql_text(row, 0), *name = cl_sql_text(row, 1);
    const char *value = cl_sql_text(row, 2) ?: name;
    if (!w->f && !(w->f = cl_open_output(w->dir, CL_UNKNOWN, w->err)))
        return -1;
    if (w->n == 0)
        fputs("alumno,correo,moodle,canvas,github,gradescope,nombre,lab,origen\n", w->f);
    for (size_t i = 0; i < N_COLUMNS; i++)
        cl_csv_put(w->f, 0,
                   strcmp(columns[i], column) == 0 ? value
                   : i == 0                        ? cl_sql_text(row, 3) ?: ""
                                                   : "");
    cl_csv_put(w->f, 0, name);
    cl_csv_put(w->f, 0, cl_sql_text(row, 4));
    cl_csv_put(w->f, 0, cl_sql_text(row, 5));
    fputc('\n', w->f);
    w->n++;
    return 0;
}

ssize_t cl_output_unknown(struct cl_store *store, const char *dir, struct gr_error *err)
{
    struct writing w = {.dir = dir, .err = err};
    int rc = cl_sql_each(
        store, err, put_unknown, &w,
        "SELECT iif(columna = 'alumno', 'github', columna), nombre, valor, "
        "correo, lab, origen FROM sin_identificar "
        "ORDER BY nombre COLLATE nombres, origen, lab",
        "");
    if (w.f && cl_close_output(w.f, dir, CL_UNKNOWN, err) < 0)
        rc = -1;
    return rc < 0 ? -1 : w.n;
}

static int tell_unknown(sqlite3_stmt *row, void *context)
{
    size_t *n = context;
    const char *lab = cl_sql_text(row, 1);
    if ((*n)++ < MOST_TOLD)
        fprintf(stderr, "    %s%s%s%s\n", cl_sql_text(row, 0),
                *lab ? " (laboratorio " : "", lab, *lab ? ")" : "");
    return 0;
}

void cl_tell_unknown(struct cl_store *store, size_t count, const char *out)
{
    struct gr_error ignored;
    size_t n = 0;
    fprintf(stderr,
            "Sin calificar, porque la lista de la clase no dice de quién %s: %zu.\n",
            count == 1 ? "es" : "son", count);
    cl_sql_each(store, &ignored, tell_unknown, &n,
                "SELECT origen, lab FROM sin_identificar "
                "ORDER BY nombre COLLATE nombres, origen, lab",
                "");
    if (n > MOST_TOLD)
        fprintf(stderr, "    y %zu más\n", n - MOST_TOLD);
    fprintf(stderr,
            "En %s/" CL_UNKNOWN
            " está cada una, en la columna que falta en alumnos.csv.\n",
            out);
}
