#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/observe.h"

/* ---- Vida de una tarea -------------------------------------------------------------- */

static const char no_stack[] =
    "no hay memoria para su pila; si hay decenas de miles de tareas vivas, sube "
    "vm.max_map_count o usa as_options.no_stack_guard";

static void entry(void *arg)
{
    as_task *task = arg;

    task->result = task->fn(task->arg);
    if (task->no_stack && task->result == UV_ECANCELED)
        task->result = as_error_set(UV_ENOMEM, no_stack);
    if (task->scope != &task->root)
        as__misuse("as_run", "la tarea terminó dentro de un ámbito o un grupo: falta "
                             "su as_scope_leave o as_group_leave");
    if (task->locks > 0)
        as__misuse("as_lock_acquire", "la tarea terminó sin soltar un cerrojo: falta su "
                                      "as_lock_release");
    task->exited = true;
}

/* La tarea no tiene asidero, pero alguien pudo conocerla por as_current_task. */
static void free_when_unused(struct as__job *job)
{
    as_task *task = as__container_of(job, as_task, resume);

    if (!as__future_in_use(&task->done)) {
        as__task_free(task);
        return;
    }
    job->run = free_when_unused;
    as__loop_push(as__loop, job);
}

static void release_stack(struct as__loop *loop, struct as__stack *stack)
{
    as__stack_release(&loop->stacks, stack);
    if (!loop->spare_stack)
        loop->spare_stack = as__stack_acquire(&loop->stacks);
    if (loop->without_stack) {
        struct as__job *job = loop->without_stack;
        loop->without_stack = job->next;
        as__loop_push(loop, job);
    }
}

/* Corre en la pila del bucle: la de la tarea ya puede devolverse. */
static void finish(struct as__loop *loop, as_task *task)
{
    if (task->started)
        release_stack(loop, task->coro.stack);
    as__list_remove(&task->in_loop);
    as__list_remove(&task->in_scope);
    as__scope_unlink(&task->root);
    if (loop->observed)
        as__observe_finish(loop, task);
    as__future_set_status(&task->done, task->result);
    if (task->group)
        as__group_child_done(task->group, task);
    if (task->ended)
        task->ended(task);
    if (task->detached)
        free_when_unused(&task->resume);
}

/*
 * La función de una tarea corre siempre, aunque la hayan cancelado antes: lo que recibió es
 * suyo, y nadie más puede liberarlo. Sin memoria para otra pila, nace cancelada en la de
 * reserva; de una en una, y las demás esperan a que alguna pila quede libre.
 */
static struct as__stack *stack_for(struct as__loop *loop, as_task *task)
{
    struct as__stack *stack = as__stack_acquire(&loop->stacks);

    if (stack || !task->group)
        return stack;
    task->no_stack = true;
    as__scope_spread_cancel(&task->root, false);
    stack = loop->spare_stack;
    loop->spare_stack = NULL;
    return stack;
}

static bool start(struct as__loop *loop, as_task *task)
{
    struct as__stack *stack = stack_for(loop, task);

    if (stack) {
        as__coro_init(&task->coro, stack, entry, task);
        task->started = true;
        return true;
    }
    if (task->group) {
        task->resume.next = loop->without_stack;
        loop->without_stack = &task->resume;
    } else { /* la principal, o la que pidió otro hilo: `arg` es de quien espera fuera */
        task->detail = strdup(no_stack);
        task->detail_error = UV_ENOMEM;
        task->result = UV_ENOMEM;
        finish(loop, task);
    }
    return false;
}

static void resume(struct as__job *job)
{
    struct as__loop *loop = as__loop;
    as_task *task = as__container_of(job, as_task, resume);

    if (!task->started && !start(loop, task))
        return; /* puede que ya no exista */
    uint64_t resumed_ns = loop->observed ? as__observe_resume(loop, task) : 0;
    loop->current = task;
    as__coro_switch(&loop->coro, &task->coro);
    loop->current = NULL;
    if (loop->observed)
        as__observe_suspend(loop, task, resumed_ns);
    if (task->exited)
        finish(loop, task);
}

