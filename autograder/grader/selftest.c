/* --autoprueba: el corrector a examen.
 *
 * El esqueleto saca 0 sin que falle el corrector, la solución saca todo, quien solo ha llegado hasta
 * una etapa saca enteras las suyas, y un mutante por prueba (la solución con un error puesto a
 * propósito, y la prueba en su primera línea) cae justo en ella, con la historia guardada. Con --breve,
 * solo la primera etapa, y un mutante por etapa. Con --correctos, también las alternativas, que sacan
 * todo. Con --todo, además, los demás mutantes; y si uno dice de cuántos puntos no debe pasar
 * («maximo: 49»), se califica también con la suite entera. Escribe TAP. */
#include "grader/selftest.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "grader/job.h"
#include "grader/jobs.h"
#include "grader/stage.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RETRIES     2 /* veces que se repite un mutante que escapa o con otra historia */
#define MUTANT_SEED "1" /* siempre la misma: con otra, la historia sería otra */

enum kind { SKELETON, FULL, PARTIAL, MUTANT, CAPPED };

/* Un caso y su trabajo llevan el mismo índice. */
struct exam_case {
    enum kind kind;
    char *broken; /* por qué no llega ni a correr, o NULL */
    char *story;  /* el archivo con su historia, si es de un mutante que la cuenta */
    const char *mutant; /* su nombre, si lo es */
    int most;           /* los puntos de los que no debe pasar, si es CAPPED */
    int escapes;        /* veces que escapó antes de la última */
};

struct exam {
    struct gr_job *jobs;
    struct exam_case *cases;
    size_t n;
    struct gr_mutants *mutants; /* los de cada laboratorio */
    size_t n_labs;
    enum gr_stories stories;
    bool brief; /* la primera etapa, y no todas; un mutante por etapa, y no por prueba */
    bool right; /* también las alternativas, y no solo la solución */
    bool all;   /* y todos los mutantes, y no solo uno por prueba */
};

/* Vale hasta el siguiente add_case. */
static struct gr_job *add_case(struct exam *exam, const struct lab *lab, enum kind kind,
                               char *label, char *source, const char *seed)
{
    size_t at = exam->n++;
    exam->jobs = ag_grow(exam->jobs, exam->n, sizeof *exam->jobs);
    exam->cases = ag_grow(exam->cases, exam->n, sizeof *exam->cases);
    exam->cases[at] = (struct exam_case){.kind = kind};
    exam->jobs[at] = (struct gr_job){
        .lab = lab,
        .label = label,
        .source = source,
        .shown = kind == MUTANT || kind == CAPPED ? ag_format("labs/%s", lab->dir)
                                                  : ag_format("%s", source),
        .repro = ag_format("make grade LAB=%s", lab->id),
        .seed = seed,
        .out = -1,
        .suite_status = -1,
    };
    return &exam->jobs[at];
}

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* ---- los casos de un laboratorio ------------------------------------------------- */

