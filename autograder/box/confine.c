#include "box/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Las cabeceras de Debian 12 son anteriores: esto es lo que el núcleo llama
 * struct landlock_ruleset_attr desde su versión 6. */
struct ruleset {
    uint64_t files, net, scoped;
};
enum { SCOPE_ABSTRACT_UNIX = 1, SCOPE_SIGNAL = 2 };

/* Y esto, struct landlock_net_port_attr y su regla, desde la 4. */
struct port_rule {
    uint64_t allowed_access, port;
};
enum { CONNECT_TCP = 2, RULE_NET_PORT = 2 };

/* Derechos de archivo de la versión 6, y los que tienen sentido en uno que no es carpeta. */
#define ALL_RIGHTS ((1ULL << 16) - 1)
#define TRUNCATE   (1ULL << 14)
#define IOCTL_DEV  (1ULL << 15)
#define READ       (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define EXECUTE    LANDLOCK_ACCESS_FS_EXECUTE
#define OF_A_FILE                                                                        \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | EXECUTE | TRUNCATE | \
     IOCTL_DEV)

/* Lo del sistema que también se ve dentro de una caja; lo que falte, falta. */
static const struct {
    const char *path;
    uint64_t rights;
} of_system[] = {
    {"/usr", READ | EXECUTE},
    {"/lib", READ | EXECUTE},
    {"/lib64", READ | EXECUTE},
    {"/bin", READ | EXECUTE},
    {"/proc", READ},
    {"/etc/alternatives", READ},
    {"/etc/ld.so.cache", READ},
    {"/etc/hosts", READ},
    {"/etc/passwd", READ},
    {"/etc/group", READ},
    {"/etc/nsswitch.conf", READ},
    {"/dev/null", READ | LANDLOCK_ACCESS_FS_WRITE_FILE},
    {"/dev/zero", READ | LANDLOCK_ACCESS_FS_WRITE_FILE},
    {"/dev/full", READ | LANDLOCK_ACCESS_FS_WRITE_FILE},
    {"/dev/random", READ},
    {"/dev/urandom", READ},
};

int confine_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
                           LANDLOCK_CREATE_RULESET_VERSION);
    return version < 0 ? -errno : (int)version;
}

static int new_ruleset(uint64_t files, uint64_t net, uint64_t scoped)
{
    struct ruleset attr = {.files = files, .net = net, .scoped = scoped};
    long fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    return fd < 0 ? -errno : (int)fd;
}

static int allow(int ruleset, const char *path, uint64_t rights)
{
    struct stat st;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights};
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return -errno;
    if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.allowed_access &= OF_A_FILE;
    int rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule,
                     0) < 0
                 ? -errno
                 : 0;
    close(rule.parent_fd);
    return rc;
}

/* Se lo pone y cierra el conjunto de reglas. */
static int restrict_self(int ruleset)
{
    int rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
                     syscall(SYS_landlock_restrict_self, ruleset, 0) < 0
                 ? -errno
                 : 0;
    close(ruleset);
    return rc;
}

int confine_signals(void)
{
    int ruleset = new_ruleset(0, 0, SCOPE_SIGNAL);
    return ruleset < 0 ? ruleset : restrict_self(ruleset);
}

int confine_reach(void)
{
    int ruleset = new_ruleset(0, 0, SCOPE_SIGNAL | SCOPE_ABSTRACT_UNIX);
    return ruleset < 0 ? ruleset : restrict_self(ruleset);
}

static int allow_port(int ruleset, int port)
{
    struct port_rule rule = {CONNECT_TCP, (uint64_t)port};
    return syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0) < 0 ? -errno
                                                                                : 0;
}

int confine_all(const struct confine_limits *limits, const char *program)
{
    int ruleset = new_ruleset(ALL_RIGHTS, CONNECT_TCP,
                              SCOPE_SIGNAL | SCOPE_ABSTRACT_UNIX);
    if (ruleset < 0)
        return ruleset;
    for (size_t i = 0; i < sizeof of_system / sizeof *of_system; i++)
        allow(ruleset, of_system[i].path, of_system[i].rights);
    int rc = allow(ruleset, program, READ | EXECUTE);
    for (size_t i = 0; i < limits->root_count && rc == 0; i++)
        rc = allow(ruleset, limits->roots[i].path,
                   limits->roots[i].writable ? ALL_RIGHTS & ~EXECUTE : READ);
    for (size_t i = 0; i < limits->port_count && rc == 0; i++)
        rc = allow_port(ruleset, limits->ports[i]);
    if (rc == 0)
        return restrict_self(ruleset);
    close(ruleset);
    return rc;
}

int confine_calls(int filter_fd)
{
    struct sock_filter code[BPF_MAXINSNS];
    ssize_t size = pread(filter_fd, code, sizeof code, 0);
    if (size <= 0)
        return size < 0 ? -errno : -EINVAL;
    struct sock_fprog program = {(unsigned short)((size_t)size / sizeof *code), code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        return -errno;
    return 0;
}
