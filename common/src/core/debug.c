#include <asinc/debug.h>

#include <inttypes.h>

#include "core/debug_internal.h"
#include "core/site.h"
#include "core/task_internal.h"

/* ---- Quién espera a quién ----------------------------------------------------------- */

static as_task *blocker_of(const as_task *task)
{
    if (!task->waits || !task->waits[0]->blocker)
        return NULL;
    return *task->waits[0]->blocker;
}

static void write_wait(FILE *out, const as_task *task)
{
    const as_task *blocker = blocker_of(task);

    if (as__loop->current == task) {
        fprintf(out, "está corriendo");
        return;
    }
    fprintf(out, "espera: %s", task->waits ? task->waits[0]->what : "su turno");
    if (blocker)
        fprintf(out, " (depende de «%s»)", blocker->name);
}

static void dump_task(FILE *out, const as_task *task, int depth)
{
    char site[AS__SITE_SIZE];

    fprintf(out, "%*s- «%s» ", 2 + 2 * depth, "", task->name);
    write_wait(out, task);
    if (task->parked && as__loop->current != task)
        fprintf(out, ", desde hace %" PRIu64 " ms",
                (as_now_ns() - task->parked_ns) / 1000000);
    if (as__loop->debug)
        fprintf(out, " (creada en %s)", as__site_text(task->site, site));
    fprintf(out, "\n");
}

static void dump_children(FILE *out, const as_task *parent, int depth)
{
    struct as__link *head = &as__loop->tasks;

    for (struct as__link *l = head->next; l != head; l = l->next) {
        as_task *task = as__container_of(l, as_task, in_loop);
        if (as__task_parent(task) != parent)
            continue;
        dump_task(out, task, depth);
        dump_children(out, task, depth + 1);
    }
}

void as_dump(FILE *out)
{
    as__loop_required("as_dump");
    fflush(stdout);
    fprintf(out, "asinc: %zu tareas vivas:\n", as_task_count());
    dump_children(out, NULL, 0);
    fflush(out);
}

size_t as_task_count(void)
{
    struct as__link *head = &as__loop_required("as_task_count")->tasks;
    size_t count = 0;

    for (struct as__link *l = head->next; l != head; l = l->next)
        count++;
    return count;
}

/* ---- El ciclo de un interbloqueo ---------------------------------------------------- */

/* Si desde `start`, de bloqueada en bloqueadora, se vuelve a `start`. */
static bool is_in_cycle(const as_task *start, size_t limit)
{
    const as_task *task = blocker_of(start);

    while (task && task != start && limit-- > 0)
        task = blocker_of(task);
    return task == start;
}

static void write_cycle(FILE *out, const as_task *start)
{
    const as_task *task = start;

    fprintf(out, "  El ciclo: «%s»", start->name);
    do {
        task = blocker_of(task);
        fprintf(out, " → «%s»", task->name);
    } while (task != start);
    fprintf(out, "\n");
}

void as__explain_deadlock(struct as__loop *loop, FILE *out)
{
    fflush(stdout);
    fprintf(out, "asinc: interbloqueo: nada puede despertar a estas tareas.\n");
    dump_children(out, NULL, 0);
    for (struct as__link *l = loop->tasks.next; l != &loop->tasks; l = l->next) {
        const as_task *task = as__container_of(l, as_task, in_loop);
        if (is_in_cycle(task, as_task_count())) {
            write_cycle(out, task);
            break;
        }
    }
    fflush(out);
}
