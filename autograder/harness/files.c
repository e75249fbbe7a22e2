/*
 * files.c: los directorios que la prueba presta a los programas.
 *
 * Están fuera de la caja y se ven dentro por un bind. Donde escribe un programa puede haber
 * cualquier cosa en cualquier momento, también un enlace con el nombre del archivo que se
 * va a tocar: aquí nada se abre siguiendo enlaces ni saliendo del directorio.
 */
#include "harness/files.h"
#include "base/dir.h"
#include "harness/chronicle.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_READ     (16 << 20)
#define MAX_ENTRIES  4096
#define TOLD_ENTRIES 12         /* los que caben en una historia */
#define GIVEN_DATE   1577836800 /* 2020: la fecha de los que pone la prueba */

/* En el orden en que se crearon, que es el de los montajes. */
static struct hs_dir *dirs[HS__MAX_DIRS];
static size_t dir_count;

size_t hs__binds(struct box_bind binds[HS__MAX_DIRS])
{
    for (size_t i = 0; i < dir_count; i++)
        binds[i] = (struct box_bind){dirs[i]->host, dirs[i]->name, dirs[i]->writable};
    return dir_count;
}

/* ------------------------------------------------------------- Abrir sin caer en trampas */

static _Noreturn void broken_file(struct hs_dir *d, const char *doing, const char *name,
                                  int error)
{
    hs_broken("no puedo %s %s: %s", doing, hs_dir_path(d, name), strerror(error));
}

/* Solo puede habérselos quitado el programa. */
static _Noreturn void fail_locked(struct hs_dir *d, const char *name)
{
    hs_fail("%s debía poder leerse y no tiene permisos", hs_dir_path(d, name));
}

/* Un archivo normal ya abierto, con su tamaño, o -1 si no existe. Falla con «mal» si el
 * programa puso ahí otra cosa. */
static int open_regular(struct hs_dir *d, const char *name, struct stat *st)
{
    int fd = ag_open_beneath(d->fd, name, O_PATH, 0);
    if (fd == -ENOENT)
        return -1;
    if (fd == -ELOOP || fd == -EXDEV || fd == -ENOTDIR)
        hs_fail("%s debía ser un archivo, y es un enlace o está detrás de uno",
                hs_dir_path(d, name));
    if (fd == -EACCES)
        fail_locked(d, name);
    if (fd < 0)
        broken_file(d, "abrir", name, -fd);
    if (fstat(fd, st) < 0)
        broken_file(d, "mirar", name, errno);
    if (S_ISREG(st->st_mode))
        return fd;
    close(fd);
    hs_fail("%s debía ser un archivo normal, y es %s", hs_dir_path(d, name),
            S_ISDIR(st->st_mode) ? "un directorio" : "otra cosa");
}

/* -------------------------------------------------------------------------- Preparar */

