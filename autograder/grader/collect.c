/* Recoger lo que dejaron el juez y la suite.
 *
 * Nada se da por bueno porque falte lo contrario: la prueba sin resultado, o con uno que
 * no se entiende, es un fallo del corrector y se dice por qué. */
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "grader/chronicle.h"
#include "grader/job.h"
#include "grader/jobs.h"
#include "grader/judge.h"
#include "grader/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define MAX_RESULT (1 << 20)
#define MAX_LOG    (16 << 20)
#define TAIL_LINES 12

static const struct {
    const char *name;
    enum gr_verdict verdict;
} verdicts[] = {
    {"bien", GR_BIEN},
    {"mal", GR_MAL},
    {"no_compila", GR_NO_COMPILA},
    {"tiempo", GR_TIEMPO},
    {"fallo_corrector", GR_FALLO},
};
#define N_VERDICTS (sizeof verdicts / sizeof *verdicts)

const char *gr_verdict_name(enum gr_verdict v)
{
    return verdicts[v].name;
}

static bool parse_verdict(const char *name, enum gr_verdict *out)
{
    for (size_t i = 0; i < N_VERDICTS; i++) {
        if (strcmp(verdicts[i].name, name) == 0 && verdicts[i].verdict != GR_NO_COMPILA) {
            *out = verdicts[i].verdict;
            return true;
        }
    }
    return false;
}

/* Añade a la historia una línea, ya sin caracteres de control. */
static void tell(json_t *story, char *line)
{
    char *clean = ag_clean(line, strlen(line), SIZE_MAX, AG_LINES);
    json_array_append_new(story, json_string(clean));
    free(clean);
    free(line);
}

/* Añade un texto ajeno tal cual, con margen: así nadie lo vuelve a partir en líneas. */
static void quote(json_t *story, const char *head, const char *text)
{
    char *quoted = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&quoted, &size);
    if (!f)
        return;
    fputs(head, f);
    for (const char *line = text; *line;) {
        int len = (int)strcspn(line, "\n");
        fprintf(f, "\n  %.*s", len, line);
        line += len + (line[len] == '\n');
    }
    fclose(f);
    tell(story, quoted);
}

/* Las últimas líneas de un archivo del trabajo, o NULL si está vacío. */
static char *tail(const struct gr_job *job, const char *name)
{
    char *data;
    size_t size;
    if (ag_read_start(job->dir, name, MAX_LOG, &data, &size) < 0)
        return NULL;
    while (size && (data[size - 1] == '\n' || data[size - 1] == ' '))
        data[--size] = '\0';
    char *at = data + size;
    int lines = 0;
    while (at > data && !(at[-1] == '\n' && ++lines == TAIL_LINES))
        at--;
    char *copy = size ? ag_format("%s", at) : NULL;
    free(data);
    return copy;
}

/* ---- una prueba ------------------------------------------------------------------ */

/* Lee DIR/resultados/PRUEBA.json. NULL, o por qué no vale (en memoria nueva); `absent`
 * dice si es que no está. */
static char *read_result(const struct gr_job *job, struct gr_result *result, bool *absent)
{
    char *name = ag_format("resultados/%s.json", result->test->name);
    char *data = NULL, *why = NULL;
    size_t size;
    json_error_t bad;
    const char *told, *verdict;
    json_t *story, *line, *root = NULL;
    size_t i;
    double ms;

    int rc = ag_read_file(job->dir, name, MAX_RESULT, &data, &size);
    *absent = rc == -ENOENT;
    if (rc < 0) {
        why = *absent ? ag_format("La prueba no dejó ningún resultado.")
                      : ag_format("No se puede leer su resultado: %s.", strerror(-rc));
        goto out;
    }
    root = json_loadb(data, size, JSON_REJECT_DUPLICATES, &bad);
    if (!root ||
        json_unpack_ex(root, &bad, 0, "{s:s s:s s:o s:F}", "nombre", &told, "veredicto",
                       &verdict, "historia", &story, "ms", &ms) < 0) {
        why = ag_format("Su resultado está mal escrito: %s.", bad.text);
        goto out;
    }
    if (strcmp(told, result->test->name) != 0 ||
        !parse_verdict(verdict, &result->verdict) || !json_is_array(story)) {
        why = ag_format("Su resultado no tiene sentido (prueba «%s», veredicto «%s»).",
                        told, verdict);
        goto out;
    }
    json_array_foreach(story, i, line)
    {
        if (!json_is_string(line)) {
            why = ag_format("Su historia tiene algo que no es texto.");
            goto out;
        }
        tell(result->story, ag_format("%s", json_string_value(line)));
    }
    result->chronicle = gr_chronicle_read(json_object_get(root, "cronologia"));
    result->ms = ms;
out:
    json_decref(root);
    free(data);
    free(name);
    return why;
}

