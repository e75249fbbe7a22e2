/* Correr los trabajos: un juez por trabajo, varios a la vez, y que no quede nada vivo.
 *
 * Cada juez va en su grupo de procesos: Ctrl+C llega solo a este proceso, que los mata y
 * limpia. Además somos «subreaper»: lo que un juez deje huérfano pasa a ser hijo nuestro
 * y no se nos escapa, con caja o sin ella. */
#include "grader/jobs.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "box/identity.h"
#include "box/outer.h"
#include "grader/budget.h"
#include "grader/job.h"
#include "grader/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMPILE_SECONDS 180 /* más que el plazo de la caja al compilar, que salta antes */
#define MAX_CPUS        8
#define WAITING_PER_CPU 4 /* pruebas sueltas por procesador: casi siempre esperan */
#define TICK_MS         100

static volatile sig_atomic_t interrupted;
static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD};
#define N_HANDLED (sizeof handled / sizeof *handled)
static sigset_t open_mask; /* la de antes: con ella se espera y arrancan los hijos */

static void on_signal(int signum)
{
    if (signum != SIGCHLD)
        interrupted = 1;
}

void gr_jobs_hold_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t block;
    sigemptyset(&block);
    for (size_t i = 0; i < N_HANDLED; i++) {
        sigaddset(&block, handled[i]);
        sigaction(handled[i], &action, NULL);
    }
    sigprocmask(SIG_BLOCK, &block, &open_mask);
    for (size_t i = 0; i < N_HANDLED; i++)
        sigdelset(&open_mask, handled[i]);
}

/* ---- arrancar un juez ------------------------------------------------------------ */

