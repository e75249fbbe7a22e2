/* Leer un archivo comprimido en un proceso que no puede hacer otra cosa.
 *
 * libarchive entiende formatos difíciles de leer bien, y quien entrega elige los bytes. Aquí
 * solo se puede leer la entrada, escribir en la salida, pedir memoria y acabar. Las palabras que
 * cuentan un rechazo las escribe este proceso, así que quien las recibe las limpia. */
#include "base/dir.h"
#include "base/memory.h"
#include "class/names.h"
#include "class/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_ENTRIES 50000             /* contando lo que se ignora */
#define MAX_STREAM  ((size_t)1 << 30) /* bytes, contando lo que se ignora */
#define MAX_MEMORY  ((rlim_t)512 << 20)
#define MAX_CPU     10 /* segundos */
#define MAX_DEPTH   2  /* un archivo dentro de otro, y no más */
#define BLOCK       65536

static const int needed[] = {
    SCMP_SYS(read),         SCMP_SYS(write),        SCMP_SYS(lseek),
    SCMP_SYS(pread64),      SCMP_SYS(fstat),        SCMP_SYS(newfstatat),
    SCMP_SYS(mmap),         SCMP_SYS(munmap),       SCMP_SYS(mremap),
    SCMP_SYS(mprotect),     SCMP_SYS(madvise),      SCMP_SYS(brk),
    SCMP_SYS(futex),        SCMP_SYS(getrandom),    SCMP_SYS(clock_gettime),
    SCMP_SYS(exit),         SCMP_SYS(exit_group),   SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_yield),
    SCMP_SYS(getpid),       SCMP_SYS(gettid),
};

/* Lo que se lleva leído. `files` y `bytes`, solo de lo que se busca: un curso entero trae mil
 * archivos que dan igual. */
struct reader {
    const struct cl_wanted *wanted;
    const struct cl_limits *limits;
    size_t entries, stream, files, bytes, found, others;
};

struct nested {
    char *path;
    char *data;
    size_t size;
};

/* ---- encerrarse ------------------------------------------------------------------------ */

static void limit(int what, rlim_t value)
{
    struct rlimit bound = {value, value};
    setrlimit(what, &bound);
}

int cl_jail_enclose(unsigned cpu_seconds)
{
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CPU, cpu_seconds);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    limit(RLIMIT_AS, MAX_MEMORY); /* los sanitizers reservan terabytes */
#endif
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int rc = filter ? 0 : -ENOMEM;
    for (size_t i = 0; i < sizeof needed / sizeof *needed && rc == 0; i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, needed[i], 0);
    if (rc == 0)
        rc = seccomp_load(filter);
    if (filter)
        seccomp_release(filter);
    return rc;
}

/* ---- contar ---------------------------------------------------------------------------- */

static void tell(enum cl_frame_kind kind, const char *path, const void *data, size_t size)
{
    struct cl_frame frame = {kind, (unsigned)strlen(path), (unsigned)size};
    if (ag_write(1, &frame, sizeof frame) < 0 || ag_write(1, path, frame.path) < 0 ||
        ag_write(1, data, size) < 0)
        _exit(1);
}

static void refuse(const char *name, char *why)
{
    tell(CL_FRAME_REFUSED, name, why, strlen(why));
    free(why);
}

static void reject(const char *path, const char *why)
{
    tell(CL_FRAME_BAD, path, why, strlen(why));
}

/* ---- leer ------------------------------------------------------------------------------ */

