#include <asinc/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "task_internal.h"

/* La explicación con que terminó el último as_run de este hilo. */
static _Thread_local char last_detail[512];

void as__detail_keep(const char *detail)
{
    snprintf(last_detail, sizeof last_detail, "%s", detail ? detail : "");
}

const char *as_error_detail(void)
{
    as_task *task = as_current_task();

    if (!task)
        return last_detail;
    return task->detail ? task->detail : "";
}

void as__detail_adopt(const char *detail)
{
    as_task *task = as_current_task();

    if (!task || detail == task->detail)
        return;
    free(task->detail);
    task->detail = detail ? strdup(detail) : NULL;
}

int as_error_set(int error, const char *format, ...)
{
    va_list args;
    char *text = NULL;

    if (!as_current_task())
        return error;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL; /* sin memoria se pierde la explicación, no el error */
    va_end(args);
    as__detail_adopt(text);
    free(text);
    return error;
}

void as__misuse(const char *function, const char *why)
{
    as_task *task = as_current_task();

    fflush(stdout);
    fprintf(stderr, "asinc: %s: %s", function, why);
    if (task)
        fprintf(stderr, " (tarea «%s»)", task->name);
    fprintf(stderr, ".\n");
    abort();
}

struct as__loop *as__loop_required(const char *function)
{
    if (!as__loop)
        as__misuse(function, "no hay un bucle corriendo en este hilo; llámala dentro de "
                             "as_run");
    return as__loop;
}

as_task *as__task_required(const char *function)
{
    struct as__loop *loop = as__loop_required(function);

    if (!loop->current)
        as__misuse(function, "se llamó desde un callback, que no puede suspenderse; "
                             "llámala desde una tarea");
    return loop->current;
}
