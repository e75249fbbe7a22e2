/*
 * tasks.c: qué hizo cada tarea del programa, para dibujarlo.
 *
 * Cuando se repite una prueba que falló para explicarla (ASINC_TRACE), el programa corre con
 * AS_TRACE y AS_DEBUG: si usa asinc, apunta en un archivo cuándo corrió y cuándo esperó cada tarea.
 * Lo que aún espera se apunta al acabar, así que antes de leerlo se le manda Ctrl+C. La prueba ya
 * está juzgada: nada de esto cambia un veredicto. Quien no usa asinc no deja nada, y no pasa nada.
 * De ahí sale también qué esperaba cada tarea cuando la prueba se cansó de esperar al programa.
 */
#include "base/dir.h"
#include "harness/files.h"
#include "harness/program/program.h"
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define DIR        "traza-asinc"
#define GOODBYE_MS 800
#define MAX_TASKS  16    /* las primeras; con más no se ve nada */
#define MAX_LINES  20000 /* y de lo que apunta, el principio */
#define MAX_TRACE  (8 << 20)

static struct hs_dir *directory;
static int programs;

void hs__tasks_prepare(struct hs_program *p)
{
    if (!getenv("ASINC_TRACE") || p->options.asan)
        return;
    if (!directory)
        directory = hs__dir_hidden(DIR);
    p->traced = hs_format(DIR "/%d.json", ++programs);
}

/* ------------------------------------------------------------------------- Leerlo */

struct task {
    int id;
    const char *name;
    double until;     /* ms; hasta dónde se sabe de ella */
    const char *wait; /* lo que esperaba al final, o NULL */
};

struct tasks {
    struct task v[MAX_TASKS];
    size_t n;
    double until;       /* lo de después no es de la prueba */
    const char *prefix; /* de qué programa son, si hay varios */
};

static struct task *find(struct tasks *tasks, int id)
{
    for (size_t i = 0; i < tasks->n; i++)
        if (tasks->v[i].id == id)
            return &tasks->v[i];
    return NULL;
}

static void add_task(struct tasks *tasks, int id, const char *name)
{
    if (!name || find(tasks, id) || tasks->n == MAX_TASKS)
        return;
    tasks->v[tasks->n++] = (struct task){.id = id,
                                         .name = hs_format("%s%s", tasks->prefix, name)};
}

static void add_span(struct tasks *tasks, const json_t *event, int id)
{
    struct task *task = find(tasks, id);
    const char *kind = json_string_value(json_object_get(event, "cat"));
    const char *what = json_string_value(json_object_get(event, "name"));
    double from = hs__moment(json_number_value(json_object_get(event, "ts")) / 1e3);
    double to = from + json_number_value(json_object_get(event, "dur")) / 1e3;
    if (!task || !kind || !what || to < from || from > tasks->until)
        return;
    bool runs = strcmp(kind, "corre") == 0;
    task->wait = runs || to < tasks->until ? NULL : hs_format("%s", what);
    to = to < tasks->until ? to : tasks->until;
    if (from < task->until) /* los redondeos no la ponen en dos sitios a la vez */
        from = task->until < to ? task->until : to;
    task->until = to;
    hs__past(hs__lane(HS__TASK, task->name), from, to, runs ? HS__PLAIN : HS__WAIT,
             runs ? "corre" : hs_format("espera %s", what));
}

static void read_line(struct tasks *tasks, char *line)
{
    size_t n = strlen(line);
    while (n > 0 && strchr(",\r ", line[n - 1]))
        line[--n] = '\0';
    json_t *event = n > 1 && line[0] == '{' ? json_loads(line, 0, NULL) : NULL;
    const char *phase = json_string_value(json_object_get(event, "ph"));
    const char *name = json_string_value(json_object_get(event, "name"));
    int id = (int)json_integer_value(json_object_get(event, "tid"));
    if (phase && strcmp(phase, "X") == 0)
        add_span(tasks, event, id);
    else if (phase && name && strcmp(name, "thread_name") == 0)
        add_task(
            tasks, id,
            json_string_value(json_object_get(json_object_get(event, "args"), "name")));
    json_decref(event);
}

/* ---------------------------------------------------------------------- Despedirse */

static int ended_check(void *arg)
{
    return ((struct hs_program *)arg)->ended;
}

static void say_goodbye(struct hs_program *p)
{
    hs__lock();
    hs__poll();
    bool running = !p->ended;
    hs__unlock();
    if (!running || box_signal(p->run, SIGINT) < 0)
        return;
    double until = hs_now() + GOODBYE_MS;
    hs__lock();
    while (!ended_check(p) && hs_now() < until) {
        hs__poll();
        hs__sleep_until(hs_now() + 20);
    }
    hs__unlock();
}

/* ---------------------------------------------------------------- Lo que aún esperan */

#define TOLD 4 /* tareas de las que se dice qué esperan */

static const char *waiting = "";
static int waiters;

static void note_waits(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->n; i++) {
        const struct task *t = &tasks->v[i];
        if (t->wait && waiters++ < TOLD)
            waiting = hs_format("%s%s«%s» espera %s", waiting, *waiting ? "; " : "",
                                t->name, t->wait);
    }
}

const char *hs__tasks_waits(void)
{
    if (waiters == 0)
        return NULL;
    return hs_format("las tareas del programa se quedaron esperando: %s%s", waiting,
                     waiters > TOLD ? hs_format("; y %d más", waiters - TOLD) : "");
}

void hs__tasks_draw(struct hs__part *part, double until)
{
    struct hs_program *p = (struct hs_program *)part;
    char *data;
    size_t size;
    if (!p->traced)
        return;
    say_goodbye(p);
    if (ag_read_start(directory->host, strchr(p->traced, '/') + 1, MAX_TRACE, &data,
                      &size) < 0)
        return;
    int number = (int)strtol(strchr(p->traced, '/') + 1, NULL, 10);
    struct tasks tasks = {.until = until,
                          .prefix = programs > 1 ? hs_format("%d.º: ", number) : ""};
    int lines = 0;
    for (char *rest = data, *line; (line = strsep(&rest, "\n")) && lines < MAX_LINES;
         lines++)
        read_line(&tasks, line);
    if (p->ended && p->signalled < 0) /* de quien no se despide no se sabe todo */
        note_waits(&tasks);
    free(data);
}
