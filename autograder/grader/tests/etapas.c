/* Las etapas: cuál es la siguiente, y cómo se enseñan a quien hace el laboratorio. */
#include "base/memory.h"
#include "course/tests/bueno.h"
#include "grader/job.h"
#include "grader/jobs.h"
#include "grader/report.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(etapas, .timeout = 20);

enum { N = 6 };

static const char manifest[] =
    "{\"lab\": \"07\", \"titulo\": \"Monitor\", \"programa\": \"monitor\","
    " \"fuentes\": [\"monitor.c\"], \"capitulo\": \"lessons/03\","
    " \"etapas\": [\"Un sitio\", \"Muchos sitios\", \"Ctrl+C\"], \"pruebas\": ["
    "  {\"nombre\": \"uno\", \"titulo\": \"Vigila uno\", \"puntos\": 20, \"etapa\": 1},"
    "  {\"nombre\": \"mal\", \"titulo\": \"Dice que falla\", \"puntos\": 1, \"etapa\": "
    "1},"
    "  {\"nombre\": \"dos\", \"titulo\": \"Vigila dos\", \"puntos\": 29, \"etapa\": 2},"
    "  {\"nombre\": \"cien\", \"titulo\": \"Vigila cien sitios sin que uno retrase a los "
    "demás\","
    "   \"puntos\": 20, \"etapa\": 2, \"requiere\": [\"dos\"]},"
    "  {\"nombre\": \"avisa\", \"titulo\": \"Avisa\", \"puntos\": 20, \"etapa\": 2,"
    "   \"requiere\": [\"mal\"]},"
    "  {\"nombre\": \"sale\", \"titulo\": \"Sale\", \"puntos\": 10, \"etapa\": 3,"
    "   \"requiere\": [\"uno\"]}]}";

/* El laboratorio, calificado: una letra por prueba, «b»ien, «m»al, «t»iempo o «f»allo del
 * corrector. */
static struct gr_job graded(struct lab *lab, const char *verdicts)
{
    char *why = load_text(lab, manifest);
    cr_assert_null(why, "%s", why);
    struct gr_job job = {.lab = lab,
                         .source = ag_format("/no/hay"),
                         .repro = ag_format("make grade LAB=07"),
                         .compiles = true,
                         .n_results = N,
                         .results = ag_alloc(N, sizeof *job.results)};
    for (size_t i = 0; i < N; i++)
        job.results[i] = (struct gr_result){.test = &lab->tests[i],
                                            .verdict = verdicts[i] == 'b'   ? GR_PASS
                                                       : verdicts[i] == 'm' ? GR_FAIL
                                                       : verdicts[i] == 't' ? GR_TIMEOUT
                                                                            : GR_BROKEN,
                                            .story = json_array()};
    gr_score(&job);
    return job;
}

static void forget(struct gr_job *job, struct lab *lab)
{
    gr_job_free(job);
    lab_free(lab);
}

