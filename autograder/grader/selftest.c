/* --autoprueba: el corrector a examen.
 *
 * El esqueleto saca 0 sin que falle el corrector, la solución y las alternativas sacan
 * todo, y cada mutante (la solución con un error puesto a propósito) cae justo en la
 * prueba que dice su primera línea. Escribe TAP. */
#include "../box/box.h"
#include "grader.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CASES 256
#define MAX_PATCH (1 << 20)

enum kind { SKELETON, FULL, MUTANT };

struct exam {
    struct gr_job jobs[MAX_CASES];
    enum kind kinds[MAX_CASES];
    char *broken[MAX_CASES]; /* por qué el caso no llega ni a correr, o NULL */
    size_t n;
};

static struct gr_job *add_case(struct exam *exam, const struct gr_lab *lab,
                               enum kind kind, char *label, char *source)
{
    struct gr_job *job = &exam->jobs[exam->n];
    exam->kinds[exam->n++] = kind;
    *job = (struct gr_job){.lab = lab, .out = -1, .suite_status = -1};
    job->label = label;
    job->source = source;
    job->repro = gr_format("make grade LAB=%s", lab->id);
    return job;
}

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* ---- mutantes
 * ------------------------------------------------------------------------------- */

/* La prueba que nombra la primera línea del parche («atrapa: prueba»), o NULL. */
static char *caught_by(const char *dir, const char *patch)
{
    char *data, *name = NULL;
    size_t size;
    if (box_read_file(dir, patch, MAX_PATCH, &data, &size) < 0)
        return NULL;
    if (strncmp(data, "atrapa:", 7) == 0) {
        char *start = data + 7 + strspn(data + 7, " \t");
        start[strcspn(start, " \t\r\n")] = '\0';
        name = *start ? gr_format("%s", start) : NULL;
    }
    free(data);
    return name;
}

static bool apply_patch(const char *patch, const char *dir)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        execlp("patch", "patch", "-p1", "-s", "-t", "-F0", "-r-", "-d", dir, "-i", patch,
               (char *)NULL);
        _exit(127);
    }
    int status = -1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Deja en la zona privada la solución con el error puesto. NULL, o qué lo impide. */
static char *make_mutant(struct gr_job *job, const char *dir, const char *patch)
{
    char *relative = gr_format("%s/%s", dir, patch);
    char *path = realpath(relative, NULL); /* patch -d cambia de carpeta */
    char *solution = gr_format("solutions/%s", job->lab->dir);
    char *why = NULL;
    job->only = caught_by(dir, patch);
    if (!path)
        why = gr_format("no se puede leer %s: %s", relative, strerror(errno));
    else if (!job->only)
        why = gr_format("la primera línea debe ser «atrapa: prueba»");
    else if (gr_lab_find(job->lab, job->only) < 0)
        why = gr_format("dice «atrapa: %s», que no es una prueba del laboratorio",
                        job->only);
    else if (mkdir(job->source, 0755) < 0)
        why = gr_format("no se puede crear %s: %s", job->source, strerror(errno));
    else if (!(why = gr_copy_sources(job->lab, solution, job->source)) &&
             !apply_patch(path, job->source))
        why = gr_format("el parche ya no se aplica a %s", solution);
    free(solution);
    free(path);
    free(relative);
    return why;
}

/* ---- los casos de un laboratorio
 * --------------------------------------------------------------- */

