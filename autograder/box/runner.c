/* runner: el PID 1 de la caja interior (o, sin espacio de procesos, el padre del programa).
 *
 * Nace dentro, así que los límites por usuario cuentan solo los procesos de la caja. Arranca el
 * programa, vigila su árbol entero por /proc, entrega señales, y cuando termina el proceso
 * principal mata lo que quede, lo espera y cuenta el final por el canal de control. Estático y
 * pequeño: se ejecuta con la raíz del alumno, de la que no hay que fiarse.
 *
 *     runner [--read RUTA | --write RUTA | --port PUERTO | --group N]... -- PROGRAMA [ARGUMENTO...]
 *
 * Las rutas son lo que el programa ve del disco en BOX_MINIMAL, y más arriba lo que se le
 * presta para escribir; los descriptores están en wire.h. */
#include "base/clock.h"
#include "box/confine.h"
#include "box/counters.h"
#include "box/disk.h"
#include "box/executioner.h"
#include "box/held.h"
#include "box/identity.h"
#include "box/rlimits.h"
#include "box/tree.h"
#include "box/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    POLL_MS = 20,     /* cada cuánto se mira el árbol */
    TRUSTED_MS = 100, /* y el de un programa nuestro */
    REAP_MAX = 100,   /* procesos recogidos por vuelta */
    CROWD_SLACK = 4,  /* los que se estaban creando al mirar */
    LEAVING_MS =
        500, /* lo que pueden durar sus hijos cuando ya acabó, sin contar como dejados */
    CROWD_MS = 1000, /* lo que puede tardar en morir quien llega a su máximo de hilos */
    SCAN_SHARE = 10, /* mirar no gasta más que 1/SCAN_SHARE del tiempo */
    MAX_ROOTS = 64,  /* más de las que hay en ninguna prueba */
    MAX_PORTS = 1024,
    MAX_SOCKETS = 1500, /* sin red propia, aunque sean de pocos puertos */
};

static struct {
    struct box_limits limits;
    enum box_rung rung;
    struct confine_root roots[MAX_ROOTS];
    size_t root_count;
    int ports[MAX_PORTS];
    size_t port_count;
    struct identity who;
    pid_t main_pid;
    pid_t executioner; /* 0 si no hace falta */
    int order_fd;      /* cerrarlo es la orden */
    struct tree tree;
    int counters[COUNTERS]; /* los de su grupo de control, o -1 */
    long group_cpu_ms;      /* lo que gastó hacer la caja */
    struct box_result result;
    double started_ms;
    long alive;        /* procesos e hilos en la última mirada */
    long created;      /* el último pid que se había dado entonces */
    double crowded_ms; /* cuándo pudo llegar a su máximo de ellos, o 0 */
} self;

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

/* Se encierra, en lo que no lo hacen ya los espacios de nombres. 0 o -errno. */
static int confine(const char *program)
{
    int rc = self.rung == BOX_PARTIAL    ? confine_reach()
             : self.rung == BOX_ISOLATED ? identity_become(self.who.uid, self.who.group)
             : self.rung == BOX_MINIMAL
                 ? confine_all(&(struct confine_limits){self.roots, self.root_count,
                                                        self.ports, self.port_count},
                               program)
                 : 0;
    return rc == 0 && self.rung > BOX_NONE ? confine_calls(WIRE_FILTER_FD) : rc;
}

