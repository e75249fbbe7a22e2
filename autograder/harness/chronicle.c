/* chronicle.c: lo que pasó en una prueba y cuándo. */
#include "harness/chronicle.h"
#include "harness/internal.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_LANES  32
#define MAX_ALIKE  20 /* de la misma clase; los demás van juntos */
#define KEPT       30 /* sucesos que se conservan del principio de un carril, y del final */
#define TEXT_BYTES 60 /* de cada texto */
#define ALL_TEXT                                                                         \
    (64 << 10) /* de todos: un resultado entero debe caber en lo que se lee */

#define OTHERS "los demás"

struct event {
    unsigned id; /* 0: es un punto */
    double from, to;
    bool open;
    enum hs__tone tone;
    int count; /* cuántos debían ir a la vez; 0 si no es eso */
    char *text;
};

static struct lane {
    enum hs__kind kind;
    char *name;
    struct event events[2 * KEPT + 1];
    size_t count;
} * lanes[MAX_LANES];

static size_t lane_count, dropped;
static unsigned last_id;
static double origin = -1; /* como hs_now(); -1 si aún no arrancó ninguno */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static const char *const kinds[] = {
    [HS__PROGRAM] = "programa", [HS__OUTPUT] = "salida",  [HS__ROUTE] = "ruta",
    [HS__LINK] = "conexion",    [HS__CLIENT] = "cliente", [HS__PIPE] = "tuberia",
    [HS__FILE] = "archivo",     [HS__DATABASE] = "base",  [HS__WANTED] = "esperado",
    [HS__TASK] = "tarea",
};
static const char *const tones[] = {[HS__PLAIN] = "normal",
                                    [HS__GOOD] = "bien",
                                    [HS__ODD] = "aviso",
                                    [HS__BAD] = "mal",
                                    [HS__WAIT] = "abierto"};

/* ------------------------------------------------------------------------ Apuntar */

/* El principio de un texto ajeno, limpio y sin partir un carácter. */
static char *shorten(const char *text, size_t length)
{
    size_t n = length < TEXT_BYTES ? length : TEXT_BYTES;
    while (n > 0 && n < length && ag_utf8_inside(text[n]))
        n--;
    char *clean = ag_clean(text, n, SIZE_MAX, AG_LINE);
    if (n == length)
        return clean;
    char *cut = ag_format("%s…", clean);
    free(clean);
    return cut;
}

/* Con el cerrojo; en `alike`, cuántos hay de esa clase. */
static int lane_named(enum hs__kind kind, const char *name, size_t *alike)
{
    int found = 0;
    *alike = 0;
    for (size_t i = 0; i < lane_count && !found; i++) {
        *alike += lanes[i]->kind == kind;
        if (lanes[i]->kind == kind && strcmp(lanes[i]->name, name) == 0)
            found = (int)i + 1;
    }
    return found;
}

int hs__lane(enum hs__kind kind, const char *name)
{
    size_t alike;
    char *clean = shorten(name, strlen(name));
    pthread_mutex_lock(&mutex);
    int found = lane_named(kind, clean, &alike);
    if (!found && alike >= MAX_ALIKE) {
        free(clean);
        clean = ag_format(OTHERS);
        found = lane_named(kind, clean, &alike);
    }
    if (!found && lane_count < MAX_LANES) {
        struct lane *lane = lanes[lane_count++] = ag_alloc(1, sizeof *lane);
        lane->kind = kind;
        lane->name = clean;
        clean = NULL;
        found = (int)lane_count;
    }
    pthread_mutex_unlock(&mutex);
    free(clean);
    return found;
}

/* Con el cerrojo. Se queda con `text`. De un carril lleno se tira el más antiguo de los últimos. */
static void add(int lane, struct event event)
{
    if (lane == 0) {
        free(event.text);
        return;
    }
    struct lane *l = lanes[lane - 1];
    l->events[l->count++] = event;
    if (l->count <= 2 * KEPT)
        return;
    dropped++;
    free(l->events[KEPT].text);
    memmove(l->events + KEPT, l->events + KEPT + 1,
            (--l->count - KEPT) * sizeof *l->events);
}

void hs__dot(int lane, enum hs__tone tone, const char *text, size_t length)
{
    struct event event = {.from = hs_now(), .tone = tone, .text = shorten(text, length)};
    pthread_mutex_lock(&mutex);
    add(lane, event);
    pthread_mutex_unlock(&mutex);
}

/* Con el cerrojo. */
static struct hs__span begin(int lane, int count, char *text)
{
    struct event event = {
        .id = ++last_id, .from = hs_now(), .open = true, .count = count, .text = text};
    add(lane, event);
    return (struct hs__span){lane, event.id};
}