static void add_alternatives(struct exam *exam, const struct lab *lab, const char *seed)
{
    char *dir = ag_format("labs/%s/.grader/alternativas", lab->dir);
    struct dirent **names;
    int n = scandir(dir, &names, visible, alphasort);
    for (int i = 0; i < n; i++) {
        add_case(exam, lab, FULL,
                 ag_format("%s alternativa %s", lab->id, names[i]->d_name),
                 ag_format("%s/%s", dir, names[i]->d_name), seed);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    free(dir);
}

/*
 * Quien ha llegado hasta una etapa y no sabe aún nada de las siguientes: etapas/PROGRAMA.c, que
 * crece con ETAPA, saca enteras las suyas. Con --breve, solo la primera, que es donde más se pide de
 * más.
 */
static void add_stages(struct exam *exam, const struct lab *lab, struct gr_stage *stage,
                       const char *seed)
{
    char *dir = ag_format("labs/%s/.grader/etapas", lab->dir);
    size_t last = exam->right || !exam->brief ? lab->n_milestones - 1 : 1;
    for (size_t k = 1; k <= last && access(dir, F_OK) == 0; k++) {
        struct gr_error err;
        struct gr_job *job = add_case(
            exam, lab, PARTIAL, ag_format("%s etapa %zu", lab->id, k),
            ag_format("%s/etapa-%zu", stage->root, exam->n), seed);
        job->from = 1;
        job->upto = k;
        if (gr_partial_make(job, dir, k, &err) < 0)
            exam->cases[exam->n - 1].broken = ag_format("%s", err.text);
    }
    free(dir);
}

/* Un mutante del que importa la nota: el mismo programa, con la suite entera. */
static void add_capped(struct exam *exam, const struct lab *lab,
                       const struct gr_mutant *mutant, const char *seed)
{
    char *source = ag_format("%s", exam->jobs[exam->n - 1].source);
    add_case(exam, lab, CAPPED, ag_format("%s mutante %s", lab->id, mutant->name), source,
             seed);
    exam->cases[exam->n - 1].most = mutant->most;
}

static void add_mutant(struct exam *exam, const struct lab *lab,
                       const struct gr_mutant *mutant, struct gr_stage *stage,
                       const char *seed)
{
    struct gr_error err;
    struct gr_job *job = add_case(
        exam, lab, MUTANT, ag_format("%s mutante %s", lab->id, mutant->name),
        ag_format("%s/mutante-%zu", stage->root, exam->n), seed);
    struct exam_case *c = &exam->cases[exam->n - 1];
    c->mutant = mutant->name;
    if (mutant->tells)
        c->story = gr_golden_path(lab, mutant->test);
    if (gr_mutant_make(job, mutant, &err) < 0)
        c->broken = ag_format("%s", err.text);
    else if (mutant->most >= 0 && exam->stories != GR_RENEW && exam->all)
        add_capped(exam, lab, mutant, seed);
}

/* ---- el examen ------------------------------------------------------------------- */

static char *judge_mutant(const struct exam *exam, const struct gr_job *job,
                          const struct exam_case *c)
{
    if (job->points > 0)
        return ag_format("%s no lo atrapa", job->only);
    if (exam->stories != GR_COMPARE || !c->story)
        return NULL;
    char *told = gr_golden_text(job, c->mutant), *why = gr_golden_check(c->story, told);
    free(told);
    if (!why)
        return NULL;
    char *text = ag_format("%s\nSi se entiende igual de bien o mejor, guárdala con: make "
                           "update-stories LAB=%s",
                           why, job->lab->id);
    free(why);
    return text;
}

/* NULL si el caso salió como debía; si no, qué pasó. */
static char *judge(const struct exam *exam, size_t at)
{
    const struct gr_job *job = &exam->jobs[at];
    const struct exam_case *c = &exam->cases[at];
    if (c->broken)
        return ag_format("%s", c->broken);
    if (job->verdict == GR_BROKEN || job->verdict == GR_UNCOMPILED)
        return ag_format("veredicto %s", gr_verdict_name(job->verdict));
    switch (c->kind) {
    case SKELETON:
        if (job->points != 0)
            return ag_format("saca %d puntos sin haber hecho nada", job->points);
        for (size_t i = 0; i < job->n_results; i++)
            if (job->results[i].verdict == GR_TIMEOUT)
                return ag_format("se queda colgado en %s", job->results[i].test->name);
        return NULL;
    case FULL:
    case PARTIAL:
        return job->points == job->max ? NULL
                                       : ag_format("saca %d/%d", job->points, job->max);
    case CAPPED:
        return job->points <= c->most ? NULL : ag_format("saca %d puntos", job->points);
    default:
        return judge_mutant(exam, job, c);
    }
}

/* Un comentario de TAP por línea. */
static void comment(const char *margin, const char *text)
{
    char *copy = ag_clean(text, strlen(text), SIZE_MAX, AG_LINES);
    for (char *p = copy; p;) {
        char *line = strsep(&p, "\n");
        printf("# %s%s\n", margin, line);
    }
    free(copy);
}

/* La historia de lo que no salió como debía. De quien saca demasiado, qué le da puntos. */
static void explain(const struct gr_job *job, enum kind kind)
{
    for (size_t i = 0; i < job->n_results; i++) {
        const struct gr_result *result = &job->results[i];
        if (kind == CAPPED) {
            if (result->points > 0)
                printf("#   %d por %s\n", result->points, result->test->name);
            continue;
        }
        if ((kind == FULL || kind == PARTIAL) && result->verdict == GR_PASS)
            continue;
        size_t k;
        json_t *line;
        printf("#   %s: %s\n", result->test->name, gr_verdict_name(result->verdict));
        json_array_foreach(result->story, k, line)
            comment("    ", json_string_value(line));
    }
}

static char *expectation(const struct gr_job *job, const struct exam_case *c)
{
    switch (c->kind) {
    case SKELETON:
        return ag_format("saca 0 puntos");
    case FULL:
        return ag_format("saca todo");
    case PARTIAL:
        return ag_format("saca todo lo suyo");
    case CAPPED:
        return ag_format("no pasa de %d puntos", c->most);
    default:
        return ag_format("cae en %s", job->only ? job->only : "(nada)");
    }
}

/* Un caso del examen, en TAP. Dice si salió bien. */
static bool report_case(const struct exam *exam, size_t i)
{
    const struct gr_job *job = &exam->jobs[i];
    char *why = judge(exam, i), *expected = expectation(job, &exam->cases[i]);
    printf("%s %zu - %s %s\n", why ? "not ok" : "ok", i + 1, job->label, expected);
    free(expected);
    if (!why && exam->cases[i].kind == CAPPED)
        printf("# saca %d\n", job->points);
    if (!why && exam->cases[i].escapes > 0)
        printf("# con la máquina ocupada escapó: cuenta la vez %d\n",
               exam->cases[i].escapes + 1);
    if (why) {
        comment("", why);
        explain(job, exam->cases[i].kind);
    }
    bool good = !why;
    free(why);
    return good;
}

/* Una prueba que ningún mutante toca quizá no puede fallar. */
static void list_untested(const struct gr_mutants *mutants)
{
    const struct lab *lab = mutants->lab;
    for (size_t t = 0; t < lab->n_tests; t++) {
        bool used = false;
        for (size_t i = 0; i < mutants->n && !used; i++)
            used = mutants->v[i].test &&
                   strcmp(mutants->v[i].test, lab->tests[t].name) == 0;
        if (!used)
            printf("# %s: ningún mutante cae en %s\n", lab->id, lab->tests[t].name);
    }
}

static int report(const struct exam *exam)
{
    bool good = true;
    size_t count = exam->n;
    printf("1..%zu\n", exam->n + exam->n_labs);
    for (size_t i = 0; i < exam->n; i++)
        good &= report_case(exam, i);
    for (size_t i = 0; i < exam->n_labs; i++) {
        const struct lab *lab = exam->mutants[i].lab;
        char *orphans = gr_golden_orphans(&exam->mutants[i], false);
        printf("%s %zu - %s sin historias de más\n", orphans ? "not ok" : "ok", ++count,
               lab->id);
        if (orphans)
            printf("# ya no cae ningún mutante en la prueba de %s: make update-stories "
                   "LAB=%s\n",
                   orphans, lab->id);
        good &= !orphans;
        free(orphans);
        list_untested(&exam->mutants[i]);
    }
    return good ? GR_EXIT_OK : GR_EXIT_FAILURE;
}

/* Guarda la historia de un mutante si ha cambiado: así un archivo solo cambia cuando hay
 * algo nuevo que leer. */
static int renew(const struct exam *exam, size_t i, int *written, struct gr_error *err)
{
    const char *path = exam->cases[i].story;
    char *why = judge(exam, i);
    if (why) {
        gr_error(err, "%s: %s", exam->jobs[i].label, why);
        free(why);
        return -1;
    }
    char *told = gr_golden_text(&exam->jobs[i], exam->cases[i].mutant);
    why = gr_golden_check(path, told);
    int rc = why ? gr_golden_write(exam->jobs[i].lab, path, told, err) : 0;
    if (why && rc == 0) {
        printf("  escrita  %s\n", path);
        ++*written;
    }
    free(why);
    free(told);
    return rc;
}

static int renew_all(const struct exam *exam)
{
    int written = 0, failed = 0;
    for (size_t i = 0; i < exam->n; i++) {
        struct gr_error err;
        if (renew(exam, i, &written, &err) < 0) {
            printf("  NO       %s\n", err.text);
            failed++;
        }
    }
    for (size_t i = 0; i < exam->n_labs; i++) {
        char *orphans = gr_golden_orphans(&exam->mutants[i], true);
        if (orphans)
            printf("  borrada  %s\n", orphans);
        free(orphans);
    }
    printf("%zu historias: %d escritas, %d sin escribir.\n", exam->n, written, failed);
    return failed ? GR_EXIT_FAILURE : GR_EXIT_OK;
}

/* La etapa de la prueba en que cae; la que seguiría a la última si no es ninguna del laboratorio. */
static size_t milestone_of(const struct lab *lab, const struct gr_mutant *mutant)
{
    for (size_t t = 0; mutant->test && t < lab->n_tests; t++)
        if (strcmp(mutant->test, lab->tests[t].name) == 0)
            return lab->tests[t].milestone;
    return lab->n_milestones;
}

/* Para saber que una prueba funciona en esta máquina basta, de los mutantes que caen en ella, el que
 * cuenta su historia; para saberlo de una etapa, con --breve, el primero de esos. */
static bool wanted(const struct exam *exam, const struct lab *lab,
                   const struct gr_mutants *mutants, size_t at)
{
    size_t milestone = milestone_of(lab, &mutants->v[at]);
    if (milestone == lab->n_milestones && exam->stories != GR_RENEW)
        return true; /* hay que quejarse */
    if (!mutants->v[at].tells)
        return exam->stories != GR_RENEW && exam->all;
    for (size_t i = 0; exam->brief && i < at; i++)
        if (mutants->v[i].tells && milestone_of(lab, &mutants->v[i]) == milestone)
            return false;
    return true;
}

static void add_lab(struct exam *exam, const struct lab *lab, struct gr_stage *stage,
                    const char *seed)
{
    if (exam->stories != GR_RENEW) {
        add_case(exam, lab, SKELETON, ag_format("%s esqueleto", lab->id),
                 ag_format("labs/%s", lab->dir), seed);
        add_case(exam, lab, FULL, ag_format("%s solución", lab->id),
                 ag_format("solutions/%s", lab->dir), seed);
        add_stages(exam, lab, stage, seed);
        if (exam->right)
            add_alternatives(exam, lab, seed);
    }
    struct gr_mutants *mutants = &exam->mutants[exam->n_labs++];
    gr_mutants_load(mutants, lab);
    for (size_t i = 0; i < mutants->n; i++)
        if (wanted(exam, lab, mutants, i))
            add_mutant(exam, lab, &mutants->v[i], stage,
                       exam->stories == GR_IGNORE ? seed : MUTANT_SEED);
}

/* Corre los trabajos y recoge lo que dejan. 0 o código de salida. */
static int run(struct gr_stage *stage, const struct gr_config *cfg, struct gr_job *jobs,
               size_t n, struct gr_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!jobs[i].missing && gr_stage_job(stage, cfg, &jobs[i], err) < 0)
            return GR_EXIT_FAILURE;
    int rc = gr_jobs_run(stage, cfg, jobs, n, err);
    if (rc != GR_EXIT_OK)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (jobs[i].dir) /* corrió, o al menos se intentó */
            gr_collect(&jobs[i]);
    return 0;
}

