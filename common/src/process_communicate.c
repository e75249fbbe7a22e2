#include <asinc/process.h>

#include <stdlib.h>

#include "task_internal.h"

/* Lo que se lleva leído de una de sus salidas. */
struct collector {
    as_stream *stream;
    size_t max, size, capacity;
    char *data;
};

struct feeder {
    as_process *process;
    const void *input;
    size_t size;
};

/* Sitio para seguir leyendo y para el '\0' del final. */
static int grow(struct collector *c)
{
    size_t capacity = c->capacity ? c->capacity * 2 : 4096;
    char *data = realloc(c->data, capacity);

    if (!data)
        return UV_ENOMEM;
    c->data = data;
    c->capacity = capacity;
    return 0;
}

static int collect(void *arg)
{
    struct collector *c = arg;
    ssize_t n = 1;

    while (n > 0) {
        if (c->capacity - c->size < 2) {
            int rc = grow(c);
            if (rc < 0)
                return rc;
        }
        n = as_read(c->stream, c->data + c->size, c->capacity - c->size - 1);
        if (n < 0)
            return (int)n;
        c->size += (size_t)n;
        if (c->size > c->max)
            return as_error_set(AS_EOVERFLOW, "el proceso escribió más de %zu bytes",
                                c->max);
    }
    c->data[c->size] = '\0';
    return 0;
}

static int feed(void *arg)
{
    const struct feeder *f = arg;

    int rc = as_write(as_process_stdin(f->process), f->input, f->size);
    if (rc == 0 || rc == UV_EPIPE || rc == UV_ECONNRESET) {
        as_process_close_stdin(f->process);
        return 0; /* si no quiso leerlo todo, es cosa suya */
    }
    return rc;
}

/* Todo a la vez: si se hiciera por orden, cada uno podría llenar la tubería del otro. */
static int exchange(struct feeder *feeder, struct collector *out, struct collector *err)
{
    as_group group;
    int rc = 0;

    as_group_enter(&group, 0);
    if (as_process_stdin(feeder->process))
        rc = as_start_soon(&group, "su entrada", feed, feeder);
    if (rc == 0 && out->stream)
        rc = as_start_soon(&group, "su salida", collect, out);
    if (rc == 0 && err->stream)
        rc = as_start_soon(&group, "su salida de error", collect, err);
    return as_group_leave(&group, rc);
}

int as_process_communicate(as_process *process, const void *input, size_t size,
                           size_t max, as_process_output *output)
{
    struct feeder feeder = {process, input, size};
    struct collector out = {.stream = as_process_stdout(process), .max = max};
    struct collector err = {.stream = as_process_stderr(process), .max = max};

    as__task_required("as_process_communicate");
    *output = (as_process_output){0};
    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    if (size > 0 && !as_process_stdin(process))
        return as_error_set(UV_EINVAL, "el proceso no tiene una tubería de entrada: "
                                       "lánzalo con .in = AS_PIPE");
    rc = exchange(&feeder, &out, &err);
    if (rc == 0)
        rc = as_process_wait(process, &output->signum);
    if (rc < 0) {
        free(out.data);
        free(err.data);
        return rc;
    }
    *output = (as_process_output){.out = out.data,
                                  .err = err.data,
                                  .out_size = out.size,
                                  .err_size = err.size,
                                  .code = rc,
                                  .signum = output->signum};
    return 0;
}

void as_process_output_clear(as_process_output *output)
{
    free(output->out);
    free(output->err);
    *output = (as_process_output){0};
}
