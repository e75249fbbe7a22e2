/* El filtro de llamadas al sistema del programa del alumno.
 *
 * Es una lista de lo prohibido, no de lo permitido: dentro corren libuv, libcurl, ASan,
 * valgrind y gcc, y lo que de verdad encierra son los espacios de nombres. El filtro
 * cierra lo que ellos no cubren: memoria que no sale en ningún RSS, familias de sockets
 * sin espacio de red, puertas grandes al núcleo y archivos setuid. Donde faltan espacios de
 * nombres cierra también lo que cerrarían ellos y Landlock no. ptrace se permite:
 * LeakSanitizer lo usa, y solo alcanza a los procesos de la propia caja. */
#include "box/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const int forbidden[] = {
    /* montar y cambiar de espacio de nombres */
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fspick),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(open_by_handle_at),
    /* memoria que ningún proceso cuenta como suya */
    SCMP_SYS(memfd_create),
    SCMP_SYS(memfd_secret),
    SCMP_SYS(vmsplice), /* páginas, enteras, dentro de una tubería */
    SCMP_SYS(msgget),
    SCMP_SYS(semget),
    /* y lo que otro tenga hecho, donde no hay espacio de IPC */
    SCMP_SYS(msgctl),
    SCMP_SYS(msgsnd),
    SCMP_SYS(msgrcv),
    SCMP_SYS(semctl),
    SCMP_SYS(semop),
    SCMP_SYS(semtimedop),
    SCMP_SYS(mq_open),
    SCMP_SYS(mq_unlink),
    /* también memoria que no cuenta: los atributos de un archivo */
    SCMP_SYS(setxattr),
    SCMP_SYS(lsetxattr),
    SCMP_SYS(fsetxattr),
    /* y lo que el núcleo guarda para quien lo pide: reglas, filtros y vigilancias de todo un disco.
     * El encierro de la propia caja ya está puesto cuando esto se carga. */
    SCMP_SYS(landlock_create_ruleset),
    SCMP_SYS(landlock_add_rule),
    SCMP_SYS(landlock_restrict_self),
    SCMP_SYS(seccomp),
    SCMP_SYS(fanotify_init),
    /* puertas grandes al núcleo */
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(acct),
    SCMP_SYS(quotactl),
    SCMP_SYS(syslog),
    SCMP_SYS(vhangup),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(modify_ldt),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(clock_adjtime),
};

/* Landlock no mira los permisos, el dueño, las fechas ni los atributos de un archivo: sin
 * espacio de montaje, los de cualquiera del mismo usuario. Con fchmod y futimens solo se
 * llega a los que se pudo abrir, y quien reemplaza un archivo copia con ellas el anterior. */
static const int of_any_file[] = {
    SCMP_SYS(chmod),       SCMP_SYS(fchmodat),     SCMP_SYS(chown),
    SCMP_SYS(fchown),      SCMP_SYS(lchown),       SCMP_SYS(fchownat),
    SCMP_SYS(removexattr), SCMP_SYS(lremovexattr), SCMP_SYS(fremovexattr),
    SCMP_SYS(utime),       SCMP_SYS(utimes),       SCMP_SYS(futimesat),
};

/* También es memoria que ningún proceso cuenta como suya, y PostgreSQL no arranca sin ella. */
static const int shared_memory[] = {
    SCMP_SYS(shmget),
    SCMP_SYS(shmat),
    SCMP_SYS(shmctl),
    SCMP_SYS(shmdt),
};

/* Estas responden «no existe», y quien las prueba (glibc, libuv) usa la forma antigua,
 * que sí deja ver sus argumentos al filtro. */
static const int absent[] = {
    SCMP_SYS(clone3),         SCMP_SYS(openat2),           SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(io_setup),
};

/* Llamadas con permisos de archivo y qué argumento los lleva. */
static const struct {
    int call;
    unsigned mode_arg;
} with_mode[] = {
    {SCMP_SYS(chmod), 1},   {SCMP_SYS(fchmod), 1},  {SCMP_SYS(fchmodat), 2},
    {SCMP_SYS(mkdir), 1},   {SCMP_SYS(mkdirat), 2}, {SCMP_SYS(mknod), 1},
    {SCMP_SYS(mknodat), 2}, {SCMP_SYS(creat), 1},
};
/* Las que no conoce la libseccomp de Debian 12, también las que aún no existen: entre ellas hay
 * otras formas de las de arriba (fchmodat2, setxattrat, open_tree_attr). */
enum { FIRST_NEW_CALL = 452, END_OF_CALLS = 512 };

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

#define DENY SCMP_ACT_ERRNO(EPERM)

#define SHARED_BYTES (16UL << 20) /* SHARED_KIB de tree.c */

/* Lo que cambia a otro proceso, y qué argumento dice a cuál. El guardián (PID 1) es del mismo
 * usuario que el programa: sin esto le quitaría los descriptores o el procesador con que lo
 * vigila. Cada uno sigue pudiendo cambiarse a sí mismo. */
