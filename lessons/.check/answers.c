#include "check.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

/*
 * Las respuestas de un capítulo están en respuestas.md, y cada pregunta enlaza la suya en un párrafo
 * aparte: quien lee el Markdown en su editor no tropieza con ella, y el libro la pliega en su sitio
 * (lessons/.book/answers.lua). El título de una respuesta dice de qué pregunta es:
 *
 *   Compruébalo, 3                la tercera del apartado «Compruébalo» del capítulo
 *   Una barrera. Para pensar, 1   la primera, en la página «Una barrera: la línea de salida»
 *   Antes de seguir. Uno: ...     en otra página, un apartado que es entero una pregunta
 */

static const char FILE_NAME[] = "respuestas.md", LINK[] = "](respuestas.md";

struct answers {
    struct report *report;
    char **anchors; /* las que enlaza alguna pregunta */
    size_t count;
};

/* Por dónde se va en una página. */
struct reading {
    struct answers *answers;
    const char *path;
    const struct text *text;
    char *page;          /* cómo empiezan sus títulos; "" en el capítulo */
    const char *section; /* el apartado */
    size_t number, line; /* la pregunta de la lista, si se está en una, y dónde empieza */
    bool answered;       /* y si ya enlazó su respuesta */
};

static bool starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " ")] == '\0';
}

static bool linked(const struct answers *a, const char *anchor)
{
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->anchors[i], anchor) == 0)
            return true;
    }
    return false;
}

/* La línea de título de la respuesta a lo que se pregunta aquí. El enlace de una pregunta de una lista va
 * dentro de ella, con su margen. */
static char *answer_title(const struct reading *r, bool in_list)
{
    return in_list ? format("## %s%s, %zu", r->page, r->section, r->number)
                   : format("## %s%s", r->page, r->section);
}

/* Se acaba una pregunta: las de estos apartados tienen respuesta. */
static void close_question(struct reading *r)
{
    bool asks = strcmp(r->section, "Compruébalo") == 0 ||
                strcmp(r->section, "Para pensar") == 0;

    if (asks && r->number > 0 && !r->answered) {
        char *title = answer_title(r, true), *anchor = title_anchor(title);
        fail(r->answers->report, r->path, r->line,
             "esta pregunta no enlaza su respuesta: [Respuesta](%s#%s)", FILE_NAME,
             anchor);
        free(anchor);
        free(title);
    }
    r->number = 0;
    r->answered = false;
}

/* El ancla de una línea que es solo [texto](respuestas.md#ancla), en un párrafo suyo; si no, NULL. */
static char *link_anchor(const struct text *text, size_t i)
{
    const char *line = text->lines[i] + strspn(text->lines[i], " ");
    const char *at = strstr(line, LINK) + strlen(LINK);
    size_t n = strcspn(at, ")");
    bool alone = line[0] == '[' && at[0] == '#' && at[n] == ')' && at[n + 1] == '\0';

    alone &= i > 0 && is_blank(text->lines[i - 1]);
    alone &= i + 1 >= text->count || is_blank(text->lines[i + 1]);
    return alone ? format("%.*s", (int)n - 1, at + 1) : NULL;
}

static void check_link(struct reading *r, size_t i)
{
    struct answers *a = r->answers;
    char *anchor = link_anchor(r->text, i);
    if (!anchor) {
        fail(a->report, r->path, i + 1,
             "el enlace a una respuesta va en un párrafo suyo, [Respuesta](%s#ancla)",
             FILE_NAME);
        return;
    }
    bool in_list = r->number > 0 && r->text->lines[i][0] == ' ';
    char *title = answer_title(r, in_list), *right = title_anchor(title);
    if (strcmp(anchor, right) != 0)
        fail(a->report, r->path, i + 1,
             "la respuesta de esta pregunta se titula «%s», y su enlace es %s#%s",
             title + strlen("## "), FILE_NAME, right);
    else if (linked(a, anchor))
        fail(a->report, r->path, i + 1, "esta pregunta ya enlaza su respuesta");
    r->answered |= in_list;
    free(title);
    free(right);
    a->anchors = reallocarray(a->anchors, a->count + 1, sizeof *a->anchors);
    if (!a->anchors)
        exit(3);
    a->anchors[a->count++] = anchor;
}

/* Una línea que no está en un bloque de código. */
static void read_line(struct reading *r, size_t i)
{
    const char *line = r->text->lines[i];
    size_t digits = strspn(line, "0123456789");

    if (line[0] == '#') {
        close_question(r);
        r->section = line + strspn(line, "# ");
        if (starts(line, "# ") && strcmp(strrchr(r->path, '/'), "/README.md") != 0) {
            free(r->page);
            r->page = format("%.*s. ", (int)strcspn(r->section, ":,"), r->section);
        }
    } else if (digits > 0 && starts(line + digits, ". ")) {
        close_question(r);
        r->number = strtoul(line, NULL, 10);
        r->line = i + 1;
    } else if (starts(line + strspn(line, " "), "<details")) {
        fail(r->answers->report, r->path, i + 1,
             "aquí no se pliega nada: lo que se responde va en %s, y la pregunta lo "
             "enlaza",
             FILE_NAME);
    } else if (strstr(line, LINK)) {
        check_link(r, i);
    }
}

/* Llama a `fn` con cada línea que no está en un bloque de código. */
static void outside_code(const struct text *text, void (*fn)(struct reading *, size_t),
                         struct reading *r)
{
    size_t open = 0;

    for (size_t i = 0; i < text->count; i++) {
        const char *info;
        size_t fence = fence_length(text->lines[i], &info);
        if (open == 0 && fence == 0)
            fn(r, i);
        else if (open == 0)
            open = fence;
        else if (fence >= open && !*info)
            open = 0;
    }
}

static void read_page(struct answers *a, const char *path)
{
    struct text text;
    struct reading r = {.answers = a, .path = path, .text = &text, .section = ""};

    if (!text_read(&text, path))
        return;
    r.page = format("%s", "");
    outside_code(&text, read_line, &r);
    close_question(&r);
    free(r.page);
    text_free(&text);
}

/* Cada título de respuestas.md es la respuesta de alguien, y dice algo. */
static void read_answer(struct reading *r, size_t i)
{
    const char *line = r->text->lines[i];
    size_t next = i + 1;

    if (!starts(line, "## "))
        return;
    char *anchor = title_anchor(line);
    if (!linked(r->answers, anchor))
        fail(r->answers->report, r->path, i + 1,
             "ninguna pregunta enlaza esta respuesta");
    free(anchor);
    while (next < r->text->count && is_blank(r->text->lines[next]))
        next++;
    if (next == r->text->count || starts(r->text->lines[next], "## "))
        fail(r->answers->report, r->path, i + 1, "esta respuesta está vacía");
}

bool is_answers(const char *path)
{
    return strcmp(strrchr(path, '/') + 1, FILE_NAME) == 0;
}

void answers_check(struct report *report, char *const *pages, size_t count)
{
    struct answers a = {.report = report};

    for (size_t i = 0; i < count; i++) {
        if (!is_answers(pages[i]))
            read_page(&a, pages[i]);
    }
    for (size_t i = 0; i < count; i++) {
        struct text text;
        struct reading r = {.answers = &a, .path = pages[i], .text = &text};
        if (!is_answers(pages[i]) || !text_read(&text, pages[i]))
            continue;
        outside_code(&text, read_answer, &r);
        text_free(&text);
    }
    for (size_t i = 0; i < a.count; i++)
        free(a.anchors[i]);
    free(a.anchors);
}
