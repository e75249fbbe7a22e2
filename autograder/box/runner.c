/* runner: el PID 1 de la caja interior (o, sin caja, el padre del programa).
 *
 * Nace dentro, así que los límites por usuario cuentan solo los procesos de la caja.
 * Arranca el programa, vigila su árbol entero por /proc, entrega señales, y cuando
 * termina el proceso principal mata lo que quede, lo espera y cuenta el final por el
 * canal de control. Estático y pequeño: se ejecuta con la raíz del alumno, de la que no
 * hay que fiarse.
 *
 *     runner PROGRAMA [ARGUMENTOS...]        (descriptores: ver wire.h) */
#include "tree.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    POLL_MS = 20,   /* cada cuánto se mira el árbol */
    REAP_MAX = 100, /* procesos recogidos por vuelta */
    SCAN_SHARE = 10 /* mirar no gasta más que 1/SCAN_SHARE del tiempo */
};

static struct {
    struct box_limits limits;
    bool boxed;
    pid_t main_pid;
    struct tree tree;
    struct box_result result;
    double started_ms;
} self;

static double now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void send_message(struct wire_message *message)
{
    message->size = sizeof *message;
    while (send(WIRE_CONTROL_FD, message, sizeof *message, MSG_NOSIGNAL) < 0 &&
           errno == EINTR)
        ;
}

/* Fallo de la caja, no del programa: se dice y se acaba. */
__attribute__((noreturn, format(printf, 1, 2))) static void fault(const char *format, ...)
{
    struct wire_message message = {.type = WIRE_RESULT};
    message.result.kind = BOX_FAULT;
    va_list args;
    va_start(args, format);
    vsnprintf(message.result.detail, sizeof message.result.detail, format, args);
    va_end(args);
    send_message(&message);
    _exit(1);
}

/* ---- El programa ------------------------------------------------------------------- */

static void limit(int resource, long soft, long hard)
{
    struct rlimit now, wanted = {(rlim_t)soft, (rlim_t)hard};
    getrlimit(resource, &now);
    if (now.rlim_max != RLIM_INFINITY && wanted.rlim_max > now.rlim_max)
        wanted.rlim_max = now.rlim_max;
    if (wanted.rlim_cur > wanted.rlim_max)
        wanted.rlim_cur = wanted.rlim_max;
    setrlimit(resource, &wanted);
}

static void set_limits(void)
{
    const struct box_limits *l = &self.limits;
    /* El árbol entero lo vigila el runner; esto es la red de debajo, por proceso. */
    long seconds = l->cpu_ms / 1000 + 2;
    if (l->cpu_ms > 0)
        limit(RLIMIT_CPU, seconds, seconds + 1);
    if (l->files > 0)
        limit(RLIMIT_NOFILE, l->files, l->files);
    if (l->fsize > 0)
        limit(RLIMIT_FSIZE, l->fsize, l->fsize);
    /* El 1 no es un error: con 0, un core_pattern con tubería (apport, systemd-coredump)
     * arranca igual su programa. */
    limit(RLIMIT_CORE, 1, 1);
    limit(RLIMIT_MSGQUEUE, 0, 0);
    /* Sin caja contaría todos los procesos del usuario: ahí lo vigila check_limits. El
     * runner ocupa una plaza. */
    if (l->processes > 0 && self.boxed)
        limit(RLIMIT_NPROC, l->processes + 1, l->processes + 1);
}

