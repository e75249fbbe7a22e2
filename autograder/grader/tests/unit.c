/* Las piezas del corrector que no necesitan ni caja ni compilador. */
#include "../../box/box.h"
#include "../grader.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(manifiesto, .timeout = 20);
TestSuite(puntos, .timeout = 20);
TestSuite(gcc, .timeout = 20);
TestSuite(texto, .timeout = 20);
TestSuite(fuentes, .timeout = 20);
TestSuite(guardadas, .timeout = 20);

/* ---- manifiesto --------------------------------------------------------------------- */

static const char good[] =
    "{\"lab\": \"07\", \"titulo\": \"Monitor\", \"programa\": \"monitor\","
    " \"fuentes\": [\"monitor.c\", \"sitio.h\"], \"capitulo\": \"lessons/03\","
    " \"pruebas\": ["
    "  {\"nombre\": \"una\", \"titulo\": \"Una\", \"puntos\": 60, \"leer\": "
    "\"lessons/03#a\"},"
    "  {\"nombre\": \"dos\", \"titulo\": \"Dos\", \"puntos\": 30, \"requiere\": "
    "[\"una\"]},"
    "  {\"nombre\": \"tres\", \"titulo\": \"Tres\", \"puntos\": 10, \"requiere\": "
    "[\"dos\"], \"asan\": true}]}";

/* Plantilla para mkstemp y mkdtemp, en memoria nueva. */
static char *temporary(void)
{
    const char *tmp = getenv("TMPDIR");
    return gr_format("%s/asinc-unit-XXXXXX", tmp && *tmp ? tmp : "/tmp");
}

static int load_text(struct gr_lab *lab, const char *text, struct gr_error *err)
{
    char *path = temporary();
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    int rc = gr_lab_load(lab, path, "07-monitor", err);
    unlink(path);
    free(path);
    return rc;
}

/* `good` con la primera aparición de `what` cambiada por `with`. */
static char *changed(const char *what, const char *with)
{
    const char *at = strstr(good, what);
    cr_assert(at, "«%s» no está en el manifiesto", what);
    return gr_format("%.*s%s%s", (int)(at - good), good, with, at + strlen(what));
}

Test(manifiesto, bueno)
{
    struct gr_lab lab;
    struct gr_error err;
    cr_assert(load_text(&lab, good, &err) == 0, "%s", err.text);
    cr_expect(strcmp(lab.id, "07") == 0 && strcmp(lab.program, "monitor") == 0);
    cr_expect(lab.n_sources == 2 && lab.n_tests == 3 && lab.seconds == GR_SUITE_SECONDS);
    cr_expect(lab.tests[2].n_needs == 1 && lab.tests[2].needs[0] == 1);
    cr_expect(lab.tests[0].read && !lab.tests[1].read);
    cr_expect(lab.tests[2].asan && !lab.tests[1].asan);
    cr_expect(gr_lab_find(&lab, "tres") == 2 && gr_lab_find(&lab, "cuatro") == -1);
    gr_lab_free(&lab);
}