static bool story_changed(const struct gr_job *job, const struct exam_case *c)
{
    if (!c->story || c->broken || (job->verdict != GR_FAIL && job->verdict != GR_TIMEOUT))
        return false;
    char *told = gr_golden_text(job, c->mutant), *why = gr_golden_check(c->story, told);
    bool changed = why;
    free(why);
    free(told);
    return changed;
}

static bool escaped(const struct gr_job *job, const struct exam_case *c)
{
    return c->kind == MUTANT && !c->broken && job->verdict == GR_PASS;
}

/* Con la máquina cargada un mutante puede caer de otra forma que también vale, y uno que se
 * adelanta puede no llegar a hacerlo: ante la duda, la suite da la razón al programa. Antes de
 * decir que escapa o que su historia ha cambiado se repite, con los demás que estén igual. */
static int retry(struct exam *exam, struct gr_stage *stage, const struct gr_config *cfg,
                 struct gr_error *err)
{
    struct exam again = {0};
    size_t *which = ag_alloc(exam->n, sizeof *which);
    for (size_t i = 0; i < exam->n; i++) {
        const struct gr_job *job = &exam->jobs[i];
        bool away = escaped(job, &exam->cases[i]);
        exam->cases[i].escapes += away;
        if (!away &&
            (exam->stories != GR_COMPARE || !story_changed(job, &exam->cases[i])))
            continue;
        which[again.n] = i;
        add_case(&again, job->lab, MUTANT, ag_format("%s", job->label),
                 ag_format("%s", job->source), job->seed)
            ->only = ag_format("%s", job->only);
    }
    int rc = run(stage, cfg, again.jobs, again.n, err);
    for (size_t k = 0; k < again.n; k++) {
        gr_job_free(rc == 0 ? &exam->jobs[which[k]] : &again.jobs[k]);
        if (rc == 0)
            exam->jobs[which[k]] = again.jobs[k];
    }
    free(again.jobs);
    free(again.cases);
    free(which);
    return rc;
}

