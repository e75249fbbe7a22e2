#include "wait.h"

#include "task_internal.h"

static void leave_list(struct as__wait *wait)
{
    as__list_remove(&wait->link);
}

void as__wait_init(struct as__wait *wait, const char *what,
                   void (*detach)(struct as__wait *))
{
    as__list_init(&wait->link);
    wait->task = as__loop->current;
    wait->what = what;
    wait->blocker = NULL;
    wait->detach = detach ? detach : leave_list;
}

static void suspend(as_task *task, struct as__wait *const *waits, size_t n)
{
    task->waits = waits;
    task->wait_count = n;
    task->streak = 0;
    as__coro_switch(&task->coro, &as__loop->coro);
}

int as__suspend(struct as__wait *const *waits, size_t n, size_t *which)
{
    as_task *task = waits[0]->task;

    if (task->scope->cancelled) {
        for (size_t i = 0; i < n; i++)
            waits[i]->detach(waits[i]);
        return UV_ECANCELED;
    }
    suspend(task, waits, n);
    if (which)
        *which = task->woken_by;
    return task->wake_status;
}

enum { OPERATIONS_PER_TURN = 256 };

int as__checkpoint(void)
{
    as_task *task = as__loop->current;

    if (task->scope->cancelled)
        return UV_ECANCELED;
    if (++task->streak < OPERATIONS_PER_TURN)
        return 0;
    return as_yield();
}

int as__suspend_one(struct as__wait *wait)
{
    return as__suspend(&wait, 1, NULL);
}

void as__suspend_closing(struct as__wait *wait)
{
    as_task *task = wait->task;

    task->closing = true;
    suspend(task, &wait, 1);
    task->closing = false;
}

static void wake(as_task *task, const struct as__wait *by, int status)
{
    for (size_t i = 0; i < task->wait_count; i++) {
        struct as__wait *wait = task->waits[i];
        if (by && wait == by)
            task->woken_by = i;
        wait->detach(wait);
    }
    task->waits = NULL;
    task->wake_status = status;
    as__loop_push(as__loop, &task->resume);
}

void as__wake(struct as__wait *wait, int status)
{
    if (wait->task->waits)
        wake(wait->task, wait, status);
}

void as__interrupt(as_task *task)
{
    if (task->waits && !task->closing)
        wake(task, NULL, UV_ECANCELED);
}
