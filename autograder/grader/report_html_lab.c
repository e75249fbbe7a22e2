/* Un laboratorio en la página: sus etapas y sus pruebas. */
#include "base/memory.h"
#include "grader/html.h"
#include "grader/report_page.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_STORIES 3 /* de la etapa que toca */

const char *gr_page_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int gr_page_int(const json_t *object, const char *key)
{
    return (int)json_integer_value(json_object_get(object, key));
}

static bool is(const json_t *object, const char *key, const char *value)
{
    return strcmp(gr_page_text(object, key), value) == 0;
}

/* ---- la historia ----------------------------------------------------------------- */

static bool starts(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

/* ¿Es un paso, « 3. +0,120 s  Llega una petición»? Deja en `time` y `text` sus dos partes. */
static bool step_of(const char *line, const char **time, const char **text)
{
    line += strspn(line, " ");
    size_t digits = strspn(line, "0123456789");
    if (digits == 0 || !starts(line + digits, ". +"))
        return false;
    *time = line + digits + 2;
    *text = strstr(*time, " s  ");
    if (*text)
        *text += 4;
    return *text;
}

#define HEADLINE "FALLO: "

/* Lo primero que se lee: qué debía ocurrir y qué ocurrió. */
static void put_headline(FILE *out, const json_t *story)
{
    size_t i;
    json_t *line;
    json_array_foreach((json_t *)story, i, line)
    {
        const char *text = json_string_value(line);
        if (text && starts(text, HEADLINE))
            gr_html(out, "<p class=\"fallo\"><strong>Fallo:</strong> %s</p>\n",
                    text + strlen(HEADLINE));
    }
}

enum block { NONE, STEPS, QUOTED };

static void change(FILE *out, enum block *now, enum block to)
{
    static const char *const open[] = {"", "<ol class=\"pasos\">\n",
                                       "<pre tabindex=\"0\">"};
    static const char *const close[] = {"", "</ol>\n", "</pre>\n"};
    if (*now == to)
        return;
    fputs(close[*now], out);
    fputs(open[to], out);
    *now = to;
}

static void put_line(FILE *out, const char *line, enum block *now)
{
    static const char repeat[] = "Para repetirlo: ";
    const char *time, *text;
    if (step_of(line, &time, &text)) {
        char *when = ag_format("%.*s", (int)(text - time) - 2, time);
        change(out, now, STEPS);
        gr_html(out, "<li><span class=\"hora\">%s</span> %s</li>\n", when, text);
        free(when);
    } else if (starts(line, HEADLINE)) {
        change(out, now, NONE); /* ya está dicho, arriba */
    } else if (starts(line, repeat)) {
        change(out, now, NONE);
        gr_html(out, "<p class=\"orden\">Para repetirlo: <code>%s</code></p>\n",
                line + strlen(repeat));
    } else if (starts(line, "  ")) {
        change(out, now, QUOTED);
        gr_html(out, "%s\n", line);
    } else if (*line) {
        change(out, now, NONE);
        gr_html(out, "<p>%s</p>\n", line);
    }
}

static void put_story(FILE *out, const json_t *story)
{
    size_t i;
    json_t *item;
    enum block now = NONE;
    fputs("<div class=\"historia\">\n", out);
    json_array_foreach((json_t *)story, i, item)
    {
        const char *text = json_string_value(item);
        while (text && *text) {
            size_t n = strcspn(text, "\n");
            char *line = ag_format("%.*s", (int)n, text);
            put_line(out, line, &now);
            free(line);
            text += n + (text[n] == '\n');
        }
    }
    change(out, &now, NONE);
    fputs("</div>\n", out);
}

/* ---- una prueba ------------------------------------------------------------------ */

static const char *mark_of(const json_t *test)
{
    if (json_object_get(test, "espera_a") || is(test, "veredicto", "no_compila"))
        return "·";
    return is(test, "veredicto", "bien")              ? "✓"
           : is(test, "veredicto", "fallo_corrector") ? "!"
                                                      : "✗";
}

static const char *class_of(const json_t *test)
{
    const char *mark = mark_of(test);
    return strcmp(mark, "✓") == 0 ? "si" : strcmp(mark, "✗") == 0 ? "no" : "aun";
}

static const char *words_of(const json_t *test)
{
    return json_object_get(test, "espera_a")          ? "en espera"
           : is(test, "veredicto", "bien")            ? "bien"
           : is(test, "veredicto", "tiempo")          ? "tiempo agotado"
           : is(test, "veredicto", "no_compila")      ? "no compila"
           : is(test, "veredicto", "fallo_corrector") ? "no calificada"
                                                      : "mal";
}

void gr_page_read(FILE *out, const json_t *test)
{
    const char *read = gr_page_text(test, "leer"), *page = gr_page_text(test, "abre");
    if (strncmp(page, "file:///", 8) == 0)
        gr_html(out, "Lee <a href=\"%s\"><code>%s</code></a>", page, read);
    else
        gr_html(out, "Lee <code>%s</code>", read);
}

void gr_page_test(FILE *out, const json_t *test, const char *id, bool drawn)
{
    const char *read = gr_page_text(test, "leer");
    put_headline(out, json_object_get(test, "historia"));
    if (drawn)
        gr_page_timeline(out, json_object_get(test, "cronologia"), id);
    put_story(out, json_object_get(test, "historia"));
    if (*read && !is(test, "veredicto", "bien")) {
        fputs("<p class=\"leer\">", out);
        gr_page_read(out, test);
        fputs("</p>\n", out);
    }
}

static void put_test(FILE *out, const json_t *lab, const json_t *test, bool open,
                     enum gr_drawn drawn)
{
    gr_html(out, "<details class=\"prueba %s\" id=\"p-%s-%s\"", class_of(test),
            gr_page_text(lab, "lab"), gr_page_text(test, "nombre"));
    fputs(open ? " open>" : ">", out);
    gr_html(out,
            "<summary><span class=\"marca\" aria-hidden=\"true\">%s</span> <span "
            "class=\"nombre\">%s <span class=\"corto\">%s</span></span> ",
            mark_of(test), gr_page_text(test, "titulo"), gr_page_text(test, "nombre"));
    gr_html(out,
            "<span class=\"puntos\"><span class=\"estado\">%s</span> %d/%d</span>"
            "</summary>\n<div class=\"cuerpo\">\n",
            words_of(test), gr_page_int(test, "puntos"), gr_page_int(test, "maximo"));
    char *id = ag_format("%s-%s", gr_page_text(lab, "lab"), gr_page_text(test, "nombre"));
    gr_page_test(out, test, id, drawn == GR_ALL_DRAWN || strcmp(mark_of(test), "✗") == 0);
    free(id);
    fputs("</div></details>\n", out);
}

/* ---- una etapa ------------------------------------------------------------------- */

/* ¿Dice algo por sí misma? Sin compilar, la primera habla por todas. */
static bool tells(const json_t *test, size_t at)
{
    return !is(test, "veredicto", "bien") && !json_object_get(test, "espera_a") &&
           (at == 0 || !is(test, "veredicto", "no_compila"));
}

/* En `opened`, cuántas historias se enseñan ya abiertas. */
static void put_stage(FILE *out, const json_t *lab, const json_t *stage, int *opened,
                      enum gr_drawn drawn)
{
    size_t i;
    json_t *test;
    int number = gr_page_int(stage, "etapa"), points = gr_page_int(stage, "puntos"),
        max = gr_page_int(stage, "maximo");
    bool next = is(stage, "estado", "siguiente");
    bool alone = json_array_size(json_object_get(lab, "pruebas")) == 1;
    gr_html(out, "<details class=\"etapa %s\"", gr_page_text(stage, "estado"));
    fputs(next || alone ? " open>" : ">", out);
    gr_html(out,
            "<summary><h3>Etapa %d. %s <span class=\"puntos\">%d/%d</span></h3>\n"
            "<meter min=\"0\" max=\"%d\" value=\"%d\" aria-label=\"Puntos de la etapa "
            "%d\"></meter></summary>\n",
            number, gr_page_text(stage, "titulo"), points, max, max, points, number);
    json_array_foreach(json_object_get(lab, "pruebas"), i, test)
    {
        if (gr_page_int(test, "etapa") != number)
            continue;
        bool open = (next || alone) && tells(test, i) && *opened < OPEN_STORIES;
        *opened += open;
        put_test(out, lab, test, open, drawn);
    }
    fputs("</details>\n", out);
}

/* ---- el laboratorio -------------------------------------------------------------- */

static void put_notes(FILE *out, const json_t *lab)
{
    const char *altered = gr_page_text(lab, "dados_cambiados");
    const char *gcc = gr_page_text(lab, "gcc");
    if (*altered)
        gr_html(out,
                "<p class=\"aparte\">Calificado con los archivos que da el laboratorio, "
                "porque los entregados no son iguales: %s.</p>\n",
                altered);
    if (gr_page_int(lab, "sin_calificar") > 0)
        gr_html(out,
                "<p class=\"aparte\">%d puntos sin calificar: el corrector falló. Siguen "
                "en el total: repite la calificación para ganarlos.</p>\n",
                gr_page_int(lab, "sin_calificar"));
    if (*gcc && !is(lab, "veredicto", "no_compila"))
        gr_html(out,
                "<details class=\"avisos\"><summary>gcc avisa (no resta puntos)</summary>"
                "<pre tabindex=\"0\">%s</pre></details>\n",
                gcc);
}

void gr_page_lab(FILE *out, const json_t *lab, enum gr_drawn drawn)
{
    size_t i;
    json_t *stage;
    int opened = 0;
    gr_html(out,
            "<section class=\"lab\" id=\"lab-%s\"><h2>%s. %s <span class=\"puntos\">"
            "%d/%d</span></h2>\n",
            gr_page_text(lab, "lab"), gr_page_text(lab, "lab"),
            gr_page_text(lab, "titulo"), gr_page_int(lab, "puntos"),
            gr_page_int(lab, "maximo"));
    put_notes(out, lab);
    json_array_foreach(json_object_get(lab, "etapas"), i, stage)
    {
        put_stage(out, lab, stage, &opened, drawn);
    }
    fputs("</section>\n", out);
}