/* En el proceso hijo: convertirse en el juez. No vuelve. */
static _Noreturn void become_judge(const struct gr_stage *stage,
                                   const struct gr_config *cfg, const struct gr_job *job)
{
    char *judge = ag_format("%s/asinc-grade", stage->root);
    char *argv[] = {judge, "--juez", job->dir, NULL};
    int entered = gr_budget_enter(cfg);
    if (entered < 0) {
        dprintf(2, "no se puede entrar en el grupo de control: %s\n", strerror(-entered));
        _exit(GR_EXIT_FAILURE);
    }
    if (cfg->rung >= BOX_PARTIAL) {
        int status;
        int rc = box_outer_run(argv, cfg->rung, cfg->uid, cfg->gid, &status);
        if (rc < 0)
            dprintf(2, "no arrancó la caja exterior: %s\n", strerror(-rc));
        _exit(rc == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : GR_EXIT_FAILURE);
    }
    char *group = ag_format("%u", (unsigned)job->group);
    int rc;
    if (cfg->rung == BOX_ISOLATED) {
        umask(007); /* de lo que deje, los programas no ven nada que no se les preste */
        setenv(IDENTITY_GROUP, group, 1);
        rc = identity_drop(cfg->uid, cfg->gid);
    } else {
        rc = ag_drop(cfg->uid, cfg->gid);
    }
    free(group);
    if (rc < 0) {
        dprintf(2, "no se pudo dejar de ser root: %s\n", strerror(-rc));
        _exit(GR_EXIT_FAILURE);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* después: cambiar de usuario lo borra */
    execv(judge, argv);
    dprintf(2, "no se pudo ejecutar %s: %s\n", judge, strerror(errno));
    _exit(GR_EXIT_FAILURE);
}

static int start_judge(const struct gr_stage *stage, const struct gr_config *cfg,
                       struct gr_job *job, struct gr_error *err)
{
    int out[2] = {-1, -1}, null = -1, rc = -1;
    char *log_path = ag_format("%s/juez.txt", job->dir);
    int log = open(log_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (log < 0 || pipe2(out, O_CLOEXEC) < 0 ||
        (null = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0 || (job->pid = fork()) < 0) {
        gr_error(err, "no se puede lanzar el juez de %s: %s", job->label,
                 strerror(errno));
        goto out;
    }
    if (job->pid == 0) {
        for (size_t i = 0; i < N_HANDLED; i++)
            signal(handled[i], SIG_DFL);
        signal(SIGPIPE, SIG_DFL);
        sigprocmask(SIG_SETMASK, &open_mask, NULL);
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(null, 0);
        dup2(out[1], 1);
        dup2(log, 2);
        become_judge(stage, cfg, job);
    }
    setpgid(job->pid, job->pid); /* los dos: gane quien gane, el grupo ya existe */
    job->out = out[0];
    out[0] = -1;
    fcntl(job->out, F_SETFL, O_NONBLOCK);
    job->phase = GR_COMPILING;
    job->phase_ms = ag_ms();
    job->deadline_ms = job->phase_ms + COMPILE_SECONDS * 1000;
    rc = 0;
out:
    for (int i = 0; i < 2; i++)
        if (out[i] >= 0)
            close(out[i]);
    if (null >= 0)
        close(null);
    if (log >= 0)
        close(log);
    free(log_path);
    return rc;
}

/* ---- seguirlo hasta el final ----------------------------------------------------- */

static void on_line(struct gr_job *job)
{
    int status;
    if (strcmp(job->line, "no_compila") == 0) {
        job->built = true;
        job->compile_ms = ag_ms() - job->phase_ms;
    } else if (strcmp(job->line, "prueba") == 0) {
        job->built = job->compiles = true;
        job->phase = GR_RUNNING;
        job->compile_ms = ag_ms() - job->phase_ms;
        job->phase_ms += job->compile_ms;
        job->deadline_ms = job->phase_ms + job->lab->seconds * 1000;
    } else if (sscanf(job->line, "fin %d", &status) == 1) {
        job->suite_status = status;
        job->run_ms = ag_ms() - job->phase_ms;
    }
}

static void read_lines(struct gr_job *job)
{
    char buffer[256];
    ssize_t n;
    while (job->out >= 0 && (n = read(job->out, buffer, sizeof buffer)) != 0) {
        if (n < 0)
            return; /* EAGAIN: por ahora no hay más */
        for (ssize_t i = 0; i < n; i++) {
            if (buffer[i] == '\n') {
                job->line[job->line_len] = '\0';
                job->line_len = 0;
                on_line(job);
            } else if (job->line_len < sizeof job->line - 1) {
                job->line[job->line_len++] = buffer[i];
            }
        }
    }
    if (job->out >= 0) {
        close(job->out);
        job->out = -1;
    }
}

static void kill_judge(struct gr_job *job)
{
    kill(-job->pid, SIGKILL);
    kill(job->pid, SIGKILL);
}

/* Recoge a quien haya terminado: jueces y huérfanos adoptados. */
static void reap(struct gr_job *jobs, size_t n)
{
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
        for (size_t i = 0; i < n; i++) {
            if (jobs[i].pid != pid || jobs[i].phase == GR_DONE)
                continue;
            read_lines(&jobs[i]);
            if (jobs[i].out >= 0)
                close(jobs[i].out);
            jobs[i].out = -1;
            jobs[i].phase = GR_DONE;
        }
    }
}

/* ---- progreso -------------------------------------------------------------------- */

static int count_results(const struct gr_job *job)
{
    char *path = ag_format("%s/resultados", job->dir);
    DIR *dir = opendir(path);
    int n = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        size_t len = strlen(e->d_name);
        n += len > 5 && strcmp(e->d_name + len - 5, ".json") == 0;
    }
    if (dir)
        closedir(dir);
    free(path);
    return n;
}

/* Una línea que se reescribe, solo si mira una persona. `show` falso la borra. */
static void progress(const struct gr_job *jobs, size_t n, bool show)
{
    static char last[512];
    static int tty = -1;
    if (tty < 0)
        tty = isatty(STDERR_FILENO) && strcmp(getenv("TERM") ?: "dumb", "dumb") != 0;
    if (!tty)
        return;
    struct winsize ws;
    size_t cols = ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col ? ws.ws_col
                                                                          : 80;
    char text[sizeof last] = "";
    for (size_t i = 0; show && i < n; i++) {
        const struct gr_job *job = &jobs[i];
        if (job->phase != GR_COMPILING && job->phase != GR_RUNNING)
            continue;
        size_t total = job->only ? 1 : job->lab->n_tests;
        char *more = job->phase == GR_COMPILING
                         ? ag_format("  %s: compilando", job->label)
                         : ag_format("  %s: %d de %zu pruebas", job->label,
                                     count_results(job), total);
        if (ag_width(text, strlen(text)) + ag_width(more, strlen(more)) < cols &&
            strlen(text) + strlen(more) < sizeof text)
            strcat(text, more);
        free(more);
    }
    if (strcmp(text, last) == 0)
        return;
    strcpy(last, text);
    fprintf(stderr, "\r\x1b[2K%s", text);
    fflush(stderr);
}

/* ---- el bucle -------------------------------------------------------------------- */

static bool running(const struct gr_job *job)
{
    return job->phase == GR_COMPILING || job->phase == GR_RUNNING;
}

/* ¿Cabe otro? Compilar y correr una suite entera ocupan un procesador cada uno; una
 * prueba suelta casi siempre espera. `alive` dice cuántos hay en marcha. */
static bool room(const struct gr_job *jobs, size_t n, size_t *alive)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    size_t most = cpus < 1 ? 1 : cpus > MAX_CPUS ? MAX_CPUS : (size_t)cpus;
    size_t busy = 0;
    *alive = 0;
    for (size_t i = 0; i < n; i++) {
        *alive += running(&jobs[i]);
        busy += running(&jobs[i]) && !(jobs[i].only && jobs[i].phase == GR_RUNNING);
    }
    return busy < most && *alive < most * WAITING_PER_CPU;
}

