#include <asinc/future.h>

#include <stdlib.h>

#include "core/task_internal.h"

struct callback {
    struct as__job job;
    struct as__link link;
    as_future *future;
    as_future_fn *fn; /* NULL: lo retiraron cuando ya estaba en la cola del bucle */
    void *arg;
};

void as_future_init(as_future *future)
{
    *future = (as_future){0};
    as__list_init(&future->waiters);
    as__list_init(&future->callbacks);
}

bool as__future_in_use(const as_future *future)
{
    return future->woken > 0 || !as__list_empty(&future->callbacks);
}

static void run_callback(struct as__job *job)
{
    struct callback *callback = as__container_of(job, struct callback, job);

    if (callback->fn) {
        as__list_remove(&callback->link);
        callback->fn(callback->future, callback->arg);
    }
    free(callback);
}

static int complete(as_future *future, int status, void *value)
{
    struct as__loop *loop = as__loop_required("as_future_set_result");

    if (future->done)
        return as__error(UV_EALREADY);
    future->done = true;
    future->status = status;
    future->value = value;

    /* Antes los callbacks: quien espera puede liberar el futuro al despertar. */
    struct as__link *callbacks = &future->callbacks;
    for (struct as__link *link = callbacks->next; link != callbacks; link = link->next)
        as__loop_push(loop, &as__container_of(link, struct callback, link)->job);
    while (as__wake_first(&future->waiters, 0))
        future->woken++;
    return 0;
}

int as_future_set_result(as_future *future, void *value)
{
    return complete(future, 0, value);
}

int as_future_set_error(as_future *future, int error)
{
    return error < 0 ? complete(future, error, NULL) : as__error(UV_EINVAL);
}

int as_future_cancel(as_future *future)
{
    return as_future_set_error(future, UV_ECANCELED);
}

int as__future_set_status(as_future *future, int status)
{
    return complete(future, status, NULL);
}

bool as_future_done(const as_future *future)
{
    return future->done;
}

int as_future_result(const as_future *future, void **value)
{
    if (!future->done)
        return as__error(UV_EAGAIN);
    if (value && future->status >= 0)
        *value = future->value;
    return as__error(future->status);
}

int as_future_wait(as_future *future, void **value)
{
    as__task_required("as_future_wait");

    int rc = as__checkpoint();
    if (rc == 0 && !future->done) {
        struct as__wait wait;
        as__wait_init(&wait, "un futuro", NULL);
        rc = as__future_join(future, &wait);
    }
    return rc < 0 ? rc : as_future_result(future, value);
}

int as_future_add_done_callback(as_future *future, as_future_fn *fn, void *arg)
{
    struct as__loop *loop = as__loop_required("as_future_add_done_callback");
    struct callback *callback = malloc(sizeof *callback);

    if (!callback)
        return as__error(UV_ENOMEM);
    *callback = (struct callback){
        .job = {.run = run_callback}, .future = future, .fn = fn, .arg = arg};
    as__list_append(&future->callbacks, &callback->link);
    if (future->done)
        as__loop_push(loop, &callback->job);
    return 0;
}

size_t as_future_remove_done_callback(as_future *future, as_future_fn *fn, void *arg)
{
    struct as__link *callbacks = &future->callbacks;
    size_t removed = 0;

    for (struct as__link *link = callbacks->next, *next; link != callbacks; link = next) {
        struct callback *callback = as__container_of(link, struct callback, link);
        next = link->next;
        if (callback->fn != fn || callback->arg != arg)
            continue;
        as__list_remove(link);
        removed++;
        if (future->done)
            callback->fn = NULL; /* lo liberará el bucle */
        else
            free(callback);
    }
    return removed;
}
