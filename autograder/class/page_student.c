/* La página de un alumno: sus notas, por qué son esas y lo que vio el corrector. */
#include "base/memory.h"
#include "class/names.h"
#include "class/page.h"
#include "grader/grader.h"

#include <stdlib.h>
#include <string.h>

json_t *cl_page_result(const struct cl_row *row, json_t **root)
{
    *root = row->json ? json_loads(row->json, 0, NULL) : NULL;
    return json_array_get(json_object_get(*root, "laboratorios"), 0);
}

char *cl_page_points(double points)
{
    char text[32];
    cl_points_text(text, points);
    char *dot = strchr(text, '.');
    if (dot)
        *dot = ',';
    return ag_format("%s", text);
}

const char *cl_page_state(const struct cl_mark *mark)
{
    static const char *const words[] = {
        [CL_MISSING] = "sin entregar",  [CL_REJECTED] = "rechazada",
        [CL_WAITING] = "por calificar", [CL_UNGRADED] = "no calificado",
        [CL_GRADED] = "calificado",
    };
    return mark->overridden ? "puesta a mano" : words[mark->state];
}

/* ---- una entrega ----------------------------------------------------------------------- */

static char *mark_words(const struct cl_mark *mark)
{
    if (!mark->known)
        return ag_format("—");
    char *points = cl_page_points(mark->points);
    char *words = ag_format("%s/%d", points, mark->max);
    free(points);
    return words;
}

static void put_overview(FILE *out, const struct cl_book_row *rows, size_t n)
{
    fputs("<ul class=\"laboratorios\">\n", out);
    for (size_t i = 0; i < n; i++) {
        char *words = mark_words(&rows[i].mark), *remarks = cl_remarks(&rows[i]);
        gr_html(
            out,
            "<li><a href=\"#l-%s\">Laboratorio %s</a> <span class=\"datos\">%s</span> "
            "<span class=\"puntos\">%s</span>",
            rows[i].row.lab, rows[i].row.lab, cl_page_state(&rows[i].mark), words);
        if (*remarks)
            gr_html(out, "<p class=\"aparte\">%s</p>", remarks);
        fputs("</li>\n", out);
        free(remarks);
        free(words);
    }
    fputs("</ul>\n", out);
}

static void put_row(FILE *out, const struct cl_book_row *b, const json_t *lab)
{
    gr_html(out, "<section id=\"l-%s\">\n", b->row.lab);
    if (lab)
        gr_page_lab(out, lab, GR_FAILURES_DRAWN);
    else
        gr_html(out, "<h2>Laboratorio %s</h2>\n<p>%s.</p>\n", b->row.lab,
                cl_page_state(&b->mark));
    if (b->row.origin && !b->alias) /* su nombre va en él */
        gr_html(out, "<p class=\"datos\">Entregado: <code>%s</code>%s%s</p>\n",
                b->row.origin, b->row.date ? ", " : "", b->row.date ? b->row.date : "");
    fputs("</section>\n", out);
}

/* ---- la página ------------------------------------------------------------------------- */

static void put_top(FILE *out, const struct cl_book *book, size_t first,
                    const struct course *course)
{
    double total;
    const struct cl_book_row *rows = &book->rows[first];
    bool known = cl_book_total(book, rows, course, &total);
    char *points = cl_page_points(known ? total : 0);
    char *words = known ? ag_format("%s/100", points) : ag_format("—");
    free(points);
    gr_page_open(out, cl_shown(rows));
    gr_html(out,
            "<h1>%s <span class=\"puntos\">%s</span></h1>\n<p class=\"datos\">%s</p>\n",
            cl_shown(rows), words, course->title ? course->title : "Las notas del curso");
    free(words);
    put_overview(out, rows, book->n_labs);
}

int cl_page_student(const struct cl_book *book, size_t first, const struct course *course,
                    struct cl_lab_stats *stats, const char *dir, struct gr_error *err)
{
    char *file = cl_file_name(cl_shown(&book->rows[first]));
    char *name = ag_format("%s.html", file), *to = ag_format("%s/alumnos", dir);
    FILE *out = cl_open_output(to, name, err);
    int rc = -1;
    if (!out)
        goto done;
    put_top(out, book, first, course);
    for (size_t i = 0; i < book->n_labs; i++) {
        json_t *root, *lab = cl_page_result(&book->rows[first + i].row, &root);
        cl_stats_add(&stats[i], book, first + i, lab);
        put_row(out, &book->rows[first + i], lab);
        json_decref(root);
    }
    gr_page_close(out);
    rc = cl_close_output(out, to, name, err);
done:
    free(to);
    free(name);
    free(file);
    return rc;
}
