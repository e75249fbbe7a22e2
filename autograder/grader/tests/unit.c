/* Las piezas del corrector que no necesitan ni caja ni compilador. */
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "box/box.h"
#include "course/tests/bueno.h"
#include "grader/budget.h"
#include "grader/diag.h"
#include "grader/job.h"
#include "grader/jobs.h"
#include "grader/report.h"
#include "grader/selftest.h"
#include "grader/stage.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(puntos, .timeout = 20);
TestSuite(gcc, .timeout = 20);
TestSuite(texto, .timeout = 20);
TestSuite(fuentes, .timeout = 20);
TestSuite(guardadas, .timeout = 20);

/* ---- el reparto de la máquina -------------------------------------------------------------- */

TestSuite(reparto, .timeout = 20);

/* Entre todas las cajas de todas las calificaciones no toman todos los puertos. */
Test(reparto, los_puertos_no_se_acaban)
{
    for (long vecinos = 1; vecinos <= 5; vecinos++) {
        long toca = gr_budget_ports(vecinos, 32768, 60999);
        cr_assert_geq(toca, 300);
        cr_assert_lt(vecinos * GR_SUITE_JOBS * toca, 60999 - 32768, "%ld vecinos, %ld",
                     vecinos, toca);
    }
    cr_assert_eq(gr_budget_ports(256, 32768, 60999), 300);
    cr_assert_eq(gr_budget_ports(1, 1024, 65535), 1500);
}

Test(reparto, llega_a_las_cajas)
{
    struct gr_config cfg = {.processes = 7000, .ports = 321, .claim = -1};
    cr_assert_eq(gr_budget_enter(&cfg), 0);
    struct box_options o = box_options_default();
    cr_assert_eq(o.processes, 7000);
    cr_assert_eq(o.limits.ports, 321);
    cr_assert_not(o.own_user);
    cfg.drop = true;
    cfg.claim = 5;
    cr_assert_eq(gr_budget_enter(&cfg), 0);
    cr_assert(box_options_default().own_user);
}

/* ---- puntos ------------------------------------------------------------------------------ */

/* Puntúa `good` con estos veredictos para una, dos y tres. */
static struct gr_job scored(struct lab *lab, const enum gr_verdict verdicts[3])
{
    char *why = load_text(lab, good_lab);
    cr_assert_null(why, "%s", why);
    struct gr_job job = {
        .lab = lab, .n_results = 3, .results = ag_alloc(3, sizeof *job.results)};
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
        {{GR_PASS, GR_PASS, GR_PASS}, {GR_PASS, GR_PASS, GR_PASS}, GR_PASS, 100, 100, 0},
        {{GR_PASS, GR_PASS, GR_FAIL}, {GR_PASS, GR_PASS, GR_FAIL}, GR_FAIL, 90, 100, 0},
        {{GR_PASS, GR_PASS, GR_TIMEOUT},
         {GR_PASS, GR_PASS, GR_TIMEOUT},
         GR_TIMEOUT,
         90,
         100,
         0},
        /* requiere, también en cadena */
        {{GR_PASS, GR_FAIL, GR_PASS}, {GR_PASS, GR_FAIL, GR_FAIL}, GR_FAIL, 60, 100, 0},
        {{GR_FAIL, GR_PASS, GR_PASS}, {GR_FAIL, GR_FAIL, GR_FAIL}, GR_FAIL, 0, 100, 0},
        {{GR_TIMEOUT, GR_PASS, GR_PASS},
         {GR_TIMEOUT, GR_FAIL, GR_FAIL},
         GR_TIMEOUT,
         0,
         100,
         0},
        /* ni un fallo del corrector ni lo que depende de él encogen el máximo */
        {{GR_PASS, GR_PASS, GR_BROKEN},
         {GR_PASS, GR_PASS, GR_BROKEN},
         GR_BROKEN,
         90,
         100,
         10},
        {{GR_PASS, GR_BROKEN, GR_FAIL},
         {GR_PASS, GR_BROKEN, GR_BROKEN},
         GR_BROKEN,
         60,
         100,
         40},
        {{GR_BROKEN, GR_PASS, GR_PASS},
         {GR_BROKEN, GR_BROKEN, GR_BROKEN},
         GR_BROKEN,
         0,
         100,
         100},
        {{GR_UNCOMPILED, GR_UNCOMPILED, GR_UNCOMPILED},
         {GR_UNCOMPILED, GR_UNCOMPILED, GR_UNCOMPILED},
         GR_UNCOMPILED,
         0,
         100,
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab lab;
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
        lab_free(&lab);
    }
}

Test(puntos, la_saltada_señala_a_la_primera)
{
    struct lab lab;
    struct gr_job job = scored(&lab, (enum gr_verdict[]){GR_FAIL, GR_PASS, GR_PASS});
    cr_expect(job.results[2].blocked == &lab.tests[0]);
    const char *story = json_string_value(json_array_get(job.results[2].story, 0));
    cr_expect(story && strstr(story, "antes tiene que pasar «una»"), "%s", story);
    gr_job_free(&job);
    lab_free(&lab);
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
    cr_expect_str_eq(text, "labs/07-monitor/a.c:4: undefined reference to `nada'\n"
                           "  => Se llama a «nada» y no está en ningún archivo: falta "
                           "escribirla, o su nombre es otro allí donde se define.\n");
    free(text);
}

