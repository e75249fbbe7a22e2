#include <asinc/debug.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observe.h"
#include "track.h"

enum { SLOW_STEP_MS = 100 };

/* ---- Nacer y morir ------------------------------------------------------------------ */

static void on_sigusr1(uv_signal_t *handle, int signum)
{
    (void)handle, (void)signum;
    as_dump(stderr);
}

static bool is_on(const char *variable)
{
    const char *text = getenv(variable);

    return text && *text && strcmp(text, "0") != 0;
}

int as__observe_init(struct as__loop *loop, const as_options *options)
{
    const char *path = getenv("AS_TRACE");

    loop->debug = options->debug || is_on("AS_DEBUG");
    if (path && *path) {
        loop->trace = as__trace_open(path);
        if (!loop->trace) {
            int error = uv_translate_sys_error(errno);
            fprintf(stderr, "asinc: AS_TRACE: no se pudo escribir en «%s»: %s.\n", path,
                    as_strerror(error));
            return error;
        }
    }
    if (loop->debug && uv_signal_init(&loop->uv, &loop->sigusr1) == 0) {
        uv_signal_start(&loop->sigusr1, on_sigusr1, SIGUSR1);
        uv_unref((uv_handle_t *)&loop->sigusr1);
    }
    loop->observed = loop->debug || loop->trace;
    return 0;
}

static void report_leaks(struct as__loop *loop)
{
    char site[AS__SITE_SIZE];

    for (struct as__link *l = loop->tracked.next; l != &loop->tracked; l = l->next) {
        const struct as__tracked *t = as__container_of(l, struct as__tracked, link);
        fprintf(stderr, "asinc: quedó sin cerrar %s (creado en %s).\n", t->kind,
                as__site_text(t->site, site));
    }
}

void as__observe_close(struct as__loop *loop)
{
    if (loop->debug)
        report_leaks(loop);
    if (loop->trace)
        as__trace_close(loop->trace);
}

/* ---- Alrededor de cada tarea -------------------------------------------------------- */

static as_task *parent_of(const as_task *task)
{
    return task->group ? task->group->owner : NULL;
}

static void trace_birth(struct as__loop *loop, const as_task *task)
{
    const as_task *parent = parent_of(task);

    as__trace_task(loop->trace, task, parent ? parent->id : 0);
}

uint64_t as__observe_resume(struct as__loop *loop, as_task *task)
{
    uint64_t now = as_now_ns();

    if (loop->trace && task->parked)
        as__trace_span(loop->trace, task, task->parked_what, task->parked_io,
                       task->parked_ns, now);
    if (loop->trace && !task->parked)
        trace_birth(loop, task);
    task->resumed_ns = now;
    return uv_hrtime();
}

void as__observe_suspend(struct as__loop *loop, as_task *task, uint64_t resumed_ns)
{
    uint64_t ran_ms = (uv_hrtime() - resumed_ns) / 1000000;
    char site[AS__SITE_SIZE];

    if (loop->debug && ran_ms >= SLOW_STEP_MS)
        fprintf(stderr,
                "asinc: la tarea «%s» (creada en %s) acaparó el hilo %" PRIu64
                " ms sin suspenderse.\n",
                task->name, as__site_text(task->site, site), ran_ms);
    uint64_t now = as_now_ns();
    if (loop->trace)
        as__trace_span(loop->trace, task, NULL, false, task->resumed_ns, now);
    task->parked = true;
    task->parked_ns = now;
    task->parked_what = task->waits ? task->waits[0]->what : "su turno";
    task->parked_io = task->in_io;
}

void as__observe_finish(struct as__loop *loop, as_task *task)
{
    if (loop->trace && !task->started) /* la cancelaron antes de correr */
        trace_birth(loop, task);
    if (loop->trace && task->result < 0)
        as__trace_end(loop->trace, task, as_now_ns());
    if (loop->trace)
        fflush(loop->trace);
    if (task->result >= 0 || task->result == UV_ECANCELED)
        task->looked = true;
}

void as__observe_free(struct as__loop *loop, as_task *task)
{
    char site[AS__SITE_SIZE];

    if (!loop->debug || task->looked)
        return;
    fprintf(stderr,
            "asinc: nadie miró el error de la tarea «%s» (creada en %s): %s%s%s.\n",
            task->name, as__site_text(task->site, site), as_strerror(task->result),
            task->detail ? ": " : "", task->detail ? task->detail : "");
}

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
        fprintf(out, ", de «%s»", blocker->name);
}

static void dump_task(FILE *out, const as_task *task, int depth)
{
    char site[AS__SITE_SIZE];

    fprintf(out, "%*s- «%s» ", 2 + 2 * depth, "", task->name);
    write_wait(out, task);
    if (task->parked)
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
        if (parent_of(task) != parent)
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
