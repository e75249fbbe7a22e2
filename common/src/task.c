#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observe.h"

/* ---- Vida de una tarea -------------------------------------------------------------- */

static void entry(void *arg)
{
    as_task *task = arg;

    task->result = task->fn(task->arg);
    if (task->scope != &task->root)
        as__misuse("as_run", "la tarea terminó dentro de un ámbito o un grupo: falta "
                             "su as_scope_leave o as_group_leave");
    task->exited = true;
    as__coro_exit(&task->coro, &as__loop->coro);
}

/* Corre en la pila del bucle: la de la tarea ya puede devolverse. */
static void finish(struct as__loop *loop, as_task *task)
{
    if (task->started) {
        as__coro_destroy(&task->coro);
        as__stack_release(&loop->stacks, task->coro.stack);
    }
    as__list_remove(&task->in_loop);
    as__list_remove(&task->in_scope);
    as__scope_unlink(&task->root);
    if (loop->observed)
        as__observe_finish(loop, task);
    as__future_set_status(&task->done, task->result);
    if (task->group)
        as__group_child_done(task->group, task);
    if (task->detached)
        as__task_free(task);
}

static bool start(struct as__loop *loop, as_task *task)
{
    if (task->root.cancelled) {
        task->result = UV_ECANCELED;
        return false;
    }
    struct as__stack *stack = as__stack_acquire(&loop->stacks);
    if (!stack) {
        task->detail = strdup("no hay memoria para su pila; si hay decenas de miles de "
                              "tareas vivas, sube vm.max_map_count o usa "
                              "as_options.no_stack_guard");
        task->result = UV_ENOMEM;
        return false;
    }
    as__coro_init(&task->coro, stack, entry, task);
    task->started = true;
    return true;
}

static void resume(struct as__job *job)
{
    struct as__loop *loop = as__loop;
    as_task *task = as__container_of(job, as_task, resume);

    if (!task->started && !start(loop, task)) {
        finish(loop, task);
        return;
    }
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
    as__scope_link(&task->root, group ? &group->scope : NULL, 0);
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

as_task *as_spawn(as_group *group, const char *name, as_fn *fn, void *arg)
{
    as__loop_required("as_spawn");
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
    as__loop_required("as_start_soon");
    as_task *task = as__task_new(group, name, fn, arg, site);

    if (!task)
        return UV_ENOMEM;
    task->detached = true;
    return 0;
}

int as_await(as_task *task)
{
    as_task *self = as__task_required("as_await");

    if (!task)
        return as_error_set(UV_ENOMEM, "no hubo memoria para crear la tarea");
    if (task == self)
        return as_error_set(UV_EINVAL, "la tarea «%s» se espera a sí misma", self->name);
    if (!task->done.done) {
        struct as__wait wait;
        as__wait_init(&wait, "que termine una tarea", NULL);
        wait.blocker = &task;
        as__list_append(&task->done.waiters, &wait.link);
        int rc = as__suspend_one(&wait);
        if (rc < 0)
            return rc;
    }
    task->looked = true;
    if (task->result < 0)
        as__detail_adopt(task->detail);
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
    return rc < 0 ? rc : (ssize_t)which;
}

ssize_t as_wait_any(as_task *const *tasks, size_t n)
{
    as__task_required("as_wait_any");

    if (n == 0)
        return as_error_set(UV_EINVAL, "as_wait_any necesita al menos una tarea");
    for (size_t i = 0; i < n; i++) {
        if (tasks[i]->done.done)
            return (ssize_t)i;
    }
    struct as__wait *waits = calloc(n, sizeof *waits);
    struct as__wait **pointers = calloc(n, sizeof *pointers);
    ssize_t rc = waits && pointers ? wait_first(tasks, waits, pointers, n) : UV_ENOMEM;
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
