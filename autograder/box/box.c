/* El lado de quien llama: arrancar una caja, hablar con su runner y recoger el final. */
#include "box/box.h"

#include "base/clock.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/process.h"
#include "box/cgroup.h"
#include "box/counters.h"
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    /* Lo que damos a la caja, además de wall_ms, antes de darla por rota. */
    MARGIN_MS = 20000,
    SAMPLE_MS = 5000,
    FREE_MS = 5000,
    HIGH_FD = 64, /* por encima de todos los descriptores que se reparten al hijo */
    GROUP_KIB =
        64 << 10, /* lo que gasta la caja misma, y las pilas de mil hilos en el núcleo */
    SHM_KIB = 4 << 10,
};

struct box_run {
    pid_t child; /* bwrap, o el runner sin él; 0 cuando ya se ha esperado */
    int control;
    int diag; /* lo que bwrap o el runner escriben si no pueden arrancar */
    double deadline_ms;
    bool finished;
    struct box_result result;
    char *work_dir;      /* solo sin bubblewrap: el directorio de trabajo temporal */
    struct cgroup group; /* si lo hay */
    int counters[COUNTERS];
    long rss_kib; /* su límite */
};

/* ---- Arranque ---------------------------------------------------------------------- */

/* Lo que ata a la caja con las demás de su calificación, antes de que exista. 0 o -errno. */
static int join_grading(const struct box_run *run, const struct box_options *o,
                        bool inside)
{
    struct rlimit now;
    /* Lo que quede fuera de un espacio de usuarios nuevo cuenta en el de la exterior, hasta el
     * límite que tenía quien lo creó: así es un tope para todas. Sin espacio nuevo cuenta en el del
     * sistema, donde con un usuario propio tampoco hay más que las suyas. */
    bool counted = o->rung >= BOX_PARTIAL || (o->rung == BOX_MINIMAL && o->own_user);
    if (o->processes > 0 && counted && getrlimit(RLIMIT_NPROC, &now) == 0 &&
        now.rlim_max > (rlim_t)o->processes) {
        now.rlim_cur = now.rlim_max = (rlim_t)o->processes;
        setrlimit(RLIMIT_NPROC, &now);
    }
    return run->group.version && !inside ? cgroup_enter(&run->group) : 0;
}

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
    union {
        char bytes[CMSG_SPACE(COUNTERS * sizeof(int))];
        struct cmsghdr align;
    } rights = {0};
    struct iovec part = {message, sizeof *message};
    struct msghdr all = {.msg_iov = &part, .msg_iovlen = 1};
    if (message->type == WIRE_CONFIG && message->config.grouped) {
        all.msg_control = rights.bytes;
        all.msg_controllen = sizeof rights.bytes;
        struct cmsghdr *head = CMSG_FIRSTHDR(&all);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof run->counters);
        memcpy(CMSG_DATA(head), run->counters, sizeof run->counters);
    }
    if (sendmsg(run->control, &all, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        return errno == EPIPE || errno == ECONNRESET ? -ESRCH : -errno;
    return 0;
}

/* Su grupo, si la calificación tiene el suyo: que falle no la deja sin él. */
static int make_group(box_run *run, const struct box_options *o)
{
    struct cgroup grading;
    const struct box_limits *l = &o->limits;
    struct cgroup_budget budget = {0};
    if (!o->group || !*o->group)
        return 0;
    int rc = cgroup_parse(o->group, &grading);
    if (rc < 0)
        return rc;
    if (l->rss_kib > 0)
        budget.memory_kib = l->rss_kib + 2 * (l->tmp_bytes >> 10) + SHM_KIB + GROUP_KIB;
    rc = cgroup_box(&grading, &budget, &run->group);
    cgroup_free(&grading);
    if (rc == 0 && (rc = cgroup_open_counters(&run->group, run->counters)) < 0)
        cgroup_close(&run->group);
    return rc;
}

static void drop_group(box_run *run)
{
    for (int i = 0; i < COUNTERS && run->group.version; i++)
        if (run->counters[i] >= 0)
            close(run->counters[i]);
    if (run->group.version)
        cgroup_close(&run->group);
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
    bool inside = false;
    run->child = run->group.version ? cgroup_fork(&run->group, &inside) : fork();
    if (run->child == 0 && (rc = join_grading(run, o, inside)) < 0) {
        dprintf(diag_end, "no pudo entrar en su grupo de control: %s\n", strerror(-rc));
        _exit(126);
    }
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
    run->rss_kib = options->limits.rss_kib;
    rc = make_group(run, options);
    if (rc < 0)
        goto fail;
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
    /* Sin el de CPU no viaja ninguno: el de memoria lo lee también este lado. */
    config.config.grouped = run->group.version && run->counters[COUNTER_CPU] >= 0;
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
    drop_group(run);
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

/* Si el núcleo mató a alguien por memoria, eso es lo que pasó, aunque el principal acabara bien o
 * el muerto fuera el runner. */
static bool out_of_memory(const box_run *run)
{
    return run->group.version && counter_oom_kills(run->counters[COUNTER_OOM]) > 0;
}

static void blame_memory(const struct box_run *run, struct box_result *result)
{
    result->kind = BOX_LIMIT;
    result->limit = BOX_LIMIT_MEMORY;
    if (result->peak_rss_kib < run->rss_kib)
        result->peak_rss_kib = run->rss_kib; /* lo que se vio es menos que lo que hubo */
}

static void finish(box_run *run, const struct box_result *result)
{
    run->finished = true;
    run->result = *result;
    if (out_of_memory(run) && result->kind != BOX_KILLED)
        blame_memory(run, &run->result);
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
    if (out_of_memory(run))
        blame_memory(run, result);
    else if (*said)
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
    drop_group(run);
    if (run->work_dir)
        ag_remove_tree(run->work_dir);
    free(run->work_dir);
    free(run);
}
