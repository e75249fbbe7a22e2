/* La nota con la rúbrica, como la hoja de calificaciones que Moodle vuelve a leer. */
#include "base/memory.h"
#include "docente/rubrica/rubric.h"

#include <stdlib.h>
#include <string.h>

/* Solo va quien entregó por Moodle y tiene ya nota final. */
static bool goes(const struct rubric_row *row, double *final, const struct rubric *rubric)
{
    const struct cl_book_row *b = row->graded;
    if (!b->row.platform || strcmp(b->row.platform, "moodle") != 0 || !b->row.delivery)
        return false;
    *final = rubric_readable(row) && row->done ? rubric_final(row, rubric)
                                               : b->mark.points;
    return rubric_readable(row) ? row->done : b->mark.known;
}

/* De qué se compone, lo que escribió quien examina y lo que dijo el corrector. */
static char *comment_of(const struct rubric_row *row, const struct rubric *rubric)
{
    char own[32], read[32], *parts = ag_format("%s", "");
    if (rubric_readable(row)) {
        cl_points_text(own, row->graded->mark.points);
        cl_points_text(read, rubric_points(row, rubric));
        free(parts);
        parts = ag_format("Corrector: %s de %d, que valen el %d %%. Rúbrica: %s de %d.\n",
                          own, row->graded->mark.max, 100 - rubric->points, read,
                          rubric->points);
    }
    const char *remark = row->remark ?: "";
    char *remarks = cl_remarks(row->graded), *lines = cl_feedback(row->graded);
    char *text = ag_format("%s%s%s%s%s%s", parts, remark, *remark ? "\n" : "", remarks,
                           *remarks ? "\n" : "", lines);
    for (size_t n = strlen(text); n > 0 && text[n - 1] == '\n';)
        text[--n] = '\0';
    free(lines);
    free(remarks);
    free(parts);
    return text;
}

static void put_row(FILE *f, const struct rubric_row *row, double final,
                    const struct rubric *rubric)
{
    const struct cl_row *who = &row->graded->row;
    char *id = ag_format("Participante %s", who->delivery),
         *text = comment_of(row, rubric), points[32];
    cl_points_text(points, final);
    cl_csv_put(f, 1, id);
    cl_csv_put(f, 0, who->student);
    cl_csv_put(f, 0, who->email ?: "");
    cl_csv_put(f, 0, points);
    fputs(",100,-", f);
    cl_csv_put(f, 0, text);
    fputc('\n', f);
    free(text);
    free(id);
}

int rubric_moodle(const struct rubric_sheet *sheet, const struct rubric *rubric,
                  const char *dir, const char *name, struct gr_error *err)
{
    FILE *f = NULL;
    int rows = 0;
    for (size_t i = 0; i < sheet->n; i++) {
        double final;
        if (!goes(&sheet->rows[i], &final, rubric))
            continue;
        if (!f) {
            if (!(f = cl_open_output(dir, name, err)))
                return -1;
            fputs("Identificador,Nombre completo,Dirección de correo,Calificación,"
                  "Calificación máxima,Última modificación (calificación),"
                  "Comentarios de retroalimentación\n",
                  f);
        }
        put_row(f, &sheet->rows[i], final, rubric);
        rows++;
    }
    return f && cl_close_output(f, dir, name, err) < 0 ? -1 : rows;
}
