#include "core/task_internal.h"

/*
 * Los ámbitos forman un árbol: los que una tarea abre cuelgan del anterior, y el de cada
 * tarea, del de su grupo. Cancelar uno marca a todos los que tiene debajo, salvo los
 * protegidos, e interrumpe a las tareas que estén en ellos. La marca (`cancelled`) es lo
 * único que mira quien va a suspenderse: una lectura.
 */

/* Recorre el subárbol sin recursión: podría ser tan hondo como tareas haya. */
static as_scope *next_in_tree(as_scope *scope, const as_scope *top, bool descend)
{
    if (descend && !as__list_empty(&scope->children))
        return as__container_of(scope->children.next, as_scope, sibling);
    while (scope != top) {
        if (scope->sibling.next != &scope->parent->children)
            return as__container_of(scope->sibling.next, as_scope, sibling);
        scope = scope->parent;
    }
    return NULL;
}

static void cancel_tree(as_scope *top, bool through_shields)
{
    bool descend;

    for (as_scope *s = top; s; s = next_in_tree(s, top, descend)) {
        descend = s == top || through_shields || (!s->shield && !s->cancelled);
        if (!descend)
            continue;
        s->cancelled = true;
        for (struct as__link *link = s->tasks.next; link != &s->tasks; link = link->next)
            as__interrupt(as__container_of(link, as_task, in_scope));
    }
}

void as__scope_spread_cancel(as_scope *scope, bool through_shields)
{
    if (!scope->cancelled || through_shields)
        cancel_tree(scope, through_shields);
}

void as_scope_cancel(as_scope *scope)
{
    scope->own_cancel = true;
    as__scope_spread_cancel(scope, false);
}

static void on_deadline(struct as__timer *timer)
{
    as_scope *scope = as__container_of(timer, as_scope, timer);

    scope->expired = true;
    as__scope_spread_cancel(scope, false);
}

void as__scope_link(as_scope *scope, as_scope *parent, bool shield)
{
    *scope = (as_scope){.parent = parent, .shield = shield};
    as__list_init(&scope->sibling);
    as__list_init(&scope->children);
    as__list_init(&scope->tasks);
    if (parent) {
        as__list_append(&parent->children, &scope->sibling);
        scope->cancelled = parent->cancelled && !scope->shield;
    }
}

void as__scope_unlink(as_scope *scope)
{
    as__timer_stop(&scope->timer);
    as__list_remove(&scope->sibling);
}

static void move_task(as_task *task, as_scope *scope)
{
    as__list_remove(&task->in_scope);
    as__list_append(&scope->tasks, &task->in_scope);
    task->scope = scope;
}

static void enter(as_task *task, as_scope *scope, int64_t ms, bool shield)
{
    as__scope_link(scope, task->scope, shield);
    move_task(task, scope);
    if (ms == 0) {
        scope->expired = true;
        scope->cancelled = true;
    } else if (ms > 0) {
        as__timer_start(&scope->timer, as__deadline_after(ms), on_deadline);
    }
}

void as_scope_enter(as_scope *scope, int64_t ms)
{
    enter(as__task_required("as_scope_enter"), scope, ms, false);
}

void as_shield_enter(as_scope *scope, int64_t ms)
{
    enter(as__task_required("as_shield_enter"), scope, ms, true);
}

int as_scope_leave(as_scope *scope, int rc)
{
    as_task *task = as__task_required("as_scope_leave");

    if (task->scope != scope)
        as__misuse("as_scope_leave", "este ámbito no es el último en que entró la tarea");
    as__scope_unlink(scope);
    move_task(task, scope->parent);
    /* Si fuera también cancelaron, la cancelación es de ellos y sigue su camino. */
    if (rc != UV_ECANCELED || (scope->parent->cancelled && !scope->shield))
        return rc;
    scope->caught = scope->expired || scope->own_cancel;
    if (scope->expired)
        return as__error(UV_ETIMEDOUT);
    return scope->own_cancel ? 0 : rc;
}

uint64_t as__scope_pause(as_scope *scope)
{
    if (!as__timer_pending(&scope->timer))
        return 0;
    uint64_t now = as_now_ns(), deadline = scope->timer.deadline_ns;
    as__timer_stop(&scope->timer);
    return deadline > now ? deadline - now : 1;
}

void as__scope_resume(as_scope *scope, uint64_t left_ns)
{
    if (left_ns > 0)
        as__timer_start(&scope->timer, as_now_ns() + left_ns, on_deadline);
}

bool as__scope_allows(int64_t ms)
{
    const as_scope *s = as__task_required("as__scope_allows")->scope;
    uint64_t until = as__deadline_after(ms);

    for (; s; s = s->shield ? NULL : s->parent) {
        if (as__timer_pending(&s->timer) && s->timer.deadline_ns <= until)
            return false;
    }
    return true;
}

bool as_scope_cancelled_caught(const as_scope *scope)
{
    return scope->caught;
}

bool as_cancelled(void)
{
    return as__task_required("as_cancelled")->scope->cancelled;
}
