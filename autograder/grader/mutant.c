/* Un mutante: la solución con un error puesto a propósito por un parche, cuya primera
 * línea dice qué prueba tiene que caer y, la segunda, si quiere, cuántos puntos puede sacar
 * con la suite entera. */
#include "base/dir.h"
#include "base/memory.h"
#include "base/process.h"
#include "grader/job.h"
#include "grader/selftest.h"
#include "grader/stage.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_PATCH (1 << 20)

/* Lo que hay tras `key` en la línea que empieza en `line`, o NULL. */
static char *value_of(const char *line, const char *key)
{
    size_t length = strlen(key);
    if (strncmp(line, key, length) != 0)
        return NULL;
    const char *start = line + length + strspn(line + length, " \t");
    size_t size = strcspn(start, " \t\r\n");
    return size > 0 ? ag_format("%.*s", (int)size, start) : NULL;
}

/* La prueba que nombra la primera línea del parche («atrapa: prueba»), o NULL, y lo que
 * dice la segunda («maximo: puntos»), o -1. */
static void read_head(const char *dir, const char *patch, struct gr_mutant *m)
{
    char *data;
    size_t size;
    m->most = -1;
    if (ag_read_file(dir, patch, MAX_PATCH, &data, &size) < 0)
        return;
    m->test = value_of(data, "atrapa:");
    const char *second = strchr(data, '\n');
    char *points = second ? value_of(second + 1, "maximo:") : NULL;
    if (points)
        m->most = (int)strtol(points, NULL, 10);
    free(points);
    free(data);
}

/* ---- los de un laboratorio ------------------------------------------------------- */

static int is_patch(const struct dirent *e)
{
    const char *dot = strrchr(e->d_name, '.');
    return e->d_name[0] != '.' && dot && strcmp(dot, ".patch") == 0;
}

/* Quién cuenta la historia de `test`: el que dice la guardada o, si no lo hay, el
 * primero que cae en ella. */
static void choose_teller(struct gr_mutants *mutants, const char *test)
{
    char *kept = gr_golden_teller(mutants->lab, test);
    struct gr_mutant *teller = NULL;
    for (size_t i = 0; i < mutants->n; i++) {
        struct gr_mutant *m = &mutants->v[i];
        if (!m->test || strcmp(m->test, test) != 0)
            continue;
        if (!teller || (kept && strcmp(m->name, kept) == 0))
            teller = m;
    }
    if (teller)
        teller->tells = true;
    free(kept);
}

void gr_mutants_load(struct gr_mutants *mutants, const struct lab *lab)
{
    char *dir = ag_format("labs/%s/.grader/mutantes", lab->dir);
    struct dirent **names;
    int n = scandir(dir, &names, is_patch, alphasort);
    *mutants = (struct gr_mutants){.lab = lab};
    for (int i = 0; i < n; i++) {
        int length = (int)(strrchr(names[i]->d_name, '.') - names[i]->d_name);
        mutants->v = ag_grow(mutants->v, mutants->n + 1, sizeof *mutants->v);
        struct gr_mutant *m = &mutants->v[mutants->n++];
        *m = (struct gr_mutant){.name = ag_format("%.*s", length, names[i]->d_name)};
        read_head(dir, names[i]->d_name, m);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    free(dir);
    for (size_t t = 0; t < lab->n_tests; t++)
        choose_teller(mutants, lab->tests[t].name);
}

void gr_mutants_free(struct gr_mutants *mutants)
{
    for (size_t i = 0; i < mutants->n; i++) {
        free(mutants->v[i].name);
        free(mutants->v[i].test);
    }
    free(mutants->v);
}

/* ---- hacerlo --------------------------------------------------------------------- */

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
    int status = pid > 0 ? ag_wait(pid) : -1;
    return status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int gr_mutant_make(struct gr_job *job, const struct gr_mutant *mutant,
                   struct gr_error *err)
{
    char *relative = ag_format("labs/%s/.grader/mutantes/%s.patch", job->lab->dir,
                               mutant->name);
    char *path = realpath(relative, NULL); /* patch -d cambia de carpeta */
    char *solution = ag_format("solutions/%s", job->lab->dir);
    int rc = 0;
    job->only = mutant->test ? ag_format("%s", mutant->test) : NULL;
    if (!path)
        rc = gr_error(err, "no se puede leer %s: %s", relative, strerror(errno));
    else if (!job->only)
        rc = gr_error(err, "la primera línea debe ser «atrapa: prueba»");
    else if (lab_find(job->lab, job->only) < 0)
        rc = gr_error(err, "dice «atrapa: %s», que no es una prueba del laboratorio",
                      job->only);
    else if (mkdir(job->source, 0755) < 0)
        rc = gr_error(err, "no se puede crear %s: %s", job->source, strerror(errno));
    else if (gr_copy_sources(job->lab, solution, job->source, NULL, err) < 0)
        rc = -1;
    else if (!apply_patch(path, job->source))
        rc = gr_error(err, "el parche ya no se aplica a %s", solution);
    free(solution);
    free(path);
    free(relative);
    return rc;
}

/* ---- a medias -------------------------------------------------------------------- */

int gr_partial_make(struct gr_job *job, const char *dir, size_t stage,
                    struct gr_error *err)
{
    if (mkdir(job->source, 0755) < 0)
        return gr_error(err, "no se puede crear %s: %s", job->source, strerror(errno));
    int rc = gr_copy_sources(job->lab, dir, job->source, NULL, err);
    for (size_t i = 0; i < job->lab->n_sources && rc == 0; i++) {
        const char *name = job->lab->sources[i];
        char *path = ag_format("%s/%s", job->source, name), *data;
        size_t size;
        rc = ag_read_file(job->source, name, MAX_PATCH, &data, &size);
        if (rc < 0) {
            rc = gr_error(err, "no se puede leer %s: %s", path, strerror(-rc));
        } else {
            char *text = ag_format("#define ETAPA %zu\n#line 1\n%.*s", stage, (int)size,
                                   data);
            unlink(path);
            rc = gr_write_file(path, text, strlen(text), err);
            free(text);
            free(data);
        }
        free(path);
    }
    return rc;
}
