#include <asinc/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/safe.h"
#include "core/task_internal.h"

/* La explicación con que terminó el último as_run de este hilo, y de qué error es. */
static _Thread_local char last_detail[512];
static _Thread_local int last_error;

void as__detail_keep(int error, const char *detail)
{
    last_error = error;
    snprintf(last_detail, sizeof last_detail, "%s", detail ? detail : "");
}

const char *as__task_detail(const as_task *task, int error)
{
    return error < 0 && error == task->detail_error ? task->detail : NULL;
}

const char *as__error_detail(int error)
{
    const as_task *task = as_current_task();
    const char *detail = last_error == error ? last_detail : NULL;

    if (task)
        detail = as__task_detail(task, error);
    return detail ? detail : "";
}

const char *as_error_text(int error)
{
    const char *detail = as__error_detail(error);

    return *detail ? detail : as_strerror(error);
}

void as__detail_adopt(int error, const char *detail)
{
    as_task *task = as_current_task();

    if (!task)
        return;
    char *copy = detail ? strdup(detail) : NULL;
    free(task->detail);
    task->detail = copy;
    task->detail_error = error;
}

void as__detail_forget(int error)
{
    as_task *task = as_current_task();

    if (task && task->detail_error == error)
        as__detail_adopt(error, NULL);
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
    if (text)
        text = as__safe_text(text, true);
    as__detail_adopt(error, text);
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
