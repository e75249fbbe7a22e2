/* Las notas en CSV: para quien enseña y para Moodle. */
#include "base/memory.h"
#include "class/csv.h"
#include "class/output.h"

#include <stdlib.h>
#include <string.h>

static void put_points(FILE *f, const struct cl_mark *mark)
{
    char text[32] = "";
    if (mark->known)
        cl_points_text(text, mark->points);
    cl_csv_put(f, 0, text);
}

/* notas.csv: una fila por alumno; de cada laboratorio, la nota y cómo está. */
static int output_marks(const struct cl_book *book, const struct course *course,
                        const char *dir, struct gr_error *err)
{
    FILE *f = cl_open_output(dir, "notas.csv", err);
    if (!f)
        return -1;
    fputs("alumno,correo,numero", f);
    for (size_t i = 0; i < book->n_labs; i++)
        fprintf(f, ",%s,%s estado", book->labs[i], book->labs[i]);
    fputs(",total\n", f);
    for (size_t at = 0; at < book->n; at += book->n_labs) {
        const struct cl_book_row *rows = &book->rows[at];
        char total[32] = "";
        double value;
        cl_csv_put(f, 1, rows->row.student);
        cl_csv_put(f, 0, rows->row.email ?: "");
        cl_csv_put(f, 0, rows->row.number ?: "");
        for (size_t i = 0; i < book->n_labs; i++) {
            put_points(f, &rows[i].mark);
            cl_csv_put(f, 0, cl_state_name(rows[i].mark.state));
        }
        if (cl_book_total(book, rows, course, &value))
            cl_points_text(total, value);
        cl_csv_put(f, 0, total);
        fputc('\n', f);
    }
    return cl_close_output(f, dir, "notas.csv", err);
}

/* detalle.csv: una fila por alumno y laboratorio, con todo lo que explica la nota. */
static int output_detail(const struct cl_book *book, const char *dir,
                         struct gr_error *err)
{
    FILE *f = cl_open_output(dir, "detalle.csv", err);
    if (!f)
        return -1;
    fputs("alumno,lab,estado,nota,puntos,maximo,sin_calificar,dias_de_retraso,descuento,"
          "ajuste,entregado,fecha_de,origen,explicacion\n",
          f);
    for (size_t i = 0; i < book->n; i++) {
        const struct cl_book_row *b = &book->rows[i];
        const struct cl_row *row = &b->row;
        char *remarks = cl_remarks(b), adjusted[32] = "";
        if (row->has_points)
            cl_points_text(adjusted, row->override_points);
        cl_csv_put(f, 1, row->student);
        cl_csv_put(f, 0, row->lab);
        cl_csv_put(f, 0, cl_state_name(b->mark.state));
        put_points(f, &b->mark);
        if (row->json)
            fprintf(f, ",%d,%d,%d", row->points, row->max, row->ungraded);
        else
            fputs(",,,", f);
        fprintf(f, ",%d,%d", b->mark.late_days, b->mark.late_percent);
        cl_csv_put(f, 0, adjusted);
        cl_csv_put(f, 0, row->date ?: "");
        cl_csv_put(f, 0, row->date_from ?: "");
        cl_csv_put(f, 0, row->origin ?: "");
        cl_csv_put(f, 0, remarks);
        fputc('\n', f);
        free(remarks);
    }
    return cl_close_output(f, dir, "detalle.csv", err);
}

/* moodle-07.csv: la hoja de calificaciones de una tarea, la que Moodle en español descarga y
 * vuelve a leer. Las tres columnas que exige son el identificador, la calificación y la última
 * modificación; solo van quienes tienen nota. */
static int output_moodle(const struct cl_book *book, size_t lab, const char *dir,
                         struct gr_error *err)
{
    char *name = ag_format("moodle-%s.csv", book->labs[lab]);
    FILE *f = cl_open_output(dir, name, err);
    int rc = -1;
    if (!f)
        goto out;
    fputs("Identificador,Nombre completo,Dirección de correo,Calificación,"
          "Calificación máxima,Última modificación (calificación),"
          "Comentarios de retroalimentación\n",
          f);
    for (size_t at = lab; at < book->n; at += book->n_labs) {
        const struct cl_book_row *b = &book->rows[at];
        if (!b->mark.known)
            continue;
        const char *number = b->row.delivery ?: b->row.number ?: "";
        char *id = ag_format("Participante %s", number), *remarks = cl_remarks(b);
        cl_csv_put(f, 1, *number ? id : "");
        cl_csv_put(f, 0, b->row.student);
        cl_csv_put(f, 0, b->row.email ?: "");
        put_points(f, &b->mark);
        fprintf(f, ",%d,-", b->mark.max);
        cl_csv_put(f, 0, remarks);
        fputc('\n', f);
        free(remarks);
        free(id);
    }
    rc = cl_close_output(f, dir, name, err);
out:
    free(name);
    return rc;
}

int cl_output_csv(const struct cl_book *book, const struct course *course,
                  const char *dir, struct gr_error *err)
{
    if (output_marks(book, course, dir, err) < 0 || output_detail(book, dir, err) < 0)
        return -1;
    for (size_t i = 0; i < book->n_labs; i++)
        if (output_moodle(book, i, dir, err) < 0)
            return -1;
    return 0;
}
