/*
 * fifo.c: un archivo que se entrega a trozos y cuando quiere la prueba.
 *
 * Es una tubería con nombre. Abrirla para escribir no vuelve hasta que alguien la abre para
 * leer: un hilo que espera ahí es quien sabe, sin preguntar, que el programa la abrió. Y con
 * sitio para una sola página, que vuelva a admitir escritura significa que el programa ya
 * leyó todo lo anterior: así los cortes entre trozos son los que dice la prueba.
 */
#include "base/dir.h"
#include "harness/chronicle.h"
#include "harness/files.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK   4096 /* cabe en una página de cualquier máquina */
#define FEED_MS 5000 /* plazo nominal para que lea un trozo */
#define OPENER  "/proc/self/fd/%d"

struct hs_fifo {
    struct hs__part part;
    const char *path; /* como lo ve el programa */
    char opener[sizeof OPENER + 3 * sizeof(int)];
    int handle; /* O_PATH: la tubería misma, le hagan lo que le hagan a su nombre */
    pthread_t waiter;
    bool told; /* la historia ya dice que la abrieron */
    int lane;
    struct hs__span reading;

    /* Con el cerrojo tomado. */
    int fd;      /* escritura; -1 hasta que la abran y desde que se cierra */
    bool opened; /* el programa la abrió alguna vez */
};

