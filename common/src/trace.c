#include <inttypes.h>
#include <stdio.h>

#include "observe.h"

/* El formato es un vector JSON de sucesos, en microsegundos. Perfetto admite que falte el
 * corchete final, así que una traza cortada por un fallo también se abre. Referencia:
 * «Trace Event Format», documento público del proyecto Catapult. */

static void write_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else if (*p < 0x20)
            fprintf(out, "\\u%04x", *p);
        else
            fputc(*p, out);
    }
    fputc('"', out);
}

FILE *as__trace_open(const char *path)
{
    FILE *trace = fopen(path, "we");

    if (trace)
        fprintf(trace, "[\n{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\","
                       "\"args\":{\"name\":\"asinc\"}}");
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
            task->id, what ? io ? "red" : "espera" : "corre");
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
