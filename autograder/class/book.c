/* Lo que se sabe de una clase, y los archivos en que se escribe. */
#include "base/dir.h"
#include "base/memory.h"
#include "box/rung.h"
#include "class/alphabet.h"
#include "class/output.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *copy(const char *text)
{
    return text ? ag_format("%s", text) : NULL;
}

struct loading {
    struct cl_book *book;
    const struct course *course;
};

static int add_row(const struct cl_row *row, void *context)
{
    struct loading *l = context;
    struct cl_book *book = l->book;
    book->rows = ag_grow(book->rows, book->n + 1, sizeof *book->rows);
    struct cl_book_row *to = &book->rows[book->n++];
    *to = (struct cl_book_row){.row = *row, .mark = cl_mark_of(row, l->course)};
    const char **const texts[] = {
        &to->row.student,   &to->row.email,        &to->row.number,
        &to->row.lab,       &to->row.state,        &to->row.why,
        &to->row.notes,     &to->row.origin,       &to->row.date,
        &to->row.date_from, &to->row.delivery,     &to->row.key,
        &to->row.result,    &to->row.json,         &to->row.result_why,
        &to->row.comment,   &to->row.override_why, &to->row.platform,
        &to->row.extension, &to->row.extension_by, &to->row.canvas,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = copy(*texts[i]);
    return 0;
}

static void free_row(struct cl_row *row)
{
    const char *const texts[] = {
        row->student,      row->email,     row->number,     row->lab,
        row->state,        row->why,       row->notes,      row->origin,
        row->date,         row->date_from, row->delivery,   row->key,
        row->result,       row->json,      row->result_why, row->comment,
        row->override_why, row->platform,  row->extension,  row->extension_by,
        row->canvas,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((char *)texts[i]);
}

/* Las filas de una persona van seguidas, por laboratorio. */
static int by_name(const void *a, const void *b)
{
    const struct cl_book_row *x = a, *y = b;
    int order = cl_name_order(x->row.student, y->row.student);
    return order ? order : strcmp(x->row.lab, y->row.lab);
}

int cl_book_load(struct cl_book *book, struct cl_store *store,
                 const struct course *course, struct gr_error *err)
{
    *book = (struct cl_book){0};
    if (cl_store_labs(store, &book->labs, &book->n_labs, err) < 0)
        return -1;
    int rc = cl_store_rows(store, (const char *const *)book->labs, book->n_labs, add_row,
                           &(struct loading){book, course}, err);
    if (book->n > 0)
        qsort(book->rows, book->n, sizeof *book->rows, by_name);
    return rc;
}

void cl_book_free(struct cl_book *book)
{
    for (size_t i = 0; i < book->n; i++)
        free_row(&book->rows[i].row);
    for (size_t i = 0; i < book->n; i++)
        free(book->rows[i].alias);
    for (size_t i = 0; i < book->n_labs; i++)
        free(book->labs[i]);
    free(book->rows);
    free(book->labs);
    *book = (struct cl_book){0};
}

bool cl_book_total(const struct cl_book *book, const struct cl_book_row *rows,
                   const struct course *course, double *total)
{
    double sum = 0, weights = 0;
    for (size_t i = 0; i < book->n_labs; i++) {
        const struct cl_mark *mark = &rows[i].mark;
        const struct course_lab *lab = course_find(course, book->labs[i]);
        if (!mark->known && mark->state != CL_MISSING)
            return false;
        int weight = lab ? lab->weight : course->n_labs == 0; /* quitado: no cuenta */
        sum += weight * 100.0 * mark->points / (mark->max > 0 ? mark->max : 1);
        weights += weight;
    }
    *total = weights > 0 ? sum / weights : 0;
    return true;
}

/* La caja de un sitio ya aislado no encierra del todo: la nota lo lleva, se pidiera o no hubiera otra.
 * NULL si fue otra. */
static char *isolated_remark(const struct cl_row *row)
{
    const char *isolated = box_rung_name(BOX_ISOLATED);
    /* Antes de leerlo entero, que en una clase grande son minutos, se busca. */
    bool maybe = row->json && strstr(row->json, isolated);
    json_t *root = maybe ? json_loads(row->json, 0, NULL) : NULL;
    const char *rung = json_string_value(json_object_get(root, "peldano"));
    const char *lacks = json_string_value(json_object_get(root, "sin_aislar"));
    char *text = rung && lacks && strcmp(rung, isolated) == 0
                     ? ag_format("Calificado en la caja %s: el programa %s.",
                                 box_rung_title(BOX_ISOLATED), lacks)
                     : NULL;
    json_decref(root);
    return text;
}

char *cl_remarks(const struct cl_book_row *row)
{
    const struct cl_row *r = &row->row;
    char *text = ag_format("%s", r->why ?: ""), *more;
    json_t *notes = json_loads(r->notes ?: "[]", 0, NULL), *note;
    size_t i;
    json_array_foreach(notes, i, note)
    {
        more = ag_format("%s%s%s", text, *text ? " " : "", json_string_value(note));
        free(text);
        text = more;
    }
    json_decref(notes);
    if (row->mark.late_percent > 0 && row->mark.state == CL_GRADED) {
        more = ag_format("%s%sLlegó con %d %s de retraso%s: se descuenta el %d %%.", text,
                         *text ? " " : "", row->mark.late_days,
                         row->mark.late_days == 1 ? "día" : "días",
                         row->mark.published ? ", con la solución ya publicada" : "",
                         row->mark.late_percent);
        free(text);
        text = more;
    }
    if (r->extension && strcmp(r->extension_by, "gradescope") != 0) {
        more = ag_format("%s%sTiene una prórroga hasta el %s.", text, *text ? " " : "",
                         r->extension);
        free(text);
        text = more;
    }
    char *isolated = isolated_remark(r);
    const char *extra[] = {isolated,
                           row->mark.state == CL_UNGRADED
                               ? "No se pudo calificar por un fallo del corrector."
                               : NULL,
                           r->override_why, r->comment};
    for (i = 0; i < sizeof extra / sizeof *extra; i++) {
        if (!extra[i])
            continue;
        more = ag_format("%s%s%s", text, *text ? " " : "", extra[i]);
        free(text);
        text = more;
    }
    free(isolated);
    return text;
}

/* ---- archivos -------------------------------------------------------------------------- */

static char *temporary(const char *dir, const char *name)
{
    return ag_format("%s/%s.nuevo", dir, name);
}

FILE *cl_open_output(const char *dir, const char *name, struct gr_error *err)
{
    char *path = temporary(dir, name);
    int rc = ag_make_parents(path, 0755);
    FILE *f = rc == 0 ? fopen(path, "we") : NULL;
    if (!f)
        gr_error(err, "no se puede escribir %s: %s", path,
                 strerror(rc < 0 ? -rc : errno));
    free(path);
    return f;
}

int cl_close_output(FILE *f, const char *dir, const char *name, struct gr_error *err)
{
    char *from = temporary(dir, name), *to = ag_format("%s/%s", dir, name);
    bool bad = ferror(f);
    bad = fclose(f) != 0 || bad;
    int rc = !bad && rename(from, to) == 0
                 ? 0
                 : gr_error(err, "no se puede escribir %s: %s", to, strerror(errno));
    free(to);
    free(from);
    return rc;
}
