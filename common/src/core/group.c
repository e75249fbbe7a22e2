#include <stdlib.h>
#include <string.h>

#include "core/task_internal.h"

void as_group_enter(as_group *group)
{
    *group = (as_group){.owner = as_current_task(), .open = true};
    as__list_init(&group->tasks);
    as__list_init(&group->joiner);
    as_scope_enter(&group->scope, AS_FOREVER);
}

void as_group_keep_going(as_group *group)
{
    group->keep_going = true;
}

void as_group_cancel(as_group *group)
{
    as_scope_cancel(&group->scope);
}

void as__group_child_done(as_group *group, as_task *task)
{
    group->alive--;
    if (task->result == UV_ECANCELED) {
        group->child_cancelled = true;
    } else if (task->result < 0 && group->error == 0) {
        group->error = task->result;
        task->looked = true; /* lo devolverá as_group_leave */
        const char *detail = as__task_detail(task, task->result);
        group->detail = detail ? strdup(detail) : NULL;
        if (!group->keep_going)
            as__scope_spread_cancel(&group->scope, false);
    }
    if (group->alive == 0)
        as__wake_first(&group->joiner, 0);
}

static void free_tasks(as_group *group)
{
    while (!as__list_empty(&group->tasks)) {
        struct as__link *link = group->tasks.next;
        as__list_remove(link);
        as__task_free(as__container_of(link, as_task, in_group));
    }
}

/* ¿Hay quien aún no ha mirado cómo terminó una de sus tareas? */
static bool is_looked_at(const as_group *group)
{
    const struct as__link *tasks = &group->tasks;

    for (const struct as__link *link = tasks->next; link != tasks; link = link->next) {
        if (as__future_in_use(&as__container_of(link, as_task, in_group)->done))
            return true;
    }
    return false;
}

/* Una tarea o un callback puede crear otra justo cuando parecía que no quedaba nadie. */
static void wait_for_everybody(as_group *group, as_task *self)
{
    for (;;) {
        if (group->alive > 0)
            as__wait_on_shielded(&group->joiner, "a las tareas de su grupo");
        else if (is_looked_at(group))
            as__pass_turn(self);
        else
            return;
    }
}

int as_group_leave(as_group *group, int rc)
{
    as_task *self = as__task_required("as_group_leave");

    if (!group->open)
        as__misuse("as_group_leave",
                   "el grupo no está abierto: falta su as_group_enter, o "
                   "ya se salió de él");
    if (self->scope != &group->scope)
        as__misuse("as_group_leave",
                   "antes hay que salir de lo que la tarea abrió dentro "
                   "de este grupo");
    if (rc < 0)
        as__scope_spread_cancel(&group->scope, false);
    wait_for_everybody(group, self);
    free_tasks(group);
    group->open = false;

    bool cancelled_from_outside = group->scope.parent->cancelled;
    if (group->error < 0) {
        /* El cuerpo cancelado por el error de una tarea solo es una consecuencia. */
        as__detail_adopt(group->error, group->detail);
        rc = as_scope_leave(&group->scope, group->error);
    } else {
        if (rc >= 0 && group->child_cancelled && cancelled_from_outside)
            rc = as__error(UV_ECANCELED);
        rc = as_scope_leave(&group->scope, rc);
    }
    free(group->detail);
    return rc;
}