static const struct {
    int call;
    unsigned pid_arg;
} on_process[] = {
    {SCMP_SYS(prlimit64), 0},          {SCMP_SYS(sched_setaffinity), 0},
    {SCMP_SYS(sched_setscheduler), 0}, {SCMP_SYS(sched_setparam), 0},
    {SCMP_SYS(sched_setattr), 0},      {SCMP_SYS(migrate_pages), 0},
    {SCMP_SYS(move_pages), 0},         {SCMP_SYS(setpriority), 1},
    {SCMP_SYS(ioprio_set), 1},
};
enum { IOPRIO_WHO_USER = 3 };

/* Un argumento de 32 bits: el núcleo no mira la mitad alta, y las formas _32 de libseccomp
 * (2.5.4) comparan los 64 bits con SCMP_CMP_EQ. */
static struct scmp_arg_cmp arg_is(unsigned arg, unsigned value)
{
    return SCMP_CMP64(arg, SCMP_CMP_MASKED_EQ, 0xffffffffU, value);
}

/* Con espacio de procesos basta con el guardián; sin él están a la vista los de todos, y no se
 * toca a nadie por su número, que el filtro no sabe cuál es el propio. */
static int protect_others(scmp_filter_ctx ctx, bool own_processes)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof on_process / sizeof *on_process; i++)
        rc |= seccomp_rule_add(
            ctx, DENY, on_process[i].call, 1,
            own_processes ? arg_is(on_process[i].pid_arg, 1)
                          : SCMP_CMP64(on_process[i].pid_arg, SCMP_CMP_NE, 0, 0));
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(setpriority), 1, arg_is(0, PRIO_USER));
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(ioprio_set), 1,
                           arg_is(0, IOPRIO_WHO_USER));
    return rc;
}

/* Lo que cierran los espacios de red y de montaje, donde no los hay. Un programa del sistema
 * (gcc, PostgreSQL) lo necesita: sus argumentos son nuestros. */
static int replace_namespaces(scmp_filter_ctx ctx)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof of_any_file / sizeof *of_any_file; i++)
        rc |= seccomp_rule_add(ctx, DENY, of_any_file[i], 0);
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(utimensat), 1, SCMP_A1(SCMP_CMP_NE, 0, 0));
    /* Conectarse sin que Landlock lo vea: no conoce más protocolo que TCP, ni la conexión que se
     * hace al enviar. */
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPROTONOSUPPORT), SCMP_SYS(socket), 1,
                           SCMP_A2(SCMP_CMP_GT, IPPROTO_UDP, 0));
    static const struct {
        int call;
        unsigned flags_arg;
    } sends[] = {{SCMP_SYS(sendto), 3}, {SCMP_SYS(sendmsg), 2}, {SCMP_SYS(sendmmsg), 3}};
    for (size_t i = 0; i < sizeof sends / sizeof *sends; i++)
        rc |= seccomp_rule_add(
            ctx, DENY, sends[i].call, 1,
            SCMP_CMP(sends[i].flags_arg, SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN));
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(setsockopt), 2, arg_is(1, IPPROTO_TCP),
                           arg_is(2, TCP_FASTOPEN_CONNECT));
    /* Escuchar en el puerto de otro y quitarle conexiones. */
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(setsockopt), 2, arg_is(1, SOL_SOCKET),
                           arg_is(2, SO_REUSEPORT));
    return rc;
}

/* Lo que la mínima no puede dejar, cerrado en todas: la nota no depende de la máquina. Landlock no mira el
 * nombre de lo que se vigila, y quien vigila se entera del de todos; ni los sockets con ruta de cualquiera, y
 * socketpair sigue pudiéndose. */
static int same_everywhere(scmp_filter_ctx ctx)
{
    return seccomp_rule_add(ctx, DENY, SCMP_SYS(inotify_add_watch), 0) |
           seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                            arg_is(0, AF_UNIX));
}

/* Lo que un programa nuestro o del sistema sí hace. */
static int count_memory(scmp_filter_ctx ctx)
{
    int rc = 0;
    /* De un mapa compartido puede soltarse una parte que sigue ocupando sin que se vea: se acota lo
     * que mide cada uno, y tree.c cuenta cuántos hay. */
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOMEM), SCMP_SYS(mmap), 2,
                           SCMP_A1(SCMP_CMP_GT, SHARED_BYTES, 0),
                           SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_SHARED, MAP_SHARED));
    /* Los cerrojos de un archivo abierto no dicen de qué proceso son, y no se podrían contar. */
    static const unsigned open_locks[] = {F_OFD_SETLK, F_OFD_SETLKW};
    for (size_t i = 0; i < sizeof open_locks / sizeof *open_locks; i++)
        rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(fcntl), 1,
                               arg_is(1, open_locks[i]));
    return rc;
}

