#include <asinc/file.h>
#include <asinc/sync.h>

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buffer.h"
#include "core/task_internal.h"
#include "core/track.h"
#include "io/file_internal.h"

/* Qué hacía el último encargo, mientras nadie haya mirado su resultado. */
/* Lo que se espera al cerrar a una escritura que dejaron a medias. */
enum { LAST_MS = 1000 };

enum pending { NOTHING, READ, WRITE, SYNC };

/*
 * El búfer es del archivo y no de quien lee o escribe: así el hilo nunca toca la memoria
 * de una tarea que pudo dejar de esperar. Una lectura que se quedó sin quien la esperaba
 * deja sus bytes en él para la próxima.
 */
struct as_file {
    struct as__offload offload;
    struct as__tracked tracked;
    enum pending pending;
    int fd; /* -1: sin abrir */
    int flags;
    as_lock turn;   /* lo tiene la tarea que está haciendo algo con él */
    int read_error; /* el de una lectura, mientras nadie lo sepa */
    struct as__buffer
        buffer; /* lo leído y aún no entregado, o lo que se está escribiendo */
    struct as__line_search line;
    char path[];
};

enum {
    BUFFER_SIZE = 64 * 1024,
    MIN_SPACE = BUFFER_SIZE / 2, /* leer menos de una vez no compensa */
};

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

