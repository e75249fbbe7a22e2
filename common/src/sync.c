#include <asinc/sync.h>

#include "task_internal.h"

/* Lo común: ponerse a la cola de `waiters` y esperar a que alguien despierte. */
static int queue_up(struct as__link *waiters, const char *what)
{
    struct as__wait wait;

    as__wait_init(&wait, what, NULL);
    as__list_append(waiters, &wait.link);
    return as__suspend_one(&wait);
}

/* Despierta a la primera de la cola y la devuelve; NULL si no hay nadie. */
static as_task *wake_first(struct as__link *waiters)
{
    if (as__list_empty(waiters))
        return NULL;
    struct as__wait *wait = as__container_of(waiters->next, struct as__wait, link);
    as__wake(wait, 0);
    return wait->task;
}

/* ---- Cerrojo ------------------------------------------------------------------------ */

void as_lock_init(as_lock *lock)
{
    lock->owner = NULL;
    as__list_init(&lock->waiters);
}

bool as_lock_locked(const as_lock *lock)
{
    return lock->owner != NULL;
}

int as_lock_acquire(as_lock *lock)
{
    as_task *self = as__task_required("as_lock_acquire");

    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    if (lock->owner == self)
        return as_error_set(AS_EDEADLK, "la tarea «%s» ya tiene este cerrojo",
                            as_task_name(self));
    if (!lock->owner) {
        lock->owner = self;
        return 0;
    }
    struct as__wait wait;
    as__wait_init(&wait, "un cerrojo", NULL);
    wait.blocker = &lock->owner;
    as__list_append(&lock->waiters, &wait.link);
    return as__suspend_one(&wait); /* quien despierta ya es la dueña */
}

static void hand_over(as_lock *lock)
{
    lock->owner = wake_first(&lock->waiters);
}

void as_lock_release(as_lock *lock)
{
    if (lock->owner != as__task_required("as_lock_release"))
        as__misuse("as_lock_release", "esta tarea no tiene el cerrojo");
    hand_over(lock);
}

/* ---- Semáforo ----------------------------------------------------------------------- */

void as_semaphore_init(as_semaphore *semaphore, size_t permits)
{
    semaphore->permits = permits;
    as__list_init(&semaphore->waiters);
}

int as_semaphore_acquire(as_semaphore *semaphore)
{
    as__task_required("as_semaphore_acquire");

    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    if (semaphore->permits > 0) {
        semaphore->permits--;
        return 0;
    }
    return queue_up(&semaphore->waiters, "un permiso de un semáforo");
}

void as_semaphore_release(as_semaphore *semaphore)
{
    as__loop_required("as_semaphore_release");
    if (!wake_first(&semaphore->waiters))
        semaphore->permits++;
}

/* ---- Evento ------------------------------------------------------------------------- */

void as_event_init(as_event *event)
{
    event->set = false;
    as__list_init(&event->waiters);
}

void as_event_set(as_event *event)
{
    as__loop_required("as_event_set");
    event->set = true;
    while (wake_first(&event->waiters))
        ;
}

void as_event_clear(as_event *event)
{
    event->set = false;
}

bool as_event_is_set(const as_event *event)
{
    return event->set;
}

int as_event_wait(as_event *event)
{
    as__task_required("as_event_wait");

    int rc = as__checkpoint();
    if (rc < 0 || event->set)
        return rc;
    return queue_up(&event->waiters, "un evento");
}

/* ---- Condición ---------------------------------------------------------------------- */

void as_condition_init(as_condition *condition, as_lock *lock)
{
    condition->lock = lock;
    as__list_init(&condition->waiters);
}

static as_task *holder_required(const as_condition *condition, const char *function)
{
    as_task *self = as__task_required(function);

    if (condition->lock->owner != self)
        as__misuse(function, "esta tarea no tiene el cerrojo de la condición");
    return self;
}

/* Quien vuelve de una condición tiene el cerrojo, la hayan cancelado o no. */
static void reacquire(as_lock *lock, as_task *self)
{
    if (!lock->owner) {
        lock->owner = self;
        return;
    }
    struct as__wait wait;
    as__wait_init(&wait, "recuperar el cerrojo de una condición", NULL);
    as__list_append(&lock->waiters, &wait.link);
    as__suspend_closing(&wait);
}

int as_condition_wait(as_condition *condition)
{
    as_task *self = holder_required(condition, "as_condition_wait");

    if (as_cancelled())
        return UV_ECANCELED;
    hand_over(condition->lock);
    int rc = queue_up(&condition->waiters, "una condición");
    reacquire(condition->lock, self);
    return rc;
}

void as_condition_notify(as_condition *condition, size_t n)
{
    holder_required(condition, "as_condition_notify");
    while (n-- > 0 && wake_first(&condition->waiters))
        ;
}

void as_condition_notify_all(as_condition *condition)
{
    as_condition_notify(condition, SIZE_MAX);
}