struct hs__span hs__span_begin(int lane, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = ag_vformat(format, args);
    va_end(args);
    char *clean = shorten(text, strlen(text));
    free(text);
    pthread_mutex_lock(&mutex);
    struct hs__span span = begin(lane, 0, clean);
    pthread_mutex_unlock(&mutex);
    return span;
}

/* Con el cerrojo; NULL si ya no se conserva. */
static struct event *find(const struct hs__span *span)
{
    struct lane *l = span->lane > 0 ? lanes[span->lane - 1] : NULL;
    for (size_t i = l ? l->count : 0; i-- > 0;)
        if (l->events[i].id == span->id)
            return &l->events[i];
    return NULL;
}

void hs__span_end(struct hs__span *span, enum hs__tone tone, const char *text)
{
    char *clean = text ? shorten(text, strlen(text)) : NULL;
    pthread_mutex_lock(&mutex);
    struct event *event = find(span);
    if (event && event->open) {
        event->open = false;
        event->to = hs_now();
        event->tone = tone;
        if (clean) {
            free(event->text);
            event->text = clean;
            clean = NULL;
        }
    }
    pthread_mutex_unlock(&mutex);
    free(clean);
}

void hs__past(int lane, double from, double to, enum hs__tone tone, const char *text)
{
    struct event event = {
        .from = from, .to = to, .tone = tone, .text = shorten(text, strlen(text))};
    pthread_mutex_lock(&mutex);
    if (origin < 0 || from < origin) {
        free(event.text);
    } else {
        event.id = to > from ? ++last_id : 0;
        add(lane, event);
    }
    pthread_mutex_unlock(&mutex);
}

double hs__moment_of(double unix_ms)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return hs_now() - ((double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6 - unix_ms);
}

struct hs__span hs__want_together(int n, const char *what)
{
    int lane = hs__lane(HS__WANTED, what);
    struct hs__span span = {0};
    pthread_mutex_lock(&mutex);
    struct lane *l = lane > 0 ? lanes[lane - 1] : NULL;
    struct event *last = l && l->count > 0 ? &l->events[l->count - 1] : NULL;
    if (!last || !last->open || last->count != n)
        span = begin(lane, n, ag_format("aquí debían estar %d a la vez", n));
    pthread_mutex_unlock(&mutex);
    return span;
}

void hs__chronicle_origin(const struct hs__span *life)
{
    pthread_mutex_lock(&mutex);
    const struct event *event = find(life);
    if (origin < 0)
        origin = event ? event->from : hs_now();
    pthread_mutex_unlock(&mutex);
}

/* ---------------------------------------------------------------------- Contarlo */

static json_t *moment(double ms)
{
    double since = ms - (origin < 0 ? 0 : origin);
    return json_real(since > 0 ? (double)(int64_t)(since * 1e3) / 1e3 : 0);
}

static json_t *event_json(const struct event *e, double now, size_t *room)
{
    size_t length = strlen(e->text);
    bool fits = length <= *room;
    *room -= fits ? length : 0;
    json_t *json = json_pack("{s:o, s:s, s:s}", "ms", moment(e->from), "tono",
                             e->open && e->count ? tones[HS__BAD]
                             : e->open           ? "abierto"
                                                 : tones[e->tone],
                             "texto", fits ? e->text : "");
    if (e->id)
        json_object_set_new(json, "hasta", moment(e->open ? now : e->to));
    if (e->count)
        json_object_set_new(json, "cuantos", json_integer(e->count));
    return json;
}

json_t *hs__chronicle_json(void)
{
    size_t room = ALL_TEXT;
    double now = hs_now();
    json_t *list = json_array();
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < lane_count; i++) {
        json_t *events = json_array();
        for (size_t k = 0; k < lanes[i]->count; k++)
            json_array_append_new(events, event_json(&lanes[i]->events[k], now, &room));
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:o}", "clase", kinds[lanes[i]->kind],
                                        "nombre", lanes[i]->name, "sucesos", events));
    }
    json_t *chronicle = json_pack("{s:o, s:I, s:o}", "fin", moment(now), "omitidos",
                                  (json_int_t)dropped, "carriles", list);
    pthread_mutex_unlock(&mutex);
    return chronicle;
}

void hs__chronicle_free(void)
{
    pthread_mutex_lock(&mutex);
    while (lane_count > 0) {
        struct lane *l = lanes[--lane_count];
        for (size_t i = 0; i < l->count; i++)
            free(l->events[i].text);
        free(l->name);
        free(l);
    }
    pthread_mutex_unlock(&mutex);
}