static int run_open(struct as__offload *offload)
{
    as_file *file = as__container_of(offload, as_file, offload);
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

static int run_close(struct as__offload *offload)
{
    int fd = as__container_of(offload, as_file, offload)->fd;

    return close(fd) == 0 ? 0 : as__sys_error();
}

static void free_file(as_file *file)
{
    as__buffer_free(&file->buffer);
    free(file);
}

/* Se cerró con un encargo aún en marcha, o se canceló al abrirlo. */
static void dispose_file(struct as__offload *offload)
{
    as_file *file = as__container_of(offload, as_file, offload);

    if (file->fd >= 0)
        close(file->fd);
    free_file(file);
}

static as_file *new_file(const char *path, int flags)
{
    as_file *file = calloc(1, sizeof *file + strlen(path) + 1);

    if (!file)
        return NULL;
    if (as__buffer_reserve(&file->buffer, BUFFER_SIZE) < 0) {
        free(file);
        return NULL;
    }
    file->fd = -1;
    file->flags = flags;
    strcpy(file->path, path);
    as_lock_init(&file->turn);
    as__offload_init(&file->offload, run_open, dispose_file);
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
        return as__error(UV_ENOMEM);
    rc = as__offload_run(&file->offload, "que se abra un archivo", &abandoned);
    if (rc < 0) {
        if (!abandoned)
            free_file(file);
        return as__file_error(rc, "abrir", path);
    }
    as__track(&file->tracked, "un archivo", __builtin_return_address(0));
    *out = file;
    return 0;
}

/* Recoge lo que dejó el último encargo, si nadie lo hizo: lo que dio una lectura queda para la
 * próxima, y el error de una escritura se devuelve. */
static int settle(as_file *file)
{
    enum pending pending = file->pending;
    int rc = atomic_load(&file->offload.result);

    file->pending = NOTHING;
    if (pending == READ && rc > 0)
        file->buffer.end += (size_t)rc;
    if (pending == READ && rc < 0 && rc != UV_ECANCELED)
        file->read_error = rc;
    if (pending != WRITE && pending != SYNC)
        return 0;
    if (pending == WRITE)
        as__buffer_consume(&file->buffer, as__buffer_size(&file->buffer));
    return rc == UV_ECANCELED ? 0 : rc;
}

/* Espera un momento a lo que se estaba escribiendo, para saber cómo acabó. */
static void wait_last(as_file *file)
{
    as_scope moment;

    as_shield_enter(&moment, LAST_MS);
    as_scope_leave(&moment, as__offload_wait(&file->offload, "que se cierre un archivo"));
}

int as_file_close(as_file *file)
{
    if (!file)
        return 0;
    as__task_required("as_file_close");
    if (as_lock_locked(&file->turn))
        as__misuse("as_file_close", "otra tarea está usando el archivo");
    as__untrack(&file->tracked);
    bool written = file->pending == WRITE || file->pending == SYNC;
    if (file->offload.busy && written)
        wait_last(file);
    if (file->offload.busy) {
        file->offload.abandoned = true; /* se cerrará cuando el hilo termine */
        return !written ? 0
                        : as_error_set(UV_ETIMEDOUT,
                                       "lo último que se escribía en «%s» sigue a medias",
                                       file->path);
    }
    int rc = settle(file);
    file->offload.run = run_close;
    as__offload_start(&file->offload);
    as__offload_finish(&file->offload, "que se cierre un archivo");
    if (rc == 0)
        rc = atomic_load(&file->offload.result);
    as__file_error(rc, "cerrar", file->path);
    free_file(file);
    return rc;
}

/* ---- Usarlo: una tarea a la vez; quien escribe hace cola ------------------------------- */

static int release(as_file *file, int rc, const char *doing)
{
    as_lock_release(&file->turn);
    return as__file_error(rc, doing, file->path);
}

/* Toma el archivo, que no tiene otra tarea o ya es el turno de esta, para `doing` algo; espera a
 * lo que dejó a medias una tarea cancelada. Si devuelve 0, hay que soltarlo con release. */
static int acquire_in_turn(as_file *file, const char *function, const char *doing)
{
    as__task_required(function);

    int rc = as_lock_acquire(&file->turn);
    if (rc < 0)
        return rc;
    if (file->offload.busy)
        rc = as__offload_wait(&file->offload, "que termine lo anterior con un archivo");
    if (rc == 0)
        rc = settle(file);
    return rc < 0 ? release(file, rc, doing) : 0;
}

/* Lo mismo, sin hacer cola: quien lee o cambia de posición no sabría qué encontraría después. */
static int acquire(as_file *file, const char *function, const char *doing)
{
    as__task_required(function);
    if (as_lock_locked(&file->turn) && !as_cancelled())
        return as_error_set(UV_EBUSY, "no se puede %s «%s»: otra tarea lo está usando",
                            doing, file->path);
    return acquire_in_turn(file, function, doing);
}

/* Hace algo con el archivo en un hilo. Si la cancelan, sigue en marcha: lo esperará la próxima. */
static int in_thread(as_file *file, int (*run)(struct as__offload *),
                     enum pending pending, const char *what)
{
    if (as_cancelled())
        return as__error(UV_ECANCELED);
    file->offload.run = run;
    file->pending = pending;
    as__offload_start(&file->offload);
    int rc = as__offload_wait(&file->offload, what);
    if (rc < 0) {
        as__offload_cancel(&file->offload);
        return rc;
    }
    settle(file);
    return atomic_load(&file->offload.result);
}

/* ---- Leer --------------------------------------------------------------------------- */

static int run_read(struct as__offload *offload)
{
    as_file *file = as__container_of(offload, as_file, offload);
    struct as__buffer *b = &file->buffer;
    ssize_t n;

    do
        n = read(file->fd, b->data + b->end, b->capacity - b->end);
    while (n < 0 && errno == EINTR);
    return n < 0 ? as__sys_error() : (int)n;
}

/* Trae bytes detrás de los que haya. Cuántos, 0 al final, o un error, que seguirá ahí hasta que
 * alguien lo devuelva: véase tell. */
static int fill(as_file *file)
{
    if (file->read_error < 0)
        return file->read_error;
    int rc = as__buffer_reserve(&file->buffer, MIN_SPACE);
    return rc < 0 ? rc : in_thread(file, run_read, READ, "datos de un archivo");
}

/* Suelta el archivo tras una lectura que devuelve `rc`: un error dicho ya no está pendiente. */
static int tell(as_file *file, int rc)
{
    if (rc < 0 && rc == file->read_error)
        file->read_error = 0;
    return release(file, rc, "leer");
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
    file->line.skipping = false;
    while (done < size) {
        size_t n = as__buffer_size(&file->buffer);
        if (n == 0) {
            rc = fill(file);
            if (rc <= 0)
                break;
            continue;
        }
        n = n < size - done ? n : size - done;
        memcpy((char *)buffer + done, as__buffer_begin(&file->buffer), n);
        as__buffer_consume(&file->buffer, n);
        done += n;
    }
    /* Si algo se leyó, lo que lo interrumpió lo dirá la próxima. */
    rc = tell(file, done > 0 || rc > 0 ? 0 : rc);
    return rc < 0 ? rc : (ssize_t)done;
}

/* Una línea que no cupo se tira entera antes de decirlo. */
static int skip_line(as_file *file)
{
    while (!as__buffer_skip_line(&file->buffer, &file->line)) {
        int rc = fill(file);
        if (rc < 0)
            return rc;
        file->line.skipping = rc > 0;
    }
    return UV_EMSGSIZE;
}

static ssize_t next_line(as_file *file, char *line, size_t size)
{
    bool last = false;

    file->line.seen = 0;
    while (!file->line.skipping) {
        ssize_t n = as__buffer_take_line(&file->buffer, &file->line, last, line, size);
        if (n != UV_EAGAIN)
            return file->line.skipping ? skip_line(file) : n;
        int rc = fill(file);
        if (rc < 0)
            return rc;
        last = rc == 0;
    }
    return skip_line(file); /* la dejó a medias alguien a quien cancelaron */
}

ssize_t as_file_readline(as_file *file, char *line, size_t size)
{
    int rc = acquire_to_read(file, "as_file_readline");
    if (rc < 0)
        return rc;
    ssize_t n = next_line(file, line, size);
    bool failed = n < 0 && n != UV_EOF && n != UV_EMSGSIZE;
    tell(file, failed ? (int)n : 0);
    if (n == UV_EOF || n == UV_EMSGSIZE)
        as__error((int)n);
    return n;
}

/* ---- Escribir ----------------------------------------------------------------------- */

static int run_write(struct as__offload *offload)
{
    as_file *file = as__container_of(offload, as_file, offload);

    return as__write_fully(file->fd, as__buffer_begin(&file->buffer),
                           as__buffer_size(&file->buffer));
}

static void forget_read_ahead(as_file *file)
{
    as__buffer_consume(&file->buffer, as__buffer_size(&file->buffer));
    file->line.skipping = false;
    file->read_error = 0;
}

/* Lo leído de más se devuelve: la posición del sistema va por delante de la nuestra. */
static int drop_read_ahead(as_file *file)
{
    off_t ahead = (off_t)as__buffer_size(&file->buffer);

    if (ahead > 0 && lseek(file->fd, -ahead, SEEK_CUR) < 0)
        return as__sys_error();
    forget_read_ahead(file);
    return 0;
}

int as_file_write(as_file *file, const void *data, size_t size)
{
    if ((file->flags & O_ACCMODE) == O_RDONLY)
        return as_error_set(UV_EBADF, "«%s» no se abrió para escribir", file->path);
    int rc = acquire_in_turn(file, "as_file_write", "escribir");
    if (rc < 0)
        return rc;
    rc = drop_read_ahead(file);
    for (size_t done = 0; rc == 0 && done < size; done += BUFFER_SIZE) {
        size_t left = size - done;
        rc = as__buffer_append(&file->buffer, (const char *)data + done,
                               left < BUFFER_SIZE ? left : BUFFER_SIZE);
        if (rc == 0)
            rc = in_thread(file, run_write, WRITE, "que se escriba en un archivo");
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
        return as__error(UV_ENOMEM);
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
        forget_read_ahead(file);
    }
    return release(file, rc, "cambiar de posición en");
}

static int run_sync(struct as__offload *offload)
{
    int fd = as__container_of(offload, as_file, offload)->fd;

    return fsync(fd) == 0 ? 0 : as__sys_error();
}

int as_file_sync(as_file *file)
{
    int rc = acquire_in_turn(file, "as_file_sync", "llevar al disco");

    if (rc < 0)
        return rc;
    rc = in_thread(file, run_sync, SYNC, "que un archivo llegue al disco");
    return release(file, rc, "llevar al disco");
}
