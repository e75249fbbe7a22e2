#include <asinc/file.h>

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file_internal.h"
#include "task_internal.h"
#include "track.h"

/* Para qué salió el último viaje, mientras nadie haya mirado su resultado. */
enum errand { NOTHING, READ, WRITE };

/*
 * El búfer es del archivo y no de quien lee o escribe: así el hilo nunca toca la memoria
 * de una tarea que pudo dejar de esperar. Una lectura que se quedó sin quien la esperaba
 * deja sus bytes en él para la próxima.
 */
struct as_file {
    struct as__trip trip;
    struct as__tracked tracked;
    enum errand errand;
    int fd; /* -1: sin abrir */
    int flags;
    bool in_use;       /* una tarea está haciendo algo con él */
    bool skipping;     /* está descartando una línea demasiado larga */
    size_t start, end; /* lo leído y aún no entregado, o lo que se está escribiendo */
    size_t capacity;
    char *buffer;
    char path[];
};

enum { BUFFER_SIZE = 64 * 1024 };

/* ---- Nacer y morir ------------------------------------------------------------------ */

static int parse_mode(const char *mode)
{
    bool plus = false;
    int flags;

    for (const char *m = mode; *m; m++) {
        if (m > mode && !strchr("+bt", *m))
            return -1;
        plus |= *m == '+';
    }
    switch (*mode) {
    case 'r':
        return plus ? O_RDWR : O_RDONLY;
    case 'w':
        flags = O_CREAT | O_TRUNC;
        break;
    case 'a':
        flags = O_CREAT | O_APPEND;
        break;
    case 'x':
        flags = O_CREAT | O_EXCL;
        break;
    default:
        return -1;
    }
    return flags | (plus ? O_RDWR : O_WRONLY);
}

static int run_open(struct as__trip *trip)
{
    as_file *file = as__container_of(trip, as_file, trip);
    struct stat info;

    int fd = open(file->path, file->flags | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0)
        return as__sys_error();
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        close(fd);
        return UV_EISDIR;
    }
    file->fd = fd;
    return 0;
}

static int run_close(struct as__trip *trip)
{
    int fd = as__container_of(trip, as_file, trip)->fd;

    return close(fd) == 0 ? 0 : as__sys_error();
}

static void free_file(as_file *file)
{
    free(file->buffer);
    free(file);
}

/* Se cerró con un viaje aún fuera, o se canceló al abrirlo. */
static void dispose_file(struct as__trip *trip)
{
    as_file *file = as__container_of(trip, as_file, trip);

    if (file->fd >= 0)
        close(file->fd);
    free_file(file);
}

static as_file *new_file(const char *path, int flags)
{
    as_file *file = calloc(1, sizeof *file + strlen(path) + 1);

    if (!file)
        return NULL;
    file->buffer = malloc(BUFFER_SIZE);
    if (!file->buffer) {
        free(file);
        return NULL;
    }
    file->capacity = BUFFER_SIZE;
    file->fd = -1;
    file->flags = flags;
    strcpy(file->path, path);
    as__trip_init(&file->trip, run_open, dispose_file);
    return file;
}

int as_file_open(const char *path, const char *mode, as_file **out)
{
    as__task_required("as_file_open");
    int flags = parse_mode(mode);
    bool abandoned;

    *out = NULL;
    if (flags < 0)
        return as_error_set(
            UV_EINVAL,
            "no se entiende el modo «%s» para abrir «%s»: usa r, w, a o x, "
            "con + para leer y escribir",
            mode, path);
    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    as_file *file = new_file(path, flags);
    if (!file)
        return UV_ENOMEM;
    rc = as__trip_ride(&file->trip, "que se abra un archivo", &abandoned);
    if (rc < 0) {
        if (!abandoned)
            free_file(file);
        return as__file_error(rc, "abrir", path);
    }
    as__track(&file->tracked, "un archivo", __builtin_return_address(0));
    *out = file;
    return 0;
}

/* Recoge lo que trajo el último viaje, si nadie lo hizo: los bytes leídos se quedan en el
 * búfer, y el error de una escritura se devuelve. */
static int settle(as_file *file)
{
    enum errand errand = file->errand;
    int rc = atomic_load(&file->trip.result);

    file->errand = NOTHING;
    if (errand == READ && rc > 0)
        file->end += (size_t)rc;
    if (errand != WRITE)
        return 0;
    file->end = 0;
    return rc == UV_ECANCELED ? 0 : rc;
}

