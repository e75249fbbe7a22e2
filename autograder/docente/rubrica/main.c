/* asinc-rubrica: la hoja que rellena quien examina, y la nota que sale al juntarla con la del
 * corrector. De la base de la clase solo lee: lo que escribe son archivos de SALIDA. */
#include "base/memory.h"
#include "base/text.h"
#include "class/store_sql.h"
#include "course/course.h"
#include "docente/rubrica/rubric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct job {
    const char *out, *lab, *filled; /* `filled` NULL: hacer la hoja */
    struct rubric rubric;
    struct course course;
    struct cl_store *store;
    struct cl_book book;
    struct rubric_sheet sheet;
    struct cl_csv_style style;
};

/* ---- la hoja para rellenar ------------------------------------------------------------------ */

static int write_blank(struct job *j, struct gr_error *err)
{
    char *name = ag_format("rubrica-%s.csv", j->lab),
         *path = ag_format("%s/%s", j->out, name);
    int rc = 0;
    if (access(path, F_OK) == 0)
        rc = gr_error(err,
                      "%s ya está, y puede tener trabajo tuyo: rellénala, o bórrala si "
                      "quieres otra",
                      path);
    FILE *f = rc == 0 ? cl_open_output(j->out, name, err) : NULL;
    if (f) {
        cl_csv_start(f, &j->style);
        cl_csv_cell(f, &j->style, 1, "alumno");
        for (size_t i = 0; i < j->rubric.n; i++)
            cl_csv_cell(f, &j->style, 0, j->rubric.criteria[i].name);
        cl_csv_cell(f, &j->style, 0, "observaciones");
        fputc('\n', f);
        for (size_t i = 0; i < j->sheet.n; i++) {
            if (!rubric_readable(&j->sheet.rows[i]))
                continue;
            cl_csv_cell(f, &j->style, 1, j->sheet.rows[i].graded->row.student);
            for (size_t k = 0; k <= j->rubric.n; k++)
                cl_csv_cell(f, &j->style, 0, "");
            fputc('\n', f);
        }
    }
    rc = f ? cl_close_output(f, j->out, name, err) : -1;
    if (rc == 0)
        printf("La hoja para rellenar está en %s\n", path);
    free(path);
    free(name);
    return rc;
}

/* ---- la nota -------------------------------------------------------------------------------- */

static void put_points(const struct job *j, FILE *f, bool known, double points)
{
    char text[32] = "";
    if (known)
        cl_points_text(text, points);
    cl_csv_cell(f, &j->style, 0, text);
}

/* Sin entrega que leer no hay rúbrica, y la nota es la que había. */
static void write_row(const struct job *j, FILE *f, const struct rubric_row *row)
{
    const struct cl_mark *mark = &row->graded->mark;
    bool readable = rubric_readable(row), whole = readable ? row->done : mark->known;
    cl_csv_cell(f, &j->style, 1, row->graded->row.student);
    cl_csv_cell(f, &j->style, 0, row->graded->row.email ?: "");
    cl_csv_cell(f, &j->style, 0, row->graded->row.number ?: "");
    cl_csv_cell(f, &j->style, 0, cl_state_name(mark->state));
    put_points(j, f, mark->known, mark->points);
    put_points(j, f, readable && row->done, rubric_points(row, &j->rubric));
    put_points(j, f, whole, readable ? rubric_final(row, &j->rubric) : mark->points);
    cl_csv_cell(f, &j->style, 0, row->remark ?: "");
    fputc('\n', f);
}

static int write_moodle(const struct job *j, struct gr_error *err)
{
    char *name = ag_format("moodle-final-%s.csv", j->lab);
    int rows = rubric_moodle(&j->sheet, &j->rubric, j->out, name, err);
    if (rows > 0)
        printf("Para Moodle, en %s/%s\n", j->out, name);
    free(name);
    return rows < 0 ? -1 : 0;
}

static int write_final(struct job *j, struct gr_error *err)
{
    static const char *const columns[] = {
        "correo", "numero", "estado", "corrector", "rubrica", "final", "observaciones"};
    if (rubric_fill(&j->sheet, &j->rubric, j->filled, err) < 0)
        return -1;
    char *name = ag_format("final-%s.csv", j->lab);
    FILE *f = cl_open_output(j->out, name, err);
    size_t missing = 0;
    if (f) {
        cl_csv_start(f, &j->style);
        cl_csv_cell(f, &j->style, 1, "alumno");
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
            cl_csv_cell(f, &j->style, 0, columns[i]);
        fputc('\n', f);
        for (size_t i = 0; i < j->sheet.n; i++) {
            write_row(j, f, &j->sheet.rows[i]);
            missing += rubric_readable(&j->sheet.rows[i]) && !j->sheet.rows[i].done;
        }
    }
    int rc = f ? cl_close_output(f, j->out, name, err) : -1;
    if (rc == 0)
        printf("El corrector vale %d puntos de cada 100, y la rúbrica, %d. Sin examinar: "
               "%zu.\n"
               "La nota final está en %s/%s\n",
               100 - j->rubric.points, j->rubric.points, missing, j->out, name);
    free(name);
    return rc == 0 ? write_moodle(j, err) : rc;
}

/* ---- abrir lo que hace falta ---------------------------------------------------------------- */

static int check_class(const struct job *j, struct gr_error *err)
{
    char *path = ag_format("%s/" CL_STORE_NAME, j->out);
    int rc =
        access(path, R_OK) == 0
            ? 0
            : gr_error(
                  err,
                  "en %s no hay ninguna clase: califícala antes, con make grade-class, "
                  "o di dónde está, con SALIDA=carpeta",
                  j->out);
    free(path);
    return rc;
}

static int open_job(struct job *j, struct gr_error *err)
{
    char *why;
    if (course_load(COURSE_FILE, &j->course, &why) < 0) {
        gr_error(err, "%s", why);
        free(why);
        return -1;
    }
    if (rubric_load(&j->rubric, RUBRIC_FILE, err) < 0 || check_class(j, err) < 0 ||
        cl_store_open(&j->store, j->out, false, err) < 0)
        return -1;
    int excel = cl_sql_asks(
        j->store, err, "SELECT 1 FROM opcion WHERE nombre = 'csv' AND valor = 'excel'",
        "");
    j->style.excel = excel > 0;
    return excel < 0 || cl_book_load(&j->book, j->store, &j->course, err) < 0
               ? -1
               : rubric_rows(&j->sheet, &j->book, j->lab, err);
}

int main(int argc, char **argv)
{
    struct gr_error err = {0};
    struct job j = {0};
    if (argc < 3 || argc > 4) {
        fputs("Uso: asinc-rubrica SALIDA LAB [HOJA.csv]     (en la raíz del curso; "
              "normalmente, con "
              "make rubrica)\n",
              stderr);
        return GR_EXIT_USAGE;
    }
    j.out = argv[1];
    j.lab = argv[2];
    j.filled = argv[3];
    int rc = open_job(&j, &err);
    if (rc == 0)
        rc = j.filled ? write_final(&j, &err) : write_blank(&j, &err);
    if (rc < 0)
        ag_complain("asinc-rubrica", "%s", err.text);
    rubric_free(&j.sheet);
    cl_book_free(&j.book);
    cl_store_close(j.store);
    course_free(&j.course);
    return rc < 0                               ? GR_EXIT_USAGE
           : ag_stdout_written("asinc-rubrica") ? GR_EXIT_OK
                                                : GR_EXIT_FAILURE;
}
