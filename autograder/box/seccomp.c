/* El filtro de llamadas al sistema del programa del alumno.
 *
 * Es una lista de lo prohibido, no de lo permitido: dentro corren libuv, libcurl, ASan,
 * valgrind y gcc, y lo que de verdad encierra son los espacios de nombres. El filtro
 * cierra lo que ellos no cubren: memoria que no sale en ningún RSS, familias de sockets
 * sin espacio de red, puertas grandes al núcleo y archivos setuid. ptrace se permite:
 * LeakSanitizer lo usa, y solo alcanza a los procesos de la propia caja. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
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
    SCMP_SYS(msgget),
    SCMP_SYS(semget),
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
    SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
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
enum { CALL_FCHMODAT2 = 452 }; /* más nueva que la libseccomp de Debian 12 */

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

#define DENY SCMP_ACT_ERRNO(EPERM)

static int add_rules(scmp_filter_ctx ctx, bool shared)
{
    int rc = 0;
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
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), CALL_FCHMODAT2, 0);

    /* AF_VSOCK no entiende de espacios de red, y el resto no hace falta. Los huecos entre
     * las familias permitidas se prohíben uno a uno: el filtro no tiene «ninguna de
     * estas». */
    for (int family = 0; family < AF_MAX; family++) {
        bool allowed = false;
        for (size_t i = 0; i < sizeof families / sizeof *families; i++)
            allowed |= family == families[i];
        if (!allowed)
            rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                                   SCMP_A0_32(SCMP_CMP_EQ, (unsigned)family, 0));
    }
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                           SCMP_A0_32(SCMP_CMP_GE, AF_MAX, 0));

    /* Escribir en la terminal de otro. */
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(ioctl), 1,
                           SCMP_A1_32(SCMP_CMP_EQ, TIOCSTI, 0));
    rc |= seccomp_rule_add(ctx, DENY, SCMP_SYS(ioctl), 1,
                           SCMP_A1_32(SCMP_CMP_EQ, TIOCLINUX, 0));
    return rc ? -EINVAL : 0;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int masters[2]; /* sin memoria compartida y con ella */

static int compile(bool shared)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    if (!ctx)
        return -ENOMEM;
    int fd = memfd_create("caja-seccomp", MFD_CLOEXEC);
    int rc = fd < 0 ? -errno : add_rules(ctx, shared);
    if (rc == 0)
        rc = seccomp_export_bpf(ctx, fd);
    if (rc < 0 && fd >= 0)
        close(fd);
    seccomp_release(ctx);
    return rc < 0 ? rc : fd;
}

static void compile_both(void)
{
    masters[false] = compile(false);
    masters[true] = compile(true);
}

int box__seccomp_fd(bool shared)
{
    pthread_once(&once, compile_both);
    int master = masters[shared];
    if (master < 0)
        return master;
    /* Copia con su propia posición de lectura: dos cajas pueden arrancar a la vez. */
    struct stat st;
    if (fstat(master, &st) < 0)
        return -errno;
    char program[st.st_size > 0 ? st.st_size : 1];
    ssize_t size = pread(master, program, (size_t)st.st_size, 0);
    return size < 0 ? -errno : box__memfd("caja-seccomp", program, (size_t)size);
}
