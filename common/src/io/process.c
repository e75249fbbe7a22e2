#include <asinc/process.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/task_internal.h"
#include "core/track.h"

enum { STDIO_COUNT = 3 };

struct as_process {
    uv_process_t handle;
    struct as__tracked tracked;
    struct as__link waiters;
    as_stream *pipes[STDIO_COUNT]; /* nuestro extremo; NULL si no hay */
    int pid, code, signum;
    bool exited, same_group;
};

/* ---- Lanzar ------------------------------------------------------------------------- */

/* Lo que recibe el proceso en un descriptor y, si es una tubería, sus dos extremos. */
struct wiring {
    uv_stdio_container_t stdio[STDIO_COUNT];
    int theirs[STDIO_COUNT]; /* -1: no hay tubería, ni hizo falta abrirlo otra vez */
    int ours[STDIO_COUNT];
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* libuv quita O_NONBLOCK de lo que hereda un proceso. Si este programa lo tiene abierto como flujo, su
 * bucle se pararía en él: el proceso recibe otro descriptor de lo mismo. -1 si no hace falta, o si no se
 * puede, como con un socket. */
static int reopen(int fd)
{
    int flags = fcntl(fd, F_GETFL), again;
    char path[32];

    if (flags < 0 || !(flags & O_NONBLOCK))
        return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    /* Sin O_NONBLOCK se esperaría aquí a que hubiera alguien al otro lado. */
    again = open(path,
                 (flags & (O_ACCMODE | O_APPEND)) | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (again >= 0)
        fcntl(again, F_SETFL, flags & O_APPEND);
    return again;
}

static int wire_one(struct wiring *w, int i, enum as_stdio kind)
{
    int ends[2]; /* de leer y de escribir */

    w->stdio[i].flags = UV_INHERIT_FD;
    w->stdio[i].data.fd = i;
    switch (kind) {
    case AS_INHERIT:
        w->theirs[i] = reopen(i);
        if (w->theirs[i] >= 0)
            w->stdio[i].data.fd = w->theirs[i];
        return 0;
    case AS_NULL:
        w->stdio[i].flags = UV_IGNORE;
        return 0;
    case AS_TO_STDOUT:
        if (i != STDERR_FILENO)
            break;
        w->stdio[i] = w->stdio[STDOUT_FILENO];
        return 0;
    case AS_PIPE:
        if (pipe2(ends, O_CLOEXEC) != 0)
            return uv_translate_sys_error(errno);
        w->theirs[i] = ends[i == STDIN_FILENO ? 0 : 1];
        w->ours[i] = ends[i == STDIN_FILENO ? 1 : 0];
        w->stdio[i].data.fd = w->theirs[i];
        return 0;
    }
    return UV_EINVAL;
}

static void unwire(struct wiring *w)
{
    for (int i = 0; i < STDIO_COUNT; i++) {
        close_fd(&w->theirs[i]);
        close_fd(&w->ours[i]);
    }
}

static int wire(struct wiring *w, const as_process_options *options)
{
    const enum as_stdio kinds[STDIO_COUNT] = {options->in, options->out, options->err};
    int rc = 0;

    for (int i = 0; i < STDIO_COUNT; i++)
        w->theirs[i] = w->ours[i] = -1;
    for (int i = 0; rc == 0 && i < STDIO_COUNT; i++)
        rc = wire_one(w, i, kinds[i]);
    if (rc < 0)
        unwire(w);
    return rc;
}

static void on_exit_status(uv_process_t *handle, int64_t status, int signum)
{
    as_process *p = as__container_of(handle, as_process, handle);

    p->exited = true;
    p->code = signum ? 128 + signum : (int)status;
    p->signum = signum;
    as__wake_all(&p->waiters, 0);
}

/* Quien nos lanzó pudo dejar SIGCHLD bloqueada, y con ella se sabe que un proceso terminó. */
static void hear_children(void)
{
    sigset_t children, blocked;

    if (pthread_sigmask(SIG_BLOCK, NULL, &blocked) != 0 ||
        !sigismember(&blocked, SIGCHLD))
        return;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    pthread_sigmask(SIG_UNBLOCK, &children, NULL);
}

static int start(as_process *p, const char *const argv[],
                 const as_process_options *options, struct wiring *w)
{
    uv_process_options_t uv = {
        .exit_cb = on_exit_status,
        .file = argv[0],
        .args = (char **)argv,
        .env = (char **)options->env,
        .cwd = options->cwd,
        .flags = options->same_group ? 0 : UV_PROCESS_DETACHED, /* setsid */
        .stdio_count = STDIO_COUNT,
        .stdio = w->stdio,
    };

    hear_children();
    int rc = uv_spawn(&as__loop->uv, &p->handle, &uv);
    uv_unref((uv_handle_t *)&p->handle); /* nadie lo espera todavía */
    p->exited = rc < 0;
    p->pid = p->handle.pid;
    return rc;
}

static int open_pipes(as_process *p, struct wiring *w)
{
    int rc = 0;

    for (int i = 0; rc == 0 && i < STDIO_COUNT; i++) {
        if (w->ours[i] < 0)
            continue;
        rc = as_stream_open_fd(w->ours[i], &p->pipes[i]);
        if (rc == 0)
            w->ours[i] = -1; /* ya es del flujo */
    }
    return rc;
}

static int explain_spawn(int rc, const char *program, const as_process_options *options)
{
    if (options->cwd)
        return as_error_set(rc, "no se puede lanzar «%s» en «%s»: %s", program,
                            options->cwd, as_strerror(rc));
    return as_error_set(rc, "no se puede lanzar «%s»: %s", program, as_strerror(rc));
}

int as_process_spawn(const char *const argv[], const as_process_options *options,
                     as_process **out)
{
    static const as_process_options defaults;
    struct wiring w;

    as__task_required("as_process_spawn");
    *out = NULL;
    if (!options)
        options = &defaults;
    if (as_cancelled())
        return as__error(UV_ECANCELED);
    if (!argv[0])
        return as_error_set(UV_EINVAL, "falta el programa que hay que lanzar");
    as_process *p = calloc(1, sizeof *p);
    if (!p)
        return as__error(UV_ENOMEM);
    p->same_group = options->same_group;
    as__list_init(&p->waiters);
    int rc = wire(&w, options);
    if (rc < 0) {
        free(p);
        return explain_spawn(rc, argv[0], options);
    }
    rc = start(p, argv, options, &w);
    as__track(&p->tracked, "un proceso", __builtin_return_address(0));
    if (rc == 0)
        rc = open_pipes(p, &w);
    unwire(&w);
    if (rc < 0) {
        as_process_close(p);
        return explain_spawn(rc, argv[0], options);
    }
    *out = p;
    return 0;
}

/* ---- Esperar y morir ----------------------------------------------------------------- */

int as_process_pid(const as_process *process)
{
    return process->pid;
}

as_stream *as_process_stdin(as_process *process)
{
    return process->pipes[STDIN_FILENO];
}

as_stream *as_process_stdout(as_process *process)
{
    return process->pipes[STDOUT_FILENO];
}

as_stream *as_process_stderr(as_process *process)
{
    return process->pipes[STDERR_FILENO];
}

void as_process_close_stdin(as_process *process)
{
    as_stream *input = process->pipes[STDIN_FILENO];

    process->pipes[STDIN_FILENO] = NULL;
    as_stream_close(input);
}

/* De un hijo que otro recogió con waitpid, libuv no sabrá nunca que terminó. */
static bool is_lost(const as_process *p)
{
    siginfo_t info;

    return !p->exited &&
           waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 &&
           errno == ECHILD;
}

/* Espera a que termine; con `shielded`, sin dejarse cancelar. */
static int wait_exit(as_process *p, bool shielded)
{
    static const char what[] = "que termine un proceso";
    int rc = 0;

    uv_ref((uv_handle_t *)&p->handle);
    as__io_begin();
    if (shielded)
        as__wait_on_shielded(&p->waiters, what);
    else
        rc = as__wait_on(&p->waiters, what);
    as__io_end();
    if (as__list_empty(&p->waiters))
        uv_unref((uv_handle_t *)&p->handle);
    return p->exited ? 0 : rc;
}

int as_process_wait(as_process *process, int *signum)
{
    as__task_required("as_process_wait");

    int rc = as__checkpoint();
    if (rc == 0 && is_lost(process))
        return as_error_set(UV_ESRCH,
                            "otra parte del programa recogió el proceso %d: no "
                            "se sabe cómo terminó",
                            process->pid);
    if (rc == 0 && !process->exited)
        rc = wait_exit(process, false);
    if (rc < 0)
        return rc;
    if (signum)
        *signum = process->signum;
    return process->code;
}

int as_process_kill(as_process *process, int signum)
{
    if (process->exited || is_lost(process)) /* su número puede ser ya de otro */
        return as__error(UV_ESRCH);
    int pid = process->same_group ? process->pid : -process->pid;
    return kill(pid, signum) == 0 ? 0 : as__error(uv_translate_sys_error(errno));
}

static void on_closed(uv_handle_t *handle)
{
    free(as__container_of((uv_process_t *)handle, as_process, handle));
}

void as_process_close(as_process *p)
{
    as_scope in_no_time;

    if (!p)
        return;
    as__task_required("as_process_close");
    if (!as__list_empty(&p->waiters))
        as__misuse("as_process_close", "otra tarea está esperando el proceso");
    as__untrack(&p->tracked);
    if (!p->exited) {
        as_process_kill(p, SIGKILL);
        if (!is_lost(p))
            wait_exit(p, true);
    }
    /* Muerto el proceso, lo que quedara por escribirle no es de nadie. */
    as_scope_enter(&in_no_time, 0);
    for (int i = 0; i < STDIO_COUNT; i++)
        as_stream_close(p->pipes[i]);
    (void)as_scope_leave(&in_no_time, 0);
    uv_close((uv_handle_t *)&p->handle, on_closed);
}
