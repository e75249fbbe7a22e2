#include <asinc/sync.h>

#include "core/task_internal.h"

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

static void give(as_lock *lock, as_task *task)
{
    lock->owner = task;
    task->locks++;
}

static void hand_over(as_lock *lock)
{
    lock->owner->locks--;
    lock->owner = NULL;
    as_task *next = as__wake_first(&lock->waiters, 0);
    if (next)
        give(lock, next);
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
        give(lock, self);
        return 0;
    }
    struct as__wait wait;
    as__wait_init(&wait, "un cerrojo", NULL);
    wait.blocker = &lock->owner;
    as__list_append(&lock->waiters, &wait.link);
    return as__suspend_one(&wait); /* quien despierta ya es la dueña */
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
    return as__wait_on(&semaphore->waiters, "un permiso de un semáforo");
}

void as_semaphore_release(as_semaphore *semaphore)
{
    as__loop_required("as_semaphore_release");
    if (!as__wake_first(&semaphore->waiters, 0))
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
    as__wake_all(&event->waiters, 0);
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
    return as__wait_on(&event->waiters, "un evento");
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
        give(lock, self);
        return;
    }
    struct as__wait wait;
    as__wait_init(&wait, "recuperar el cerrojo de una condición", NULL);
    wait.blocker = &lock->owner;
    as__list_append(&lock->waiters, &wait.link);
    as__suspend_shielded(&wait);
}

int as_condition_wait(as_condition *condition)
{
    as_task *self = holder_required(condition, "as_condition_wait");

    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    hand_over(condition->lock);
    rc = as__wait_on(&condition->waiters, "una condición");
    reacquire(condition->lock, self);
    return rc;
}

void as_condition_notify(as_condition *condition, size_t n)
{
    holder_required(condition, "as_condition_notify");
    while (n-- > 0 && as__wake_first(&condition->waiters, 0))
        ;
}

void as_condition_notify_all(as_condition *condition)
{
    as_condition_notify(condition, SIZE_MAX);
}

/* ---- Barrera ------------------------------------------------------------------------ */

void as_barrier_init(as_barrier *barrier, size_t parties)
{
    if (parties == 0)
        as__misuse("as_barrier_init", "una barrera es al menos de una tarea");
    *barrier = (as_barrier){.parties = parties};
    as__list_init(&barrier->waiters);
}

struct arrival {
    struct as__wait wait;
    as_barrier *barrier;
};

/* Pasa o la cancelan: en los dos casos deja de contar en el acto. */
static void leave_barrier(struct as__wait *wait)
{
    as__list_remove(&wait->link);
    as__container_of(wait, struct arrival, wait)->barrier->waiting--;
}

int as_barrier_wait(as_barrier *barrier)
{
    as__task_required("as_barrier_wait");

    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    if (barrier->waiting + 1 == barrier->parties) {
        int position = 0;
        while (as__wake_first(&barrier->waiters, position))
            position++;
        return position;
    }
    struct arrival arrival = {.barrier = barrier};
    as__wait_init(&arrival.wait, "a las que faltan en una barrera", leave_barrier);
    as__list_append(&barrier->waiters, &arrival.wait.link);
    barrier->waiting++;
    return as__suspend_one(&arrival.wait);
}
