/* Calificar unidades, varias a la vez, cada una en su proceso.
 *
 * Aquí no se ejecuta código ajeno ni se lee: lo hace asinc-grade, que lo encierra. Cada uno va en
 * su grupo de procesos, para que Ctrl+C llegue solo a este; si este muere, el sistema avisa a los
 * demás con SIGTERM, y ellos recogen lo suyo. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "box/cgroup.h"
#include "class/units.h"
#include "grader/grader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TRIES        2    /* una más si falla el corrector */
#define UNIT_SECONDS 1800 /* más que los plazos de asinc-grade, con su repetición */
#define TICK_MS      200
#define PER_CPU      3

static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD};
#define N_HANDLED (sizeof handled / sizeof *handled)

struct running {
    pid_t pid;
    size_t unit;
    int tries;
    double started_ms;
};

struct pool_state {
    struct cl_pool *pool;
    char *grader;
    sigset_t ours, before;
    struct running *v;
    size_t n, next;
};

size_t cl_pool_default(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    return (size_t)(cpus < 1 ? 1 : cpus) * PER_CPU;
}

static char *unit_path(const struct cl_pool *pool, const struct cl_unit *unit,
                       const char *file)
{
    return ag_format("%s/" CL_WORK "/%s%s", pool->out, unit->key, file);
}

/* ---- empezar --------------------------------------------------------------------------- */

static _Noreturn void become_grader(const struct pool_state *s,
                                    const struct cl_unit *unit, pid_t parent)
{
    char *dir = unit_path(s->pool, unit, ""),
         *log = unit_path(s->pool, unit, "/dice.txt");
    char *neighbours = ag_format("%zu", s->pool->jobs);
    char *argv[] = {
        s->grader,   "--clase", "--lab",  (char *)unit->lab,     "--desde",  dir,
        "--informe", dir,       "--caja", (char *)s->pool->rung, "--exacta", "--vecinos",
        neighbours,  NULL};
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (getppid() != parent || null < 0 || out < 0 || dup2(null, 0) < 0 ||
        dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(GR_EXIT_FAILURE);
    sigprocmask(SIG_SETMASK, &s->before, NULL);
    execv(s->grader, argv);
    dprintf(2, "no se pudo ejecutar %s: %s\n", s->grader, strerror(errno));
    _exit(GR_EXIT_FAILURE);
}

/* En `s->v` solo está lo que tiene proceso: a los de ahí se les mandan señales. */
static int start(struct pool_state *s, struct running r, struct gr_error *err)
{
    pid_t parent = getpid();
    r.started_ms = ag_ms();
    r.tries++;
    r.pid = fork();
    if (r.pid < 0)
        return gr_error(err, "no se puede lanzar asinc-grade: %s", strerror(errno));
    if (r.pid == 0)
        become_grader(s, &s->pool->units[r.unit], parent);
    setpgid(r.pid, r.pid);
    s->v[s->n++] = r;
    return 0;
}

static int start_next(struct pool_state *s, struct gr_error *err)
{
    struct running r = {.unit = s->next++};
    return s->pool->before(s->pool, r.unit, err) < 0 ? -1 : start(s, r, err);
}

/* ---- acabar ---------------------------------------------------------------------------- */

/* Lo que dijo el corrector al fallar, para quien enseña. */
static void write_failure(const struct pool_state *s, const struct running *r, int status)
{
    const struct cl_unit *unit = &s->pool->units[r->unit];
    char *path = unit_path(s->pool, unit, "/fallo.txt");
    FILE *f = fopen(path, "we");
    if (f && WIFSIGNALED(status))
        fprintf(f, "el corrector murió por la señal %d (%s)\n", WTERMSIG(status),
                strsignal(WTERMSIG(status)));
    else if (f)
        fprintf(f, "el corrector terminó con código %d y sin resultado\n",
                WEXITSTATUS(status));
    if (f)
        fclose(f);
    free(path);
}

/* Acabó el proceso de `s->v[at]`: otro intento, o se recoge. */
static int finish(struct pool_state *s, size_t at, int status, struct gr_error *err)
{
    struct running r = s->v[at];
    struct cl_unit *unit = &s->pool->units[r.unit];
    s->v[at] = s->v[--s->n];
    char *path = unit_path(s->pool, unit, "/resultados.json");
    bool told = access(path, F_OK) == 0;
    free(path);
    unit->seconds += (ag_ms() - r.started_ms) / 1000;
    if (!told && r.tries < TRIES)
        return start(s, r, err);
    if (!told)
        write_failure(s, &r, status);
    return s->pool->after(s->pool, r.unit, err);
}

static int reap(struct pool_state *s, struct gr_error *err)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (size_t i = 0; i < s->n; i++)
            if (s->v[i].pid == pid) {
                if (finish(s, i, status, err) < 0)
                    return -1;
                break;
            }
    return 0;
}

/* Quien pasa de todos sus plazos está atascado. */
static void stop_stuck(const struct pool_state *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (ag_ms() - s->v[i].started_ms > UNIT_SECONDS * 1000.0)
            kill(-s->v[i].pid, SIGKILL);
}

/* Pide a todos que acaben y los espera: borran lo suyo al irse. */
static void stop_all(const struct pool_state *s)
{
    for (size_t i = 0; i < s->n; i++)
        kill(s->v[i].pid, SIGTERM);
    for (size_t i = 0; i < s->n; i++)
        ag_wait(s->v[i].pid);
}

/* ---- el bucle -------------------------------------------------------------------------- */

static int loop(struct pool_state *s, struct gr_error *err)
{
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    for (;;) {
        while (s->n < s->pool->jobs && s->next < s->pool->n)
            if (start_next(s, err) < 0)
                return GR_EXIT_FAILURE;
        if (s->n == 0)
            return GR_EXIT_OK;
        s->pool->tick(s->pool);
        int signum = sigtimedwait(&s->ours, NULL, &tick);
        if (signum > 0 && signum != SIGCHLD)
            return GR_EXIT_INTERRUPT;
        stop_stuck(s);
        if (reap(s, err) < 0)
            return GR_EXIT_FAILURE;
    }
}

int cl_pool_run(struct cl_pool *pool, struct gr_error *err)
{
    struct pool_state s = {.pool = pool, .v = ag_alloc(pool->jobs, sizeof *s.v)};
    struct gr_stage where = {.lock = -1};
    int rc = GR_EXIT_FAILURE;
    if (gr_stage_find(&where, err) < 0)
        goto out;
    s.grader = ag_format("%s/autograder/asinc-grade", where.own);
    sigemptyset(&s.ours);
    for (size_t i = 0; i < N_HANDLED; i++)
        sigaddset(&s.ours, handled[i]);
    sigprocmask(SIG_BLOCK, &s.ours, &s.before);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    /* Donde se pueda, que los grupos de control de todas cuelguen del de esta. */
    struct cgroup base;
    if (cgroup_base(&base) == 0)
        cgroup_free(&base);
    rc = loop(&s, err);
    if (rc != GR_EXIT_OK)
        stop_all(&s);
    ag_kill_children();
    sigprocmask(SIG_SETMASK, &s.before, NULL);
out:
    free(s.grader);
    free(s.v);
    gr_stage_close(&where);
    return rc;
}
