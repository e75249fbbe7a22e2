#include <asinc/error.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace_model.h"

/* Leída cuesta unas diez veces su tamaño. */
enum { MAX_BYTES = 256 * 1024 * 1024 };

/* ---- El JSON ------------------------------------------------------------------------ */

/* El archivo entero, con sitio para el corchete que puede faltar. */
static char *read_file(const char *path, size_t *size)
{
    FILE *in = fopen(path, "re");
    char *text = NULL;
    size_t used = 0, capacity = 0, n;

    if (!in) {
        trace_error("no se pudo leer «%s»: %s", path,
                    as_strerror(uv_translate_sys_error(errno)));
        return NULL;
    }
    do {
        if (capacity - used < 2) {
            capacity = capacity ? capacity * 2 : 65536;
            char *bigger = capacity <= 2 * (size_t)MAX_BYTES ? realloc(text, capacity)
                                                             : NULL;
            if (!bigger) {
                trace_error("«%s» es demasiado grande: traza menos tiempo o menos tareas",
                            path);
                goto fail;
            }
            text = bigger;
        }
        n = fread(text + used, 1, capacity - used - 1, in);
        used += n;
    } while (n > 0);
    if (ferror(in)) {
        trace_error("no se pudo leer «%s»: %s", path,
                    as_strerror(uv_translate_sys_error(errno)));
        goto fail;
    }
    fclose(in);
    *size = used;
    return text;

fail:
    free(text);
    fclose(in);
    return NULL;
}

/* asinc escribe un suceso por línea: si el programa murió a mitad, valen las enteras. */
static json_t *load_cut(char *text, size_t size)
{
    while (size > 0 && text[size - 1] != '\n')
        size--;
    while (size > 0 && strchr(",\n", text[size - 1]))
        size--;
    if (size == 0 || text[size - 1] != '}')
        return NULL;
    text[size] = ']';
    return json_loadb(text, size + 1, 0, NULL);
}

static int load(const char *path, struct trace *trace)
{
    json_error_t error;
    size_t size;
    char *text = read_file(path, &size);

    if (!text)
        return -1;
    trace->json = json_loadb(text, size, 0, &error);
    if (!trace->json && error.position >= (int)size - 1) {
        trace->json = load_cut(text, size);
        trace->cut = trace->json != NULL;
    }
    free(text);
    if (size == 0)
        return trace_error("«%s» está vacío", path);
    if (!trace->json)
        return trace_error("«%s» no es JSON: falla en la línea %d, columna %d", path,
                           error.line, error.column);
    return 0;
}

/* ---- Las tareas --------------------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool is_event(const json_t *event, const char *phase)
{
    return strcmp(text_of(event, "ph"), phase) == 0;
}

static uint64_t id_of(const json_t *object, const char *key)
{
    json_int_t id = json_integer_value(json_object_get(object, key));
    return id > 0 ? (uint64_t)id : 0;
}

static int compare_ids(const void *a, const void *b)
{
    const struct trace_task *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static struct trace_task *find(const struct trace *trace, uint64_t id)
{
    struct trace_task key = {.id = id};
    return bsearch(&key, trace->tasks, trace->count, sizeof key, compare_ids);
}

/* Una por cada `tid` que se nombra, por orden de creación. */
static int collect_tasks(struct trace *trace, const json_t *events)
{
    json_t *event;
    size_t i, n = 0;

    trace->tasks = calloc(json_array_size(events) + 1, sizeof *trace->tasks);
    if (!trace->tasks)
        return trace_error("no hay memoria");
    json_array_foreach(events, i, event)
    {
        bool named = strcmp(text_of(event, "name"), "thread_name") == 0;
        uint64_t id = id_of(event, "tid");
        if (id == 0 || !named)
            continue;
        const json_t *args = json_object_get(event, "args");
        trace->tasks[n++] = (struct trace_task){
            .id = id, .parent_id = id_of(args, "parent"), .name = text_of(args, "name")};
    }
    qsort(trace->tasks, n, sizeof *trace->tasks, compare_ids);
    for (i = 0; i < n; i++) {
        if (trace->count == 0 || trace->tasks[trace->count - 1].id != trace->tasks[i].id)
            trace->tasks[trace->count++] = trace->tasks[i];
    }
    return 0;
}

static int add_span(struct trace_task *task, const struct trace_span *span)
{
    if (task->count == task->capacity) {
        size_t capacity = task->capacity ? 2 * task->capacity : 8;
        struct trace_span *spans = realloc(task->spans, capacity * sizeof *spans);
        if (!spans)
            return trace_error("no hay memoria");
        task->spans = spans;
        task->capacity = capacity;
    }
    task->spans[task->count++] = *span;
    return 0;
}

