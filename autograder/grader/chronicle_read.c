/* La cronología que dejó una prueba, leída sin fiarse de ella. */
#include "grader/chronicle_read.h"
#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LANES  64
#define MAX_EVENTS 128 /* de un carril */
#define MAX_TEXT   600 /* bytes, ya limpio por la suite */
#define MAX_MS     1e7
#define MAX_COUNT  100000

static const char *const kinds[] = {"programa", "salida",  "ruta",    "conexion",
                                    "cliente",  "tuberia", "archivo", "base",
                                    "esperado", "tarea",   NULL};
static const char *const tones[] = {"normal", "bien", "mal", "aviso", "abierto", NULL};

static bool one_of(const char *const *words, const char *word)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words;
}

static bool is_moment(double ms)
{
    return isfinite(ms) && ms >= 0 && ms <= MAX_MS;
}

/* El texto limpio, o NULL si es demasiado largo. */
static json_t *clean_text(const char *text, size_t length)
{
    if (length > MAX_TEXT)
        return NULL;
    char *clean = ag_clean(text, length, SIZE_MAX, AG_LINE);
    json_t *json = json_string(clean);
    free(clean);
    return json;
}

static json_t *read_event(json_t *raw)
{
    double from, to = -1;
    int count = 0;
    const char *tone, *text;
    size_t length;
    if (json_unpack(raw, "{s:F, s?F, s?i, s:s, s:s%}", "ms", &from, "hasta", &to,
                    "cuantos", &count, "tono", &tone, "texto", &text, &length) < 0 ||
        !is_moment(from) || (json_object_get(raw, "hasta") && !is_moment(to)) ||
        (to >= 0 && to < from) || count < 0 || count > MAX_COUNT || !one_of(tones, tone))
        return NULL;
    json_t *clean = clean_text(text, length);
    if (!clean)
        return NULL;
    json_t *event = json_pack("{s:f, s:s, s:o}", "ms", from, "tono", tone, "texto",
                              clean);
    if (to >= 0)
        json_object_set_new(event, "hasta", json_real(to));
    if (count > 0)
        json_object_set_new(event, "cuantos", json_integer(count));
    return event;
}

static json_t *read_lane(json_t *raw)
{
    const char *kind, *name;
    size_t length, i;
    json_t *list, *one;
    if (json_unpack(raw, "{s:s, s:s%, s:o}", "clase", &kind, "nombre", &name, &length,
                    "sucesos", &list) < 0 ||
        !one_of(kinds, kind) || !json_is_array(list) ||
        json_array_size(list) > MAX_EVENTS)
        return NULL;
    json_t *clean = clean_text(name, length);
    json_t *events = json_array();
    json_array_foreach(list, i, one)
    {
        json_t *event = read_event(one);
        if (!event)
            goto bad;
        json_array_append_new(events, event);
    }
    if (clean)
        return json_pack("{s:s, s:o, s:o}", "clase", kind, "nombre", clean, "sucesos",
                         events);
bad:
    json_decref(clean);
    json_decref(events);
    return NULL;
}

json_t *gr_chronicle_read(const json_t *raw)
{
    double end;
    int dropped;
    size_t i;
    json_t *list, *one;
    if (json_unpack((json_t *)raw, "{s:F, s:i, s:o}", "fin", &end, "omitidos", &dropped,
                    "carriles", &list) < 0 ||
        !is_moment(end) || dropped < 0 || !json_is_array(list) ||
        json_array_size(list) > MAX_LANES)
        return NULL;
    json_t *lanes = json_array();
    json_array_foreach(list, i, one)
    {
        json_t *lane = read_lane(one);
        if (!lane) {
            json_decref(lanes);
            return NULL;
        }
        json_array_append_new(lanes, lane);
    }
    return json_pack("{s:f, s:i, s:o}", "fin", end, "omitidos", dropped, "carriles",
                     lanes);
}