int as_file_close(as_file *file)
{
    if (!file)
        return 0;
    as__task_required("as_file_close");
    if (file->in_use)
        as__misuse("as_file_close", "otra tarea está usando el archivo");
    as__untrack(&file->tracked);
    if (file->trip.busy) {
        file->trip.abandoned = true; /* se cerrará cuando vuelva el hilo */
        return 0;
    }
    int rc = settle(file);
    file->trip.run = run_close;
    as__trip_start(&file->trip);
    as__trip_wait_closing(&file->trip, "que se cierre un archivo");
    if (rc == 0)
        rc = atomic_load(&file->trip.result);
    as__file_error(rc, "cerrar", file->path);
    free_file(file);
    return rc;
}

/* ---- Usarlo: una tarea a la vez ------------------------------------------------------ */

static int release(as_file *file, int rc, const char *doing)
{
    file->in_use = false;
    return as__file_error(rc, doing, file->path);
}

/* Toma el archivo para `doing` algo; espera a lo que dejó a medias una tarea cancelada. Si
 * devuelve 0, hay que soltarlo con release. */
static int acquire(as_file *file, const char *function, const char *doing)
{
    as__task_required(function);

    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    if (file->in_use)
        return as_error_set(UV_EBUSY, "no se puede %s «%s»: otra tarea lo está usando",
                            doing, file->path);
    file->in_use = true;
    if (file->trip.busy)
        rc = as__trip_wait(&file->trip, "que termine lo anterior con un archivo");
    if (rc == 0)
        rc = settle(file);
    return rc < 0 ? release(file, rc, doing) : 0;
}

/* Un viaje con el archivo. Si la cancelan, sigue fuera: lo esperará la próxima. */
static int travel(as_file *file, int (*run)(struct as__trip *), enum errand errand,
                  const char *what)
{
    if (as_cancelled())
        return UV_ECANCELED;
    file->trip.run = run;
    file->errand = errand;
    as__trip_start(&file->trip);
    int rc = as__trip_wait(&file->trip, what);
    if (rc < 0) {
        as__trip_cancel(&file->trip);
        return rc;
    }
    settle(file);
    return atomic_load(&file->trip.result);
}

/* ---- Leer --------------------------------------------------------------------------- */

static int run_read(struct as__trip *trip)
{
    as_file *file = as__container_of(trip, as_file, trip);
    ssize_t n;

    do
        n = read(file->fd, file->buffer + file->end, file->capacity - file->end);
    while (n < 0 && errno == EINTR);
    return n < 0 ? as__sys_error() : (int)n;
}

/* Trae bytes detrás de los que haya, que no llenan el búfer. Cuántos, 0 al final, o error. */
static int fill(as_file *file)
{
    memmove(file->buffer, file->buffer + file->start, file->end - file->start);
    file->end -= file->start;
    file->start = 0;
    return travel(file, run_read, READ, "datos de un archivo");
}

static int acquire_to_read(as_file *file, const char *function)
{
    if ((file->flags & O_ACCMODE) == O_WRONLY)
        return as_error_set(UV_EBADF, "«%s» no se abrió para leer", file->path);
    return acquire(file, function, "leer");
}

ssize_t as_file_read(as_file *file, void *buffer, size_t size)
{
    size_t done = 0;

    int rc = acquire_to_read(file, "as_file_read");
    if (rc < 0)
        return rc;
    file->skipping = false;
    while (done < size) {
        size_t n = file->end - file->start;
        if (n == 0) {
            rc = fill(file);
            if (rc <= 0)
                break;
            continue;
        }
        n = n < size - done ? n : size - done;
        memcpy((char *)buffer + done, file->buffer + file->start, n);
        file->start += n;
        done += n;
    }
    /* Si algo se leyó, lo que lo interrumpió lo dirá la próxima. */
    rc = release(file, done > 0 || rc > 0 ? 0 : rc, "leer");
    return rc < 0 ? rc : (ssize_t)done;
}

/* Que quede sitio en el búfer, lleno de una línea que puede llegar a medir `size`. */
static int make_room(as_file *file, size_t size)
{
    size_t capacity = file->capacity * 2;

    if (file->end - file->start < file->capacity)
        return 0;
    if (capacity > size + 2)
        capacity = size + 2;
    char *buffer = realloc(file->buffer, capacity);
    if (!buffer)
        return UV_ENOMEM;
    file->buffer = buffer;
    file->capacity = capacity;
    return 0;
}