static int add_event(struct trace_task *task, const json_t *event)
{
    const char *category = text_of(event, "cat");
    double start = json_number_value(json_object_get(event, "ts"));
    double length = json_number_value(json_object_get(event, "dur"));

    if (!isfinite(start + length) || start < 0 || length < 0)
        return trace_error("un tramo de la tarea «%s» tiene tiempos imposibles",
                           task->name);
    if (is_event(event, "i")) {
        const char *code = text_of(json_object_get(event, "args"), "error");
        task->error = text_of(event, "name");
        task->error_at = start;
        task->cancelled = strcmp(code, "ECANCELED") == 0;
    }
    if (!is_event(event, "X"))
        return 0;
    enum trace_kind kind = strcmp(category, "espera") == 0  ? TRACE_WAIT
                           : strcmp(category, "fuera") == 0 ? TRACE_OUTSIDE
                                                            : TRACE_RUN;
    return add_span(
        task, &(struct trace_span){start, start + length, kind, text_of(event, "name")});
}

static int collect_spans(struct trace *trace, const json_t *events)
{
    json_t *event;
    size_t i;

    json_array_foreach(events, i, event)
    {
        struct trace_task *task = find(trace, id_of(event, "tid"));
        if (task && add_event(task, event) < 0)
            return -1;
        if (strcmp(text_of(event, "name"), "process_name") == 0)
            trace->program = text_of(json_object_get(event, "args"), "name");
    }
    return 0;
}

static int compare_spans(const void *a, const void *b)
{
    const struct trace_span *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* Ordena los tramos, dice entre qué momentos vivió cada tarea y devuelve el primero. */
static double set_lives(struct trace *trace)
{
    double origin = INFINITY;

    for (size_t i = 0; i < trace->count; i++) {
        struct trace_task *task = &trace->tasks[i];
        if (task->count > 0)
            qsort(task->spans, task->count, sizeof *task->spans, compare_spans);
        task->start = task->count > 0 ? task->spans[0].start : INFINITY;
        if (task->error)
            task->start = fmin(task->start, task->end = task->error_at);
        for (size_t j = 0; j < task->count; j++)
            task->end = fmax(task->end, task->spans[j].end);
        origin = fmin(origin, task->start);
    }
    return isfinite(origin) ? origin : 0;
}

/* Cuenta el tiempo desde el principio de todo. */
static void set_times(struct trace *trace)
{
    double origin = set_lives(trace);

    for (size_t i = 0; i < trace->count; i++) {
        struct trace_task *task = &trace->tasks[i];
        for (size_t j = 0; j < task->count; j++) {
            task->spans[j].start -= origin;
            task->spans[j].end -= origin;
        }
        task->start = isfinite(task->start) ? task->start - origin : 0;
        task->end = fmax(0, task->end - origin);
        trace->duration = fmax(trace->duration, task->end);
    }
}

/* ---- El árbol ----------------------------------------------------------------------- */

struct branch {
    size_t first, last, next; /* posición + 1; 0: no hay */
};

/* Pone cada tarea delante de sus hijas. Una madre se creó antes que sus hijas: lo que diga
 * otra cosa se toma por no ser hija de nadie, y así el árbol no puede tener ciclos. */
static int set_order(struct trace *trace)
{
    size_t n = trace->count, at = 0, done = 0;
    struct branch *branches = calloc(n + 1, sizeof *branches); /* la 0 es la raíz */
    size_t *parents = calloc(n + 1, sizeof *parents);
    struct trace_task *ordered = calloc(n + 1, sizeof *ordered);

    if (!branches || !parents || !ordered) {
        free(branches);
        free(parents);
        free(ordered);
        return trace_error("no hay memoria");
    }
    for (size_t i = 1; i <= n; i++) {
        struct trace_task *task = &trace->tasks[i - 1];
        struct trace_task *parent = find(trace, task->parent_id);
        size_t up = parent && parent < task ? (size_t)(parent - trace->tasks) + 1 : 0;
        parents[i] = up;
        task->depth = up ? parent->depth + 1 : 0;
        *(branches[up].last ? &branches[branches[up].last].next
                            : &branches[up].first) = i;
        branches[up].last = i;
    }
    while (done < n) {
        size_t next = branches[at].first;
        for (; !next; at = parents[at]) /* sin hijas: la hermana, o la de su madre */
            next = branches[at].next;
        at = next;
        ordered[done++] = trace->tasks[at - 1];
    }
    free(trace->tasks);
    trace->tasks = ordered;
    free(branches);
    free(parents);
    return 0;
}

int trace_read(const char *path, struct trace *trace)
{
    *trace = (struct trace){.program = "un programa"};
    if (load(path, trace) < 0)
        return -1;
    const json_t *events = json_is_object(trace->json)
                               ? json_object_get(trace->json, "traceEvents")
                               : trace->json;

    if (collect_tasks(trace, events) < 0 || collect_spans(trace, events) < 0 ||
        set_order(trace) < 0)
        goto fail;
    if (trace->count == 0) {
        trace_error("«%s» no es una traza de asinc: no nombra ninguna tarea", path);
        goto fail;
    }
    set_times(trace);
    return 0;

fail:
    trace_free(trace);
    return -1;
}

void trace_free(struct trace *trace)
{
    for (size_t i = 0; i < trace->count; i++)
        free(trace->tasks[i].spans);
    free(trace->tasks);
    json_decref(trace->json);
}