static void add_alternatives(struct exam *exam, const struct gr_lab *lab)
{
    char *dir = gr_format("labs/%s/.grader/alternativas", lab->dir);
    struct dirent **names;
    int n = scandir(dir, &names, visible, alphasort);
    for (int i = 0; i < n; i++) {
        if (exam->n < MAX_CASES)
            add_case(exam, lab, FULL,
                     gr_format("%s alternativa %s", lab->id, names[i]->d_name),
                     gr_format("%s/%s", dir, names[i]->d_name));
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    free(dir);
}

static void add_mutants(struct exam *exam, const struct gr_lab *lab,
                        struct gr_stage *stage)
{
    char *dir = gr_format("labs/%s/.grader/mutantes", lab->dir);
    struct dirent **names;
    int n = scandir(dir, &names, visible, alphasort);
    for (int i = 0; i < n; i++) {
        char *dot = strrchr(names[i]->d_name, '.');
        if (exam->n < MAX_CASES && dot && strcmp(dot, ".patch") == 0) {
            size_t at = exam->n;
            char *label = gr_format("%s mutante %.*s", lab->id,
                                    (int)(dot - names[i]->d_name), names[i]->d_name);
            char *source = gr_format("%s/mutante-%zu", stage->root, at);
            struct gr_job *job = add_case(exam, lab, MUTANT, label, source);
            exam->broken[at] = make_mutant(job, dir, names[i]->d_name);
        }
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    free(dir);
}

/* ---- el examen
 * ----------------------------------------------------------------------------------- */

/* NULL si el caso salió como debía; si no, qué pasó. */
static char *judge(const struct exam *exam, size_t at)
{
    const struct gr_job *job = &exam->jobs[at];
    if (exam->broken[at])
        return gr_format("%s", exam->broken[at]);
    if (job->verdict == GR_FALLO || job->verdict == GR_NO_COMPILA)
        return gr_format("veredicto %s", gr_verdict_name(job->verdict));
    switch (exam->kinds[at]) {
    case SKELETON:
        if (job->points != 0)
            return gr_format("saca %d puntos sin haber hecho nada", job->points);
        for (size_t i = 0; i < job->n_results; i++)
            if (job->results[i].verdict == GR_TIEMPO)
                return gr_format("se queda colgado en %s", job->results[i].test->name);
        return NULL;
    case FULL:
        return job->points == job->max ? NULL
                                       : gr_format("saca %d/%d", job->points, job->max);
    default:
        return job->points == 0 ? NULL : gr_format("%s no lo atrapa", job->only);
    }
}

/* La historia de lo que no salió como debía, como comentario de TAP. */
static void explain(const struct gr_job *job, enum kind kind)
{
    for (size_t i = 0; i < job->n_results; i++) {
        const struct gr_result *result = &job->results[i];
        if (kind == FULL && result->verdict == GR_BIEN)
            continue;
        size_t k;
        json_t *line;
        printf("#   %s: %s\n", result->test->name, gr_verdict_name(result->verdict));
        json_array_foreach(result->story, k, line)
        {
            char *clean = gr_text_clean(json_string_value(line));
            for (char *p = clean; p;) {
                char *text = strsep(&p, "\n");
                printf("#     %s\n", text);
            }
            free(clean);
        }
    }
}

static const char *expectation(enum kind kind)
{
    return kind == SKELETON ? "saca 0 puntos" : kind == FULL ? "saca todo" : "cae en";
}

static int report(const struct exam *exam)
{
    int failed = 0;
    printf("1..%zu\n", exam->n);
    for (size_t i = 0; i < exam->n; i++) {
        const struct gr_job *job = &exam->jobs[i];
        char *why = judge(exam, i);
        printf("%s %zu - %s %s%s%s\n", why ? "not ok" : "ok", i + 1, job->label,
               expectation(exam->kinds[i]), job->only ? " " : "",
               job->only ? job->only : "");
        if (why) {
            printf("# %s\n", why);
            explain(job, exam->kinds[i]);
            failed++;
        }
        free(why);
    }
    return failed ? GR_EXIT_FAILURE : GR_EXIT_OK;
}

/* Una prueba que ningún mutante toca quizá no puede fallar. */
static void list_untested(const struct exam *exam, const struct gr_lab *lab)
{
    for (size_t t = 0; t < lab->n_tests; t++) {
        bool used = false;
        for (size_t i = 0; i < exam->n && !used; i++)
            used = exam->jobs[i].lab == lab && exam->jobs[i].only &&
                   strcmp(exam->jobs[i].only, lab->tests[t].name) == 0;
        if (!used)
            printf("# %s: ningún mutante cae en %s\n", lab->id, lab->tests[t].name);
    }
}

int gr_selftest(const struct gr_labs *labs, struct gr_stage *stage,
                const struct gr_config *cfg, struct gr_error *err)
{
    struct exam *exam = gr_alloc(1, sizeof *exam);
    int rc = GR_EXIT_FAILURE;
    for (size_t i = 0; i < labs->n && exam->n + 2 <= MAX_CASES; i++) {
        const struct gr_lab *lab = &labs->v[i];
        add_case(exam, lab, SKELETON, gr_format("%s esqueleto", lab->id),
                 gr_format("labs/%s", lab->dir));
        add_case(exam, lab, FULL, gr_format("%s solución", lab->id),
                 gr_format("solutions/%s", lab->dir));
        add_alternatives(exam, lab);
        add_mutants(exam, lab, stage);
    }
    for (size_t i = 0; i < exam->n; i++) {
        if (exam->broken[i])
            exam->jobs[i].missing = gr_format("%s", exam->broken[i]);
        else if (gr_stage_job(stage, cfg, &exam->jobs[i], err) < 0)
            goto out;
    }
    rc = gr_jobs_run(stage, cfg, exam->jobs, exam->n, err);
    if (rc != 0) {
        rc = rc < 0 ? GR_EXIT_FAILURE : rc;
        goto out;
    }
    for (size_t i = 0; i < exam->n; i++)
        if (!exam->broken[i])
            gr_collect(&exam->jobs[i]);
    rc = report(exam);
    for (size_t i = 0; i < labs->n; i++)
        list_untested(exam, &labs->v[i]);
out:
    for (size_t i = 0; i < exam->n; i++) {
        gr_job_free(&exam->jobs[i]);
        free(exam->broken[i]);
    }
    free(exam);
    return rc;
}
