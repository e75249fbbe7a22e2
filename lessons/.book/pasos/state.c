/*
 * Lo que la grabadora (record.py) pregunta a la biblioteca en cada parada: qué tareas hay y a qué
 * espera cada una, y qué significa un objeto de asinc. Se enlaza con el programa que se graba, y
 * gdb llama a estas funciones: lo que devuelven dura hasta la próxima llamada.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "core/heap.h"
#include "core/task_internal.h"

static char text[1 << 16];
static size_t used;

static void begin(void)
{
    used = 0;
    text[0] = '\0';
}

static void add(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text + used, sizeof text - used, format, args);
    va_end(args);
    if (n > 0)
        used += (size_t)n;
    if (used >= sizeof text)
        used = sizeof text - 1;
}

/* ---- Las tareas ------------------------------------------------------------------------- */

/* Cuándo acaba su as_sleep; su plazo va detrás de su espera, ver struct nap en timer.c. */
static const struct as__timer *nap_of(const as_task *task)
{
    if (!task->waits ||
        strcmp(task->waits[0]->what, "que pase un plazo") != 0)
        return NULL;
    const struct as__timer *timer =
        (const struct as__timer *)(task->waits[0] + 1);
    return as__timer_pending(timer) ? timer : NULL;
}

static void add_task(const as_task *task)
{
    const struct as__timer *nap = nap_of(task);
    const char *what = !task->started ? "empezar"
                       : task->waits  ? task->waits[0]->what
                                      : "su turno";

    add("%" PRIu64 "\t%" PRIu64 "\t%s\t%s\t", task->id,
        nap ? nap->deadline_ns : 0, task->name, what);
    if (task->waits && task->waits[0]->blocker &&
        *task->waits[0]->blocker)
        add("%s", (*task->waits[0]->blocker)->name);
    add("\n");
}

/*
 * La primera línea es la hora en ns y el número de la tarea que corre, 0 si ninguna; después, una
 * por tarea: número, cuándo despierta, nombre, a qué espera y de quién depende.
 * Vacío fuera del bucle.
 */
const char *steps_tasks(void);
const char *steps_tasks(void)
{
    fflush(stdout);
    begin();
    if (!as__loop)
        return text;
    struct as__link *head = &as__loop->tasks;
    const as_task *current = as__loop->current;

    add("%" PRIu64 "\t%" PRIu64 "\n", as_now_ns(),
        current ? current->id : 0);
    for (struct as__link *l = head->next; l && l != head; l = l->next)
        add_task(as__container_of(l, as_task, in_loop));
    return text;
}

/* ---- Los objetos de asinc --------------------------------------------------------------- */

static void add_waiters(const struct as__link *waiters,
                        const char *before)
{
    int most =
        50; /* si la variable aún no está preparada, no es una lista */

    for (const struct as__link *l = waiters->next;
         l && l != waiters && most--; l = l->next) {
        const struct as__wait *wait = as__container_of(
            l, struct as__wait, link);
        add("%s%s", before, wait->task->name);
        before = ", ";
    }
}

static void add_scope(const as_scope *s)
{
    if (s->expired)
        add("venció su plazo");
    else if (s->cancelled)
        add("cancelado");
    else if (as__timer_pending(&s->timer))
        add("vence a los @%" PRIu64 "@", s->timer.deadline_ns);
    else
        add("sin plazo");
    if (s->shield)
        add(", protegido");
}

static void add_group(const as_group *g)
{
    const char *before = "tareas vivas: ";

    if (!g->open) {
        add("cerrado");
        return;
    }
    if (g->alive == 0)
        add("abierto, sin tareas vivas");
    for (const struct as__link *l = as__loop->tasks.next;
         l != &as__loop->tasks; l = l->next) {
        const as_task *task = as__container_of(l, as_task, in_loop);
        if (task->group != g || task->exited)
            continue;
        add("%s%s", before, task->name);
        before = ", ";
    }
    if (g->error < 0)
        add("; error %s", as_errname(g->error));
}

static void add_task_value(const as_task *task)
{
    add("«%s»", task->name);
    if (task->exited && task->result < 0)
        add(", terminó con %s", as_errname(task->result));
    else if (task->exited)
        add(", terminó con %d", task->result);
}

static void add_future(const as_future *f)
{
    if (!f->done)
        add("pendiente");
    else if (f->status < 0)
        add("cumplido con %s", as_errname(f->status));
    else
        add("cumplido");
    add_waiters(&f->waiters, "; lo espera ");
}

static void add_lock(const as_lock *l)
{
    if (l->owner)
        add("lo tiene %s", l->owner->name);
    else
        add("libre");
    add_waiters(&l->waiters, "; esperan ");
}

static void add_queue(const as_queue *q)
{
    add("%zu dentro", q->size);
    if (q->maxsize > 0)
        add(", tope %zu", q->maxsize);
    if (q->closed)
        add(", cerrada");
    add_waiters(&q->getters, "; quieren sacar: ");
    add_waiters(&q->putters, "; quieren poner: ");
}

static void add_event(const as_event *e)
{
    add(e->set ? "señal dada" : "sin señal");
    add_waiters(&e->waiters, "; esperan ");
}

static void add_semaphore(const as_semaphore *s)
{
    add("%zu %s", s->permits,
        s->permits == 1 ? "permiso libre" : "permisos libres");
    add_waiters(&s->waiters, "; esperan ");
}

static void add_barrier(const as_barrier *b)
{
    add("han llegado %zu de %zu", b->waiting, b->parties);
}

static void add_condition(const as_condition *c)
{
    add(c->waiters.next == &c->waiters ? "no espera nadie"
                                       : "esperan ");
    add_waiters(&c->waiters, "");
}

static void add_timer(const as_timer *t)
{
    if (as__timer_pending(&t->timer))
        add("llamará a los @%" PRIu64 "@", t->timer.deadline_ns);
    else
        add("no está pendiente");
}

/* Lo que vale en palabras un objeto de tipo `type`; vacío si no se sabe, o si no está preparado.
 * Una hora va entre @ y en ns: la grabadora la pone en ms desde el principio. */
const char *steps_value(const char *type, const void *object);
const char *steps_value(const char *type, const void *object)
{
    static const struct {
        const char *type;
        void (*add)(const void *);
    } known[] = {
#define KNOWN(name, function) {name, (void (*)(const void *))(function)}
        KNOWN("as_scope", add_scope),
        KNOWN("as_group", add_group),
        KNOWN("as_task", add_task_value),
        KNOWN("as_future", add_future),
        KNOWN("as_lock", add_lock),
        KNOWN("as_queue", add_queue),
        KNOWN("as_event", add_event),
        KNOWN("as_semaphore", add_semaphore),
        KNOWN("as_barrier", add_barrier),
        KNOWN("as_condition", add_condition),
        KNOWN("as_timer", add_timer),
#undef KNOWN
    };

    begin();
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(type, known[i].type) == 0)
            known[i].add(object);
    }
    return text;
}

/* «UV_ETIMEDOUT»; vacío si no es un código de error. */
const char *steps_error(int code);
const char *steps_error(int code)
{
    begin();
    if (code == AS_EDEADLK)
        add("AS_EDEADLK");
    else if (code < 0 && strncmp(uv_err_name(code), "Unknown", 7) != 0)
        add("UV_%s", uv_err_name(code));
    return text;
}
