#include "day/child.h"
#include "base/memory.h"
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* El corrector, que limpia lo suyo, tarda en acabar unos milisegundos. */
enum { PATIENCE_MS = 3000, MAX_OUTPUT = 1 << 20 };

void day_child_init(struct day_child *c, uv_loop_t *loop, void (*done)(void *arg),
                    void *arg)
{
    *c = (struct day_child){.loop = loop, .done = done, .arg = arg};
    uv_timer_init(loop, &c->patience);
    c->patience.data = c;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

_Noreturn void day_child_become(char **argv)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execvp(argv[0], argv);
    fprintf(stderr, "no se pudo ejecutar %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* ---- el final ----------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    struct day_child *c = handle->data;
    if (--c->open > 0)
        return;
    c->running = false;
    c->done(c->arg);
}

static void on_ended(uv_process_t *process, int64_t status, int signum)
{
    struct day_child *c = process->data;
    c->status = signum ? -signum : status;
    uv_timer_stop(&c->patience);
    ag_kill_children(); /* lo que dejó atrás; con ello se cierra la tubería */
    uv_close((uv_handle_t *)process, on_closed);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
    static char chunk[8192];
    (void)handle;
    (void)size;
    *buf = uv_buf_init(chunk, sizeof chunk);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct day_child *c = stream->data;
    if (n < 0) {
        uv_close((uv_handle_t *)stream, on_closed);
    } else if (n > 0 && c->size + (size_t)n < MAX_OUTPUT) {
        c->out = ag_grow(c->out, c->size + (size_t)n + 1, 1);
        memcpy(c->out + c->size, buf->base, (size_t)n);
        c->size += (size_t)n;
        c->out[c->size] = '\0';
    }
}

/* ---- el principio ------------------------------------------------------------------------- */

/* La misma orden, detrás de «asinc-day lanza». */
static char **tied(char *const *argv)
{
    size_t n = 0;
    while (argv[n])
        n++;
    char **all = ag_alloc(n + 3, sizeof *all);
    all[0] = "/proc/self/exe";
    all[1] = "lanza";
    memcpy(all + 2, argv, n * sizeof *all);
    return all;
}

int day_child_start(struct day_child *c, char *const *argv)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0)
        return uv_translate_sys_error(errno);
    char **args = tied(argv);
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = fds[1]},
        {.flags = UV_INHERIT_FD, .data.fd = fds[1]},
    };
    /* En su propia sesión: el Ctrl+C de la terminal no le llega, se lo decimos nosotros. */
    uv_process_options_t options = {
        .file = args[0],
        .args = args,
        .stdio = stdio,
        .stdio_count = 3,
        .flags = UV_PROCESS_DETACHED,
        .exit_cb = on_ended,
    };
    c->out = ag_grow(c->out, 1, 1);
    c->out[c->size = 0] = '\0';
    c->cancelled = false;
    c->process.data = c->pipe.data = c;
    int rc = uv_spawn(c->loop, &c->process, &options);
    free(args);
    close(fds[1]);
    if (rc < 0) {
        uv_close((uv_handle_t *)&c->process, NULL);
        close(fds[0]);
        return rc;
    }
    uv_pipe_init(c->loop, &c->pipe, 0);
    uv_pipe_open(&c->pipe, fds[0]);
    uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read);
    c->open = 2;
    c->running = true;
    return 0;
}

static void on_patience(uv_timer_t *timer)
{
    struct day_child *c = timer->data;
    kill(-c->process.pid, SIGKILL);
}

void day_child_cancel(struct day_child *c)
{
    if (!c->running || c->cancelled)
        return;
    c->cancelled = true;
    if (uv_is_active((uv_handle_t *)&c->process)) {
        kill(-c->process.pid, SIGTERM);
        uv_timer_start(&c->patience, on_patience, PATIENCE_MS, 0);
    }
}

void day_child_close(struct day_child *c)
{
    uv_close((uv_handle_t *)&c->patience, NULL);
    free(c->out);
    c->out = NULL;
}

/* ---- de una vez --------------------------------------------------------------------------- */

char *day_child_run(char *const *argv)
{
    int fds[2];
    pid_t pid;
    posix_spawn_file_actions_t actions;
    if (pipe2(fds, O_CLOEXEC) < 0)
        return ag_format("no se pudo ejecutar %s: %s\n", argv[0], strerror(errno));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 2);
    int rc = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(fds[1]);
    char *text = rc == 0
                     ? ag_read_all(fds[0], MAX_OUTPUT)
                     : ag_format("no se pudo ejecutar %s: %s\n", argv[0], strerror(rc));
    close(fds[0]);
    if (rc == 0)
        ag_wait(pid);
    return text;
}