Test(manifiesto, cada_error_se_nombra)
{
    static const struct {
        const char *what, *with, *says;
    } cases[] = {
        {"{\"lab\"", "[\"lab\"", "JSON mal escrito"},
        {"\"07\"", "7", "\"lab\" debe ser un texto no vacío"},
        {"\"07\"", "\"08\"", "la carpeta es 07-monitor"},
        {"\"titulo\"", "\"título\"", "sobra la clave \"título\""},
        {"\"Monitor\"", "\"\"", "\"titulo\" debe ser un texto no vacío"},
        {"\"Monitor\"", "\"Mo\\nnitor\"", "\"titulo\" debe caber en una línea"},
        {"\"monitor\"", "\"../monitor\"", "\"programa\" debe ser un nombre sencillo"},
        {"\"monitor.c\"", "\"../monitor.c\"", "fuentes[0]"},
        {"\"monitor.c\"", "\"/etc/x.c\"", "fuentes[0]"},
        {"\"monitor.c\"", "\"monitor.py\"", "fuentes[0]"},
        {"\"monitor.c\"", "\"monitor.h\"", "no tiene ningún .c"},
        {"[\"monitor.c\", \"sitio.h\"]", "[]", "\"fuentes\" debe ser una lista"},
        {"\"una\", \"titulo\"", "\"u na\", \"titulo\"", "solo admite letras, cifras y _"},
        {"\"una\", \"titulo\"", "\"../una\", \"titulo\"",
         "solo admite letras, cifras y _"},
        {"\"dos\", \"titulo\"", "\"una\", \"titulo\"", "la prueba \"una\" está repetida"},
        {"60", "61", "los puntos suman 101 y deben sumar 100"},
        {"60", "0", "prueba \"una\": \"puntos\" debe ser un entero de 1 a 100"},
        {"60", "60.0", "\"puntos\" debe ser un entero"},
        {"60", "\"60\"", "\"puntos\" debe ser un entero"},
        {"[\"una\"]", "[\"tres\"]", "requiere \"tres\", que no es una prueba anterior"},
        {"[\"una\"]", "[\"dos\"]", "requiere \"dos\", que no es una prueba anterior"},
        {"[\"una\"]", "[1]", "requiere \"?\""},
        {"[\"una\"]", "\"una\"", "\"requiere\" debe ser una lista"},
        {"requiere", "require", "prueba \"dos\": sobra la clave \"require\""},
        {"\"asan\": true", "\"asan\": 1", "\"asan\" debe ser true o false"},
        {"\"capitulo\"", "\"segundos\": 0, \"capitulo\"",
         "\"segundos\" debe ser un entero"},
        {"\"capitulo\"", "\"lab\": \"07\", \"capitulo\"", "JSON mal escrito"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gr_lab lab;
        struct gr_error err = {0};
        char *text = changed(cases[i].what, cases[i].with);
        cr_expect(load_text(&lab, text, &err) < 0, "se acepta %s", cases[i].with);
        cr_expect(strstr(err.text, cases[i].says), "con %s dice «%s»", cases[i].with,
                  err.text);
        free(text);
    }
}

Test(manifiesto, que_no_existe)
{
    struct gr_lab lab;
    struct gr_error err;
    cr_expect(gr_lab_load(&lab, "/no/hay/lab.json", "07-monitor", &err) < 0);
    cr_expect(strstr(err.text, "/no/hay/lab.json: no se puede leer"), "%s", err.text);
}

/* ---- puntos ------------------------------------------------------------------------------ */

/* Puntúa `good` con estos veredictos para una, dos y tres. */
static struct gr_job scored(struct gr_lab *lab, const enum gr_verdict verdicts[3])
{
    struct gr_error err;
    cr_assert(load_text(lab, good, &err) == 0, "%s", err.text);
    struct gr_job job = {
        .lab = lab, .n_results = 3, .results = gr_alloc(3, sizeof *job.results)};
    for (size_t i = 0; i < 3; i++)
        job.results[i] = (struct gr_result){
            .test = &lab->tests[i], .verdict = verdicts[i], .story = json_array()};
    gr_score(&job);
    return job;
}

Test(puntos, suma_y_veredicto)
{
    static const struct {
        enum gr_verdict in[3], out[3], lab;
        int points, max, ungraded;
    } cases[] = {
        {{GR_BIEN, GR_BIEN, GR_BIEN}, {GR_BIEN, GR_BIEN, GR_BIEN}, GR_BIEN, 100, 100, 0},
        {{GR_BIEN, GR_BIEN, GR_MAL}, {GR_BIEN, GR_BIEN, GR_MAL}, GR_MAL, 90, 100, 0},
        {{GR_BIEN, GR_BIEN, GR_TIEMPO},
         {GR_BIEN, GR_BIEN, GR_TIEMPO},
         GR_TIEMPO,
         90,
         100,
         0},
        /* requiere, también en cadena */
        {{GR_BIEN, GR_MAL, GR_BIEN}, {GR_BIEN, GR_MAL, GR_MAL}, GR_MAL, 60, 100, 0},
        {{GR_MAL, GR_BIEN, GR_BIEN}, {GR_MAL, GR_MAL, GR_MAL}, GR_MAL, 0, 100, 0},
        {{GR_TIEMPO, GR_BIEN, GR_BIEN},
         {GR_TIEMPO, GR_MAL, GR_MAL},
         GR_TIEMPO,
         0,
         100,
         0},
        /* un fallo del corrector no cuenta, ni él ni lo que depende de él */
        {{GR_BIEN, GR_BIEN, GR_FALLO},
         {GR_BIEN, GR_BIEN, GR_FALLO},
         GR_FALLO,
         90,
         90,
         10},
        {{GR_BIEN, GR_FALLO, GR_MAL},
         {GR_BIEN, GR_FALLO, GR_FALLO},
         GR_FALLO,
         60,
         60,
         40},
        {{GR_FALLO, GR_BIEN, GR_BIEN},
         {GR_FALLO, GR_FALLO, GR_FALLO},
         GR_FALLO,
         0,
         0,
         100},
        {{GR_NO_COMPILA, GR_NO_COMPILA, GR_NO_COMPILA},
         {GR_NO_COMPILA, GR_NO_COMPILA, GR_NO_COMPILA},
         GR_NO_COMPILA,
         0,
         100,
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gr_lab lab;
        struct gr_job job = scored(&lab, cases[i].in);
        for (size_t t = 0; t < 3; t++)
            cr_expect(job.results[t].verdict == cases[i].out[t],
                      "caso %zu, prueba %zu: %s", i, t,
                      gr_verdict_name(job.results[t].verdict));
        cr_expect(job.verdict == cases[i].lab, "caso %zu: %s", i,
                  gr_verdict_name(job.verdict));
        cr_expect(job.points == cases[i].points && job.max == cases[i].max &&
                      job.ungraded == cases[i].ungraded,
                  "caso %zu: %d/%d y %d sin calificar", i, job.points, job.max,
                  job.ungraded);
        gr_job_free(&job);
        gr_lab_free(&lab);
    }
}

Test(puntos, la_saltada_señala_a_la_primera)
{
    struct gr_lab lab;
    struct gr_job job = scored(&lab, (enum gr_verdict[]){GR_MAL, GR_BIEN, GR_BIEN});
    cr_expect(job.results[2].blocked == &lab.tests[0]);
    const char *story = json_string_value(json_array_get(job.results[2].story, 0));
    cr_expect(story && strstr(story, "antes tiene que pasar «una»"), "%s", story);
    gr_job_free(&job);
    gr_lab_free(&lab);
}

/* ---- lo que dice gcc -------------------------------------------------------------------- */

Test(gcc, con_errores_calla_los_avisos)
{
    char *text = gr_diag_trim("_entrega_/a.c: In function 'main':\n"
                              "_entrega_/a.c:3:9: warning: unused variable 'x'\n"
                              "    3 |     int x;\n"
                              "_entrega_/a.c:4:5: error: 'y' undeclared\n"
                              "    4 |     y = 1;\n"
                              "_entrega_/a.c:4:5: note: each undeclared identifier\n"
                              "cc1: some warnings being treated as errors\n",
                              "labs/07-monitor");
    cr_expect_str_eq(text, "labs/07-monitor/a.c:4:5: error: 'y' undeclared\n"
                           "    4 |     y = 1;\n"
                           "labs/07-monitor/a.c:4:5: note: each undeclared identifier\n");
    free(text);
}

Test(gcc, sin_errores_deja_los_avisos)
{
    char *text = gr_diag_trim("_entrega_/a.c: In function 'main':\n"
                              "_entrega_/a.c:3:9: warning: unused variable 'x'\n",
                              "labs/07-monitor");
    cr_expect_str_eq(text, "labs/07-monitor/a.c:3:9: warning: unused variable 'x'\n");
    free(text);
}

Test(gcc, enlazador_sin_ruido)
{
    char *text = gr_diag_trim("/usr/bin/ld: /tmp/ccX.o: in function `main':\n"
                              "_entrega_/a.c:4: undefined reference to `nada'\n"
                              "collect2: error: ld returned 1 exit status\n",
                              "labs/07-monitor");
    cr_expect_str_eq(text, "labs/07-monitor/a.c:4: undefined reference to `nada'\n");
    free(text);
}

Test(gcc, longitud_acotada)
{
    char *long_line = gr_alloc(100001, 1);
    memset(long_line, 'x', 100000);
    char *all = gr_format("%s", "");
    for (int i = 0; i < 100; i++) {
        char *more = gr_format("%sa.c:1:1: error: %s\n", all,
                               i == 0 ? long_line : "otra vez");
        free(all);
        all = more;
    }
    char *text = gr_diag_trim(all, "labs/07-monitor");
    cr_expect(strlen(text) < 4096, "%zu bytes", strlen(text));
    cr_expect(strstr(text, "(y 60 líneas más)"), "%s", text);
    free(text);
    free(all);
    free(long_line);
}

Test(gcc, lo_que_no_se_reconoce_se_deja)
{
    char *text = gr_diag_trim("gcc: algo inesperado\n", "labs/07-monitor");
    cr_expect_str_eq(text, "gcc: algo inesperado\n");
    free(text);
    cr_expect_null(gr_diag_trim("", "labs/07-monitor"));
}

/* ---- texto -------------------------------------------------------------------------------- */

Test(texto, controles_y_bytes_sueltos_a_la_vista)
{
    static const char *const cases[][2] = {
        {"año ✓ 😀", "año ✓ 😀"},
        {"\x1b[2J", "\\x1b[2J"},
        {"a\tb\nc\rd", "a\tb\nc\\x0dd"},
        {"\x7f", "\\x7f"},
        {"\xc2\x9b", "\\xc2\\x9b"}, /* CSI de 8 bits */
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc0\xaf", "\\xc0\\xaf"},          /* forma larga de más */
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* sustituto */
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        {"corte \xc3", "corte \\xc3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *clean = gr_text_clean(cases[i][0]);
        cr_expect_str_eq(clean, cases[i][1]);
        json_t *json = json_string(clean);
        cr_expect(json, "jansson no acepta «%s»", clean);
        json_decref(json);
        free(clean);
    }
}

static char *wrapped(const char *first, const char *text, size_t cols)
{
    char *out;
    size_t size;
    FILE *f = open_memstream(&out, &size);
    gr_text_wrap(f, first, text, cols);
    fclose(f);
    return out;
}

Test(texto, lineas_que_caben)
{
    static const struct {
        const char *first, *text;
        size_t cols;
        const char *out;
    } cases[] = {
        {"  ", "uno dos tres", 9, "  uno dos\n  tres\n"},
        {"✓ ", "niño año", 7, "✓ niño\n  año\n"},
        {"", "palabralarguísima y", 5, "palabralarguísima\ny\n"},
        {"  ", "a\nb", 80, "  a\n  b\n"},
        {"  ", "a\n\nb\n", 80, "  a\n\n  b\n"},
        {"", " 1. +0,1 s  llega una petición", 22,
         " 1. +0,1 s  llega una\n            petición\n"},
        {"  ", "a\n    código que no se parte aunque sea largo", 10,
         "  a\n      código que no se parte aunque sea largo\n"},
        {"  ", "", 80, "  \n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *out = wrapped(cases[i].first, cases[i].text, cases[i].cols);
        cr_expect_str_eq(out, cases[i].out);
        free(out);
    }
}

/* ---- fuentes ------------------------------------------------------------------------------- */

Test(fuentes, no_se_sigue_ningun_enlace)
{
    char *top = temporary();
    struct gr_lab lab;
    struct gr_error err;
    cr_assert(mkdtemp(top) && load_text(&lab, good, &err) == 0);
    char *secret = gr_format("%s/secreto", top), *link = gr_format("%s/monitor.c", top);
    char *to = gr_format("%s/copia", top);
    cr_assert(gr_write_file(secret, "x", 1, &err) == 0 && symlink(secret, link) == 0);
    char *why = gr_copy_sources(&lab, top, to);
    cr_expect(why && strstr(why, "es un enlace"), "%s", why);
    free(why);
    free(to);
    free(link);
    free(secret);
    gr_lab_free(&lab);
    box_remove_tree(top);
    cr_expect(access(top, F_OK) < 0);
    free(top);
}

Test(fuentes, se_borra_un_arbol_cerrado)
{
    char *top = temporary();
    cr_assert(mkdtemp(top));
    char *inner = gr_format("%s/a", top), *deep = gr_format("%s/a/b", top);
    cr_assert(mkdir(inner, 0700) == 0 && mkdir(deep, 0000) == 0 && chmod(inner, 0) == 0);
    box_remove_tree(top);
    cr_expect(access(top, F_OK) < 0);
    free(deep);
    free(inner);
    free(top);
}

/* ---- historias guardadas -------------------------------------------------------------------- */

static const char story[] = "✗ Suma bien  07 suma\n"
                            "     1. +… s  Arranco: suma 2 3\n"
                            "     2. +… s  El programa escribió: «5»\n"
                            "    FALLO: lo escrito no es la suma\n"
                            "    Esperado:\n"
                            "      | cinco\n"
                            "    Obtenido:\n"
                            "      | 15 ms\n"
                            "    Programa: suma 2 3\n"
                            "      Lo que escribió:\n"
                            "      +… s | una\n"
                            "      +… s | otra\n"
                            "    Para repetirlo: make grade LAB=07\n";

/* Lo que dice la comparación de `story`, guardada, con su variante. */
static char *compared(const char *what, const char *with)
{
    char *path = temporary();
    struct gr_error err;
    cr_assert(mkdtemp(path) && chdir(path) == 0, "%s", path);
    cr_assert(gr_write_file("guardada.txt", story, strlen(story), &err) == 0);
    const char *at = strstr(story, what);
    cr_assert(at, "«%s» no está en la historia", what);
    char *told = gr_format("%.*s%s%s", (int)(at - story), story, with, at + strlen(what));
    char *why = gr_golden_check("guardada.txt", told);
    free(told);
    cr_assert(chdir("/") == 0);
    box_remove_tree(path);
    free(path);
    return why;
}

Test(guardadas, lo_que_depende_de_la_carga_no_cuenta)
{
    static const char *const cases[][2] = {
        {"suma 2 3", "suma 20 31"},
        {"15 ms", "2 ms"},
        {"una\n      +… s | otra", "otra\n      +… s | una"},
        {"      +… s | otra\n", ""},
        {"      Lo que escribió:\n", "      No escribió nada.\n"},
        {" 1. ", "17. "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *why = compared(cases[i][0], cases[i][1]);
        cr_expect_null(why, "«%s»: %s", cases[i][1], why);
        free(why);
    }
}

Test(guardadas, lo_que_cuenta_la_prueba_no_puede_cambiar)
{
    static const char *const cases[][3] = {
        {"no es la suma", "no es",
         "\n-FALLO: lo escrito no es la suma\n+FALLO: lo escrito no es"},
        {"Suma bien", "Suma", "\n-✗ Suma bien"},
        {"    FALLO: lo escrito no es la suma\n", "", "\n-FALLO"},
        {"| cinco", "| seis", "\n-| cinco\n+| seis"},
        {"| 15 ms", "| nada", "\n-| N ms\n+| nada"},
        {"    Programa: suma 2 3\n", "", "\n-Programa: suma N N"},
        {"«5»", "«cinco»", "escribió: «cinco»"},
        {"    Esperado", "    Servidor\n    Esperado", "\n+Servidor"},
        {"LAB=07\n", "LAB=07\nmás\n", "\n+más"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *why = compared(cases[i][0], cases[i][1]);
        cr_expect(why && strstr(why, cases[i][2]), "«%s»: %s", cases[i][1],
                  why ? why : "no ve la diferencia");
        free(why);
    }
}

Test(guardadas, la_que_falta)
{
    char *why = gr_golden_check("no/hay.txt", story);
    cr_expect(why && strstr(why, "no está guardada"), "%s", why);
    free(why);
}
