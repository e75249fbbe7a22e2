/* Las páginas de una clase, hechas de un libro de mentira en el que todo texto es hostil. */
#include "base/dir.h"
#include "base/memory.h"
#include "class/page.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(paginas, .timeout = 60);

#define EVIL   "<script>alert(1)</script>\x1b[2J\u202e\"'&"
#define LABS   2
#define PEOPLE 4

/* ---- el libro ---------------------------------------------------------------------------- */

/* Unas etapas, una prueba que pasa, otra que no y otra que la espera. */
static char *result_text(const char *verdict)
{
    json_t *chronicle = json_pack("{s:f s:i s:[{s:s s:s s:[{s:f s:f s:s s:s}]}]}", "fin",
                                  10.0, "omitidos", 0, "carriles", "clase", "ruta",
                                  "nombre", EVIL, "sucesos", "ms", 1.0, "hasta", 5.0,
                                  "tono", "normal", "texto", EVIL);
    json_t *tests = json_pack(
        "[{s:s s:s s:s s:i s:i s:i s:[s]}, {s:s s:s s:s s:i s:i s:i s:[s] s:o},"
        " {s:s s:s s:s s:i s:i s:i s:[s] s:s}]",
        "nombre", "pasa", "titulo", "La que pasa", "veredicto", "bien", "etapa", 1,
        "puntos", 40, "maximo", 40, "historia", " 1. +0,001 s  Un paso", "nombre",
        "falla", "titulo", "La que falla " EVIL, "veredicto", verdict, "etapa", 1,
        "puntos", 0, "maximo", 40, "historia", "FALLO: " EVIL, "cronologia", chronicle,
        "nombre", "espera", "titulo", "La que espera", "veredicto", "mal", "etapa", 1,
        "puntos", 0, "maximo", 20, "historia", "Se salta", "espera_a", "La que falla");
    json_t *root = json_pack("{s:[{s:s s:s s:s s:i s:i s:[{s:i s:s s:i s:i s:s}] s:o}]}",
                             "laboratorios", "lab", "07", "titulo", "El monitor",
                             "veredicto", verdict, "puntos", 40, "maximo", 100, "etapas",
                             "etapa", 1, "titulo", EVIL, "puntos", 40, "maximo", 100,
                             "estado", "siguiente", "pruebas", tests);
    char *text = json_dumps(root, 0);
    json_decref(root);
    return text;
}

/* Ana falla una, Luis no compila, a Eva se la rechazan y Nadie no entrega; del 08, ninguno. */
static struct cl_book make_book(void)
{
    static const char *const people[PEOPLE] = {"Ana " EVIL, "Luis", "Eva", "Nadie #1?"};
    static const enum cl_state states[PEOPLE] = {CL_GRADED, CL_GRADED, CL_REJECTED,
                                                 CL_MISSING};
    static char *labs[] = {"07", "08"};
    struct cl_book book = {.labs = labs, .n_labs = LABS};
    book.rows = ag_alloc((size_t)PEOPLE * LABS, sizeof *book.rows);
    for (size_t i = 0; i < PEOPLE; i++)
        for (size_t k = 0; k < LABS; k++) {
            enum cl_state state = k == 0 ? states[i] : CL_MISSING;
            bool graded = state == CL_GRADED;
            book.rows[book.n++] = (struct cl_book_row){
                .row = {.student = people[i],
                        .lab = labs[k],
                        .state = state == CL_MISSING ? NULL : "entregada",
                        .why = state == CL_REJECTED ? "motivo " EVIL : NULL,
                        .origin = EVIL,
                        .comment = i == 0 && k == 0 ? "bravo " EVIL : NULL,
                        .json = !graded  ? NULL
                                : i == 0 ? result_text("mal")
                                         : result_text("no_compila"),
                        .seconds = 61},
                .mark = {.state = state,
                         .known = graded || state == CL_REJECTED,
                         .points = graded && i == 0 ? 40 : 0,
                         .max = 100}};
        }
    return book;
}

static void free_book(struct cl_book *book)
{
    for (size_t i = 0; i < book->n; i++)
        free((char *)book->rows[i].row.json);
    free(book->rows);
}

/* ---- hacerlas y leerlas ------------------------------------------------------------------ */

static char *dir;

static void build(void)
{
    struct cl_book book = make_book();
    struct course course = {.title = "Curso " EVIL};
    struct gr_error err;
    const char *kept = getenv("PAGINAS_EN"); /* para mirarlas en un navegador */
    if (kept)
        dir = ag_format("%s", kept);
    else
        cr_assert_eq(ag_temp_dir("paginas", &dir), 0);
    cr_assert_eq(cl_output_pages(&book, &course, dir, &err), 0, "%s", err.text);
    free_book(&book);
}

static void clean(void)
{
    if (!getenv("PAGINAS_EN"))
        ag_remove_tree(dir);
    free(dir);
}

static char *page(const char *name)
{
    char *text;
    size_t size;
    int rc = ag_read_file(dir, name, 1 << 20, &text, &size);
    cr_assert_eq(rc, 0, "%s: %s", name, strerror(-rc));
    return text;
}

static void says(const char *text, const char *what)
{
    cr_assert(strstr(text, what), "no dice «%s»", what);
}

Test(paginas, la_de_la_clase_cuenta_lo_que_paso, .init = build, .fini = clean)
{
    char *text = page("index.html");
    says(text, "07. El monitor");
    says(text, "Con nota: 3. Media: 13,33. Mediana: 0.");
    says(text, "una entrega, 1 min 1 s de mediana");
    says(text, "2 de 0–9; 1 de 40–49; ");
    says(text, "No compilan: 1");
    says(text, "Entregas rechazadas: 1");
    says(text, "No han entregado: 1");
    says(text, "1 de 1 (100 %)");
    says(text, "href=\"alumnos/Luis.html\"");
    says(text, "Nadie%20");
    cr_assert_null(strstr(text, "<span class=\"corto\">espera</span>"));
    free(text);
}

Test(paginas, la_de_un_alumno_solo_habla_de_lo_suyo, .init = build, .fini = clean)
{
    char *text = page("alumnos/Luis.html");
    says(text, "<h1>Luis");
    says(text, "no compila");
    cr_assert_null(strstr(text, "Ana"));
    free(text);
    text = page("alumnos/Eva.html");
    says(text, "motivo &lt;script&gt;");
    says(text, "rechazada");
    free(text);
}

Test(paginas, nada_hostil_llega_vivo, .init = build, .fini = clean)
{
    static const char *const pages[] = {"index.html", "alumnos/Eva.html"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        char *text = page(pages[i]);
        cr_assert_null(strstr(text, "<script"), "%s", pages[i]);
        cr_assert_null(strchr(text, '\x1b'), "%s", pages[i]);
        cr_assert_null(strstr(text, "\u202e"), "%s", pages[i]);
        says(text, "</html>");
        free(text);
    }
}

Test(paginas, sin_nadie_tambien_hay_pagina)
{
    struct cl_book book = {0};
    struct course course = {0};
    struct gr_error err;
    cr_assert_eq(ag_temp_dir("paginas", &dir), 0);
    cr_assert_eq(cl_output_pages(&book, &course, dir, &err), 0, "%s", err.text);
    char *text = page("index.html");
    says(text, "0 alumnos");
    free(text);
    clean();
}
