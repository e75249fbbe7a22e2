#include "core/wait.h"

#include "core/task_internal.h"

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
        return as_yield();
    }
    suspend(task, waits, n);
    if (which)
        *which = task->woken_by;
    return as__error(task->wake_status);
}

enum { OPERATIONS_PER_TURN = 256, OPERATIONS_PER_LOOK = 16 };

int as__checkpoint(void)
{
    as_task *task = as__loop->current;

    if (task->scope->cancelled || ++task->streak >= OPERATIONS_PER_TURN)
        return as_yield();
    if (task->streak % OPERATIONS_PER_LOOK == 0 && as__loop_turn_is_long(as__loop))
        return as_yield();
    return 0;
}

/* No pasa por as__suspend: cada función de más entre la tarea y el salto es un retorno que
 * el procesador predice mal, y este es el camino de casi todas las esperas. */
int as__suspend_one(struct as__wait *wait)
{
    as_task *task = wait->task;

    if (task->scope->cancelled) {
        wait->detach(wait);
        return as_yield();
    }
    suspend(task, &wait, 1);
    return as__error(task->wake_status);
}

void as__suspend_shielded(struct as__wait *wait)
{
    as_task *task = wait->task;

    task->shielded = true;
    suspend(task, &wait, 1);
    task->shielded = false;
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
    if (task->waits && !task->shielded)
        wake(task, NULL, UV_ECANCELED);
}

/* ---- Listas de espera --------------------------------------------------------------- */

int as__wait_on(struct as__link *waiters, const char *what)
{
    struct as__wait wait;

    as__wait_init(&wait, what, NULL);
    as__list_append(waiters, &wait.link);
    return as__suspend_one(&wait);
}

void as__wait_on_shielded(struct as__link *waiters, const char *what)
{
    struct as__wait wait;

    as__wait_init(&wait, what, NULL);
    as__list_append(waiters, &wait.link);
    as__suspend_shielded(&wait);
}

as_task *as__wake_first(struct as__link *waiters, int status)
{
    if (as__list_empty(waiters))
        return NULL;
    struct as__wait *wait = as__container_of(waiters->next, struct as__wait, link);
    as__wake(wait, status);
    return wait->task;
}

void as__wake_all(struct as__link *waiters, int status)
{
    while (as__wake_first(waiters, status))
        ;
}