Test(etapas, solo_una_es_la_siguiente)
{
    static const struct {
        const char *verdicts;
        enum gr_reach reach[3];
        int points[3], ungraded[3];
    } cases[] = {
        {"bbbbbb", {GR_REACHED, GR_REACHED, GR_REACHED}, {21, 69, 10}, {0, 0, 0}},
        {"mmmmmm", {GR_NEXT, GR_LATER, GR_LATER}, {0, 0, 0}, {0, 0, 0}},
        {"bbbmbb", {GR_REACHED, GR_NEXT, GR_REACHED}, {21, 49, 10}, {0, 0, 0}},
        {"bbtbbm", {GR_REACHED, GR_NEXT, GR_LATER}, {21, 20, 0}, {0, 0, 0}},
        /* un punto que falta la deja sin acabar, y lo que dependía de él se salta */
        {"bmbbbb", {GR_NEXT, GR_LATER, GR_REACHED}, {20, 49, 10}, {0, 0, 0}},
        /* lo que no se pudo calificar tampoco está hecho */
        {"fbbbbb", {GR_NEXT, GR_REACHED, GR_LATER}, {1, 69, 0}, {20, 0, 10}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab lab;
        struct gr_job job = graded(&lab, cases[i].verdicts);
        for (size_t k = 0; k < 3; k++) {
            const struct gr_milestone *m = &job.milestones[k];
            cr_expect(m->reach == cases[i].reach[k], "%s, etapa %zu: %d",
                      cases[i].verdicts, k + 1, (int)m->reach);
            cr_expect(m->points == cases[i].points[k] &&
                          m->ungraded == cases[i].ungraded[k],
                      "%s, etapa %zu: %d puntos y %d sin calificar", cases[i].verdicts,
                      k + 1, m->points, m->ungraded);
        }
        cr_expect(job.milestones[0].max == 21 && job.milestones[1].max == 69 &&
                  job.milestones[2].max == 10);
        forget(&job, &lab);
    }
}

/* ---- lo que se ve ---------------------------------------------------------------- */

static struct gr_screen memory_screen(char **out, size_t *size, size_t cols)
{
    return (struct gr_screen){.out = open_memstream(out, size),
                              .cols = cols,
                              .style = {"", "", "", "", "", ""}};
}

static char *ladder(const struct gr_job *job, bool all, size_t cols)
{
    char *out;
    size_t size;
    struct gr_screen s = memory_screen(&out, &size, cols);
    gr_report_lab(&s, job, &(struct gr_config){.all = all});
    fclose(s.out);
    return out;
}

static void expect_ladder(const char *verdicts, bool all, const char *expected)
{
    struct lab lab;
    struct gr_job job = graded(&lab, verdicts);
    char *out = ladder(&job, all, 60);
    cr_expect_str_eq(out, expected, "%s se ve así:\n%s", verdicts, out);
    free(out);
    forget(&job, &lab);
}

Test(etapas, se_despliega_la_siguiente_y_solo_ella)
{
    expect_ladder("bbmmmm", false,
                  " 07  Monitor                              incompleto  21/100\n"
                  "   ✓ Etapa 1. Un sitio                                 21/21\n"
                  "   → Etapa 2. Muchos sitios                             0/69\n"
                  "       ✗ Vigila dos                                     0/29\n"
                  "       · Vigila cien sitios sin que uno retrase a los   0/20\n"
                  "         demás\n"
                  "       ✗ Avisa                                          0/20\n"
                  "       · = espera a que pase «Vigila dos»\n"
                  "   · Etapa 3. Ctrl+C                                    0/10\n"
                  "\n");
}

Test(etapas, completo_cabe_en_una_linea)
{
    expect_ladder("bbbbbb", false,
                  " 07  Monitor                               completo  100/100\n\n");
}

Test(etapas, todas_con_el_nombre_que_se_pide)
{
    expect_ladder("bmbtbb", true,
                  " 07  Monitor                              incompleto  59/100\n"
                  "   → Etapa 1. Un sitio                                 20/21\n"
                  "       ✓ Vigila uno (uno)                              20/20\n"
                  "       ✗ Dice que falla (mal)                            0/1\n"
                  "   · Etapa 2. Muchos sitios                            29/69\n"
                  "       ✓ Vigila dos (dos)                              29/29\n"
                  "       ✗ Vigila cien sitios sin que uno retrase a los   0/20\n"
                  "         demás (cien) — tiempo agotado\n"
                  "       · Avisa (avisa)                                  0/20\n"
                  "       · = espera a que pase «Dice que falla»\n"
                  "   ✓ Etapa 3. Ctrl+C                                   10/10\n"
                  "       ✓ Sale (sale)                                   10/10\n"
                  "\n");
}

Test(etapas, lo_que_no_se_pudo_calificar)
{
    expect_ladder("bbfbbb", false,
                  " 07  Monitor                           no calificado  51/100\n"
                  "   ✓ Etapa 1. Un sitio                                 21/21\n"
                  "   ! Etapa 2. Muchos sitios                            20/69\n"
                  "       ! Vigila dos — no calificada                     -/29\n"
                  "       · Vigila cien sitios sin que uno retrase a los   -/20\n"
                  "         demás — no calificada\n"
                  "       ✓ Avisa                                         20/20\n"
                  "       · = espera a que pase «Vigila dos»\n"
                  "   ✓ Etapa 3. Ctrl+C                                   10/10\n"
                  "\n");
}

Test(etapas, varios_laboratorios_en_una_linea_cada_uno)
{
    struct lab labs[3];
    struct gr_job jobs[3] = {graded(&labs[0], "bbbbbb"), graded(&labs[1], "bbmmmb"),
                             graded(&labs[2], "mmmmmm")};
    char *out;
    size_t size;
    struct gr_screen s = memory_screen(&out, &size, 60);
    gr_report_labs(&s, jobs, 3);
    fclose(s.out);
    cr_expect_str_eq(out,
                     " ✓ 07  Monitor                   ✓✓✓  completo       100/100\n"
                     " → 07  Monitor                   ✓→✓  incompleto      31/100\n"
                     " · 07  Monitor                   →··  incompleto       0/100\n"
                     "\n",
                     "se ve así:\n%s", out);
    free(out);
    for (size_t i = 0; i < 3; i++)
        forget(&jobs[i], &labs[i]);
}

Test(etapas, ninguna_linea_pasa_del_margen)
{
    static const size_t cols[] = {50, 60, 80};
    for (size_t c = 0; c < 3; c++) {
        struct lab lab;
        struct gr_job job = graded(&lab, "bmtfmb");
        char *out = ladder(&job, true, cols[c]), *at = out;
        for (char *line; (line = strsep(&at, "\n"));) {
            size_t width = 0;
            for (const char *p = line; *p; p++)
                width += (*p & 0xc0) != 0x80;
            cr_expect(width <= cols[c], "%zu columnas: %s", cols[c], line);
        }
        free(out);
        forget(&job, &lab);
    }
}
