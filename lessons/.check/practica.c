/* Lo que hay detrás de `make practica`: qué ejercicios están hechos y cuál toca ahora. */
#include "exercise.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const char USAGE[] =
    "Uso: practica [--capitulo NN] [--comprueba | --escribe] [--programas CARPETA]\n"
    "               [--estado ARCHIVO]\n"
    "  --comprueba  los ejercicios sin tocar fallan y las respuestas pasan (TAP)\n"
    "  --escribe    guarda lo que escriben las respuestas como lo esperado\n"
    "  --estado     deja en un archivo, además, cómo va cada ejercicio\n";

/* A quien estudia se le dice pronto que su programa no acaba. De las respuestas se sabe que acaban:
 * con la máquina ocupada, las que calculan tardan. */
enum { LIMIT_MS = 5000, ANSWER_LIMIT_MS = 30000 };

struct options_practice {
    const char *chapter, *build;
    bool check, record;
    FILE *state; /* NULL si no se pide */
};

static char *reader_programs(const struct options_practice *o, const struct exercise *e)
{
    return format("%s/lessons/%s/practica", o->build, e->chapter);
}

static char *answer_programs(const struct options_practice *o, const struct exercise *e)
{
    return format("%s/solutions/practica/%s", o->build, e->chapter);
}

/* Un ejercicio por línea, con sus campos separados por tabuladores. */
static void note(FILE *state, const struct exercise *e, const char *missing)
{
    size_t first = strcspn(missing, "\n");

    if (state)
        fprintf(state, "%s\t%s\t%d\t%s\t%s\t%d\t%.*s\t%s\n", *missing ? "falta" : "hecho",
                e->chapter, e->number, e->name, exercise_kind(e), e->minutes, (int)first,
                missing, missing[first] ? missing + first + 1 : "");
}

static char *judge_reader(const struct options_practice *o, const struct exercise *e)
{
    char *programs = reader_programs(o, e);
    char *missing = exercise_judge(e, e->source, programs, LIMIT_MS);

    free(programs);
    note(o->state, e, missing ? missing : "");
    return missing;
}

/* ---- Para quien estudia --------------------------------------------------------------- */

static void show_next(const struct exercise *next)
{
    if (next)
        printf("Ahora: %s (%d min)\n", shown(next->source), next->minutes);
    else
        puts("Está todo hecho.");
}

/* Lo que falta, en su columna; la segunda línea, si la hay, debajo de la primera. */
static void show_missing(const char *missing, int column)
{
    size_t first = strcspn(missing, "\n");

    printf("%.*s\n", (int)first, missing);
    if (missing[first] == '\n')
        printf("%*s%s\n", column, "", missing + first + 1);
}

static void show_chapter(const struct options_practice *o, const struct exercises *all)
{
    const struct exercise *next = NULL;
    size_t done = 0;
    int widest = 0;

    for (size_t i = 0; i < all->count; i++)
        widest = columns(all->list[i].name) > widest ? columns(all->list[i].name)
                                                     : widest;
    printf("Práctica del capítulo %s\n\n", all->list[0].chapter);
    for (size_t i = 0; i < all->count; i++) {
        const struct exercise *e = &all->list[i];
        char *missing = judge_reader(o, e);
        printf("  %s  %d  %s%*s  %-9s  ", missing ? "falta" : "hecho", e->number, e->name,
               widest - columns(e->name), "", exercise_kind(e));
        show_missing(missing ? missing : "", widest + 25);
        if (missing && !next)
            next = e;
        done += !missing;
        free(missing);
    }
    printf("\n%zu de %zu. ", done, all->count);
    show_next(next);
}