static int loop(struct gr_stage *stage, const struct gr_config *cfg, struct gr_job *jobs,
                size_t n, struct gr_error *err)
{
    size_t next = 0, alive;
    for (;;) {
        while (room(jobs, next, &alive) && next < n) {
            struct gr_job *job = &jobs[next++];
            if (job->missing || job->fault)
                job->phase = GR_DONE;
            else if (start_judge(stage, cfg, job, err) < 0)
                return GR_EXIT_FAILURE;
        }
        if (alive == 0)
            return GR_EXIT_OK;
        progress(jobs, n, true);

        struct pollfd fds[MAX_CPUS * WAITING_PER_CPU];
        nfds_t n_fds = 0;
        for (size_t i = 0; i < next; i++)
            if (jobs[i].phase != GR_DONE && jobs[i].out >= 0)
                fds[n_fds++] = (struct pollfd){.fd = jobs[i].out, .events = POLLIN};
        struct timespec tick = {.tv_nsec = TICK_MS * 1000000};
        ppoll(fds, n_fds, &tick, &open_mask);
        if (interrupted)
            return GR_EXIT_INTERRUPT;

        for (size_t i = 0; i < next; i++) {
            struct gr_job *job = &jobs[i];
            if (job->phase == GR_DONE)
                continue;
            read_lines(job);
            if (ag_ms() > job->deadline_ms && !job->timed_out) {
                job->timed_out = true;
                kill_judge(job);
            }
        }
        reap(jobs, n);
    }
}

int gr_jobs_run(struct gr_stage *stage, const struct gr_config *cfg, struct gr_job *jobs,
                size_t n, struct gr_error *err)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int rc = loop(stage, cfg, jobs, n, err);
    for (size_t i = 0; i < n; i++) {
        if (running(&jobs[i]))
            kill_judge(&jobs[i]);
        if (jobs[i].out >= 0)
            close(jobs[i].out);
        jobs[i].out = -1;
    }
    ag_kill_children();
    progress(jobs, n, false);
    return interrupted ? GR_EXIT_INTERRUPT : rc;
}

bool gr_job_wants(const struct gr_job *job, const struct lab_test *test)
{
    if (job->only)
        return strcmp(job->only, test->name) == 0;
    return job->upto == 0 ||
           (test->milestone + 1 >= job->from && test->milestone < job->upto);
}

void gr_job_free(struct gr_job *job)
{
    for (size_t i = 0; i < job->n_results; i++) {
        json_decref(job->results[i].story);
        json_decref(job->results[i].chronicle);
    }
    free(job->results);
    free(job->milestones);
    if (job->claim > 0)
        close(job->claim);
    free(job->label);
    free(job->source);
    free(job->shown);
    free(job->only);
    free(job->dir);
    free(job->repro);
    free(job->missing);
    free(job->fault);
    free(job->altered);
    free(job->gcc);
}
