/* La página del informe: los mismos resultados que resultados.json, para leerlos. */
#include "base/memory.h"
#include "grader/html.h"
#include "grader/report.h"
#include "grader/report_page.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void gr_page_open(FILE *out, const char *title)
{
    gr_html(out,
            "<!DOCTYPE html>\n<html lang=\"es\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s</title>\n"
            "<link rel=\"icon\" href=\"data:,\">\n<style>\n",
            title);
    fputs(gr_html_css, out);
    fputs("</style>\n</head>\n<body>\n<main>\n", out);
}

void gr_page_close(FILE *out)
{
    fputs("</main>\n</body>\n</html>\n", out);
}

/* ---- de un vistazo --------------------------------------------------------------- */

static void put_ladder(FILE *out, const json_t *lab)
{
    size_t i;
    json_t *stage;
    fputs("<span class=\"peldanos\">", out);
    json_array_foreach(json_object_get(lab, "etapas"), i, stage)
    {
        gr_html(out,
                "<span class=\"%s\" title=\"Etapa %d. %s: %d/%d\"><span class=\"oculto\">"
                "Etapa %d, %s. </span></span>",
                gr_page_text(stage, "estado"), gr_page_int(stage, "etapa"),
                gr_page_text(stage, "titulo"), gr_page_int(stage, "puntos"),
                gr_page_int(stage, "maximo"), gr_page_int(stage, "etapa"),
                gr_page_text(stage, "estado"));
    }
    fputs("</span>", out);
}

static void put_labs(FILE *out, const json_t *labs)
{
    size_t i;
    json_t *lab;
    fputs("<ul class=\"laboratorios\">\n", out);
    json_array_foreach((json_t *)labs, i, lab)
    {
        const char *id = gr_page_text(lab, "lab");
        gr_html(out, "<li><a href=\"#lab-%s\">%s. %s</a> ", id, id,
                gr_page_text(lab, "titulo"));
        put_ladder(out, lab);
        gr_html(out, " <span class=\"puntos\">%d/%d</span></li>\n",
                gr_page_int(lab, "puntos"), gr_page_int(lab, "maximo"));
    }
    fputs("</ul>\n", out);
}

/* ---- qué hacer ahora ------------------------------------------------------------- */

static const json_t *first_failure(const json_t *lab)
{
    size_t i;
    json_t *test;
    json_array_foreach(json_object_get(lab, "pruebas"), i, test)
    {
        if (strcmp(gr_page_text(test, "veredicto"), "bien") != 0 &&
            !json_object_get(test, "espera_a"))
            return test;
    }
    return NULL;
}

static void put_next(FILE *out, const json_t *root)
{
    const json_t *lab = NULL, *test;
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(root, "laboratorios"), i, one)
    {
        if (strcmp(gr_page_text(one, "lab"), gr_page_text(root, "siguiente")) == 0)
            lab = one;
    }
    if (!lab) {
        fputs("<p class=\"pregunta\">Todo correcto.</p>\n", out);
        return;
    }
    test = first_failure(lab);
    if (!test)
        return;
    bool built = strcmp(gr_page_text(lab, "veredicto"), "no_compila") != 0;
    const char *id = gr_page_text(lab, "lab"), *read = gr_page_text(test, "leer");
    gr_html(out,
            "<div class=\"pregunta\"><p>Siguiente paso: <a "
            "href=\"#p-%s-%s\">%s</a></p>\n<ul>",
            id, gr_page_text(test, "nombre"),
            built ? gr_page_text(test, "titulo") : "que el programa compile");
    if (*read && built) {
        fputs("<li>", out);
        gr_page_read(out, test);
        fputs("</li>", out);
    }
    gr_html(out, "<li>Una pista: <code>make hint LAB=%s</code></li></ul></div>\n", id);
}

/* ---- la página ------------------------------------------------------------------- */

static void put_top(FILE *out, const json_t *root)
{
    char *only = ag_format("%s", gr_page_text(root, "solo"));
    int ms = gr_page_int(root, "ms");
    gr_html(out, "<h1>Informe de calificación <span class=\"puntos\">%d/%d</span></h1>\n",
            gr_page_int(root, "total"), gr_page_int(root, "maximo"));
    gr_html(out,
            "<p class=\"datos\">%s, en %d,%d s, con los datos de <code>SEMILLA=%s"
            "</code>.",
            gr_page_text(root, "fecha"), ms / 1000, ms / 100 % 10,
            gr_page_text(root, "semilla"));
    if (*only)
        gr_html(out, " Solo la prueba <code>%s</code>.", only);
    fputs("</p>\n", out);
    if (strcmp(gr_page_text(root, "peldano"), "completa") != 0)
        gr_html(out,
                "<p class=\"aparte\">Calificado en la caja «%s»: el programa %s.</p>\n",
                gr_page_text(root, "peldano"), gr_page_text(root, "sin_aislar"));
    if (json_is_true(json_object_get(root, "caja")))
        gr_html(out, "<p class=\"aparte\">%s.</p>\n",
                gr_memory_law(json_is_true(json_object_get(root, "grupo_de_control"))));
    free(only);
}

void gr_report_html(FILE *out, const json_t *root)
{
    size_t i;
    json_t *lab, *labs = json_object_get(root, "laboratorios");
    gr_page_open(out, "Informe de calificación");
    put_top(out, root);
    put_next(out, root);
    if (json_array_size(labs) > 1)
        put_labs(out, labs);
    json_array_foreach(labs, i, lab)
    {
        gr_page_lab(out, lab, GR_ALL_DRAWN);
    }
    gr_page_close(out);
}
