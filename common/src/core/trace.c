#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "core/trace.h"

/* El formato es un vector JSON de sucesos, en microsegundos. Perfetto admite que falte el
 * corchete final, así que una traza cortada por un fallo también se abre. Referencia:
 * «Trace Event Format», documento público del proyecto Catapult. */

/* Los bytes del carácter UTF-8 que empieza en `p`; 0 si no lo es: un nombre largo pudo
 * cortarse a la mitad de una letra, y un JSON con bytes sueltos no lo lee nadie. */
static size_t character_size(const unsigned char *p)
{
    static const unsigned char least[] = {0, 0, 0, 0xa0, 0x90};
    size_t size = *p < 0x80   ? 1
                  : *p < 0xc2 ? 0
                  : *p < 0xe0 ? 2
                  : *p < 0xf0 ? 3
                  : *p < 0xf5 ? 4
                              : 0;

    for (size_t i = 1; i < size; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    /* Ni escrito con más bytes de los justos, ni medio carácter de UTF-16, ni fuera. */
    if ((*p == 0xe0 || *p == 0xf0) && p[1] < least[size])
        return 0;
    return (*p == 0xed && p[1] > 0x9f) || (*p == 0xf4 && p[1] > 0x8f) ? 0 : size;
}

static void write_text(FILE *out, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    fputc('"', out);
    while (*p) {
        size_t size = character_size(p);
        if (size == 0)
            fputs("\\ufffd", out);
        else if (*p == '"' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else if (*p < 0x20)
            fprintf(out, "\\u%04x", *p);
        else
            fwrite(p, 1, size, out);
        p += size ? size : 1;
    }
    fputc('"', out);
}

FILE *as__trace_open(const char *path)
{
    FILE *trace = fopen(path, "we");

    if (!trace)
        return NULL;
    fprintf(trace,
            "[\n{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":");
    write_text(trace, program_invocation_short_name);
    fprintf(trace, "}}");
    return trace;
}

void as__trace_close(FILE *trace)
{
    fprintf(trace, "\n]\n");
    fclose(trace);
}

void as__trace_span(FILE *trace, const as_task *task, const char *what, bool io,
                    uint64_t start_ns, uint64_t end_ns)
{
    fprintf(trace,
            ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":%" PRIu64 ",\"cat\":\"%s\",\"name\":",
            task->id, what ? io ? "fuera" : "espera" : "corre");
    write_text(trace, what ? what : task->name);
    fprintf(trace, ",\"ts\":%.3f,\"dur\":%.3f}", (double)start_ns / 1000,
            (double)(end_ns - start_ns) / 1000);
}

void as__trace_task(FILE *trace, const as_task *task, uint64_t parent_id)
{
    fprintf(trace,
            ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":%" PRIu64 ",\"name\":\"thread_name\","
            "\"args\":{\"name\":",
            task->id);
    write_text(trace, task->name);
    fprintf(trace, ",\"parent\":%" PRIu64 "}}", parent_id);
}

void as__trace_end(FILE *trace, const as_task *task, uint64_t now_ns)
{
    fprintf(trace,
            ",\n{\"ph\":\"i\",\"s\":\"t\",\"pid\":1,\"tid\":%" PRIu64
            ",\"cat\":\"fin\",\"name\":",
            task->id);
    write_text(trace, as_strerror(task->result));
    fprintf(trace, ",\"ts\":%.3f,\"args\":{\"error\":", (double)now_ns / 1000);
    write_text(trace, as_errname(task->result));
    fprintf(trace, "}}");
}