/* De uno en uno: así ningún enlace lleva fuera. */
static void make_dirs(struct hs_dir *d, const char *path, size_t length)
{
    int at = dup(d->fd);
    for (size_t start = 0; at >= 0 && start < length;) {
        size_t n = strcspn(path + start, "/");
        const char *part = hs__keep_text(path + start, n);
        int parent = at;
        at = -1;
        if (mkdirat(parent, part, 0775) == 0 || errno == EEXIST)
            at = openat(parent, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int error = errno;
        close(parent);
        errno = error;
        start += n + 1;
    }
    if (at < 0)
        broken_file(d, "crear", path, errno);
    close(at);
}

void hs_file_mkdir(struct hs_dir *d, const char *name)
{
    make_dirs(d, name, strlen(name));
}

static const char *put(struct hs_dir *d, const char *name, int flags, int64_t offset,
                       const void *bytes, size_t size)
{
    const char *slash = strrchr(name, '/');
    if (slash)
        make_dirs(d, name, (size_t)(slash - name));
    int fd = ag_open_beneath(d->fd, name, flags | O_WRONLY | O_CREAT | O_NONBLOCK, 0664);
    if (fd < 0)
        broken_file(d, "crear", name, -fd);
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(fd, (const char *)bytes + done, size - done,
                           (off_t)offset + (off_t)done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            broken_file(d, "escribir", name, errno);
    }
    futimens(fd, (struct timespec[]){{.tv_nsec = UTIME_OMIT}, {.tv_sec = GIVEN_DATE}});
    close(fd);
    return hs_dir_path(d, name);
}

const char *hs_file_write(struct hs_dir *d, const char *name, const void *bytes,
                          size_t size)
{
    return put(d, name, O_TRUNC, 0, bytes, size);
}

const char *hs_file_write_text(struct hs_dir *d, const char *name, const char *text)
{
    return put(d, name, O_TRUNC, 0, text, strlen(text));
}

const char *hs_file_write_at(struct hs_dir *d, const char *name, int64_t offset,
                             const void *bytes, size_t size)
{
    return put(d, name, 0, offset, bytes, size);
}

void hs_file_mode(struct hs_dir *d, const char *name, unsigned mode)
{
    int fd = ag_open_beneath(d->fd, name, O_RDONLY | O_NONBLOCK, 0);
    /* En un sitio ya aislado el programa no es el dueño, sino de su grupo. */
    mode |= (mode & 0700) >> 3;
    if (fd < 0 || fchmod(fd, mode) < 0)
        broken_file(d, "cambiar los permisos de", name, fd < 0 ? -fd : errno);
    close(fd);
}

/* ------------------------------------------------------------ Ver lo que dejó el programa */

const char *hs_file_read(struct hs_dir *d, const char *name, size_t *size)
{
    char *data;
    size_t n;
    struct stat st;
    hs__checked();
    int fd = open_regular(d, name, &st);
    if (fd < 0)
        return NULL;
    close(fd);
    int rc = ag_read_file(d->host, name, MAX_READ, &data, &n);
    if (rc == -ENOENT)
        return NULL;
    if (rc == -EACCES)
        fail_locked(d, name);
    if (rc == -EFBIG)
        hs_fail("%s pasa de %d MiB o crece mientras lo leo", hs_dir_path(d, name),
                MAX_READ >> 20);
    if (rc < 0)
        hs_fail("%s debía poder leerse y no se puede: %s", hs_dir_path(d, name),
                strerror(-rc));
    const char *copy = hs__keep_text(data, n);
    free(data);
    if (size)
        *size = n;
    return copy;
}

int64_t hs_file_size(struct hs_dir *d, const char *name)
{
    struct stat st;
    hs__checked();
    int fd = open_regular(d, name, &st);
    if (fd < 0)
        return -1;
    close(fd);
    return st.st_size;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Hasta `max` nombres; devuelve cuántos hay, que pueden ser más, o -1 si no se dejan ver. */
static ssize_t list(struct hs_dir *d, const char **names, size_t max)
{
    int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        return -1;
    size_t n = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            fstatat(d->fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        if (n < max)
            names[n] = hs_format("%s%s", e->d_name, S_ISDIR(st.st_mode) ? "/" : "");
        n++;
    }
    closedir(dir);
    qsort(names, n < max ? n : max, sizeof *names, by_name);
    return (ssize_t)n;
}

const char *const *hs_file_list(struct hs_dir *d, int *count)
{
    const char **names = hs__keep((MAX_ENTRIES + 1) * sizeof *names);
    hs__checked();
    ssize_t n = list(d, names, MAX_ENTRIES);
    if (n < 0)
        fail_locked(d, "");
    if (n > MAX_ENTRIES)
        hs_fail("el programa debía dejar unos pocos archivos en %s y dejó %zd", d->name,
                n);
    if (count)
        *count = (int)n;
    return names;
}

/* ----------------------------------------------------------------------- Vida y muerte */

const char *hs_dir_path(struct hs_dir *d, const char *name)
{
    return *name ? hs_format("%s/%s", d->name, name) : d->name;
}

static void dir_report(struct hs__part *part, struct hs__lines *lines)
{
    struct hs_dir *d = (struct hs_dir *)part;
    const char *names[TOLD_ENTRIES];
    ssize_t n = list(d, names, TOLD_ENTRIES);
    hs__add(lines, "Directorio «%s»:%s", d->name,
            n < 0    ? " no se puede leer"
            : n == 0 ? " vacío"
                     : "");
    for (ssize_t i = 0; i < n && i < TOLD_ENTRIES; i++) {
        struct stat st;
        if (fstatat(d->fd, names[i], &st, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(st.st_mode))
            hs__add(lines, "  %s", names[i]);
        else
            hs__add(lines, "  %s (%s)", names[i],
                    hs__count((long long)st.st_size, "byte", "bytes"));
    }
    if (n > TOLD_ENTRIES)
        hs__add(lines, "  ... y %zd más", n - TOLD_ENTRIES);
}

/* El reloj de los archivos avanza a saltos: lo que apunta ocurrió como mucho un salto después. */
static double moment_of(struct statx_timestamp t)
{
    struct timespec tick;
    clock_getres(CLOCK_REALTIME_COARSE, &tick);
    double now = hs_now(), then = hs__moment_of((double)t.tv_sec * 1e3 + t.tv_nsec / 1e6);
    then += (double)tick.tv_nsec / 1e6;
    return then < now ? then : now;
}

/* De cada archivo que el programa hizo o cambió, cuándo se creó y cuándo cambió por última vez. */
static void dir_trace(struct hs__part *part)
{
    struct hs_dir *d = (struct hs_dir *)part;
    const char *names[TOLD_ENTRIES];
    ssize_t n = list(d, names, TOLD_ENTRIES);
    for (ssize_t i = 0; i < n && i < TOLD_ENTRIES; i++) {
        struct statx st;
        if (statx(d->fd, names[i], AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME,
                  &st) < 0 ||
            !S_ISREG(st.stx_mode) || st.stx_mtime.tv_sec == GIVEN_DATE)
            continue;
        double start = moment_of(st.stx_btime), end = moment_of(st.stx_mtime);
        hs__past(hs__lane(HS__FILE, hs_dir_path(d, names[i])),
                 st.stx_mask & STATX_BTIME ? start : end, end, HS__PLAIN,
                 hs_format("%s", hs__count((long long)st.stx_size, "byte", "bytes")));
    }
}

/* Los programas que lo usan llegaron después, así que ya están parados. */
static const char *dir_stop(struct hs__part *part)
{
    struct hs_dir *d = (struct hs_dir *)part;
    close(d->fd);
    ag_remove_tree(d->host);
    free(d->host);
    free(d);
    dir_count--;
    return NULL;
}

/* `shown`: se cuenta en la historia y en el dibujo. */
static struct hs_dir *new_dir(const char *name, bool writable, bool shown)
{
    if (!*name || *name == '.' || strchr(name, '/') || dir_count == HS__MAX_DIRS)
        hs_broken("«%s» no puede ser otro directorio de la prueba", name);
    for (size_t i = 0; i < dir_count; i++)
        if (strcmp(dirs[i]->name, name) == 0)
            hs_broken("la prueba ya tiene un directorio «%s»", name);
    struct hs_dir *d = ag_alloc(1, sizeof *d);
    *d = (struct hs_dir){
        .part = {.report = shown ? dir_report : NULL,
                 .trace = shown ? dir_trace : NULL,
                 .stop = dir_stop},
        .name = hs__keep_text(name, strlen(name)),
        .writable = writable,
    };
    int rc = ag_temp_dir("archivos", &d->host);
    if (rc < 0)
        hs_broken("no puedo crear una carpeta en %s: %s", ag_tmp(), strerror(-rc));
    d->fd = open(d->host, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (d->fd < 0)
        hs_broken("no puedo abrir %s: %s", d->host, strerror(errno));
    dirs[dir_count++] = d;
    hs__join(&d->part);
    return d;
}

struct hs_dir *hs_dir(const char *name)
{
    return new_dir(name, true, true);
}

struct hs_dir *hs_dir_read_only(const char *name)
{
    return new_dir(name, false, true);
}

struct hs_dir *hs__dir_hidden(const char *name)
{
    return new_dir(name, true, false);
}
