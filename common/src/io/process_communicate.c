#include <asinc/process.h>

#include <stdlib.h>

#include "core/buffer.h"
#include "core/task_internal.h"

enum { BLOCK = 4096 }; /* se lee al menos esto de una vez */

/* Lo que se lleva leído de una de sus salidas. */
struct collector {
    as_stream *stream;
    size_t max;
    struct as__buffer text;
};

struct feeder {
    as_process *process;
    const void *input;
    size_t size;
};

static int collect(void *arg)
{
    struct collector *c = arg;
    struct as__buffer *b = &c->text;
    ssize_t n;

    do {
        int rc = as__buffer_reserve(b, BLOCK);
        if (rc < 0)
            return rc;
        n = as_read(c->stream, b->data + b->end, b->capacity - b->end);
        if (n < 0)
            return (int)n;
        b->end += (size_t)n;
        if (as__buffer_size(b) > c->max)
            return as_error_set(AS_EOVERFLOW, "el proceso escribió más de %zu bytes",
                                c->max);
    } while (n > 0);
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

    as_group_enter(&group);
    if (as_process_stdin(feeder->process))
        rc = as_start_soon(&group, "su entrada", feed, feeder);
    if (rc == 0 && out->stream)
        rc = as_start_soon(&group, "su salida", collect, out);
    if (rc == 0 && err->stream)
        rc = as_start_soon(&group, "su salida de error", collect, err);
    return as_group_leave(&group, rc);
}

static int deliver(struct collector *c, char **text, size_t *size)
{
    if (!c->stream)
        return 0;
    *size = as__buffer_size(&c->text);
    *text = as__buffer_release(&c->text);
    return *text ? 0 : as__error(UV_ENOMEM);
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
    if (rc >= 0) {
        output->code = rc;
        rc = deliver(&out, &output->out, &output->out_size);
    }
    if (rc == 0)
        rc = deliver(&err, &output->err, &output->err_size);
    as__buffer_free(&out.text);
    as__buffer_free(&err.text);
    if (rc < 0)
        as_process_output_clear(output);
    return rc;
}

void as_process_output_clear(as_process_output *output)
{
    free(output->out);
    free(output->err);
    *output = (as_process_output){0};
}