static void show_path(const struct options_practice *o, const struct exercises *all)
{
    const struct exercise *next = NULL;
    size_t done = 0;

    puts("La práctica, capítulo a capítulo\n");
    for (size_t i = 0, end; i < all->count; i = end) {
        size_t here = 0;
        char bar[128] = "";
        for (end = i; end < all->count &&
                      strcmp(all->list[end].chapter, all->list[i].chapter) == 0;
             end++) {
            char *missing = judge_reader(o, &all->list[end]);
            strcat(bar, missing ? "·" : "#");
            if (missing && !next)
                next = &all->list[end];
            here += !missing;
            free(missing);
        }
        printf("  %-40s %-6s %zu de %zu\n", all->list[i].chapter, bar, here, end - i);
        done += here;
    }
    printf("\n%zu de %zu. ", done, all->count);
    show_next(next);
    puts("De un capítulo, con lo que falta en cada uno: make practica CAP=05");
}

/* ---- Para quien lo mantiene ------------------------------------------------------------ */

static bool tap(bool good, const char *what, const struct exercise *e, const char *why)
{
    static int number;

    printf("%s %d - %s/%s %s\n", good ? "ok" : "not ok", ++number, e->chapter, e->name,
           what);
    if (!good)
        printf("  %s\n", why);
    return good;
}

static bool check(const struct options_practice *o, const struct exercises *all)
{
    bool good = true;

    for (size_t i = 0; i < all->count; i++) {
        const struct exercise *e = &all->list[i];
        char *programs = answer_programs(o, e);
        char *answer = format("solutions/practica/%s/%s.c", e->chapter, e->name);
        char *untouched = judge_reader(o, e);
        char *missing = exercise_judge(e, answer, programs, ANSWER_LIMIT_MS);
        good &= tap(untouched != NULL, "sin tocar no está hecho", e,
                    "el ejercicio pasa sin haber hecho nada");
        good &= tap(!missing, "con su respuesta está hecho", e, missing);
        free(missing);
        free(untouched);
        free(answer);
        free(programs);
    }
    printf("1..%zu\n", 2 * all->count);
    return good;
}

static bool record(const struct options_practice *o, const struct exercises *all)
{
    bool good = true;

    for (size_t i = 0; i < all->count; i++) {
        char *programs = answer_programs(o, &all->list[i]);
        if (!exercise_record(&all->list[i], programs, ANSWER_LIMIT_MS)) {
            fprintf(stderr, "practica: no pude ejecutar la respuesta de %s\n",
                    shown(all->list[i].source));
            good = false;
        }
        free(programs);
    }
    return good;
}

int main(int argc, char **argv)
{
    struct options_practice o = {.chapter = "", .build = "build/normal"};
    struct exercises all;
    const char *state = NULL;
    bool good = true;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--capitulo") == 0 && i + 1 < argc) {
            o.chapter = argv[++i];
        } else if (strcmp(argv[i], "--programas") == 0 && i + 1 < argc) {
            o.build = argv[++i];
        } else if (strcmp(argv[i], "--estado") == 0 && i + 1 < argc) {
            state = argv[++i];
        } else if (strcmp(argv[i], "--comprueba") == 0) {
            o.check = true;
        } else if (strcmp(argv[i], "--escribe") == 0) {
            o.record = true;
        } else {
            fprintf(stderr, "%spractica: no entiendo «%s»\n", USAGE, argv[i]);
            return 2;
        }
    }
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        fputs("practica: este sistema no tiene el idioma C.UTF-8\n", stderr);
        return 3;
    }
    if (!exercises_read(&all, ".", o.chapter))
        return 3;
    if (all.count == 0) {
        fprintf(stderr, "practica: no hay ejercicios del capítulo «%s»: prueba CAP=05\n",
                o.chapter);
        exercises_free(&all);
        return 2;
    }
    if (state && !(o.state = fopen(state, "we"))) /* lo demás vale igual */
        fprintf(stderr, "practica: no puedo escribir %s: %s\n", state, strerror(errno));
    if (o.record)
        good = record(&o, &all);
    else if (o.check)
        good = check(&o, &all);
    else if (*o.chapter)
        show_chapter(&o, &all);
    else
        show_path(&o, &all);
    if (o.state)
        fclose(o.state);
    exercises_free(&all);
    return good ? 0 : 1;
}