/* Por qué falta un resultado: cómo acabó la suite y sus últimas palabras. */
static void explain_missing(const struct gr_job *job, json_t *story)
{
    int st = job->suite_status;
    if (job->timed_out)
        tell(story, ag_format("La suite no terminó en %d s.", job->lab->seconds));
    else if (st >= 0 && WIFSIGNALED(st))
        tell(story, ag_format("La suite murió por la señal %d (%s).", WTERMSIG(st),
                              strsignal(WTERMSIG(st))));
    else if (st >= 0)
        tell(story, ag_format("La suite terminó con código %d.", WEXITSTATUS(st)));
    else
        tell(story, ag_format("El juez no llegó al final."));
    char *text = tail(job, "suite.txt");
    if (text)
        quote(story, "Sus últimas palabras:", text);
    free(text);
    text = tail(job, "juez.txt");
    if (text)
        quote(story, "El juez dijo:", text);
    free(text);
}

static void collect_test(const struct gr_job *job, struct gr_result *result)
{
    bool absent;
    if (job->fault) {
        result->verdict = GR_FALLO;
        tell(result->story, ag_format("%s", job->fault));
        return;
    }
    char *why = read_result(job, result, &absent);
    if (!why)
        return;
    result->verdict = GR_FALLO;
    json_array_clear(result->story);
    tell(result->story, why);
    if (absent)
        explain_missing(job, result->story);
}

/* ---- el trabajo ------------------------------------------------------------------ */

static void read_gcc(struct gr_job *job)
{
    static const char *const logs[] = {"gcc.txt", "gcc-asan.txt"};
    for (size_t i = 0; i < 2 && !job->gcc; i++) {
        char *data;
        size_t size;
        if (ag_read_start(job->dir, logs[i], MAX_LOG, &data, &size) < 0)
            continue;
        job->gcc = gr_diag_trim(data, job->shown);
        free(data);
    }
}

/* Sin programa no hay pruebas: la primera cuenta el motivo, las demás remiten a ella. */
static void collect_uncompiled(struct gr_job *job)
{
    for (size_t i = 0; i < job->n_results; i++) {
        struct gr_result *result = &job->results[i];
        result->verdict = GR_NO_COMPILA;
        if (i > 0)
            tell(result->story, ag_format("No se ejecutó: el programa no compila."));
        else if (job->missing)
            tell(result->story, ag_format("%s", job->missing));
        else
            quote(result->story, "gcc dice:", job->gcc ? job->gcc : "(nada)");
    }
}

void gr_collect(struct gr_job *job)
{
    const struct gr_lab *lab = job->lab;
    job->results = ag_alloc(lab->n_tests, sizeof *job->results);
    for (size_t i = 0; i < lab->n_tests; i++)
        if (!job->only || strcmp(job->only, lab->tests[i].name) == 0)
            job->results[job->n_results++] = (struct gr_result){.test = &lab->tests[i],
                                                                .story = json_array()};

    if (job->built)
        read_gcc(job);
    if (job->missing || (job->built && !job->compiles)) {
        collect_uncompiled(job);
    } else {
        for (size_t i = 0; i < job->n_results; i++)
            collect_test(job, &job->results[i]);
    }
    gr_score(job);
}
