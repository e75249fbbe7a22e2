/* La lista de la clase, de alumnos.csv a la base. */
#include "class/roster.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/csv.h"
#include "class/identify.h"
#include "class/names.h"
#include "class/store_sql.h"
#include "course/course.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DATE_SHAPE "«2027-01-24T23:59:59+01:00»"

/* Las columnas que dicen quién es alguien. De las primeras, cada valor es de una sola persona. */
static const char *const identities[] = {"correo", "numero", "alumno",     "moodle",
                                         "canvas", "github", "gradescope", "grupo"};
enum { OF_ONE = 3, N_IDENTITIES = sizeof identities / sizeof *identities };

static const char extension[] = "prorroga";

struct list {
    struct cl_store *store;
    struct cl_csv csv;
    const char *lab;
    struct gr_error *err;
};

/* ---- columnas ----------------------------------------------------------------------------- */

/* Si la columna es una prórroga, el laboratorio, en `id`; vacío, el que se califica. */
static bool is_extension(const char *title, char id[static 8])
{
    size_t n = sizeof extension - 1;
    if (strncasecmp(title, "prórroga", sizeof "prórroga" - 1) == 0)
        n = sizeof "prórroga" - 1;
    else if (strncasecmp(title, extension, n) != 0)
        return false;
    title += n + strspn(title + n, " _-");
    size_t digits = strspn(title, "0123456789");
    if (title[digits] || digits > 2)
        return false;
    snprintf(id, 8, digits == 1 ? "0%s" : "%s", title);
    return true;
}

/* Una columna que no se usa se dice: quizá es una errata. */
static int check_columns(const struct list *l)
{
    char id[8];
    if (cl_csv_column(&l->csv, "alumno") < 0)
        return gr_error(l->err,
                        CL_ROSTER ":1: falta la columna «alumno»: la primera línea son "
                                  "los nombres de las columnas");
    for (size_t c = 0; c < l->csv.columns; c++) {
        const char *title = l->csv.rows[0][c];
        bool known = strcasecmp(title, "fecha") == 0 || is_extension(title, id);
        for (size_t i = 0; i < N_IDENTITIES && !known; i++)
            known = strcasecmp(title, identities[i]) == 0;
        if (!known)
            ag_complain("asinc-class", CL_ROSTER ":1: la columna «%s» no se usa", title);
    }
    return 0;
}

static const char *cell(const struct list *l, size_t row, const char *column)
{
    long at = cl_csv_column(&l->csv, column);
    return at < 0 ? "" : l->csv.rows[row][at];
}

static int check_date(const struct list *l, size_t row, const char *text,
                      const char *what)
{
    time_t when;
    return course_date(text, &when) == 0
               ? 0
               : gr_error(l->err,
                          CL_ROSTER ":%zu: la %s «%s» no está escrita como " DATE_SHAPE,
                          l->csv.lines[row], what, text);
}

/* ---- guardar ------------------------------------------------------------------------------ */

static char *trimmed(const char *from, size_t n)
{
    while (n > 0 && isspace((unsigned char)*from))
        from++, n--;
    while (n > 0 && isspace((unsigned char)from[n - 1]))
        n--;
    char *bytes = ag_format("%.*s", (int)n, from), *text = cl_text(bytes);
    free(bytes);
    return text;
}

static int read_name(sqlite3_stmt *row, void *context)
{
    char **name = context;
    *name = ag_format("%s", cl_sql_text(row, 0));
    return 1;
}

/* Un número o un correo son de una persona; un nombre puede ser de dos. */
static int check_only(const struct list *l, size_t row, const char *column,
                      const char *value, const char *student)
{
    char *other = NULL;
    if (cl_sql_each(l->store, l->err, read_name, &other,
                    "SELECT alumno FROM identidad WHERE columna = ? AND valor = ? AND "
                    "alumno <> ?",
                    "ttt", column, value, student) < 0)
        return -1;
    if (!other)
        return 0;
    int rc = gr_error(l->err,
                      CL_ROSTER
                      ":%zu: en la columna «%s», «%s» ya es de «%s»: cada valor es "
                      "de una persona",
                      l->csv.lines[row], column, value, other);
    free(other);
    return rc;
}

static int save_value(const struct list *l, size_t row, size_t which, const char *value,
                      const char *student)
{
    const char *column = identities[which];
    bool unique = which < OF_ONE || strchr(value, '@') ||
                  value[strspn(value, "0123456789")] == '\0';
    if (!*value)
        return 0;
    if (unique && strcmp(column, "grupo") != 0 &&
        check_only(l, row, column, value, student) < 0)
        return -1;
    return cl_sql_run(l->store, l->err, "INSERT OR IGNORE INTO identidad VALUES(?, ?, ?)",
                      "ttt", column, value, student);
}

static int save_identities(const struct list *l, size_t row, const char *student)
{
    int rc = 0;
    for (size_t i = 0; i < N_IDENTITIES; i++)
        for (const char *at = cell(l, row, identities[i]); rc == 0 && *at;) {
            size_t n = strcspn(at, "|");
            char *value = trimmed(at, n);
            rc = save_value(l, row, i, value, student);
            free(value);
            at += n + (at[n] == '|');
        }
    return rc;
}