__attribute__((noreturn)) static void become_program(char **argv, int error_fd,
                                                     int order_fd)
{
    int error = 0;
    if (executioner_needed(self.rung)) {
        pid_t executioner = executioner_start(self.rung, &self.who, order_fd);
        if (executioner < 0)
            error = executioner;
        else if (write(error_fd, &executioner, sizeof executioner) < 0)
            _exit(126);
    }
    setsid();
    /* Si falta memoria, que el núcleo elija este proceso. El archivo es nuestro solo si
     * somos «dumpable»; exec lo vuelve a poner así de todos modos. */
    prctl(PR_SET_DUMPABLE, 1);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, "1000", 4) < 0)
        close(fd); /* sin esa preferencia se vive igual */
    rlimits_set(&self.limits, self.rung);
    umask(self.rung == BOX_ISOLATED ? 002 : 022); /* su grupo es de su calificación */
    for (int i = 0; i < 3; i++)
        dup2(WIRE_STDIN_FD + i, i);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    for (int signum = 1; signum < NSIG; signum++)
        signal(signum, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (error == 0)
        error = confine(argv[0]);
    if (error == 0) {
        execv(argv[0], argv);
        error = errno;
    }
    if (write(error_fd, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

/* Un programa que no es un ejecutable no es un fallo de la caja. */
__attribute__((noreturn)) static void refused(const char *path, int error)
{
    struct wire_message message = {.type = WIRE_RESULT};
    message.result.kind = BOX_REFUSED;
    message.result.code = error;
    snprintf(message.result.detail, sizeof message.result.detail,
             "No se pudo ejecutar %s dentro de la caja: %s", path, strerror(error));
    send_message(&message);
    _exit(1);
}

/* Lo que dice el hijo antes de ser el programa: el pid del verdugo, si lo hay, y si algo falla
 * un errno, o un -errno si lo que falla es el encierro. */
static void hear_child(int fd, const char *program)
{
    int said;
    while (read(fd, &said, sizeof said) == sizeof said) {
        if (said < 0)
            fault("La caja no pudo encerrar al programa: %s", strerror(-said));
        if (!executioner_needed(self.rung) || self.executioner > 0)
            refused(program, said);
        self.executioner = self.tree.ignored = said;
    }
}

/* En un sitio ya aislado, un usuario para el programa. */
static void take_identity(void)
{
    int rc = self.who.claim = identity_claim(&self.who.uid);
    if (rc >= 0)
        rc = identity_move_in(self.who.uid, self.who.group);
    for (size_t i = 0; i < self.root_count && rc >= 0; i++)
        if (self.roots[i].writable && (i == 0 || self.limits.trusted))
            rc = identity_give(self.roots[i].path, self.who.uid);
    if (rc < 0)
        fault("La caja no pudo dar otro usuario al programa: %s", strerror(-rc));
    for (int fd = WIRE_STDIN_FD; fd <= WIRE_STDERR_FD; fd++)
        identity_give_end(fd, self.who.uid);
}

static void start_program(char **argv)
{
    int error_pipe[2], go_pipe[2], order_pipe[2];
    if (pipe2(error_pipe, O_CLOEXEC) < 0 || pipe2(go_pipe, O_CLOEXEC) < 0 ||
        pipe2(order_pipe, O_CLOEXEC) < 0)
        fault("La caja no pudo crear una tubería: %s", strerror(errno));
    self.started_ms = ag_ms();
    self.main_pid = fork();
    if (self.main_pid < 0)
        fault("La caja no pudo crear el proceso del programa: %s", strerror(errno));
    if (self.main_pid == 0) {
        char never;
        close(go_pipe[1]);
        close(order_pipe[1]);
        if (read(go_pipe[0], &never, 1) == 0)
            become_program(argv, error_pipe[1], order_pipe[0]);
        _exit(127);
    }
    self.order_fd = order_pipe[1];
    close(order_pipe[0]);
    close(error_pipe[1]);
    for (int fd = WIRE_STDIN_FD; fd <= WIRE_STDERR_FD; fd++)
        close(fd); /* si no, nadie vería el fin de las tuberías del programa */
    close(go_pipe[0]);
    close(go_pipe[1]); /* y solo ahora empieza él: cuando cierre una, estará cerrada */
    hear_child(error_pipe[0], argv[0]);
    close(error_pipe[0]);
}

/* ---- Lo que se gasta ---------------------------------------------------------------- */

/* Lo que ha gastado el runner: con la máquina ocupada, mirar tarda más de lo que gasta. */
static double spent_ms(void)
{
    return (double)clock() * 1e3 / CLOCKS_PER_SEC;
}

/* Donde lo cuenta el núcleo, la CPU también de los que nadie esperó; menos la nuestra. */
static void read_group(void)
{
    long cpu = counter_cpu_ms(self.counters[COUNTER_CPU]);
    long own = (long)spent_ms();
    if (cpu >= 0 && cpu - self.group_cpu_ms - own > self.tree.cpu_ms)
        self.tree.cpu_ms = cpu - self.group_cpu_ms - own;
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
    if (self.executioner > 0)
        close(self.order_fd);
    for (;;) {
        if (self.rung == BOX_FULL)
            kill(-1, SIGKILL);
        else if (self.rung == BOX_NONE)
            tree_kill(&self.tree);
        int reaped = reap(main_ended, main_status);
        if (reaped < 0)
            return;
        if (reaped < REAP_MAX)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

/* Apunta si entre la mirada anterior y esta pudo llegar a su máximo de procesos e hilos: son,
 * como mucho, los que se vieron entonces y los creados después. Así no se escapa quien llega y
 * acaba antes de que se le mire. */
static void note_crowd(long created)
{
    long more = created > self.created ? created - self.created : 0;
    if (self.rung >= BOX_PARTIAL && self.limits.processes > 0 &&
        self.alive + more + CROWD_SLACK >= self.limits.processes)
        self.crowded_ms = ag_ms();
}

/* Donde el núcleo no cuenta los de esta caja, los de la última mirada. */
static bool too_many_processes(void)
{
    return self.limits.processes > 0 && self.rung <= BOX_MINIMAL &&
           self.tree.threads > self.limits.processes;
}

static enum box_limit check_limits(double *next_ms);
static bool serve_control(void);

/* Cuántos siguen vivos cuando el programa ya acabó. Quien mata a sus hijos no espera a verlos
 * muertos, y un Ctrl+C les llega a todos pero no acaban a la vez: se les deja un momento, con
 * los mismos límites. */
static int count_leftovers(bool *main_ended, int *main_status)
{
    double until = self.result.ended_ms + LEAVING_MS, look_ms = 0;
    struct pollfd control = {.fd = WIRE_CONTROL_FD, .events = POLLIN};
    while (self.tree.processes > 0 && ag_ms() < until) {
        if (poll(&control, 1, 2) > 0 && !serve_control())
            break;
        if (ag_ms() >= look_ms && check_limits(&look_ms) != BOX_LIMIT_NONE)
            break;
        reap(main_ended, main_status);
        if (tree_read(&self.tree, self.rung == BOX_FULL, 0) < 0)
            break;
    }
    self.tree.deadline_ms = 0;
    return self.tree.processes;
}

__attribute__((noreturn)) static void finish(bool main_ended, int main_status,
                                             bool killed)
{
    struct box_result *result = &self.result;
    result->ended_ms = ag_ms();
    result->wall_ms = (long)(result->ended_ms - self.started_ms);
    self.tree.deadline_ms = 0;
    note_crowd(self.rung < BOX_FULL ? 0 : tree_last_pid());
    result->crowded = self.crowded_ms > 0 && ag_ms() - self.crowded_ms < CROWD_MS;
    if (main_ended && tree_read(&self.tree, self.rung == BOX_FULL, 0) == 0) {
        if (too_many_processes()) /* los hizo y acabó entre dos miradas */
            result->limit = BOX_LIMIT_PROCESSES;
        else
            result->leftovers = count_leftovers(&main_ended, &main_status);
    }
    kill_everything(&main_ended, &main_status);

    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    if (usage.ru_maxrss > result->peak_rss_kib)
        result->peak_rss_kib = usage.ru_maxrss;
    if (tree_read(&self.tree, self.rung == BOX_FULL, 0) == 0) {
        read_group();
        result->cpu_ms = self.tree.cpu_ms;
    }

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

/* Contarlos cuesta más que contar sockets: solo si con ellos no basta. Y los de quien acaba se cierran
 * entre que se cuentan y que se buscan en la tabla, y parecerían cada uno de un puerto distinto: se
 * mira otra vez antes de decirlo. */
static bool too_many_ports(void)
{
    enum { LOOKS = 3 };
    long most = self.limits.ports;
    if (most <= 0 || self.tree.sockets <= most)
        return false;
    for (int i = 0; i < LOOKS; i++)
        if (held_ports(self.tree.pids, self.tree.processes) <= most)
            return false;
    return true;
}

/* Qué límite se ha pasado. Deja en `next_ms` cuándo conviene volver a mirar. */
static enum box_limit check_limits(double *next_ms)
{
    const struct box_limits *l = &self.limits;
    double from = ag_ms(), spent = spent_ms();
    if (from - self.started_ms > (double)l->wall_ms)
        return BOX_LIMIT_WALL;
    long created = self.rung < BOX_FULL ? 0 : tree_last_pid();
    self.tree.deadline_ms = self.started_ms + (double)l->wall_ms;
    int rc = tree_read(&self.tree, self.rung == BOX_FULL, l->rss_kib);
    double to = ag_ms(), rest = (spent_ms() - spent) * SCAN_SHARE;
    int least = l->trusted ? TRUSTED_MS : POLL_MS;
    *next_ms = to + (rest > least ? rest : least);
    if (to - self.started_ms > (double)l->wall_ms)
        return BOX_LIMIT_WALL;
    if (rc < 0)
        return BOX_LIMIT_NONE; /* no se pudo leer /proc; queda el reloj y los rlimits */
    read_group();
    note_crowd(created);
    self.alive = self.tree.threads;
    self.created = created;
    if (self.tree.memory_kib > self.result.peak_rss_kib)
        self.result.peak_rss_kib = self.tree.memory_kib;
    if (l->cpu_ms > 0 && self.tree.cpu_ms > l->cpu_ms)
        return BOX_LIMIT_CPU;
    if (too_many_processes())
        return BOX_LIMIT_PROCESSES;
    if (l->rss_kib > 0 && (self.tree.memory_kib > l->rss_kib ||
                           counter_oom_kills(self.counters[COUNTER_OOM]) > 0))
        return BOX_LIMIT_MEMORY;
    if (self.tree.sockets > MAX_SOCKETS || too_many_ports())
        return BOX_LIMIT_SOCKETS;
    return disk_check(l, self.rung, self.roots, self.root_count, self.who.uid,
                      &self.tree);
}

static void answer_sample(void)
{
    struct wire_message message = {.type = WIRE_USAGE};
    int rc = tree_read(&self.tree, self.rung == BOX_FULL, self.limits.rss_kib);
    if (rc == 0) {
        read_group();
        message.usage = (struct box_usage){
            .cpu_ms = self.tree.cpu_ms,
            .rss_kib = self.tree.memory_kib,
            .wall_ms = (long)(ag_ms() - self.started_ms),
            .processes = self.tree.processes,
            .threads = self.tree.threads,
            .open_files = tree_open_files(&self.tree),
        };
    }
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
        double wait_ms = next_ms - ag_ms();
        double wall_ms = self.started_ms + (double)self.limits.wall_ms - ag_ms();
        if (wall_ms < wait_ms)
            wait_ms = wall_ms;
        poll(fds, 2, more || wait_ms <= 0 ? 0 : (int)wait_ms + 1);

        if (fds[1].revents || more) {
            /* Una sola lectura: SIGCHLD puede llegar más deprisa de lo que vaciamos. */
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
        if (ag_ms() >= next_ms || wall_ms <= 0) {
            self.result.limit = check_limits(&next_ms);
            if (self.result.limit != BOX_LIMIT_NONE)
                finish(false, 0, false);
        }
    }
}

/* Lee las rutas y los puertos y devuelve la orden del programa, o NULL si no se entiende. */
static char **parse(char **argv)
{
    for (argv++; *argv && strcmp(*argv, "--") != 0; argv += 2) {
        if (!argv[1] || self.root_count == MAX_ROOTS || self.port_count == MAX_PORTS)
            return NULL;
        if (strcmp(*argv, "--port") == 0) {
            self.ports[self.port_count++] = atoi(argv[1]);
            continue;
        }
        if (strcmp(*argv, "--group") == 0) {
            self.who.group = (gid_t)strtoul(argv[1], NULL, 10);
            continue;
        }
        self.roots[self.root_count++] = (struct confine_root){
            argv[1], strcmp(*argv, "--write") == 0};
    }
    return *argv && argv[1] ? argv + 1 : NULL;
}

int main(int argc, char **argv)
{
    struct wire_message message;
    (void)argc;
    char **command = parse(argv);
    if (!command || !wire_receive_config(&message, self.counters)) {
        dprintf(WIRE_DIAG_FD,
                "runner: lo arranca la caja (box_start), no se usa a mano, y las "
                "dos partes deben ser de la misma compilación\n");
        return 2;
    }
    self.limits = message.config.limits;
    self.tree.trusted = self.limits.trusted;
    self.rung = message.config.rung;
    self.tree.own_network = self.rung >= BOX_PARTIAL && !self.tree.trusted;
    self.tree.own_processes = self.rung == BOX_FULL;
    self.tree.kernel_counts = self.counters[COUNTER_OOM] >= 0;
    if (self.rung == BOX_FULL && getpid() != 1)
        fault("El runner no es el proceso 1 de la caja: la caja no está cerrada");
    /* Que el programa no pueda mirar ni tocar a su guardián (/proc/1/mem, ptrace). */
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    /* El núcleo reparte entre sesiones: con una suya, su parte no es la de todos los del corrector. */
    setsid();
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
    if (self.rung == BOX_ISOLATED)
        take_identity();
    long spent = counter_cpu_ms(self.counters[COUNTER_CPU]);
    self.group_cpu_ms = spent > 0 ? spent : 0;
    start_program(command);
    watch(child_fd);
}
