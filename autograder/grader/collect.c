/* Recoger lo que dejaron el juez y la suite.
 *
 * Nada se da por bueno porque falte lo contrario: la prueba sin resultado, o con uno que
 * no se entiende, es un fallo del corrector y se dice por qué. */
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "grader/chronicle_read.h"
#include "grader/diag.h"
#include "grader/job.h"
#include "grader/jobs.h"
#include "grader/judge.h"

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
    {"bien", GR_PASS},
    {"mal", GR_FAIL},
    {"no_compila", GR_UNCOMPILED},
    {"tiempo", GR_TIMEOUT},
    {"fallo_corrector", GR_BROKEN},
};
#define N_VERDICTS (sizeof verdicts / sizeof *verdicts)

const char *gr_verdict_name(enum gr_verdict v)
{
    return verdicts[v].name;
}

static bool parse_verdict(const char *name, enum gr_verdict *out)
{
    for (size_t i = 0; i < N_VERDICTS; i++) {
        if (strcmp(verdicts[i].name, name) == 0 && verdicts[i].verdict != GR_UNCOMPILED) {
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

/* Lo que cuenta la suite, con las rutas como las conoce quien entrega. */
static char *with_paths(const struct gr_job *job, const char *text)
{
    const char *at = strstr(text, GR_BOX_SOURCE "/");
    if (!at)
        return ag_format("%s", text);
    char *rest = with_paths(job, at + strlen(GR_BOX_SOURCE));
    char *whole = ag_format("%.*s%s%s", (int)(at - text), text, job->shown, rest);
    free(rest);
    return whole;
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
        tell(result->story, with_paths(job, json_string_value(line)));
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

/* ---- lo que se vio al repetirla ---------------------------------------------------- */

#define FAILED  "FALLO: "
#define NOTICED "Así se notó: "

/* Lo que dejó al repetirse, si se repitió y volvió a fallar; si no, NULL. */
static json_t *read_again(const struct gr_job *job, const struct gr_result *result)
{
    char *name = ag_format(GR_AGAIN "/%s.json", result->test->name), *data;
    size_t size;
    json_t *root = NULL;
    if (ag_read_file(job->dir, name, MAX_RESULT, &data, &size) == 0) {
        root = json_loadb(data, size, 0, NULL);
        free(data);
    }
    free(name);
    const char *verdict = json_string_value(json_object_get(root, "veredicto"));
    enum gr_verdict v;
    if (verdict && parse_verdict(verdict, &v) && (v == GR_FAIL || v == GR_TIMEOUT))
        return root;
    json_decref(root);
    return NULL;
}

/* La línea que empieza así, o NULL; en `*at`, cuál es. */
static const char *find_line(const json_t *story, const char *start, size_t *at)
{
    json_t *line;
    size_t i;
    json_array_foreach(story, i, line)
    {
        const char *text = json_string_value(line);
        if (text && strncmp(text, start, strlen(start)) == 0) {
            *at = i;
            return text;
        }
    }
    return NULL;
}

/* Lo que se vio en el programa al repetirla, que es lo que va delante de «Así se notó», pasa a ser
 * lo primero que se dice; si ya se decía algo de él, detrás. */
static void explain_again(const struct gr_job *job, struct gr_result *result,
                          const json_t *again)
{
    size_t at, head, noticed;
    const char *why = find_line(again, FAILED, &at);
    const char *old = find_line(result->story, FAILED, &head);
    if (!why || !old || !find_line(again, NOTICED, &noticed))
        return;
    bool known = find_line(result->story, NOTICED, &noticed);
    bool same = strncmp(why, old, strcspn(old, "(.,")) == 0; /* lo mismo, y dónde */
    char *first = known && !same ? ag_format("%s. Repetido con los sanitizadores: %s",
                                             old, why + strlen(FAILED))
                                 : ag_format("%s", why);
    const char *guess = strstr(old, " ¿");
    size_t said = guess ? (size_t)(guess - old) : strlen(old);
    while (guess && said > 0 && strchr(": .", old[said - 1]))
        said--;
    char *then = known ? NULL
                       : ag_format(NOTICED "%.*s", (int)(said - strlen(FAILED)),
                                   old + strlen(FAILED));
    char *named = with_paths(job, first);
    char *clean = ag_clean(named, strlen(named), SIZE_MAX, AG_LINES);
    free(named);
    json_array_set_new(result->story, head, json_string(clean));
    if (then)
        json_array_insert_new(result->story, head + 1, json_string(then));
    free(clean);
    free(then);
    free(first);
}

/* Con lo que hizo cada tarea, el dibujo es el de la repetición. */
static void draw_again(struct gr_result *result, const json_t *chronicle)
{
    json_t *drawn = gr_chronicle_read(chronicle), *lane;
    size_t i;
    bool tasks = false;
    json_array_foreach(json_object_get(drawn, "carriles"), i, lane)
    {
        const char *kind = json_string_value(json_object_get(lane, "clase"));
        tasks = tasks || (kind && strcmp(kind, "tarea") == 0);
    }
    if (tasks) {
        json_decref(result->chronicle);
        result->chronicle = json_incref(drawn);
    }
    json_decref(drawn);
}

static void collect_again(const struct gr_job *job, struct gr_result *result)
{
    if (result->verdict != GR_FAIL && result->verdict != GR_TIMEOUT)
        return;
    json_t *again = read_again(job, result);
    if (!again)
        return;
    explain_again(job, result, json_object_get(again, "historia"));
    draw_again(result, json_object_get(again, "cronologia"));
    json_decref(again);
}

static void collect_test(const struct gr_job *job, struct gr_result *result)
{
    bool absent;
    if (job->fault) {
        result->verdict = GR_BROKEN;
        tell(result->story, ag_format("%s", job->fault));
        return;
    }
    char *why = read_result(job, result, &absent);
    if (!why) {
        collect_again(job, result);
        return;
    }
    result->verdict = GR_BROKEN;
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
        result->verdict = GR_UNCOMPILED;
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
    const struct lab *lab = job->lab;
    job->results = ag_alloc(lab->n_tests, sizeof *job->results);
    for (size_t i = 0; i < lab->n_tests; i++)
        if (gr_job_wants(job, &lab->tests[i]))
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
