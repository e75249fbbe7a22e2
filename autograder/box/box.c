/* El lado de quien llama: arrancar una caja, hablar con su runner y recoger el final. */
#include "box/box.h"

#include "base/clock.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/process.h"
#include "box/internal.h"
#include "box/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    /* Lo que damos a la caja, además de wall_ms, antes de darla por rota. */
    MARGIN_MS = 20000,
    SAMPLE_MS = 5000,
    FREE_MS = 5000,
    HIGH_FD = 64 /* por encima de todos los descriptores que se reparten al hijo */
};

struct box_run {
    pid_t child; /* bwrap, o el runner sin él; 0 cuando ya se ha esperado */
    int control;
    int diag; /* lo que bwrap o el runner escriben si no pueden arrancar */
    double deadline_ms;
    bool finished;
    struct box_result result;
    char *work_dir; /* solo sin bubblewrap: el directorio de trabajo temporal */
};

/* ---- Arranque ---------------------------------------------------------------------- */

/* El hijo: coloca `fds[i]` en el descriptor i, cierra el resto y se convierte en `argv`.
 * Solo llamadas seguras tras fork en un programa con hilos. */
__attribute__((noreturn)) static void launch(char *const *argv, char *const *envp,
                                             const char *dir, const int *fds, int count)
{
    static const char cannot[] = "no se pudo ejecutar ";
    int high[count];
    for (int i = 0; i < count; i++) {
        high[i] = fcntl(fds[i], F_DUPFD, HIGH_FD);
        if (high[i] < 0)
            _exit(126);
    }
    for (int i = 0; i < count; i++)
        dup2(high[i], i);
    close_range((unsigned)count, ~0U, 0);
    for (int signum = 1; signum < NSIG; signum++)
        signal(signum, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (!dir || chdir(dir) == 0)
        execvpe(argv[0], argv, envp);
    const char *why = strerrordesc_np(errno);
    if (write(WIRE_DIAG_FD, cannot, sizeof cannot - 1) < 0 ||
        write(WIRE_DIAG_FD, argv[0], strlen(argv[0])) < 0 ||
        write(WIRE_DIAG_FD, ": ", 2) < 0 || write(WIRE_DIAG_FD, why, strlen(why)) < 0)
        _exit(126);
    _exit(127);
}

static int send_to_runner(box_run *run, struct wire_message *message)
{
    if (run->finished)
        return -ESRCH;
    message->size = sizeof *message;
    if (send(run->control, message, sizeof *message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        return errno == EPIPE || errno == ECONNRESET ? -ESRCH : -errno;
    return 0;
}

static int or_null(int fd, int null)
{
    return fd >= 0 ? fd : null;
}

/* Reparte los descriptores y lanza el proceso. */
static int spawn(box_run *run, const struct box_options *o, int runner_end, int diag_end)
{
    int fds[BOX__DATA_FD + BOX__DATA_COUNT], count = WIRE_FD_COUNT, rc;
    struct strings argv = {0}, env = {0};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return -errno;
    fds[0] = fds[1] = null;
    fds[WIRE_DIAG_FD] = diag_end;
    fds[WIRE_CONTROL_FD] = runner_end;
    fds[WIRE_STDIN_FD] = or_null(o->stdin_fd, null);
    fds[WIRE_STDOUT_FD] = or_null(o->stdout_fd, null);
    fds[WIRE_STDERR_FD] = or_null(o->stderr_fd, null);
    int first_extra = WIRE_FILTER_FD;
    bool bubblewrap = o->rung >= BOX_PARTIAL;
    rc = fds[WIRE_FILTER_FD] = o->rung == BOX_NONE ? fcntl(null, F_DUPFD_CLOEXEC, 0)
                                                   : box__seccomp_fd(o);
    if (rc < 0) {
        count = WIRE_FILTER_FD;
        goto close_fds;
    }
    if (bubblewrap) {
        rc = box__profile_data(fds + BOX__DATA_FD);
        if (rc < 0)
            goto close_fds;
        count += BOX__DATA_COUNT;
        box__env(&env, o, BOX_WORK_DIR);
        box__profile(&argv, o, &env);
    } else {
        rc = box__work_dir(&run->work_dir, o);
        if (rc == 0)
            rc = box__lend(o);
        if (rc == 0)
            rc = box__plain(&argv, o, run->work_dir);
        if (rc < 0)
            goto close_fds;
        box__env(&env, o, run->work_dir);
    }
    /* El entorno del propio bwrap va vacío: nada del corrector entra ni de paso. */
    char *const nothing[] = {NULL};
    run->child = fork();
    if (run->child == 0 && o->rung != BOX_ISOLATED) /* en ella los usa el runner */
        box__clear_ambient();
    if (run->child == 0)
        launch(argv.items, bubblewrap ? nothing : env.items, run->work_dir, fds, count);
    rc = run->child < 0 ? -errno : 0;

close_fds:
    for (int i = first_extra; i < count; i++)
        close(fds[i]);
    close(null);
    box__strings_free(&argv);
    box__strings_free(&env);
    return rc;
}

int box_start(box_run **out, const struct box_options *options)
{
    int rc = box__check(options);
    if (rc < 0)
        return rc;
    int control[2] = {-1, -1}, diag[2] = {-1, -1};
    box_run *run = ag_alloc(1, sizeof *run);
    run->control = run->diag = -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0 ||
        pipe2(diag, O_CLOEXEC | O_NONBLOCK) < 0) {
        rc = -errno;
        goto fail;
    }
    run->control = control[0];
    run->diag = diag[0];
    run->deadline_ms = ag_ms() + options->limits.wall_ms + MARGIN_MS;
    struct wire_message config = {.type = WIRE_CONFIG};
    config.config.limits = options->limits;
    config.config.rung = options->rung;
    rc = send_to_runner(run, &config);
    if (rc == 0)
        rc = spawn(run, options, control[1], diag[1]);
    if (rc < 0)
        goto fail;
    close(control[1]);
    close(diag[1]);
    *out = run;
    return 0;

fail:
    for (int i = 0; i < 2; i++) {
        if (control[i] >= 0)
            close(control[i]);
        if (diag[i] >= 0)
            close(diag[i]);
    }
    if (run->work_dir)
        ag_remove_tree(run->work_dir);
    free(run->work_dir);
    free(run);
    return rc;
}

/* ---- El final ---------------------------------------------------------------------- */

/* Espera a bwrap (o al runner), que acaba cuando ya no queda nada de la caja. */
static int reap(box_run *run)
{
    int status = run->child > 0 ? ag_wait(run->child) : 0;
    run->child = 0;
    return status;
}

static void finish(box_run *run, const struct box_result *result)
{
    run->finished = true;
    run->result = *result;
    reap(run);
}

/* El canal se cerró sin resultado: la caja no llegó a arrancar o alguien la mató. */
static void finish_with_fault(box_run *run, const char *what)
{
    int status = reap(run);
    char said[160];
    ssize_t n = read(run->diag, said, sizeof said - 1);
    said[n > 0 ? n : 0] = '\0';
    said[strcspn(said, "\n")] = '\0';
    struct box_result *result = &run->result;
    *result = (struct box_result){.kind = BOX_FAULT};
    if (*said)
        snprintf(result->detail, sizeof result->detail, "%s: %s", what, said);
    else if (WIFSIGNALED(status))
        snprintf(result->detail, sizeof result->detail, "%s: la mató la señal %d", what,
                 WTERMSIG(status));
    else
        snprintf(result->detail, sizeof result->detail, "%s (código %d)", what,
                 WEXITSTATUS(status));
    run->finished = true;
}

/* Recibe lo que haya mandado el runner. true: hay un WIRE_USAGE en `message`. */
static bool receive(box_run *run, struct wire_message *message)
{
    /* Si el runner acabó sin leer lo último que le mandamos, el núcleo avisa primero con
     * ECONNRESET, una vez, y después entrega lo que él había escrito. */
    ssize_t n;
    while ((n = recv(run->control, message, sizeof *message, MSG_DONTWAIT)) < 0 &&
           (errno == EINTR || errno == ECONNRESET))
        ;
    if (n < 0 && errno == EAGAIN)
        return false;
    if (n != (ssize_t)sizeof *message || message->size != sizeof *message)
        finish_with_fault(run, "La caja terminó sin dar su resultado");
    else if (message->type == WIRE_RESULT)
        finish(run, &message->result);
    return !run->finished && message->type == WIRE_USAGE;
}

/* Espera a que haya algo que leer, hasta `until_ms`. */
static bool readable(box_run *run, double until_ms)
{
    for (;;) {
        double left = until_ms - ag_ms();
        struct pollfd fd = {.fd = run->control, .events = POLLIN};
        int n = poll(&fd, 1, left < 0 ? 0 : left >= INT_MAX ? INT_MAX : (int)left + 1);
        if (n > 0 || (n == 0 && left < INT_MAX))
            return n > 0;
    }
}

int box_wait(box_run *run, int timeout_ms, struct box_result *result)
{
    double until = timeout_ms < 0 ? run->deadline_ms : ag_ms() + timeout_ms;
    if (until > run->deadline_ms)
        until = run->deadline_ms;
    struct wire_message message;
    while (!run->finished && readable(run, until))
        receive(run, &message);
    if (!run->finished && ag_ms() >= run->deadline_ms) {
        kill(run->child, SIGKILL);
        finish_with_fault(run, "La caja no terminó a su hora");
    }
    if (!run->finished)
        return -ETIMEDOUT;
    *result = run->result;
    return 0;
}

int box_status_fd(const box_run *run)
{
    return run->control;
}

int box_signal(box_run *run, int signum)
{
    if (signum < 1 || signum >= NSIG)
        return -EINVAL;
    return send_to_runner(run,
                          &(struct wire_message){.type = WIRE_SIGNAL, .signum = signum});
}

int box_sample(box_run *run, struct box_usage *usage)
{
    struct wire_message message = {.type = WIRE_SAMPLE};
    int rc = send_to_runner(run, &message);
    double until = ag_ms() + SAMPLE_MS;
    while (rc == 0 && readable(run, until)) {
        if (receive(run, &message)) {
            *usage = message.usage;
            return 0;
        }
        if (run->finished)
            return -ESRCH;
    }
    return rc < 0 ? rc : -ETIMEDOUT;
}

void box_kill(box_run *run)
{
    send_to_runner(run, &(struct wire_message){.type = WIRE_KILL});
}

void box_free(box_run *run)
{
    if (!run)
        return;
    struct box_result ignored;
    if (!run->finished) {
        box_kill(run);
        if (box_wait(run, FREE_MS, &ignored) < 0) {
            kill(run->child, SIGKILL);
            reap(run);
        }
    }
    close(run->control);
    close(run->diag);
    if (run->work_dir)
        ag_remove_tree(run->work_dir);
    free(run->work_dir);
    free(run);
}
