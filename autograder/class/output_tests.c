/* Las pruebas de cada entrega, una a una: para Gradescope y en JUnit. */
#include "base/memory.h"
#include "base/text.h"
#include "class/names.h"
#include "class/output.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Lo que se usa de una prueba de resultados.json. */
struct told {
    const char *name, *title, *verdict;
    int points, max;
    char *story;
};

/* El resultados.json de una entrega, y en `*tests` sus pruebas; NULL si no hay. */
static json_t *open_result(const struct cl_row *row, json_t **tests)
{
    json_t *root = row->json ? json_loads(row->json, 0, NULL) : NULL;
    if (root && json_unpack(root, "{s:[{s:o}]}", "laboratorios", "pruebas", tests) == 0 &&
        json_is_array(*tests))
        return root;
    json_decref(root);
    return NULL;
}

static char *join(const json_t *lines)
{
    char *text = ag_format("%s", "");
    size_t i;
    json_t *line;
    json_array_foreach(lines, i, line)
    {
        char *more = ag_format("%s%s%s", text, i ? "\n" : "",
                               json_string_value(line) ?: "");
        free(text);
        text = more;
    }
    return text;
}

static bool read_test(json_t *test, struct told *told)
{
    json_t *story;
    if (json_unpack(test, "{s:s s:s s:s s:i s:i s:o}", "nombre", &told->name, "titulo",
                    &told->title, "veredicto", &told->verdict, "puntos", &told->points,
                    "maximo", &told->max, "historia", &story) < 0)
        return false;
    told->story = join(story);
    return true;
}

/* ---- Gradescope ------------------------------------------------------------------------ */

/* Sin nota (`known`) las pruebas tampoco llevan puntos: Gradescope sumaría los que hubiera. */
static json_t *gradescope_tests(const struct cl_row *row, bool known)
{
    json_t *list = json_array(), *tests, *test, *root = open_result(row, &tests);
    size_t i;
    json_array_foreach(root ? tests : NULL, i, test)
    {
        struct told told;
        if (!read_test(test, &told))
            continue;
        json_t *entry = json_pack("{s:s s:s s:s}", "name", told.title, "number",
                                  told.name, "output", told.story);
        if (known)
            json_object_update_new(
                entry,
                json_pack("{s:i s:i s:s}", "score", told.points, "max_score", told.max,
                          "status", told.points == told.max ? "passed" : "failed"));
        json_array_append_new(list, entry);
        free(told.story);
    }
    json_decref(root);
    return list;
}