/* Entrega los primeros `length` bytes leídos, sin su fin de línea, y consume `used`. */
static ssize_t take_line(as_file *file, size_t length, size_t used, char *line,
                         size_t size)
{
    const char *from = file->buffer + file->start;
    bool too_long = file->skipping;

    file->start += used;
    file->skipping = false;
    if (used > length && length > 0 && from[length - 1] == '\r')
        length--;
    if (too_long || length >= size)
        return UV_EMSGSIZE;
    memcpy(line, from, length);
    line[length] = '\0';
    return (ssize_t)length;
}

static ssize_t next_line(as_file *file, char *line, size_t size)
{
    size_t seen = 0; /* bytes en los que ya se sabe que no hay '\n' */

    for (;;) {
        const char *from = file->buffer + file->start;
        size_t n = file->end - file->start;
        const char *newline = n > seen ? memchr(from + seen, '\n', n - seen) : NULL;
        if (newline) {
            size_t length = (size_t)(newline - from);
            return take_line(file, length, length + 1, line, size);
        }
        if (n > size || file->skipping) { /* ni quitando un '\r' final cabría */
            file->skipping = true;
            file->start = file->end;
            n = 0;
        }
        seen = n;
        int rc = make_room(file, size);
        if (rc == 0)
            rc = fill(file);
        if (rc < 0)
            return rc;
        if (rc == 0 && n == 0 && !file->skipping)
            return UV_EOF;
        if (rc == 0)
            return take_line(file, n, n, line, size);
    }
}

ssize_t as_file_readline(as_file *file, char *line, size_t size)
{
    int rc = acquire_to_read(file, "as_file_readline");
    if (rc < 0)
        return rc;
    ssize_t n = next_line(file, line, size);
    bool failed = n < 0 && n != UV_EOF && n != UV_EMSGSIZE;
    release(file, failed ? (int)n : 0, "leer");
    return n;
}

/* ---- Escribir ----------------------------------------------------------------------- */

static int run_write(struct as__trip *trip)
{
    as_file *file = as__container_of(trip, as_file, trip);

    return as__write_fully(file->fd, file->buffer, file->end);
}

/* Lo leído de más se devuelve: la posición del sistema va por delante de la nuestra. */
static int drop_read_ahead(as_file *file)
{
    off_t ahead = (off_t)(file->end - file->start);

    if (ahead > 0 && lseek(file->fd, -ahead, SEEK_CUR) < 0)
        return as__sys_error();
    file->start = file->end = 0;
    file->skipping = false;
    return 0;
}

int as_file_write(as_file *file, const void *data, size_t size)
{
    if ((file->flags & O_ACCMODE) == O_RDONLY)
        return as_error_set(UV_EBADF, "«%s» no se abrió para escribir", file->path);
    int rc = acquire(file, "as_file_write", "escribir");
    if (rc < 0)
        return rc;
    rc = drop_read_ahead(file);
    for (size_t done = 0; rc == 0 && done < size; done += file->capacity) {
        size_t left = size - done;
        file->end = left < file->capacity ? left : file->capacity;
        memcpy(file->buffer, (const char *)data + done, file->end);
        rc = travel(file, run_write, WRITE, "que se escriba en un archivo");
    }
    return release(file, rc, "escribir");
}

int as_file_writef(as_file *file, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0)
        return UV_ENOMEM;
    int rc = as_file_write(file, text, (size_t)n);
    free(text);
    return rc;
}

/* ---- Posición y disco ---------------------------------------------------------------- */

int as_file_seek(as_file *file, int64_t offset)
{
    int rc = acquire(file, "as_file_seek", "cambiar de posición en");

    if (rc < 0)
        return rc;
    if (lseek(file->fd, offset, SEEK_SET) < 0) {
        rc = as__sys_error();
    } else {
        file->start = file->end = 0;
        file->skipping = false;
    }
    return release(file, rc, "cambiar de posición en");
}

static int run_sync(struct as__trip *trip)
{
    int fd = as__container_of(trip, as_file, trip)->fd;

    return fsync(fd) == 0 ? 0 : as__sys_error();
}

int as_file_sync(as_file *file)
{
    int rc = acquire(file, "as_file_sync", "llevar al disco");

    if (rc < 0)
        return rc;
    rc = travel(file, run_sync, NOTHING, "que un archivo llegue al disco");
    return release(file, rc, "llevar al disco");
}