int gr_selftest(const struct labs *labs, struct gr_stage *stage,
                const struct gr_config *cfg, enum gr_stories stories,
                struct gr_error *err)
{
    struct exam exam = {.stories = stories,
                        .brief = cfg->brief,
                        .right = cfg->right || cfg->all,
                        .all = cfg->all};
    exam.mutants = ag_alloc(labs->n, sizeof *exam.mutants);
    double start = ag_ms();
    for (size_t i = 0; i < labs->n; i++)
        add_lab(&exam, &labs->v[i], stage, cfg->seed);
    for (size_t i = 0; i < exam.n; i++)
        if (exam.cases[i].broken)
            exam.jobs[i].missing = ag_format("%s", exam.cases[i].broken);
    int rc = run(stage, cfg, exam.jobs, exam.n, err);
    for (int i = 0; i < RETRIES && rc == 0 && stories != GR_RENEW; i++)
        rc = retry(&exam, stage, cfg, err);
    if (rc == 0) {
        rc = stories == GR_RENEW ? renew_all(&exam) : report(&exam);
        printf("# %zu casos en %d s\n", exam.n, (int)((ag_ms() - start) / 1000));
    }
    for (size_t i = 0; i < exam.n; i++) {
        gr_job_free(&exam.jobs[i]);
        free(exam.cases[i].broken);
        free(exam.cases[i].story);
    }
    for (size_t i = 0; i < exam.n_labs; i++)
        gr_mutants_free(&exam.mutants[i]);
    free(exam.mutants);
    free(exam.jobs);
    free(exam.cases);
    return rc;
}
