#include "box/identity.h"

#include "base/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST = 61200, PAIRS = 1500 };

/* Los que tiene root en un contenedor corriente. */
static const int kept[] = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID,
                           CAP_KILL,  CAP_SETGID,       CAP_SETUID};
#define N_KEPT (sizeof kept / sizeof *kept)

/* ---- Reservar ---------------------------------------------------------------------------- */

int identity_prepare(void)
{
    struct stat st;
    if (mkdir(IDENTITY_DIR, 0700) < 0 && errno != EEXIST)
        return -errno;
    if (lstat(IDENTITY_DIR, &st) < 0)
        return -errno;
    return S_ISDIR(st.st_mode) && st.st_uid == 0 && (st.st_mode & 077) == 0 ? 0 : -EPERM;
}

int identity_claim(uid_t *id)
{
    unsigned from = (unsigned)getpid();
    int fd = open(IDENTITY_DIR "/reservas", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                  0600);
    if (fd < 0)
        return -errno;
    for (unsigned i = 0; i < PAIRS; i++) {
        unsigned pair = (from + i) % PAIRS;
        struct flock byte = {.l_type = F_WRLCK, .l_start = pair, .l_len = 1};
        *id = FIRST + 2 * pair;
        if (fcntl(fd, F_OFD_SETLK, &byte) == 0)
            return fd;
        if (errno != EAGAIN && errno != EACCES)
            break;
    }
    int rc = errno == EAGAIN || errno == EACCES ? -EAGAIN : -errno;
    close(fd);
    return rc;
}

/* ---- Cambiar de usuario ---------------------------------------------------------------------- */

static int set_capabilities(const int *list, size_t n)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
    for (size_t i = 0; i < n; i++)
        data[0].effective |= 1U << list[i];
    data[0].permitted = data[0].inheritable = data[0].effective;
    return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

int identity_drop(uid_t uid, gid_t gid)
{
    if (uid == 0 || geteuid() != 0)
        return -EPERM;
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
        prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setresuid(uid, uid, uid) < 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    int rc = set_capabilities(kept, N_KEPT);
    for (size_t i = 0; i < N_KEPT && rc == 0; i++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept[i], 0, 0) < 0)
            rc = -errno;
    return rc;
}

static int become(uid_t real, uid_t effective, gid_t gid)
{
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
        setresuid(real, effective, real) < 0)
        return -errno;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return set_capabilities(NULL, 0);
}

int identity_become(uid_t uid, gid_t gid)
{
    return become(uid, uid, gid);
}

/* Puede matar quien tenga por usuario efectivo el real del otro; y no al revés. */
int identity_become_executioner(uid_t uid, gid_t gid)
{
    return become(uid + 1, uid, gid);
}

/* ---- No dejar nada ----------------------------------------------------------------------------- */

void identity_each_file(uid_t uid, void (*each)(void *, const char *), void *context)
{
    static const char *const open_to_all[] = {"/tmp", "/var/tmp", "/dev/shm",
                                              "/run/lock"};
    for (size_t i = 0; i < sizeof open_to_all / sizeof *open_to_all; i++) {
        DIR *dir = opendir(open_to_all[i]);
        for (struct dirent *e; dir && (e = readdir(dir));) {
            struct stat st;
            char path[512];
            if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
                st.st_uid != uid)
                continue;
            snprintf(path, sizeof path, "%s/%s", open_to_all[i], e->d_name);
            each(context, path);
        }
        if (dir)
            closedir(dir);
    }
}

static void erase_file(void *context, const char *path)
{
    (void)context;
    if (unlink(path) < 0)
        ag_remove_tree(path);
}

/* La memoria que PostgreSQL deja al morir. */
static void erase_memory(uid_t uid)
{
    struct shmid_ds is;
    struct shm_info info;
    int last = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info);
    for (int i = 0; i <= last; i++) {
        int id = shmctl(i, SHM_STAT, &is);
        if (id >= 0 && is.shm_perm.uid == uid)
            shmctl(id, IPC_RMID, NULL);
    }
}

void identity_erase(uid_t uid)
{
    kill(-1, SIGKILL);
    identity_each_file(uid, erase_file, NULL);
    erase_memory(uid);
}

int identity_move_in(uid_t uid, gid_t group)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (identity_become_executioner(uid, group) == 0)
            identity_erase(uid);
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, NULL, 0) < 0)
        return -errno;
    setfsgid(group);
    setfsuid(uid);
    return 0;
}

/* ---- Carpetas ------------------------------------------------------------------------------------ */

int identity_give(const char *path, uid_t uid)
{
    char *const roots[] = {(char *)path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
    int rc = walk ? 0 : -errno;
    for (FTSENT *e; walk && (e = fts_read(walk));)
        if (e->fts_info != FTS_DP && lchown(e->fts_path, uid, (gid_t)-1) < 0)
            rc = -errno;
    if (walk)
        fts_close(walk);
    return rc;
}

/* Lo que puede el dueño, lo puede el grupo. */
static int share(const FTSENT *e, gid_t group, bool writable)
{
    mode_t owner = e->fts_statp->st_mode & (writable ? 0700 : 0500);
    mode_t mode = (e->fts_statp->st_mode & 0700) | owner >> 3;
    if (lchown(e->fts_accpath, (uid_t)-1, group) < 0)
        return -errno;
    if (e->fts_info == FTS_D)
        mode |= S_ISGID; /* lo que se ponga después será también del grupo */
    return e->fts_info == FTS_SL || chmod(e->fts_accpath, mode) == 0 ? 0 : -errno;
}

void identity_give_end(int fd, uid_t uid)
{
    struct stat st;
    if (fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || isatty(fd)) &&
        fchown(fd, uid, (gid_t)-1) < 0)
        return; /* se vive igual */
}

int identity_lend(const char *path, gid_t group, bool writable)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return -errno;
    /* Prestada ya: puede haber en ella enlaces de un programa, y no se vuelve a tocar. */
    if (st.st_gid == group || (!writable && (st.st_mode & S_IROTH)))
        return 0;
    char *const roots[] = {(char *)path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
    int rc = walk ? 0 : -errno;
    for (FTSENT *e; walk && rc == 0 && (e = fts_read(walk));)
        rc = e->fts_info == FTS_DP ? 0 : share(e, group, writable);
    if (walk)
        fts_close(walk);
    return rc;
}

int identity_reclaim(const char *path)
{
    char *const roots[] = {(char *)path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
    int rc = walk ? 0 : -errno;
    for (FTSENT *e; walk && rc == 0 && (e = fts_read(walk));) {
        if (e->fts_info == FTS_DP)
            continue;
        mode_t mode = e->fts_statp->st_mode & 0755;
        if (lchown(e->fts_accpath, geteuid(), (gid_t)-1) < 0 ||
            (e->fts_info != FTS_SL && chmod(e->fts_accpath, mode) < 0))
            rc = -errno;
    }
    if (walk)
        fts_close(walk);
    return rc;
}
