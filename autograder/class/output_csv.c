/* Las notas en CSV, para quien enseña. */
#include "base/memory.h"
#include "class/csv.h"
#include "class/output.h"

#include <stdlib.h>
#include <string.h>

/* Un archivo que se escribe, a la manera que se pide. */
struct sheet {
    FILE *f;
    const struct cl_csv_style *style;
};

static void put(const struct sheet *s, const char *text)
{
    cl_csv_cell(s->f, s->style, 0, text);
}

static void put_number(const struct sheet *s, int number)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    put(s, text);
}

static void put_points(const struct sheet *s, const struct cl_mark *mark)
{
    char text[32] = "";
    if (mark->known)
        cl_points_text(text, mark->points);
    put(s, text);
}

/* La primera fila, que empieza por «alumno». */
static int open_sheet(struct sheet *s, const char *dir, const char *name,
                      const char *const *columns, size_t n, struct gr_error *err)
{
    if (!(s->f = cl_open_output(dir, name, err)))
        return -1;
    cl_csv_start(s->f, s->style);
    cl_csv_cell(s->f, s->style, 1, "alumno");
    for (size_t i = 0; i < n; i++)
        put(s, columns[i]);
    return 0;
}

/* notas.csv: una fila por alumno; de cada laboratorio, la nota y cómo está. */
static int output_marks(const struct cl_book *book, const struct course *course,
                        const struct cl_csv_style *style, const char *dir,
                        struct gr_error *err)
{
    static const char *const columns[] = {"correo", "numero"};
    struct sheet s = {.style = style};
    if (open_sheet(&s, dir, "notas.csv", columns, 2, err) < 0)
        return -1;
    for (size_t i = 0; i < book->n_labs; i++) {
        char *state = ag_format("%s estado", book->labs[i]);
        put(&s, book->labs[i]);
        put(&s, state);
        free(state);
    }
    put(&s, "total");
    fputc('\n', s.f);
    for (size_t at = 0; at < book->n; at += book->n_labs) {
        const struct cl_book_row *rows = &book->rows[at];
        char total[32] = "";
        double value;
        cl_csv_cell(s.f, style, 1, rows->row.student);
        put(&s, rows->row.email ?: "");
        put(&s, rows->row.number ?: "");
        for (size_t i = 0; i < book->n_labs; i++) {
            put_points(&s, &rows[i].mark);
            put(&s, cl_state_name(rows[i].mark.state));
        }
        if (cl_book_total(book, rows, course, &value))
            cl_points_text(total, value);
        put(&s, total);
        fputc('\n', s.f);
    }
    return cl_close_output(s.f, dir, "notas.csv", err);
}

/* detalle.csv: una fila por alumno y laboratorio, con todo lo que explica la nota. */
static int output_detail(const struct cl_book *book, const struct cl_csv_style *style,
                         const char *dir, struct gr_error *err)
{
    static const char *const columns[] = {
        "lab",           "estado",          "nota",       "puntos", "maximo",
        "sin_calificar", "dias_de_retraso", "descuento",  "ajuste", "entregado",
        "fecha_de",      "origen",          "explicacion"};
    struct sheet s = {.style = style};
    if (open_sheet(&s, dir, "detalle.csv", columns, sizeof columns / sizeof *columns,
                   err) < 0)
        return -1;
    fputc('\n', s.f);
    for (size_t i = 0; i < book->n; i++) {
        const struct cl_book_row *b = &book->rows[i];
        const struct cl_row *row = &b->row;
        const int numbers[] = {row->points, row->max, row->ungraded};
        char *remarks = cl_remarks(b), adjusted[32] = "";
        if (row->has_points)
            cl_points_text(adjusted, row->override_points);
        cl_csv_cell(s.f, style, 1, row->student);
        put(&s, row->lab);
        put(&s, cl_state_name(b->mark.state));
        put_points(&s, &b->mark);
        for (size_t k = 0; k < 3; k++) {
            if (row->json)
                put_number(&s, numbers[k]);
            else
                put(&s, "");
        }
        put_number(&s, b->mark.late_days);
        put_number(&s, b->mark.late_percent);
        put(&s, adjusted);
        put(&s, row->date ?: "");
        put(&s, row->date_from ?: "");
        put(&s, row->origin ?: "");
        put(&s, remarks);
        fputc('\n', s.f);
        free(remarks);
    }
    return cl_close_output(s.f, dir, "detalle.csv", err);
}

int cl_output_csv(const struct cl_book *book, const struct course *course,
                  const struct cl_csv_style *style, const char *dir, struct gr_error *err)
{
    return output_marks(book, course, style, dir, err) < 0 ||
                   output_detail(book, style, dir, err) < 0
               ? -1
               : 0;
}