static void *wait_reader(void *arg)
{
    struct hs_fifo *f = arg;
    int fd;
    do
        fd = open(f->opener, O_WRONLY | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    if (fd >= 0)
        fcntl(fd, F_SETPIPE_SZ, CHUNK);
    hs__lock();
    f->fd = fd;
    f->opened = fd >= 0;
    if (fd >= 0)
        f->reading = hs__span_begin(f->lane, "abierta por el programa");
    hs__notify();
    hs__unlock();
    return NULL;
}

static int opened_check(void *arg)
{
    return ((struct hs_fifo *)arg)->opened;
}

bool hs_fifo_opened(struct hs_fifo *f)
{
    hs__checked();
    hs__lock();
    bool opened = f->opened;
    /* Quien pregunta lo cuenta a su manera: si al escribir se contara además, la historia
     * dependería de si se abrió antes o después de contarlas. */
    f->told |= opened;
    hs__unlock();
    return opened;
}

void hs_fifo_wait_open(struct hs_fifo *f, int ms)
{
    hs__checked();
    hs__lock();
    if (!hs__wait(opened_check, f, ms))
        hs__fail_waiting(ms, "el programa debía abrir %s y no lo ha abierto", f->path);
    hs__unlock();
    if (!f->told)
        hs_step("El programa ha abierto %s", f->path);
    f->told = true;
}

struct some {
    struct hs_fifo *const *fifos;
    int n, wanted;
};

static int opened_now(const struct some *s)
{
    int opened = 0;
    for (int i = 0; i < s->n; i++)
        opened += s->fifos[i]->opened;
    return opened;
}

static int some_check(void *arg)
{
    const struct some *s = arg;
    return opened_now(s) >= s->wanted;
}

void hs_fifo_wait_some(struct hs_fifo *const *fifos, int n, int wanted, int ms)
{
    struct some some = {fifos, n, wanted};
    struct hs__span together = hs__want_together(wanted, "tuberías abiertas a la vez");
    hs__checked();
    hs__lock();
    if (!hs__wait(some_check, &some, ms))
        hs__fail_waiting(
            ms, "el programa debía abrir a la vez %d de las %d tuberías y ha abierto %d",
            wanted, n, opened_now(&some));
    for (int i = 0; i < n; i++)
        fifos[i]->told |= fifos[i]->opened;
    hs__unlock();
    hs__span_end(&together, HS__GOOD, NULL);
    hs_step("El programa ha abierto %d de %s", wanted,
            hs__count(n, "tubería", "tuberías"));
}

bool hs_fifo_try_some(struct hs_fifo *const *fifos, int n, int wanted, int ms)
{
    struct some some = {fifos, n, wanted};
    hs__checked();
    hs__lock();
    bool opened = hs__wait(some_check, &some, ms);
    for (int i = 0; i < n; i++)
        fifos[i]->told |= fifos[i]->opened;
    hs__unlock();
    return opened;
}

/* Espera a que quepa otro trozo: a que se haya leído lo anterior. */
static void wait_read(struct hs_fifo *f, double limit)
{
    for (;;) {
        struct pollfd ready = {.fd = f->fd, .events = POLLOUT};
        double left = limit - hs_now();
        int n = poll(&ready, 1, left > 0 ? (int)left + 1 : 0);
        if (n > 0 && ready.revents & POLLERR)
            hs_fail("el programa debía leer %s hasta el final y lo cerró antes", f->path);
        if (n > 0)
            return;
        if (left <= 0)
            hs_fail_late("el programa debía seguir leyendo %s y no lo lee", f->path);
    }
}

void hs_fifo_write(struct hs_fifo *f, const void *bytes, size_t size)
{
    double limit = hs_now() + hs_ms(FEED_MS);
    const char *from = bytes;
    hs__checked();
    hs_fifo_wait_open(f, FEED_MS);
    if (f->fd < 0)
        hs_broken("%s ya está cerrado", f->path);
    for (size_t n; size > 0; from += n, size -= n) {
        n = size < CHUNK ? size : CHUNK;
        if (write(f->fd, from, n) != (ssize_t)n && errno != EPIPE)
            hs_broken("no puedo escribir en %s: %s", f->path, strerror(errno));
        wait_read(f, limit);
        const char *read = hs_format("lee %s", hs__count((long long)n, "byte", "bytes"));
        hs__dot(f->lane, HS__PLAIN, read, strlen(read));
    }
}

void hs_fifo_write_text(struct hs_fifo *f, const char *text)
{
    hs_step("Le doy a leer de %s «%s»", f->path, text);
    hs_fifo_write(f, text, strlen(text));
}

static void shut(struct hs_fifo *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    hs__span_end(&f->reading, HS__PLAIN, "leída hasta el final");
}

void hs_fifo_close(struct hs_fifo *f)
{
    hs_fifo_wait_open(f, FEED_MS);
    hs_step("Ahí acaba %s", f->path);
    shut(f);
}

static const char *fifo_stop(struct hs__part *part)
{
    struct hs_fifo *f = (struct hs_fifo *)part;
    /* Si nadie la abrió, el hilo sigue esperando un lector: le basta este. El chmod, por si
     * el programa le quitó los permisos. */
    chmod(f->opener, 0600);
    int reader = open(f->opener, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    pthread_join(f->waiter, NULL);
    if (reader >= 0)
        close(reader);
    shut(f);
    close(f->handle);
    free(f);
    return NULL;
}

struct hs_fifo *hs_fifo(struct hs_dir *d, const char *name)
{
    struct hs_fifo *f = ag_alloc(1, sizeof *f);
    *f = (struct hs_fifo){
        .part = {.stop = fifo_stop},
        .path = hs_dir_path(d, name),
        .fd = -1,
    };
    f->lane = hs__lane(HS__PIPE, f->path);
    if (mkfifoat(d->fd, name, 0666) < 0)
        hs_broken("no puedo crear %s: %s", f->path, strerror(errno));
    f->handle = ag_open_beneath(d->fd, name, O_PATH, 0);
    if (f->handle < 0)
        hs_broken("no puedo abrir %s: %s", f->path, strerror(-f->handle));
    snprintf(f->opener, sizeof f->opener, OPENER, f->handle);
    int error = pthread_create(&f->waiter, NULL, wait_reader, f);
    if (error)
        hs_broken("no puedo crear un hilo: %s", strerror(error));
    hs__join(&f->part);
    return f;
}