static int save_extensions(const struct list *l, size_t row, const char *student)
{
    char id[8];
    for (size_t c = 0; c < l->csv.columns; c++) {
        const char *title = l->csv.rows[0][c], *until = l->csv.rows[row][c];
        if (!is_extension(title, id) || !*until)
            continue;
        if (!*id && !l->lab)
            return gr_error(l->err,
                            CL_ROSTER
                            ":1: la columna «%s» no dice de qué laboratorio es: "
                            "llámala «%s 07», o di LAB=07",
                            title, title);
        if (check_date(l, row, until, "prórroga") < 0 ||
            cl_sql_run(l->store, l->err,
                       "INSERT INTO prorroga VALUES(?1, ?2, ?3, '" CL_ROSTER
                       "') ON CONFLICT DO "
                       "UPDATE SET hasta = ?3, de = '" CL_ROSTER "' WHERE de <> 'nota'",
                       "ttt", student, *id ? id : l->lab, until) < 0)
            return -1;
    }
    return 0;
}

static int save_person(const struct list *l, size_t row)
{
    const char *written = cell(l, row, "alumno");
    char *name = trimmed(written, strlen(written));
    int rc, listed = cl_sql_asks(l->store, l->err,
                                 "SELECT 1 FROM alumno WHERE alumno = ? AND en_lista",
                                 "t", name);
    if (!*name)
        rc = gr_error(l->err, CL_ROSTER ":%zu: falta el nombre, en la columna «alumno»",
                      l->csv.lines[row]);
    else if (listed > 0)
        rc = gr_error(l->err,
                      CL_ROSTER
                      ":%zu: ya hay quien se llama «%s»: distínguelos, por ejemplo "
                      "«%s (2)»",
                      l->csv.lines[row], name, name);
    else
        rc = listed;
    const char *email = cell(l, row, "correo"), *number = cell(l, row, "numero");
    if (rc == 0)
        rc = cl_sql_run(l->store, l->err,
                        "INSERT INTO alumno(alumno, correo, numero, en_lista) "
                        "VALUES(?1, nullif(?2, ''), nullif(?3, ''), 1) "
                        "ON CONFLICT(alumno) DO UPDATE SET en_lista = 1, "
                        "correo = coalesce(nullif(?2, ''), correo), "
                        "numero = coalesce(nullif(?3, ''), numero)",
                        "ttt", name, email, number);
    if (rc == 0)
        rc = save_identities(l, row, name);
    if (rc == 0)
        rc = save_extensions(l, row, name);
    free(name);
    return rc;
}

int cl_roster_clean(struct cl_store *store, struct gr_error *err)
{
    return cl_sql_run(store, err,
                      "DELETE FROM alumno WHERE NOT en_lista "
                      "AND EXISTS (SELECT 1 FROM alumno WHERE en_lista) "
                      "AND alumno NOT IN (SELECT alumno FROM entrega) "
                      "AND alumno NOT IN (SELECT alumno FROM ajuste) "
                      "AND alumno NOT IN (SELECT alumno FROM prorroga)",
                      "");
}

static int count_row(sqlite3_stmt *row, void *context)
{
    size_t *n = context;
    *n = (size_t)sqlite3_column_int64(row, 0);
    return 0;
}

ssize_t cl_roster_leaves_out(struct cl_store *store, const char *text, size_t *listed,
                             struct gr_error *err)
{
    struct list l = {.csv = cl_csv_parse(text)};
    size_t kept = 0;
    int rc = cl_sql_each(store, err, count_row, listed,
                         "SELECT count(*) FROM alumno WHERE en_lista", "");
    for (size_t row = 1; row < l.csv.n && rc >= 0; row++) {
        const char *written = cell(&l, row, "alumno");
        char *name = trimmed(written, strlen(written));
        rc = cl_sql_asks(store, err, "SELECT 1 FROM alumno WHERE alumno = ? AND en_lista",
                         "t", name);
        kept += rc > 0;
        free(name);
    }
    cl_csv_free(&l.csv);
    return rc < 0 ? -1 : kept < *listed ? (ssize_t)(*listed - kept) : 0;
}

int cl_roster_save(struct cl_store *store, const char *text, const char *lab,
                   struct gr_error *err)
{
    struct list l = {store, cl_csv_parse(text), lab, err};
    int rc = check_columns(&l);
    if (rc == 0 && l.csv.n < 2)
        rc = gr_error(err,
                      CL_ROSTER ": la lista no tiene a nadie: pon una línea por persona");
    if (rc == 0 &&
        (cl_sql_run(store, err, "DELETE FROM identidad", "") < 0 ||
         cl_sql_run(store, err, "DELETE FROM prorroga WHERE de = '" CL_ROSTER "'", "") <
             0 ||
         cl_sql_run(store, err, "UPDATE alumno SET en_lista = 0", "") < 0))
        rc = -1;
    for (size_t row = 1; row < l.csv.n && rc == 0; row++)
        rc = save_person(&l, row);
    cl_csv_free(&l.csv);
    return rc;
}

int cl_roster_dates(struct cl_class *class, const char *text, struct gr_error *err)
{
    struct list l = {.csv = cl_csv_parse(text), .err = err};
    int rc = 0;
    for (size_t row = 1; row < l.csv.n && rc == 0; row++) {
        const char *date = cell(&l, row, "fecha"), *who = cell(&l, row, "alumno");
        if (!*date || (rc = check_date(&l, row, date, "fecha")) < 0)
            continue;
        char *name = trimmed(who, strlen(who));
        for (size_t i = 0; i < class->n; i++)
            if (strcmp(class->v[i].student, name) == 0) {
                course_date(date, &class->v[i].date);
                class->v[i].date_from = CL_ROSTER;
            }
        free(name);
    }
    cl_csv_free(&l.csv);
    return rc;
}
