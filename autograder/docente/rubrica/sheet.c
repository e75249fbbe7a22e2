/* La hoja que rellena quien examina: leerla, comprobarla y sacar de ella la nota. */
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/csv.h"
#include "class/names.h"
#include "docente/rubrica/rubric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_FILE (1 << 22)

struct filling {
    struct rubric_sheet *sheet;
    const struct rubric *rubric;
    struct cl_csv csv;
    const char *path;
    size_t bad; /* filas que están mal */
};

/* ---- las filas ------------------------------------------------------------------------------ */

int rubric_rows(struct rubric_sheet *sheet, const struct cl_book *book, const char *lab,
                struct gr_error *err)
{
    *sheet = (struct rubric_sheet){.rows = ag_alloc(book->n + 1, sizeof *sheet->rows)};
    for (size_t i = 0; i < book->n; i++)
        if (strcmp(book->rows[i].row.lab, lab) == 0)
            sheet->rows[sheet->n++].graded = &book->rows[i];
    return sheet->n > 0 ? 0
                        : gr_error(err,
                                   "en esta clase no hay ninguna entrega del laboratorio "
                                   "%s: califícala antes, con make grade-class",
                                   lab);
}

void rubric_free(struct rubric_sheet *sheet)
{
    for (size_t i = 0; i < sheet->n; i++)
        free(sheet->rows[i].remark);
    free(sheet->rows);
    *sheet = (struct rubric_sheet){0};
}

bool rubric_readable(const struct rubric_row *row)
{
    return row->graded->mark.state == CL_GRADED;
}

static struct rubric_row *find(const struct rubric_sheet *sheet, const char *name)
{
    for (size_t i = 0; i < sheet->n; i++)
        if (strcmp(sheet->rows[i].graded->row.student, name) == 0)
            return &sheet->rows[i];
    return NULL;
}

/* ---- la hoja -------------------------------------------------------------------------------- */

static int wrong(struct filling *f, size_t row, const char *what, const char *value)
{
    f->bad++;
    return ag_complain("asinc-rubrica", "%s:%zu: %s%s%s%s", f->path, f->csv.lines[row],
                       what, value ? "«" : "", value ?: "", value ? "»" : "");
}

/* Una casilla, sin blancos alrededor y en UTF-8, en memoria nueva. */
static char *cell(const struct filling *f, size_t row, const char *column)
{
    long at = cl_csv_column(&f->csv, column);
    const char *text = at < 0 ? "" : f->csv.rows[row][at];
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r", text[n - 1]))
        n--;
    char *bytes = ag_format("%.*s", (int)n, text), *clean = cl_text(bytes);
    free(bytes);
    return clean;
}

static int check_columns(struct filling *f)
{
    const size_t head = 0;
    if (f->csv.n == 0) {
        f->bad++;
        return ag_complain("asinc-rubrica", "%s: la hoja está vacía", f->path);
    }
    if (cl_csv_column(&f->csv, "alumno") < 0)
        wrong(f, head, "falta la columna ", "alumno");
    for (size_t i = 0; i < f->rubric->n; i++)
        if (cl_csv_column(&f->csv, f->rubric->criteria[i].name) < 0)
            wrong(f, head, "falta la columna ", f->rubric->criteria[i].name);
    return f->bad ? -1 : 0;
}

/* El nivel de una casilla: -1 si está vacía, -2 si no es un nivel. */
static int level_of(const char *text)
{
    if (!*text)
        return -1;
    return text[1] == '\0' && *text >= '0' && *text <= '0' + RUBRIC_TOP ? *text - '0'
                                                                        : -2;
}

/* Deja los niveles de la fila en `to`. */
static void read_levels(struct filling *f, size_t row, struct rubric_row *to)
{
    size_t empty = 0, broken = 0;
    const char *missing = NULL;
    for (size_t i = 0; i < f->rubric->n; i++) {
        const char *name = f->rubric->criteria[i].name;
        char *text = cell(f, row, name);
        to->levels[i] = level_of(text);
        if (to->levels[i] == -2) {
            char *what = ag_format("«%s» es un nivel de 0 a %d, y no ", name, RUBRIC_TOP);
            wrong(f, row, what, text);
            free(what);
            broken++;
        }
        if (to->levels[i] == -1 && empty++ == 0)
            missing = name;
        free(text);
    }
    if (empty > 0 && empty < f->rubric->n)
        wrong(f, row, "está a medias: falta el nivel de ", missing);
    else if (empty == 0 && broken == 0 && !rubric_readable(to))
        wrong(f, row, "no tiene nada que leer, y lleva niveles: su entrega está como ",
              cl_state_name(to->graded->mark.state));
    to->done = empty == 0 && broken == 0;
}

static void read_row(struct filling *f, size_t row)
{
    char *name = cell(f, row, "alumno");
    struct rubric_row *to = find(f->sheet, name);
    /* Delante de un nombre que parece una fórmula, el CSV lleva un apóstrofo. */
    if (!to && *name == '\'')
        to = find(f->sheet, name + 1);
    if (!*name)
        wrong(f, row, "falta el nombre, en la columna «alumno»", NULL);
    else if (!to)
        wrong(f, row, "en la clase no hay nadie que se llame ", name);
    else if (to->line)
        wrong(f, row, "está dos veces: ", name);
    if (*name && to && !to->line) {
        to->line = f->csv.lines[row];
        to->remark = cell(f, row, "observaciones");
        read_levels(f, row, to);
    }
    free(name);
}

int rubric_fill(struct rubric_sheet *sheet, const struct rubric *rubric, const char *path,
                struct gr_error *err)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash ? ag_format("%.*s", (int)(slash - path), path) : ag_format(".");
    char *text = NULL;
    size_t size;
    int rc = ag_read_file(*dir ? dir : "/", slash ? slash + 1 : path, MAX_FILE, &text,
                          &size);
    free(dir);
    if (rc < 0)
        return gr_error(err, "no se puede leer RUBRICA=%s: %s", path, strerror(-rc));
    struct filling f = {sheet, rubric, cl_csv_parse(text), path, 0};
    free(text);
    if (check_columns(&f) == 0)
        for (size_t row = 1; row < f.csv.n; row++)
            read_row(&f, row);
    cl_csv_free(&f.csv);
    return f.bad == 0
               ? 0
               : gr_error(err, "%zu %s en la hoja, y no se ha escrito ninguna nota",
                          f.bad, f.bad == 1 ? "falta" : "faltas");
}

/* ---- la nota -------------------------------------------------------------------------------- */

double rubric_points(const struct rubric_row *row, const struct rubric *rubric)
{
    const struct cl_mark *mark = &row->graded->mark;
    double points = 0;
    for (size_t i = 0; i < rubric->n; i++)
        points += (double)rubric->criteria[i].points * row->levels[i] / RUBRIC_TOP;
    /* Quien pone una nota a mano ya ha decidido sobre el retraso. */
    return mark->overridden ? points : points * (100 - mark->late_percent) / 100;
}

double rubric_final(const struct rubric_row *row, const struct rubric *rubric)
{
    const struct cl_mark *mark = &row->graded->mark;
    double own = mark->points / (mark->max > 0 ? mark->max : 1);
    return own * (100 - rubric->points) + rubric_points(row, rubric);
}