static struct archive *new_reader(void)
{
    struct archive *a = archive_read_new();
    if (!a)
        return NULL;
    archive_read_support_format_zip(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_7zip(a);
    archive_read_support_format_rar(a);
    archive_read_support_format_rar5(a);
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_lzma(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_lz4(a);
    archive_read_support_filter_compress(a);
    return a;
}

/* Lee hasta `max` bytes de lo que toca; si hay más, o si está mal, NULL y `*why`. */
static char *read_data(struct archive *a, size_t max, size_t *size, const char **why)
{
    char *data = ag_alloc(max + 2, 1);
    *size = 0;
    for (la_ssize_t n; (n = archive_read_data(a, data + *size, max + 1 - *size)) != 0;) {
        if (n < 0) {
            *why = "está dañado o pide una contraseña";
            break;
        }
        *size += (size_t)n;
        if (*size > max) {
            *why = "es demasiado grande para una solución escrita a mano";
            break;
        }
    }
    if (*why) {
        free(data);
        return NULL;
    }
    data[*size] = '\0';
    return data;
}

static void take_wanted(struct reader *r, struct archive *a, struct archive_entry *entry,
                        const char *path)
{
    const char *why = NULL;
    size_t size;
    r->found++;
    if (archive_entry_hardlink(entry) || archive_entry_filetype(entry) == AE_IFLNK)
        why = "es un enlace, y los enlaces no se siguen";
    else if (archive_entry_filetype(entry) != AE_IFREG)
        why = "no es un archivo normal";
    else if (archive_entry_is_encrypted(entry))
        why = "pide una contraseña";
    char *data = why ? NULL : read_data(a, CL_MAX_SOURCE, &size, &why);
    if (data)
        tell(CL_FRAME_FILE, path, data, size);
    else
        reject(path, why);
    free(data);
}

static void take_nested(struct reader *r, struct archive *a, struct archive_entry *entry,
                        const char *path, struct nested **list, size_t *n)
{
    const char *why = NULL;
    size_t size;
    if (*n == CL_MAX_NESTED || archive_entry_filetype(entry) != AE_IFREG)
        return;
    char *data = read_data(a, r->limits->archive_bytes, &size, &why);
    if (!data)
        return;
    *list = ag_grow(*list, *n + 1, sizeof **list);
    (*list)[(*n)++] = (struct nested){ag_format("%s", path), data, size};
}

/* Por qué hay que dejar de leer, o NULL. Los tamaños son los que dice el archivo: lo que se lee
 * de verdad se acota aparte. */
static char *count(struct reader *r, struct archive_entry *entry, enum cl_kind kind)
{
    la_int64_t said = archive_entry_size(entry);
    size_t size = said > 0 ? (size_t)said : 0;
    r->entries++;
    r->stream = size > MAX_STREAM ? size : r->stream + size;
    if (kind == CL_WANTED || kind == CL_NESTED) {
        r->files += archive_entry_filetype(entry) != AE_IFDIR;
        r->bytes = size > MAX_STREAM ? size : r->bytes + size;
    }
    if (r->entries > MAX_ENTRIES)
        return ag_format("tiene más de %d archivos", MAX_ENTRIES);
    if (r->files > r->limits->files)
        return ag_format("tiene más de %zu archivos con nombres del laboratorio: entrega "
                         "solo los tuyos",
                         r->limits->files);
    if (r->stream > MAX_STREAM)
        return ag_format("ocupa desempaquetado más de %zu MiB", MAX_STREAM >> 20);
    if (r->bytes > r->limits->unpacked_bytes)
        return ag_format("ocupa desempaquetado más de %zu MiB: entrega solo tus fuentes",
                         r->limits->unpacked_bytes >> 20);
    return NULL;
}

static char *entry_path(struct archive_entry *entry, const char *prefix, char **why)
{
    const char *raw = archive_entry_pathname(entry);
    if (!raw)
        raw = archive_entry_pathname_utf8(entry);
    char *own = cl_path_of(raw ? raw : "", why);
    char *path = ag_format("%s%s", prefix, own);
    free(own);
    return path;
}

/* Un elemento. Dice si se puede seguir. */
static bool take(struct reader *r, struct archive *a, struct archive_entry *entry,
                 const char *name, const char *prefix, struct nested **list, size_t *n)
{
    char *bad, *path = entry_path(entry, prefix, &bad);
    enum cl_kind kind = cl_kind_of(path, r->wanted);
    char *why = count(r, entry, kind);
    bool good = !why;
    if (why) {
        refuse(name, why);
    } else if (kind == CL_WANTED && archive_entry_filetype(entry) != AE_IFDIR) {
        if (bad) {
            r->found++;
            reject(path, bad);
        } else {
            take_wanted(r, a, entry, path);
        }
    } else if (kind == CL_NESTED) {
        take_nested(r, a, entry, path, list, n);
    }
    if (good && (kind == CL_OTHER || kind == CL_NESTED) &&
        archive_entry_filetype(entry) != AE_IFDIR && r->others++ < CL_MAX_OTHERS)
        tell(CL_FRAME_OTHER, path, "", 0);
    free(bad);
    free(path);
    return good;
}

static bool read_level(struct reader *r, struct archive *a, const char *name,
                       const char *prefix, int depth);

/* Abre lo comprimido que había dentro, que se libera. */
static bool read_nested(struct reader *r, struct nested *list, size_t n, bool open,
                        int depth)
{
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        struct archive *a = open && good ? new_reader() : NULL;
        if (a && archive_read_open_memory(a, list[i].data, list[i].size) != ARCHIVE_OK) {
            refuse(list[i].path, ag_format("está dañado, o no es un zip, tar ni 7z"));
            good = false;
        } else if (a) {
            /* «07-monitor.zip» hace de carpeta «07-monitor». */
            struct cl_name folder = cl_name_parse(list[i].path, false);
            char *prefix = ag_format("%s/", folder.student);
            good = read_level(r, a, list[i].path, prefix, depth);
            free(prefix);
            cl_name_free(&folder);
        }
        archive_read_free(a);
        free(list[i].path);
        free(list[i].data);
    }
    free(list);
    return good;
}

static bool read_level(struct reader *r, struct archive *a, const char *name,
                       const char *prefix, int depth)
{
    struct nested *list = NULL;
    struct archive_entry *entry;
    size_t n = 0, before = r->found;
    bool good = true;
    int rc;
    while (good && (rc = archive_read_next_header(a, &entry)) != ARCHIVE_EOF) {
        if (rc == ARCHIVE_RETRY)
            continue;
        if (rc == ARCHIVE_FATAL || rc == ARCHIVE_FAILED) {
            refuse(name, ag_format("está dañado o cortado, o pide una contraseña"));
            good = false;
        } else {
            good = take(r, a, entry, name, prefix, &list, &n);
        }
    }
    return read_nested(r, list, n, good && r->found == before && depth < MAX_DEPTH,
                       depth + 1) &&
           good;
}

_Noreturn void cl_jail_read(const char *name, const struct cl_wanted *wanted,
                            const struct cl_limits *limits)
{
    struct reader r = {.wanted = wanted, .limits = limits};
    setlocale(LC_CTYPE, "C.UTF-8");
    if (cl_jail_enclose(MAX_CPU) < 0)
        _exit(CL_JAIL_BROKEN);
    struct archive *a = new_reader();
    if (!a)
        _exit(CL_JAIL_BROKEN);
    if (archive_read_open_fd(a, 0, BLOCK) != ARCHIVE_OK)
        refuse(name, ag_format("está dañado, o no es un zip, tar ni 7z"));
    else
        read_level(&r, a, name, "", 1);
    tell(CL_FRAME_END, "", "", 0);
    _exit(0);
}
