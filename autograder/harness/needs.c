/*
 * needs.c: las pruebas que tienen que pasar antes que esta.
 *
 * Si una no pasa, esta no da puntos haga lo que haga, y no hay por qué esperar a que acabe. Cuáles
 * son lo dice el archivo ASINC_NEEDS, con una prueba por línea y detrás las suyas; y cómo les ha
 * ido, lo que dejan en ASINC_RESULTS.
 */
#include "harness/internal.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NEEDS = 64, LINE = 8192 };

static const char *needs[MAX_NEEDS];
static size_t count;

void hs__needs_start(const char *test)
{
    const char *path = getenv("ASINC_NEEDS");
    FILE *file = path ? fopen(path, "re") : NULL;
    char line[LINE];
    count = 0;
    while (file && fgets(line, sizeof line, file)) {
        char *rest = line, *name = strsep(&rest, " \n");
        if (strcmp(name, test) != 0)
            continue;
        while (rest && (name = strsep(&rest, " \n")) && count < MAX_NEEDS)
            if (*name)
                needs[count++] = hs__keep_text(name, strlen(name));
        break;
    }
    if (file)
        fclose(file);
}

/* Cómo le fue: -1 si aún no se sabe. */
static int passed(const char *test)
{
    const char *directory = getenv("ASINC_RESULTS");
    char *path = ag_format("%s/%s.json", directory ? directory : ".", test);
    json_t *result = json_load_file(path, 0, NULL);
    const char *verdict = json_string_value(json_object_get(result, "veredicto"));
    int known = verdict ? strcmp(verdict, "bien") == 0 : -1;
    json_decref(result);
    free(path);
    return known;
}

const char *hs__need_failed(void)
{
    static double looked = -1;
    double now = hs_now();
    if (looked >= 0 && now - looked < HS__IDLE_LOOK_MS)
        return NULL;
    looked = now;
    for (size_t i = 0; i < count;) {
        int known = passed(needs[i]);
        if (known == 0)
            return needs[i];
        if (known > 0)
            needs[i] = needs[--count];
        else
            i++;
    }
    return NULL;
}
