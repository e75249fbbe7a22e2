#include <stdlib.h>
#include <string.h>

#include "task_internal.h"

void as_group_enter(as_group *group, unsigned flags)
{
    *group = (as_group){.keep_going = flags & AS_KEEP_GOING, .owner = as_current_task()};
    as__list_init(&group->tasks);
    as__list_init(&group->joiner);
    as_scope_enter(&group->scope, AS_FOREVER, 0);
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
        group->detail = task->detail ? strdup(task->detail) : NULL;
        if (!group->keep_going)
            as__scope_spread_cancel(&group->scope, false);
    }
    if (group->alive == 0 && !as__list_empty(&group->joiner))
        as__wake(as__container_of(group->joiner.next, struct as__wait, link), 0);
}

static void free_tasks(as_group *group)
{
    while (!as__list_empty(&group->tasks)) {
        struct as__link *link = group->tasks.next;
        as__list_remove(link);
        as__task_free(as__container_of(link, as_task, in_group));
    }
}

int as_group_leave(as_group *group, int rc)
{
    as__task_required("as_group_leave");

    if (rc < 0)
        as__scope_spread_cancel(&group->scope, false);
    if (group->alive > 0) {
        struct as__wait wait;
        as__wait_init(&wait, "a las tareas de su grupo", NULL);
        as__list_append(&group->joiner, &wait.link);
        as__suspend_closing(&wait);
    }
    free_tasks(group);

    bool cancelled_from_outside = group->scope.parent->cancelled;
    if (group->error < 0) {
        /* El cuerpo cancelado por el error de una tarea solo es una consecuencia. */
        as__detail_adopt(group->detail);
        rc = as_scope_leave(&group->scope, group->error);
    } else {
        if (rc >= 0 && group->child_cancelled && cancelled_from_outside)
            rc = UV_ECANCELED;
        rc = as_scope_leave(&group->scope, rc);
    }
    free(group->detail);
    return rc;
}
