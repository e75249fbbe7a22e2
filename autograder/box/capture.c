/* Ejecutar un programa y recoger lo que escribe, con tope. */
#include "box/capture.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    STEP = 64 * 1024,
    CHECK_MS = 1000 /* por si el runner no diera señales: box_wait conoce el plazo */
};

struct sink {
    int fd;
    char **data;
    size_t *len;
};

/* Lee lo que haya. Devuelve 0 al acabar, 1 si puede haber más, < 0 si no cabe. */
static int drain(struct sink *sink, size_t max)
{
    char chunk[STEP];
    ssize_t n = read(sink->fd, chunk, sizeof chunk);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 1 : -errno;
    if (n == 0)
        return 0;
    bool full = (size_t)n > max - *sink->len;
    if (full)
        n = (ssize_t)(max - *sink->len);
    *sink->data = ag_grow(*sink->data, *sink->len + (size_t)n + 1, 1);
    memcpy(*sink->data + *sink->len, chunk, (size_t)n);
    *sink->len += (size_t)n;
    (*sink->data)[*sink->len] = '\0';
    return full ? -EFBIG : 1;
}

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Mueve datos hasta que se cierran las dos salidas o el programa termina. */
static int pump(box_run *run, int *input_fd, const char *input, struct sink sinks[2],
                size_t max)
{
    size_t left = input ? strlen(input) : 0;
    bool ended = false;
    for (;;) {
        if (left == 0)
            shut(input_fd);
        if (sinks[0].fd < 0 && sinks[1].fd < 0)
            return 0;
        struct pollfd fds[] = {{.fd = sinks[0].fd, .events = POLLIN},
                               {.fd = sinks[1].fd, .events = POLLIN},
                               {.fd = *input_fd, .events = POLLOUT},
                               {.fd = ended ? -1 : box_status_fd(run), .events = POLLIN}};
        /* Muerta la caja nadie escribe más: se recoge lo que quede y se acaba. */
        int ready = poll(fds, 4, ended ? 0 : CHECK_MS);
        if (ready == 0 && ended)
            return 0;
        for (int i = 0; i < 2; i++) {
            int rc = fds[i].revents ? drain(&sinks[i], max) : 1;
            if (rc < 0)
                return rc;
            if (rc == 0)
                shut(&sinks[i].fd);
        }
        if (fds[2].revents) {
            ssize_t n = write(*input_fd, input, left);
            if (n > 0)
                input += n, left -= (size_t)n;
        }
        struct box_result ignored;
        if (!ended && (fds[3].revents || ready == 0))
            ended = box_wait(run, 0, &ignored) == 0;
    }
}

int box_capture(const struct box_options *options, const char *input, size_t max_output,
                struct box_output *output, struct box_result *result)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, rc = 0;
    box_run *run = NULL;
    *output = (struct box_output){.out = ag_alloc(1, 1), .err = ag_alloc(1, 1)};
    if (pipe2(in, O_CLOEXEC) < 0 || fcntl(in[1], F_SETFL, O_NONBLOCK) < 0 ||
        pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
        rc = -errno;
    if (rc == 0) {
        struct box_options mine = *options;
        mine.stdin_fd = in[0];
        mine.stdout_fd = out[1];
        mine.stderr_fd = err[1];
        rc = box_start(&run, &mine);
    }
    /* in[0] sigue abierto aquí hasta el final: si el programa cierra su entrada, escribir
     * en ella no nos cuesta un SIGPIPE. */
    shut(&out[1]);
    shut(&err[1]);
    if (rc == 0) {
        struct sink sinks[] = {{out[0], &output->out, &output->out_len},
                               {err[0], &output->err, &output->err_len}};
        rc = pump(run, &in[1], input, sinks, max_output);
        out[0] = sinks[0].fd;
        err[0] = sinks[1].fd;
        if (rc < 0)
            box_kill(run);
        bool flooded = rc == -EFBIG;
        if (rc == 0 || flooded)
            rc = box_wait(run, -1, result);
        if (flooded && rc == 0 && result->kind != BOX_FAULT) {
            result->kind = BOX_LIMIT;
            result->limit = BOX_LIMIT_OUTPUT;
        }
    }
    box_free(run);
    shut(&in[0]);
    shut(&in[1]);
    shut(&out[0]);
    shut(&err[0]);
    if (rc < 0)
        box_output_free(output);
    return rc;
}

void box_output_free(struct box_output *output)
{
    free(output->out);
    free(output->err);
    *output = (struct box_output){0};
}