__attribute__((noreturn)) static void become_program(char **argv, int error_fd)
{
    setsid();
    /* Si falta memoria, que el núcleo elija este proceso. El archivo es nuestro solo si
     * somos «dumpable»; exec lo vuelve a poner así de todos modos. */
    prctl(PR_SET_DUMPABLE, 1);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, "1000", 4) < 0)
        close(fd); /* sin esa preferencia se vive igual */
    set_limits();
    umask(022);
    for (int i = 0; i < 3; i++)
        dup2(WIRE_STDIN_FD + i, i);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    for (int signum = 1; signum < NSIG; signum++)
        signal(signum, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(argv[0], argv);
    int error = errno;
    if (write(error_fd, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

static void start_program(char **argv)
{
    int error_pipe[2], go_pipe[2];
    if (pipe2(error_pipe, O_CLOEXEC) < 0 || pipe2(go_pipe, O_CLOEXEC) < 0)
        fault("La caja no pudo crear una tubería: %s", strerror(errno));
    self.started_ms = now_ms();
    self.main_pid = fork();
    if (self.main_pid < 0)
        fault("La caja no pudo crear el proceso del programa: %s", strerror(errno));
    if (self.main_pid == 0) {
        char never;
        close(go_pipe[1]);
        if (read(go_pipe[0], &never, 1) == 0)
            become_program(argv, error_pipe[1]);
        _exit(127);
    }
    close(error_pipe[1]);
    for (int fd = WIRE_STDIN_FD; fd < WIRE_FD_COUNT; fd++)
        close(fd); /* si no, nadie vería el fin de las tuberías del programa */
    close(go_pipe[0]);
    close(go_pipe[1]); /* y solo ahora empieza él: cuando cierre una, estará cerrada */
    int error;
    if (read(error_pipe[0], &error, sizeof error) == sizeof error)
        fault("No se pudo ejecutar %s dentro de la caja: %s", argv[0], strerror(error));
    close(error_pipe[0]);
}

/* ---- El final ---------------------------------------------------------------------- */

/* Recoge a los que hayan terminado, como mucho REAP_MAX: quien engendre huérfanos sin parar no
 * debe entretener al guardián. Devuelve cuántos, o < 0 si ya no queda ningún hijo. */
static int reap(bool *main_ended, int *main_status)
{
    int status, count = 0;
    pid_t pid = 0;
    while (count < REAP_MAX && (pid = waitpid(-1, &status, WNOHANG)) > 0) {
        count++;
        if (pid == self.main_pid) {
            *main_ended = true;
            *main_status = status;
        }
    }
    return pid < 0 ? -1 : count;
}

static void kill_everything(bool *main_ended, int *main_status)
{
    for (;;) {
        if (self.boxed) {
            kill(-1, SIGKILL);
        } else if (tree_read(&self.tree, false, 0) == 0) {
            for (int i = 0; i < self.tree.processes; i++)
                kill(self.tree.pids[i], SIGKILL);
        }
        if (reap(main_ended, main_status) < 0)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

__attribute__((noreturn)) static void finish(bool main_ended, int main_status,
                                             bool killed)
{
    struct box_result *result = &self.result;
    result->wall_ms = (long)(now_ms() - self.started_ms);
    if (main_ended && tree_read(&self.tree, self.boxed, 0) == 0)
        result->leftovers = self.tree.processes;
    kill_everything(&main_ended, &main_status);

    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    if (usage.ru_maxrss > result->peak_rss_kib)
        result->peak_rss_kib = usage.ru_maxrss;
    if (tree_read(&self.tree, self.boxed, 0) == 0)
        result->cpu_ms = self.tree.cpu_ms;

    if (result->limit != BOX_LIMIT_NONE) {
        result->kind = BOX_LIMIT;
    } else if (killed) {
        result->kind = BOX_KILLED;
    } else if (WIFEXITED(main_status)) {
        result->kind = BOX_EXITED;
        result->code = WEXITSTATUS(main_status);
    } else {
        result->kind = BOX_SIGNALED;
        result->signal = WTERMSIG(main_status);
        if (result->signal == SIGXCPU)
            result->limit = BOX_LIMIT_CPU;
        else if (result->signal == SIGXFSZ)
            result->limit = BOX_LIMIT_FSIZE;
        if (result->limit != BOX_LIMIT_NONE)
            result->kind = BOX_LIMIT;
    }
    struct wire_message message = {.type = WIRE_RESULT, .result = *result};
    send_message(&message);
    _exit(0);
}

/* ---- La guardia -------------------------------------------------------------------- */

static long inodes_used(void)
{
    static const char *const mounts[] = {BOX_WORK_DIR, "/tmp", "/dev/shm"};
    long used = 0;
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
        struct statvfs fs;
        if (statvfs(mounts[i], &fs) == 0)
            used += (long)(fs.f_files - fs.f_ffree);
    }
    return used;
}

/* Qué límite se ha pasado. Deja en `next_ms` cuándo conviene volver a mirar. */
static enum box_limit check_limits(double *next_ms)
{
    const struct box_limits *l = &self.limits;
    double from = now_ms();
    int rc = tree_read(&self.tree, self.boxed, l->rss_kib);
    double to = now_ms(), rest = (to - from) * SCAN_SHARE;
    *next_ms = to + (rest > POLL_MS ? rest : POLL_MS);
    if (to - self.started_ms > (double)l->wall_ms)
        return BOX_LIMIT_WALL;
    if (rc < 0)
        return BOX_LIMIT_NONE; /* no se pudo leer /proc; queda el reloj y los rlimits */
    if (self.tree.memory_kib > self.result.peak_rss_kib)
        self.result.peak_rss_kib = self.tree.memory_kib;
    if (l->cpu_ms > 0 && self.tree.cpu_ms > l->cpu_ms)
        return BOX_LIMIT_CPU;
    if (l->processes > 0 && !self.boxed && self.tree.threads > l->processes)
        return BOX_LIMIT_PROCESSES;
    if (l->inodes > 0 && self.boxed && inodes_used() > l->inodes)
        return BOX_LIMIT_INODES;
    if (l->rss_kib > 0 && self.tree.memory_kib > l->rss_kib)
        return BOX_LIMIT_MEMORY;
    return BOX_LIMIT_NONE;
}

static void answer_sample(void)
{
    struct wire_message message = {.type = WIRE_USAGE};
    if (tree_read(&self.tree, self.boxed, self.limits.rss_kib) == 0)
        message.usage = (struct box_usage){
            .cpu_ms = self.tree.cpu_ms,
            .rss_kib = self.tree.memory_kib,
            .wall_ms = (long)(now_ms() - self.started_ms),
            .processes = self.tree.processes,
            .threads = self.tree.threads,
            .open_files = tree_open_files(self.main_pid),
        };
    send_message(&message);
}

/* Atiende las órdenes pendientes. false: hay que matarlo todo, por orden o porque ya no
 * hay nadie al otro lado. */
static bool serve_control(void)
{
    struct wire_message message;
    for (;;) {
        ssize_t n = recv(WIRE_CONTROL_FD, &message, sizeof message, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        if (n != sizeof message || message.type == WIRE_KILL)
            return false;
        if (message.type == WIRE_SIGNAL)
            kill(-self.main_pid, message.signum);
        else if (message.type == WIRE_SAMPLE)
            answer_sample();
    }
}

__attribute__((noreturn)) static void watch(int child_fd)
{
    double next_ms = 0;
    bool more = false; /* quedó alguno por recoger */
    for (;;) {
        struct pollfd fds[] = {{.fd = WIRE_CONTROL_FD, .events = POLLIN},
                               {.fd = child_fd, .events = POLLIN}};
        double wait_ms = next_ms - now_ms();
        double wall_ms = self.started_ms + (double)self.limits.wall_ms - now_ms();
        if (wall_ms < wait_ms)
            wait_ms = wall_ms;
        poll(fds, 2, more || wait_ms <= 0 ? 0 : (int)wait_ms + 1);

        if (fds[1].revents || more) {
            /* Una sola lectura: el programa puede mandarnos SIGCHLD más deprisa de lo que
             * vaciamos. */
            struct signalfd_siginfo info;
            bool main_ended = false;
            int main_status = 0;
            if (fds[1].revents && read(child_fd, &info, sizeof info) < 0)
                continue;
            more = reap(&main_ended, &main_status) == REAP_MAX;
            if (main_ended)
                finish(true, main_status, false);
        }
        if (fds[0].revents && !serve_control())
            finish(false, 0, true);
        if (now_ms() >= next_ms || wall_ms <= 0) {
            self.result.limit = check_limits(&next_ms);
            if (self.result.limit != BOX_LIMIT_NONE)
                finish(false, 0, false);
        }
    }
}

int main(int argc, char **argv)
{
    struct wire_message message;
    if (argc < 2 ||
        recv(WIRE_CONTROL_FD, &message, sizeof message, 0) != (ssize_t)sizeof message ||
        message.size != sizeof message || message.type != WIRE_CONFIG) {
        dprintf(WIRE_DIAG_FD,
                "runner: lo arranca la caja (box_start), no se usa a mano, y las "
                "dos partes deben ser de la misma compilación\n");
        return 2;
    }
    self.limits = message.config.limits;
    self.boxed = message.config.boxed;
    if (self.boxed && getpid() != 1)
        fault("El runner no es el proceso 1 de la caja: la caja no está cerrada");
    /* Que el programa no pueda mirar ni tocar a su guardián (/proc/1/mem, ptrace). */
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int fd = 0; fd < WIRE_FD_COUNT; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);

    sigset_t all, child;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int child_fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (child_fd < 0)
        fault("La caja no pudo preparar sus señales: %s", strerror(errno));
    start_program(argv + 1);
    watch(child_fd);
}