Test(gcc, longitud_acotada)
{
    char *long_line = ag_alloc(100001, 1);
    memset(long_line, 'x', 100000);
    char *all = ag_format("%s", "");
    for (int i = 0; i < 100; i++) {
        char *more = ag_format("%sa.c:1:1: error: %s\n", all,
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

/* Si el corte partiera un carácter, lo que sale no sería texto y no cabría en ningún informe. */
Test(gcc, una_linea_larga_no_se_corta_en_medio_de_un_caracter)
{
    for (int shift = 0; shift < 3; shift++) {
        char line[1000] = "a.c:1:2: warning: xx", *at = line + strlen(line) - 2 + shift;
        for (int i = 0; i < 250; i++)
            at = stpcpy(at, "€");
        char *text = gr_diag_trim(line, "labs/07-monitor");
        json_t *json = json_string(text);
        cr_expect(json, "%s", text);
        json_decref(json);
        free(text);
    }
}

/* Ni un error ni un aviso: los mensajes de `#pragma message`, que pueden ser muchos y muy largos. */
Test(gcc, lo_que_no_se_reconoce_tambien_se_acota)
{
    static char all[200000], *at = all;
    while (at < all + sizeof all - 1000)
        at += sprintf(at, "a.c:1:9: note: '#pragma message: %0600d'\n", 7);
    char *text = gr_diag_trim(all, "labs/07-monitor");
    cr_expect(strlen(text) < 20000, "%zu bytes", strlen(text));
    cr_expect(strstr(text, " líneas más)"), "%s", text);
    free(text);
}

Test(gcc, lo_que_no_se_reconoce_se_deja)
{
    char *text = gr_diag_trim("gcc: algo inesperado\n", "labs/07-monitor");
    cr_expect_str_eq(text, "gcc: algo inesperado\n");
    free(text);
    cr_expect_null(gr_diag_trim("", "labs/07-monitor"));
}

/* ---- texto -------------------------------------------------------------------------------- */

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
    char *top;
    struct lab lab;
    struct gr_error err;
    cr_assert(ag_temp_dir("unit", &top) == 0 && !load_text(&lab, good_lab));
    char *secret = ag_format("%s/secreto", top), *link = ag_format("%s/monitor.c", top);
    char *to = ag_format("%s/copia", top);
    cr_assert(gr_write_file(secret, "x", 1, &err) == 0 && symlink(secret, link) == 0);
    bool unwritten = true;
    cr_expect(gr_copy_sources(&lab, top, to, &unwritten, &err) == -1 && !unwritten &&
                  strstr(err.text, "es un enlace"),
              "%s", err.text);
    free(to);
    free(link);
    free(secret);
    lab_free(&lab);
    ag_remove_tree(top);
    cr_expect(access(top, F_OK) < 0);
    free(top);
}

Test(fuentes, lo_que_no_se_puede_escribir_no_es_de_quien_entrega)
{
    char *top;
    struct lab lab;
    struct gr_error err;
    cr_assert(ag_temp_dir("unit", &top) == 0 && !load_text(&lab, good_lab));
    char *source = ag_format("%s/monitor.c", top), *to = ag_format("%s/no_esta", top);
    cr_assert_eq(gr_write_file(source, "x", 1, &err), 0);
    bool unwritten = false;
    cr_expect_eq(gr_copy_sources(&lab, top, to, &unwritten, &err), -1);
    cr_expect(unwritten, "%s", err.text);
    cr_expect_eq(gr_copy_sources(&lab, top, to, NULL, &err), -1);
    free(to);
    free(source);
    lab_free(&lab);
    ag_remove_tree(top);
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
    char *path;
    struct gr_error err;
    cr_assert(ag_temp_dir("unit", &path) == 0 && chdir(path) == 0);
    char *kept = gr_golden_tidy(ag_format("%s", story));
    cr_assert(gr_write_file("guardada.txt", kept, strlen(kept), &err) == 0);
    free(kept);
    const char *at = strstr(story, what);
    cr_assert(at, "«%s» no está en la historia", what);
    char *told = gr_golden_tidy(
        ag_format("%.*s%s%s", (int)(at - story), story, with, at + strlen(what)));
    char *why = gr_golden_check("guardada.txt", told);
    free(told);
    cr_assert(chdir("/") == 0);
    ag_remove_tree(path);
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
        {"| 15 ms", "| nada", "\n-| … ms\n+| nada"},
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

/* Lo que se guarda es lo que se compara: ni una línea más. */
Test(guardadas, sin_las_listas_de_lo_observado)
{
    char *kept = gr_golden_tidy(ag_format("%s", story));
    cr_expect_null(strstr(kept, "Lo que escribió"), "%s", kept);
    cr_expect_null(strstr(kept, "otra"), "%s", kept);
    cr_expect(strstr(kept, "      | cinco\n    Obtenido:\n      | … ms\n"), "%s", kept);
    free(kept);
}

Test(guardadas, la_que_falta)
{
    char *why = gr_golden_check("no/hay.txt", story);
    cr_expect(why && strstr(why, "no está guardada"), "%s", why);
    free(why);
}
