/* La página de la clase: el reparto de las notas, lo que más se falla, con una historia de cada
 * cosa, lo que costó y quién falta. */
#include "base/memory.h"
#include "class/names.h"
#include "class/page.h"
#include "class/progress.h"
#include "grader/grader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BINS       11 /* de diez en diez, y el 100 aparte */
#define WORST      8  /* pruebas que se cuentan de cada laboratorio */
#define BAR_HEIGHT 110.0

/* ---- el reparto ------------------------------------------------------------------------ */

static double median(const double *sorted, size_t n)
{
    return n == 0 ? 0 : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

static double sum(const double *values, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += values[i];
    return total;
}

static void bin_label(char label[static 16], size_t bin)
{
    snprintf(label, 16, bin == BINS - 1 ? "100" : "%zu–%zu", 10 * bin, 10 * bin + 9);
}

static void put_histogram(FILE *out, const struct cl_lab_stats *lab)
{
    size_t bins[BINS] = {0}, most = 1;
    for (size_t i = 0; i < lab->n_points; i++) {
        double p = lab->points[i] < 0 ? 0 : lab->points[i];
        size_t bin = p >= 100 ? BINS - 1 : (size_t)(p / 10);
        most = ++bins[bin] > most ? bins[bin] : most;
    }
    fputs(
        "<figure class=\"reparto\"><svg role=\"img\" height=\"150\" aria-label=\"Reparto "
        "de las notas: ",
        out);
    char label[16];
    for (size_t i = 0; i < BINS; i++) {
        bin_label(label, i);
        if (bins[i])
            gr_html(out, "%zu de %s; ", bins[i], label);
    }
    fputs("\">", out);
    double width = 100.0 / BINS;
    for (size_t i = 0; i < BINS; i++) {
        double x = width * (double)i,
               height = BAR_HEIGHT * (double)bins[i] / (double)most;
        bin_label(label, i);
        gr_html(
            out,
            "<rect class=\"n\" x=\"%.2f%%\" y=\"%.2f\" width=\"%.2f%%\" height=\"%.2f\" "
            "rx=\"2\"/><text class=\"c\" x=\"%.2f%%\" y=\"146\">%s</text>",
            x + width * 0.1, 18 + BAR_HEIGHT - height, width * 0.8, height, x + width / 2,
            label);
        if (bins[i])
            gr_html(out, "<text class=\"c\" x=\"%.2f%%\" y=\"%.2f\">%zu</text>",
                    x + width / 2, 14 + BAR_HEIGHT - height, bins[i]);
    }
    fputs("</svg></figure>\n", out);
}

/* ---- lo que más se falla --------------------------------------------------------------- */

static const json_t *test_in(const json_t *lab, const char *name)
{
    size_t i;
    json_t *test;
    json_array_foreach(json_object_get(lab, "pruebas"), i, test)
    {
        if (strcmp(gr_page_text(test, "nombre"), name) == 0)
            return test;
    }
    return NULL;
}

static void put_worst(FILE *out, const struct cl_book *book,
                      const struct cl_lab_stats *lab, const struct cl_test_stats *test)
{
    json_t *root;
    const json_t *result = cl_page_result(&book->rows[test->example].row, &root);
    const json_t *one = test_in(result, test->name);
    gr_html(out,
            "<details class=\"prueba no\"><summary><span class=\"nombre\">%s <span "
            "class=\"corto\">%s</span></span> <span class=\"puntos\">%zu de %zu (%zu %%)"
            "</span></summary>\n<div class=\"cuerpo\"><p class=\"datos\">Por ejemplo, a "
            "%s:</p>\n",
            test->title, test->name, test->failed, test->graded,
            (200 * test->failed + test->graded) / (2 * test->graded),
            cl_shown(&book->rows[test->example]));
    if (one) {
        char *id = ag_format("%s-%s", lab->id, test->name);
        gr_page_test(out, one, id, true);
        free(id);
    }
    fputs("</div></details>\n", out);
    json_decref(root);
}

/* ---- quién falta ----------------------------------------------------------------------- */

/* La dirección de su página, con lo que no sea de una dirección como «%20». */
static char *page_name(const struct cl_book_row *b)
{
    char *file = cl_file_name(cl_shown(b));
    char *name = ag_alloc(3 * strlen(file) + sizeof "alumnos/.html", 1);
    char *w = stpcpy(name, "alumnos/");
    for (const char *p = file; *p; p++)
        w += sprintf(w, isalnum((unsigned char)*p) ? "%c" : "%%%02X", (unsigned char)*p);
    strcpy(w, ".html");
    free(file);
    return name;
}

static void put_one(FILE *out, const struct cl_book_row *b)
{
    char *page = page_name(b), *remarks = cl_remarks(b);
    gr_html(out, "<li><a href=\"%s\">%s</a>", page, cl_shown(b));
    if (*remarks)
        gr_html(out, " <span class=\"datos\">%s</span>", remarks);
    fputs("</li>", out);
    free(remarks);
    free(page);
}

static void open_list(FILE *out, const char *title, size_t n)
{
    gr_html(out,
            "<details class=\"avisos\"><summary>%s: %zu</summary><ul class=\"quienes\">",
            title, n);
}

/* Los que están en ese estado; nada si no hay ninguno. */
static void put_who(FILE *out, const struct cl_book *book, size_t lab,
                    enum cl_state state, const char *title)
{
    size_t n = 0;
    for (size_t at = lab; at < book->n; at += book->n_labs)
        n += book->rows[at].mark.state == state;
    if (n == 0)
        return;
    open_list(out, title, n);
    for (size_t at = lab; at < book->n; at += book->n_labs)
        if (book->rows[at].mark.state == state)
            put_one(out, &book->rows[at]);
    fputs("</ul></details>\n", out);
}

static void put_uncompiled(FILE *out, const struct cl_book *book,
                           const struct cl_lab_stats *lab)
{
    if (lab->n_uncompiled == 0)
        return;
    open_list(out, "No compilan", lab->n_uncompiled);
    for (size_t i = 0; i < lab->n_uncompiled; i++)
        put_one(out, &book->rows[lab->uncompiled[i]]);
    fputs("</ul></details>\n", out);
}

/* ---- un laboratorio -------------------------------------------------------------------- */

static void put_numbers(FILE *out, const struct cl_lab_stats *lab)
{
    if (lab->n_points > 0) {
        char *mean = cl_page_points(sum(lab->points, lab->n_points) /
                                    (double)lab->n_points);
        char *middle = cl_page_points(median(lab->points, lab->n_points));
        gr_html(out, "<p>Con nota: %zu. Media: %s. Mediana: %s.", lab->n_points, mean,
                middle);
        free(middle);
        free(mean);
    } else {
        fputs("<p>Aún no hay ninguna nota.", out);
    }
    if (lab->n_seconds > 0) {
        char *all = cl_duration(sum(lab->seconds, lab->n_seconds));
        char *middle = cl_duration(median(lab->seconds, lab->n_seconds));
        gr_html(out, " Calificar costó %s en total; una entrega, %s de mediana.", all,
                middle);
        free(middle);
        free(all);
    }
    fputs("</p>\n", out);
}

static void put_lab(FILE *out, const struct cl_book *book,
                    const struct cl_lab_stats *stats, size_t at)
{
    const struct cl_lab_stats *lab = &stats[at];
    gr_html(out, "<section id=\"lab-%s\"><h2>%s. %s</h2>\n", lab->id, lab->id,
            lab->title ? lab->title : "Laboratorio");
    put_numbers(out, lab);
    if (lab->n_points > 0)
        put_histogram(out, lab);
    put_who(out, book, at, CL_MISSING, "No han entregado");
    put_who(out, book, at, CL_REJECTED, "Entregas rechazadas");
    put_uncompiled(out, book, lab);
    put_who(out, book, at, CL_UNGRADED, "No calificados por un fallo del corrector");
    put_who(out, book, at, CL_WAITING, "Por calificar");
    if (lab->n_tests > 0 && lab->tests[0].failed > 0)
        fputs("<h3>Lo que más se falla</h3>\n", out);
    for (size_t i = 0; i < lab->n_tests && i < WORST && lab->tests[i].failed > 0; i++)
        put_worst(out, book, lab, &lab->tests[i]);
    fputs("</section>\n", out);
}

/* ---- las notas ------------------------------------------------------------------------- */

static void put_cell(FILE *out, const struct cl_mark *mark)
{
    char *words = mark->known ? cl_page_points(mark->points) : ag_format("—");
    gr_html(out, "<td class=\"puntos\">%s", words);
    if (mark->state != CL_GRADED || mark->overridden || mark->late_percent > 0)
        gr_html(out, " <span class=\"datos\">%s</span>",
                mark->state == CL_GRADED && !mark->overridden ? "con retraso"
                                                              : cl_page_state(mark));
    fputs("</td>", out);
    free(words);
}

static void put_marks(FILE *out, const struct cl_book *book, const struct course *course)
{
    fputs("<h2>Las notas</h2>\n<div class=\"corre\" tabindex=\"0\" role=\"group\" "
          "aria-label=\"Las notas\"><table><thead><tr><th scope=\"col\">Alumno</th>",
          out);
    for (size_t i = 0; i < book->n_labs; i++)
        gr_html(out, "<th scope=\"col\">%s</th>", book->labs[i]);
    fputs("<th scope=\"col\">Total</th></tr></thead><tbody>\n", out);
    for (size_t at = 0; at < book->n; at += book->n_labs) {
        const struct cl_book_row *rows = &book->rows[at];
        double total;
        char *page = page_name(rows);
        gr_html(out, "<tr><th scope=\"row\"><a href=\"%s\">%s</a></th>", page,
                cl_shown(rows));
        free(page);
        for (size_t i = 0; i < book->n_labs; i++)
            put_cell(out, &rows[i].mark);
        char *words = cl_book_total(book, rows, course, &total) ? cl_page_points(total)
                                                                : ag_format("—");
        gr_html(out, "<td class=\"puntos\">%s</td></tr>\n", words);
        free(words);
    }
    fputs("</tbody></table></div>\n", out);
}

/* ---- la página ------------------------------------------------------------------------- */

int cl_page_class(const struct cl_book *book, const struct course *course,
                  const struct cl_lab_stats *stats, const char *dir, struct gr_error *err)
{
    FILE *out = cl_open_output(dir, "index.html", err);
    if (!out)
        return -1;
    gr_page_open(out, "La clase");
    gr_html(out,
            "<h1>%s</h1>\n<p class=\"datos\">%zu alumnos. Todas las notas, también en "
            "<code>notas.csv</code>.</p>\n",
            course->title ? course->title : "La clase",
            book->n_labs ? book->n / book->n_labs : 0);
    if (book->n_labs > 1) {
        fputs("<ul class=\"laboratorios\">\n", out);
        for (size_t i = 0; i < book->n_labs; i++) {
            char *mean = cl_page_points(median(stats[i].points, stats[i].n_points));
            gr_html(out,
                    "<li><a href=\"#lab-%s\">%s. %s</a> <span class=\"datos\">mediana"
                    "</span> <span class=\"puntos\">%s</span></li>\n",
                    stats[i].id, stats[i].id, stats[i].title ? stats[i].title : "",
                    stats[i].n_points ? mean : "—");
            free(mean);
        }
        fputs("</ul>\n", out);
    }
    for (size_t i = 0; i < book->n_labs; i++)
        put_lab(out, book, stats, i);
    put_marks(out, book, course);
    gr_page_close(out);
    return cl_close_output(out, dir, "index.html", err);
}

int cl_output_pages(const struct cl_book *book, const struct course *course,
                    const char *dir, struct gr_error *err)
{
    struct cl_lab_stats *stats = cl_stats_new(book);
    int rc = 0;
    for (size_t at = 0; at < book->n && rc == 0; at += book->n_labs)
        rc = cl_page_student(book, at, course, stats, dir, err);
    for (size_t i = 0; i < book->n_labs; i++)
        cl_stats_sort(&stats[i]);
    if (rc == 0)
        rc = cl_page_class(book, course, stats, dir, err);
    cl_stats_free(stats, book->n_labs);
    return rc;
}
