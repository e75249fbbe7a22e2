#include <asinc/future.h>

#include <stdlib.h>

#include "task_internal.h"

struct callback {
    struct as__job job;
    struct as__link link;
    as_future *future;
    as_future_fn *fn;
    void *arg;
};

void as_future_init(as_future *future)
{
    *future = (as_future){0};
    as__list_init(&future->waiters);
    as__list_init(&future->callbacks);
}

static void run_callback(struct as__job *job)
{
    struct callback *callback = as__container_of(job, struct callback, job);

    callback->fn(callback->future, callback->arg);
    free(callback);
}

static int complete(as_future *future, int status, void *value)
{
    struct as__loop *loop = as__loop_required("as_future_set_result");

    if (future->done)
        return UV_EALREADY;
    future->done = true;
    future->status = status;
    future->value = value;

    /* Antes los callbacks: quien espera puede liberar el futuro al despertar. */
    while (!as__list_empty(&future->callbacks)) {
        struct as__link *link = future->callbacks.next;
        as__list_remove(link);
        as__loop_push(loop, &as__container_of(link, struct callback, link)->job);
    }
    while (!as__list_empty(&future->waiters)) {
        struct as__link *link = future->waiters.next;
        as__wake(as__container_of(link, struct as__wait, link), 0);
    }
    return 0;
}

int as_future_set_result(as_future *future, void *value)
{
    return complete(future, 0, value);
}

int as_future_set_error(as_future *future, int error)
{
    return error < 0 ? complete(future, error, NULL) : UV_EINVAL;
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
        return UV_EAGAIN;
    if (value && future->status >= 0)
        *value = future->value;
    return future->status;
}

int as_future_wait(as_future *future, void **value)
{
    as__task_required("as_future_wait");

    if (!future->done) {
        struct as__wait wait;
        as__wait_init(&wait, "un futuro", NULL);
        as__list_append(&future->waiters, &wait.link);
        int rc = as__suspend_one(&wait);
        if (rc < 0)
            return rc;
    }
    return as_future_result(future, value);
}

int as_future_add_done_callback(as_future *future, as_future_fn *fn, void *arg)
{
    struct as__loop *loop = as__loop_required("as_future_add_done_callback");
    struct callback *callback = malloc(sizeof *callback);

    if (!callback)
        return UV_ENOMEM;
    *callback = (struct callback){
        .job = {.run = run_callback}, .future = future, .fn = fn, .arg = arg};
    as__list_init(&callback->link);
    if (future->done)
        as__loop_push(loop, &callback->job);
    else
        as__list_append(&future->callbacks, &callback->link);
    return 0;
}