/* Filtros distintos que hay: el índice de cada uno son estos bits. */
enum { SHARED = 1, NO_PROCESSES = 2, NO_NAMESPACES = 4, FOREIGN = 8, N_FILTERS = 16 };

static int add_rules(scmp_filter_ctx ctx, int filter)
{
    int rc = 0;
    bool shared = filter & SHARED;
    if (filter & NO_NAMESPACES)
        rc |= replace_namespaces(ctx);
    if (filter & FOREIGN)
        rc |= same_everywhere(ctx) | count_memory(ctx);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        rc |= seccomp_rule_add(ctx, DENY, forbidden[i], 0);
    for (size_t i = 0; !shared && i < sizeof shared_memory / sizeof *shared_memory; i++)
        rc |= seccomp_rule_add(ctx, DENY, shared_memory[i], 0);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), absent[i], 0);

    static const unsigned long namespaces[] = {CLONE_NEWUSER,  CLONE_NEWNS,  CLONE_NEWPID,
                                               CLONE_NEWNET,   CLONE_NEWIPC, CLONE_NEWUTS,
                                               CLONE_NEWCGROUP};
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
        rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(clone), 1,
                               SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i]));

    static const unsigned long bits[] = {S_ISUID, S_ISGID};
    for (size_t b = 0; b < sizeof bits / sizeof *bits; b++) {
        for (size_t i = 0; i < sizeof with_mode / sizeof *with_mode; i++)
            rc |= seccomp_rule_add(
                ctx, DENY, with_mode[i].call, 1,
                SCMP_CMP(with_mode[i].mode_arg, SCMP_CMP_MASKED_EQ, bits[b], bits[b]));
        rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(open), 2,
                               SCMP_A1(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT),
                               SCMP_A2(SCMP_CMP_MASKED_EQ, bits[b], bits[b]));
        rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(openat), 2,
                               SCMP_A2(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT),
                               SCMP_A3(SCMP_CMP_MASKED_EQ, bits[b], bits[b]));
    }
    for (int call = FIRST_NEW_CALL; call < END_OF_CALLS; call++)
        rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), call, 0);

    /* AF_VSOCK no entiende de espacios de red, y el resto no hace falta. Los huecos entre
     * las familias permitidas se prohíben uno a uno: el filtro no tiene «ninguna de
     * estas». */
    for (int family = 0; family < AF_MAX; family++) {
        bool allowed = false;
        for (size_t i = 0; i < sizeof families / sizeof *families; i++)
            allowed |= family == families[i];
        if (!allowed)
            rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                                   arg_is(0, (unsigned)family));
    }
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                           SCMP_A0_32(SCMP_CMP_GE, AF_MAX, 0));

    /* Escribir en la terminal de otro. */
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(ioctl), 1, arg_is(1, TIOCSTI));
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(ioctl), 1, arg_is(1, TIOCLINUX));
    /* Volverse opaco: nadie podría contar sus descriptores ni su memoria. */
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(prctl), 2, arg_is(0, PR_SET_DUMPABLE),
                           SCMP_A1(SCMP_CMP_NE, 1, 0));
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(prctl), 1, arg_is(0, PR_SET_SECCOMP));
    rc |= protect_others(ctx, !(filter & NO_PROCESSES));
    return rc ? -EINVAL : 0;
}

static int compile(int filter)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    if (!ctx)
        return -ENOMEM;
    int fd = memfd_create("caja-seccomp", MFD_CLOEXEC);
    int rc = fd < 0 ? -errno : add_rules(ctx, filter);
    if (rc == 0)
        rc = seccomp_export_bpf(ctx, fd);
    if (rc < 0 && fd >= 0)
        close(fd);
    seccomp_release(ctx);
    return rc < 0 ? rc : fd;
}

int box__seccomp_fd(const struct box_options *options)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static int masters[N_FILTERS]; /* el descriptor más 1: 0 es «aún no» */
    int filter = options->shared_memory ? SHARED : 0;
    if (options->rung < BOX_FULL)
        filter |= NO_PROCESSES;
    if (!box__of_system(options))
        filter |= FOREIGN;
    if (options->rung < BOX_PARTIAL && !box__of_system(options))
        filter |= NO_NAMESPACES;
    pthread_mutex_lock(&lock);
    int rc = masters[filter] ? masters[filter] - 1 : compile(filter);
    if (rc >= 0)
        masters[filter] = rc + 1;
    pthread_mutex_unlock(&lock);
    if (rc < 0)
        return rc;
    /* Copia con su propia posición de lectura: dos cajas pueden arrancar a la vez. */
    struct stat st;
    if (fstat(rc, &st) < 0)
        return -errno;
    char program[st.st_size > 0 ? st.st_size : 1];
    ssize_t size = pread(rc, program, (size_t)st.st_size, 0);
    return size < 0 ? -errno : box__memfd("caja-seccomp", program, (size_t)size);
}