/* Con nota, `score` manda sobre la suma de las pruebas: lleva los descuentos y los ajustes. */
static int write_gradescope(const struct cl_book_row *b, const char *dir,
                            struct gr_error *err)
{
    char *file = cl_file_name(b->row.student), *remarks = cl_remarks(b);
    char *name = ag_format("%s.json", file),
         *to = ag_format("%s/gradescope/%s", dir, b->row.lab);
    json_t *root = json_pack("{s:s s:o}", "output", remarks, "tests",
                             gradescope_tests(&b->row, b->mark.known));
    if (b->mark.known)
        json_object_set_new(root, "score", json_real(b->mark.points));
    FILE *f = cl_open_output(to, name, err);
    int rc = -1;
    if (f) {
        json_dumpf(root, f, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
        fputc('\n', f);
        rc = cl_close_output(f, to, name, err);
    }
    json_decref(root);
    free(to);
    free(name);
    free(remarks);
    free(file);
    return rc;
}

int cl_output_gradescope(const struct cl_book *book, const char *dir,
                         struct gr_error *err)
{
    for (size_t i = 0; i < book->n; i++)
        if (book->rows[i].row.state && write_gradescope(&book->rows[i], dir, err) < 0)
            return -1;
    return 0;
}

/* ---- JUnit ----------------------------------------------------------------------------- */

/* Un texto en XML. ag_clean deja ver los caracteres de control, que XML no admite. */
static void put_xml(FILE *f, const char *text)
{
    char *clean = ag_clean(text, strlen(text), SIZE_MAX, AG_LINES);
    for (const char *p = clean; *p; p++) {
        switch (*p) {
        case '&':
            fputs("&amp;", f);
            break;
        case '<':
            fputs("&lt;", f);
            break;
        case '>':
            fputs("&gt;", f);
            break;
        case '"':
            fputs("&quot;", f);
            break;
        default:
            fputc(*p, f);
        }
    }
    free(clean);
}

static void put_attribute(FILE *f, const char *name, const char *value)
{
    fprintf(f, " %s=\"", name);
    put_xml(f, value);
    fputc('"', f);
}

/* Quien no pasa falla; lo que no pudo calificar el corrector es un error, que no es lo mismo. */
static void put_case(FILE *f, const struct told *told)
{
    fputs("    <testcase", f);
    put_attribute(f, "classname", told->title);
    put_attribute(f, "name", told->name);
    if (strcmp(told->verdict, "bien") == 0) {
        fputs("/>\n", f);
        return;
    }
    const char *tag = strcmp(told->verdict, "fallo_corrector") == 0 ? "error" : "failure";
    fprintf(f, ">\n      <%s", tag);
    put_attribute(f, "message", told->verdict);
    fputc('>', f);
    put_xml(f, told->story);
    fprintf(f, "</%s>\n    </testcase>\n", tag);
}

static void count_cases(json_t *tests, int *failures, int *errors)
{
    size_t i;
    json_t *test;
    json_array_foreach(tests, i, test)
    {
        const char *verdict = json_string_value(json_object_get(test, "veredicto")) ?: "";
        bool broken = strcmp(verdict, "fallo_corrector") == 0;
        *errors += broken;
        *failures += !broken && strcmp(verdict, "bien") != 0;
    }
}

static void put_suite(FILE *f, const struct cl_book_row *b)
{
    json_t *tests = NULL, *test, *root = open_result(&b->row, &tests);
    int failures = 0, errors = 0;
    char *remarks = cl_remarks(b);
    size_t i, n = root ? json_array_size(tests) : 1;
    if (root)
        count_cases(tests, &failures, &errors);
    else if (b->mark.state == CL_REJECTED)
        failures = 1;
    else
        errors = 1;
    fprintf(f, "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%d\" errors=\"%d\">\n",
            b->row.lab, n, failures, errors);
    json_array_foreach(root ? tests : NULL, i, test)
    {
        struct told told;
        if (!read_test(test, &told))
            continue;
        put_case(f, &told);
        free(told.story);
    }
    if (!root)
        put_case(f, &(struct told){.name = "entrega",
                                   .title = "La entrega se puede calificar",
                                   .verdict = b->mark.state == CL_REJECTED
                                                  ? "rechazada"
                                                  : "fallo_corrector",
                                   .story = remarks});
    if (*remarks) {
        fputs("    <system-out>", f);
        put_xml(f, remarks);
        fputs("</system-out>\n", f);
    }
    fputs("  </testsuite>\n", f);
    free(remarks);
    json_decref(root);
}

static int write_junit(const struct cl_book_row *rows, size_t n, const char *dir,
                       struct gr_error *err)
{
    char *file = cl_file_name(rows->row.student), *name = ag_format("%s.xml", file);
    char *to = ag_format("%s/junit", dir);
    FILE *f = cl_open_output(to, name, err);
    int rc = -1;
    if (f) {
        fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", f);
        put_attribute(f, "name", rows->row.student);
        fputs(">\n", f);
        for (size_t i = 0; i < n; i++)
            if (rows[i].row.state)
                put_suite(f, &rows[i]);
        fputs("</testsuites>\n", f);
        rc = cl_close_output(f, to, name, err);
    }
    free(to);
    free(name);
    free(file);
    return rc;
}

int cl_output_junit(const struct cl_book *book, const char *dir, struct gr_error *err)
{
    for (size_t at = 0; at < book->n; at += book->n_labs)
        if (write_junit(&book->rows[at], book->n_labs, dir, err) < 0)
            return -1;
    return 0;
}
