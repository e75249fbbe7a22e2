#include "box/disk.h"

#include "box/identity.h"

#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LENT_BYTES                                                                       \
    (512L << 20) /* lo que cabe en cada bind escribible, como en la exterior */

enum {
    BLOCK = 512,
    MANY_TESTS = 4, /* lo de una prueba, tantas veces, es demasiado para todas */
};

struct disk_use {
    long bytes, files;
};

/* Suma lo que hay bajo `path`, sin seguir enlaces ni salir de su sistema de archivos. Deja de
 * mirar al pasar de `most` archivos, si no es 0. */
static void add_tree(struct disk_use *use, const char *path, long most, bool closed_too)
{
    char *const roots[] = {(char *)path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_XDEV, NULL);
    for (FTSENT *e; walk && (most == 0 || use->files <= most) && (e = fts_read(walk));) {
        if (e->fts_info == FTS_DP)
            continue;
        if (e->fts_info != FTS_NS && e->fts_info != FTS_ERR)
            use->bytes += (long)e->fts_statp->st_blocks * BLOCK;
        if (e->fts_errno == ENAMETOOLONG ||
            (closed_too && e->fts_info == FTS_DNR && e->fts_errno == EACCES))
            use->files = INT_MAX; /* demasiado hondo, o cerrado para que no se mire */
        use->files++;
    }
    if (walk)
        fts_close(walk);
}

/* Suma los archivos que el proceso tiene abiertos y ya no están en ninguna carpeta. Lo que
 * comparten varios se cuenta en cada uno. */
static void add_unlinked(struct disk_use *use, pid_t pid)
{
    char path[32];
    struct stat st;
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_name[0] != '.' && fstatat(dirfd(dir), e->d_name, &st, 0) == 0 &&
            S_ISREG(st.st_mode) && st.st_nlink == 0) {
            use->bytes += (long)st.st_blocks * BLOCK;
            use->files++;
        }
    if (dir)
        closedir(dir);
}

/* Archivos creados en los tmpfs de la caja. */
static long own_files(void)
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

/* Los archivos que se han creado donde está lo prestado desde la primera vez que se mira, aunque
 * su carpeta no se deje mirar. Es de todas las pruebas a la vez, y por eso se tolera más. Solo de
 * un tmpfs, como el de la exterior: lo demás es de la máquina. */
static long created_around(const struct confine_root *roots, size_t count)
{
    static long before = -1;
    struct statfs fs;
    long used = 0;
    for (size_t i = 0; i < count; i++)
        if (roots[i].writable && statfs(roots[i].path, &fs) == 0 &&
            fs.f_type == TMPFS_MAGIC && used < (long)(fs.f_files - fs.f_ffree))
            used = (long)(fs.f_files - fs.f_ffree);
    if (before < 0)
        before = used;
    return used - before;
}

static void add_found(void *use, const char *path)
{
    add_tree(use, path, 0, true);
}

enum box_limit disk_check(const struct box_limits *limits, enum box_rung rung,
                          const struct confine_root *roots, size_t count, uid_t uid,
                          const struct tree *tree)
{
    if (rung == BOX_NONE)
        return BOX_LIMIT_NONE;
    bool own = rung >= BOX_PARTIAL; /* tmpfs propios, con su tope de bytes */
    struct disk_use use = {.files = own ? own_files() : 0};
    long most = limits->tmp_bytes;
    for (size_t i = 0; i < count; i++) {
        if (!roots[i].writable)
            continue;
        add_tree(&use, roots[i].path, limits->inodes, !own);
        most += i > 0 ? LENT_BYTES : 0;
    }
    if (rung == BOX_ISOLATED)
        identity_each_file(uid, add_found, &use);
    for (int i = 0; !own && i < tree->processes; i++)
        add_unlinked(&use, tree->pids[i]);
    if (limits->inodes > 0 &&
        (use.files > limits->inodes ||
         (own && created_around(roots, count) > MANY_TESTS * limits->inodes)))
        return BOX_LIMIT_INODES;
    return !own && limits->tmp_bytes > 0 && use.bytes > most ? BOX_LIMIT_DISK
                                                             : BOX_LIMIT_NONE;
}