as_task *as__task_new(as_group *group, const char *name, as_fn *fn, void *arg,
                      const void *site)
{
    struct as__loop *loop = as__loop;
    as_task *task = calloc(1, sizeof *task);

    if (!task)
        return NULL;
    task->resume.run = resume;
    task->fn = fn;
    task->arg = arg;
    task->group = group;
    as__list_init(&task->in_group);
    as__list_init(&task->in_scope);
    as_future_init(&task->done);
    as__scope_link(&task->root, group ? &group->scope : NULL, false);
    task->scope = &task->root;
    as__list_append(&task->root.tasks, &task->in_scope);
    as__list_append(&loop->tasks, &task->in_loop);
    task->id = ++loop->task_count;
    task->site = site;
    if (name)
        snprintf(task->name, sizeof task->name, "%s", name);
    else
        snprintf(task->name, sizeof task->name, "tarea-%llu",
                 (unsigned long long)loop->task_count);
    if (group)
        group->alive++;
    as__loop_push(loop, &task->resume);
    return task;
}

void as__task_free(as_task *task)
{
    if (as__loop && as__loop->observed)
        as__observe_free(as__loop, task);
    free(task->detail);
    free(task);
}

/* ---- La interfaz -------------------------------------------------------------------- */

static void group_required(const as_group *group, const char *function)
{
    as__loop_required(function);
    if (!group->open)
        as__misuse(function, "el grupo no está abierto: solo se crean tareas en él entre "
                             "as_group_enter y as_group_leave");
}

as_task *as_spawn(as_group *group, const char *name, as_fn *fn, void *arg)
{
    group_required(group, "as_spawn");
    as_task *task = as__task_new(group, name, fn, arg, __builtin_return_address(0));

    if (task)
        as__list_append(&group->tasks, &task->in_group);
    return task;
}

int as_start_soon(as_group *group, const char *name, as_fn *fn, void *arg)
{
    return as__start_soon(group, name, fn, arg, __builtin_return_address(0));
}

int as__start_soon(as_group *group, const char *name, as_fn *fn, void *arg,
                   const void *site)
{
    group_required(group, "as_start_soon");
    as_task *task = as__task_new(group, name, fn, arg, site);

    if (!task)
        return as__error(UV_ENOMEM);
    task->detached = true;
    return 0;
}

int as_await(as_task *task)
{
    as_task *self = as__task_required("as_await");

    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    if (!task)
        return as_error_set(UV_ENOMEM, "no hubo memoria para crear la tarea");
    if (task == self)
        return as_error_set(UV_EINVAL, "la tarea «%s» se espera a sí misma", self->name);
    if (!task->done.done) {
        struct as__wait wait;
        as__wait_init(&wait, "que termine una tarea", NULL);
        wait.blocker = &task;
        rc = as__future_join(&task->done, &wait);
        if (rc < 0)
            return rc;
    }
    task->looked = true;
    if (task->result < 0)
        as__detail_adopt(task->result, as__task_detail(task, task->result));
    return task->result;
}

/* Se cuelga de las `n` tareas y espera a la primera. */
static ssize_t wait_first(as_task *const *tasks, struct as__wait *waits,
                          struct as__wait **pointers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        as__wait_init(&waits[i], "a la primera de varias tareas", NULL);
        as__list_append(&tasks[i]->done.waiters, &waits[i].link);
        pointers[i] = &waits[i];
    }
    size_t which;
    int rc = as__suspend(pointers, n, &which);
    if (rc < 0)
        return rc;
    tasks[which]->done.woken--;
    return (ssize_t)which;
}

ssize_t as_wait_any(as_task *const *tasks, size_t n)
{
    as__task_required("as_wait_any");

    ssize_t rc = as__checkpoint();
    if (rc < 0)
        return rc;
    if (n == 0)
        return as_error_set(UV_EINVAL, "as_wait_any necesita al menos una tarea");
    for (size_t i = 0; i < n; i++) {
        if (!tasks[i])
            return as_error_set(UV_ENOMEM,
                                "no hubo memoria para crear una de las tareas");
    }
    for (size_t i = 0; i < n; i++) {
        if (tasks[i]->done.done)
            return (ssize_t)i;
    }
    struct as__wait *waits = calloc(n, sizeof *waits);
    struct as__wait **pointers = calloc(n, sizeof *pointers);
    rc = waits && pointers ? wait_first(tasks, waits, pointers, n) : as__error(UV_ENOMEM);
    free(pointers);
    free(waits);
    return rc;
}

void as_cancel(as_task *task)
{
    as_scope_cancel(&task->root);
}

bool as_task_done(const as_task *task)
{
    return task->done.done;
}

as_future *as_task_future(as_task *task)
{
    return &task->done;
}

const char *as_task_name(const as_task *task)
{
    return task->name;
}

as_task *as_current_task(void)
{
    return as__loop ? as__loop->current : NULL;
}
