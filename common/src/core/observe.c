#include "core/observe.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <asinc/debug.h>

#include "core/site.h"
#include "core/trace.h"
#include "core/track.h"

enum { SLOW_STEP_MS = 100 };

/* ---- Nacer y morir ------------------------------------------------------------------ */

/* En el manejador de SIGUSR1. */
static void on_dump_wanted(struct as__caught *caught)
{
    struct as__loop *loop = as__container_of(caught, struct as__loop, dump.caught);

    atomic_store(&loop->dump.wanted, true);
    uv_async_send(&loop->outside.async);
}

void as__observe_attend(struct as__loop *loop)
{
    if (atomic_exchange(&loop->dump.wanted, false))
        as_dump(stderr);
}

static bool is_on(const char *variable)
{
    const char *text = getenv(variable);

    return text && *text && strcmp(text, "0") != 0;
}

/*
 * El rato en que este hilo quiso un procesador y lo tenía otro: con la máquina ocupada, ese rato
 * no lo acapara la tarea. El núcleo lo cuenta en el segundo número de schedstat, en nanosegundos.
 *
 * Entre leerlo y mirar el reloj también puede ocurrir. Por eso se lee antes del reloj al empezar y
 * después al acabar: lo que pase en medio le quita tiempo a la tarea, y nunca se lo añade.
 */
static uint64_t waited_ns(const struct as__loop *loop)
{
    char text[64];
    ssize_t n = loop->schedstat < 0 ? 0
                                    : pread(loop->schedstat, text, sizeof text - 1, 0);
    uint64_t waited = 0;

    text[n > 0 ? n : 0] = '\0';
    if (sscanf(text, "%*u %" SCNu64, &waited) != 1)
        waited = 0;
    return waited;
}

int as__observe_init(struct as__loop *loop, const as_options *options)
{
    const char *path = getenv("AS_TRACE");

    loop->debug = options->debug || is_on("AS_DEBUG");
    loop->schedstat = -1;
    if (path && *path) {
        loop->trace = as__trace_open(path);
        if (!loop->trace) {
            int error = uv_translate_sys_error(errno);
            fprintf(stderr, "asinc: AS_TRACE: no se pudo escribir en «%s»: %s.\n", path,
                    as_strerror(error));
            return error;
        }
    }
    if (loop->debug) {
        loop->schedstat = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
        loop->dump.caught.arrived = on_dump_wanted;
        loop->dump.caught.for_the_loop = true;
        (void)as__caught_take(&loop->dump.caught, SIGUSR1);
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
    as__caught_give_back(&loop->dump.caught);
    if (loop->debug)
        report_leaks(loop);
    if (loop->schedstat >= 0)
        close(loop->schedstat);
    if (loop->trace)
        as__trace_close(loop->trace);
}

/* ---- Alrededor de cada tarea -------------------------------------------------------- */

static void trace_birth(struct as__loop *loop, const as_task *task)
{
    const as_task *parent = as__task_parent(task);

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
    uint64_t waited = waited_ns(loop);
    return uv_hrtime() - waited;
}

void as__observe_suspend(struct as__loop *loop, as_task *task, uint64_t resumed_ns)
{
    uint64_t ended_ns = uv_hrtime();
    int64_t ran_ms = (int64_t)(ended_ns - waited_ns(loop) - resumed_ns) / 1000000;
    char site[AS__SITE_SIZE];

    if (loop->debug && ran_ms >= SLOW_STEP_MS)
        fprintf(stderr,
                "asinc: la tarea «%s» (creada en %s) acaparó el hilo %" PRId64
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
    const char *detail = as__task_detail(task, task->result);

    if (!loop->debug || task->looked)
        return;
    fprintf(stderr,
            "asinc: nadie miró el error de la tarea «%s» (creada en %s): %s%s%s.\n",
            task->name, as__site_text(task->site, site), as_strerror(task->result),
            detail ? ": " : "", detail ? detail : "");
}
