/* De lo que hay en una entrega, cuáles son los archivos de cada laboratorio. */
#include "class/pick.h"
#include "base/dir.h"
#include "base/memory.h"
#include "class/names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NO_RANK = 5, MAX_NUMBER = 2 };

/* Una carpeta de la entrega que tiene algo del laboratorio. */
struct folder {
    char *path;
    const struct cl_file **sources; /* NULL el que falta */
    int rank, depth;
    bool
        twice; /* de alguna hay dos distintas: dos archivos comprimidos, o dos entradas */
    bool like; /* alguna tiene un nombre parecido, y no el suyo */
    bool whole;     /* están todas y se aceptan */
    bool untouched; /* y son las del esqueleto */
};

struct folders {
    struct folder *v;
    size_t n;
};

/* ---- carpetas -------------------------------------------------------------------------- */

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return ag_format("%.*s", slash ? (int)(slash - path) : 0, path);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ¿Nombra `part` al laboratorio 07-monitor? «07», «lab7», «Lab 07», «monitor», «07_monitor». */
static bool means(const char *part, const struct lab *lab)
{
    char plain[64];
    size_t n = 0;
    for (; *part; part++)
        if (isalnum((unsigned char)*part)) {
            if (n == sizeof plain - 1)
                return false;
            plain[n++] = (char)tolower((unsigned char)*part);
        }
    plain[n] = '\0';
    const char *rest = plain;
    static const char *const words[] = {"laboratorio", "lab", "ejercicio", "practica"};
    for (size_t i = 0; i < sizeof words / sizeof *words && rest == plain; i++)
        if (strncmp(plain, words[i], strlen(words[i])) == 0)
            rest += strlen(words[i]);
    char program[64];
    size_t k = 0;
    for (const char *p = lab->program; *p && k < sizeof program - 1; p++)
        if (isalnum((unsigned char)*p))
            program[k++] = (char)tolower((unsigned char)*p);
    program[k] = '\0';
    char *end;
    long number = strtol(rest, &end, 10);
    bool numbered = end > rest && end - rest <= MAX_NUMBER &&
                    number == strtol(lab->id, NULL, 10);
    return (numbered && (!*end || strcmp(end, program) == 0)) ||
           strcmp(rest, program) == 0;
}

static int rank_of(const char *path, const struct lab *lab)
{
    const char *last = last_part(path);
    if (strcmp(last, lab->dir) == 0) {
        size_t before = (size_t)(last - path);
        bool in_labs = before >= 5 && strncmp(last - 5, "labs/", 5) == 0 &&
                       (before == 5 || last[-6] == '/');
        return in_labs ? 1 : 2;
    }
    return means(last, lab) ? 3 : 4;
}

static int depth_of(const char *path)
{
    int depth = *path != '\0';
    for (; *path; path++)
        depth += *path == '/';
    return depth;
}

static struct folder *folder_at(struct folders *all, const char *path,
                                const struct lab *lab)
{
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->v[i].path, path) == 0)
            return &all->v[i];
    all->v = ag_grow(all->v, all->n + 1, sizeof *all->v);
    struct folder *f = &all->v[all->n++];
    *f = (struct folder){.path = ag_format("%s", path),
                         .rank = rank_of(path, lab),
                         .depth = depth_of(path),
                         .sources = ag_alloc(lab->n_sources, sizeof *f->sources)};
    return f;
}

/* ---- lo que es del curso ---------------------------------------------------------------- */

/* Con el curso entero llegan también los ejercicios de los capítulos y la biblioteca: nadie los entrega,
 * se llamen como se llamen. */
static bool is_of_course(const char *path)
{
    static const char *const parts[] = {"lessons", "common", "autograder", "libro"};
    for (; *path; path += strspn(path, "/")) {
        size_t n = strcspn(path, "/");
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            if (n == strlen(parts[i]) && strncmp(path, parts[i], n) == 0)
                return true;
        path += n;
    }
    return false;
}

/* ---- lo que hay ------------------------------------------------------------------------ */

static ssize_t index_of(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return (ssize_t)i;
    return -1;
}

/* ¿Declara otro de los laboratorios pedidos un archivo con este nombre? */
static bool shared(const struct labs *labs, size_t which, const char *name)
{
    for (size_t i = 0; i < labs->n; i++)
        if (i != which && index_of((const char *const *)labs->v[i].sources,
                                   labs->v[i].n_sources, name) >= 0)
            return true;
    return false;
}

static bool same_file(const struct cl_file *a, const struct cl_file *b)
{
    return a->data && b->data && a->size == b->size &&
           memcmp(a->data, b->data, a->size) == 0;
}

static bool same_sources(const struct folder *a, const struct folder *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!same_file(a->sources[i], b->sources[i]))
            return false;
    return true;
}

static bool is_skeleton(const struct folder *f, const struct lab *lab)
{
    char *dir = ag_format("labs/%s", lab->dir);
    bool same = true;
    for (size_t i = 0; i < lab->n_sources && same; i++) {
        char *data = NULL;
        size_t size;
        same = ag_read_file(dir, lab->sources[i], CL_MAX_SOURCE, &data, &size) == 0 &&
               size == f->sources[i]->size &&
               memcmp(data, f->sources[i]->data, size) == 0;
        free(data);
    }
    free(dir);
    return same;
}

/* Cuál de las fuentes es: por su nombre o, si `like`, por uno parecido. -1 si ninguna. */
static ssize_t source_of(const struct cl_bag *bag, size_t file, const struct labs *labs,
                         size_t which, bool like)
{
    const struct lab *lab = &labs->v[which];
    const char *path = bag->files[file].path, *name = last_part(path);
    ssize_t at = index_of((const char *const *)lab->sources, lab->n_sources, name);
    if (!like || at >= 0)
        return like ? -1 : at;
    for (size_t i = 0; i < lab->n_sources; i++)
        if (cl_is_like(name, lab->sources[i]))
            return (ssize_t)i;
    bool lone = labs->n == 1 && lab->n_sources == 1 && bag->n == 1 && name == path;
    return lone && cl_is_c(name) ? 0 : -1;
}

/* Apunta el archivo en su carpeta. Uno de nombre parecido solo vale donde no hay otro. */
static void take_file(struct folders *all, const struct cl_bag *bag, size_t file,
                      const struct labs *labs, size_t which, bool like)
{
    const struct cl_file *taken = &bag->files[file];
    const struct lab *lab = &labs->v[which];
    ssize_t at = source_of(bag, file, labs, which, like);
    if (at < 0)
        return;
    char *path = folder_of(taken->path);
    bool given = rank_of(path, lab) > 2 && is_of_course(path);
    struct folder *f = given ? NULL : folder_at(all, path, lab);
    free(path);
    if (!f)
        return;
    if (f->rank == 4 && shared(labs, which, lab->sources[at]))
        f->rank = NO_RANK;
    const struct cl_file *had = f->sources[at];
    if (had && like && strcmp(last_part(had->path), lab->sources[at]) == 0)
        return;
    f->twice = f->twice || (had && !same_file(had, taken));
    f->sources[at] = taken;
    f->like = f->like || like;
}

static struct folders find_folders(const struct cl_bag *bag, const struct labs *labs,
                                   size_t which)
{
    const struct lab *lab = &labs->v[which];
    struct folders all = {0};
    for (size_t i = 0; i < bag->n; i++)
        take_file(&all, bag, i, labs, which, false);
    for (size_t i = 0; i < bag->n; i++)
        take_file(&all, bag, i, labs, which, true);
    for (size_t i = 0; i < all.n; i++) {
        struct folder *f = &all.v[i];
        f->whole = f->rank < NO_RANK;
        for (size_t k = 0; k < lab->n_sources; k++)
            f->whole = f->whole && f->sources[k] && f->sources[k]->data;
        f->untouched = f->whole && is_skeleton(f, lab);
    }
    return all;
}

/* ---- elegir ---------------------------------------------------------------------------- */

/* ¿Va `a` antes que `b`? */
static bool better(const struct folder *a, const struct folder *b)
{
    if (a->whole != b->whole)
        return a->whole;
    if (a->untouched != b->untouched)
        return b->untouched;
    if (a->like != b->like)
        return b->like;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    if (a->depth != b->depth)
        return a->depth < b->depth;
    return strcmp(a->path, b->path) < 0;
}

static char *shown(const char *path, const char *name)
{
    char *whole = ag_format("%s%s%s", path, *path ? "/" : "", name),
         *text = cl_text(whole);
    free(whole);
    return text;
}

/* Qué le falta a la carpeta mejor, para quien entrega. */
static char *what_is_missing(const struct folder *f, const struct lab *lab)
{
    for (size_t i = 0; i < lab->n_sources; i++) {
        const struct cl_file *file = f->sources[i];
        if (file && file->data)
            continue;
        char *name = shown(f->path, lab->sources[i]);
        char *why = !file ? ag_format("Falta «%s», que es parte de la entrega.", name)
                    : file->why ? ag_format("«%s» %s.", name, file->why)
                                : NULL;
        free(name);
        return why;
    }
    char *name = shown(f->path, lab->sources[0]);
    char *why = ag_format(
        "No se sabe de qué laboratorio es «%s». Ponlo en una carpeta «%s».", name,
        lab->dir);
    free(name);
    return why;
}

static char *twice(const struct folder *f, const struct lab *lab)
{
    char *name = shown(f->path, lab->sources[0]);
    char *why = ag_format(
        "«%s», o algo de lo que va con él, viene dos veces y no es lo mismo: "
        "no se sabe cuál entregas. Deja solo uno.",
        name);
    free(name);
    return why;
}

static void note(struct cl_pick *pick, char *text)
{
    json_array_append_new(pick->notes, json_string(text));
    free(text);
}

/* Las demás carpetas con otro contenido: si son tan buenas como la elegida, no se adivina. */
static void look_at_others(struct cl_pick *pick, const struct folders *all,
                           const struct folder *best, const struct lab *lab)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct folder *f = &all->v[i];
        if (f == best || !f->whole || f->untouched ||
            same_sources(f, best, lab->n_sources))
            continue;
        char *a = cl_text(best->sources[0]->path), *b = cl_text(f->sources[0]->path);
        if (f->rank == best->rank && f->depth == best->depth && !pick->why)
            pick->why = ag_format(
                "Hay dos versiones distintas, «%s» y «%s», y no se sabe cuál "
                "entregas. Deja solo una.",
                a, b);
        else
            note(pick, ag_format("Había otra versión, «%s». Se calificó «%s».", b, a));
        free(a);
        free(b);
    }
}

/* Lo que se tomó por otra cosa de lo que decía ser. */
static void note_names(struct cl_pick *pick, const struct folder *best,
                       const struct lab *lab)
{
    for (size_t i = 0; i < lab->n_sources; i++) {
        const struct cl_file *file = best->sources[i];
        const char *name = last_part(file->path);
        char *text = cl_text(name);
        if (strcmp(name, lab->sources[i]) != 0)
            note(pick, ag_format("«%s» se tomó por «%s».", text, lab->sources[i]));
        if (file->was_utf16)
            note(pick, ag_format("«%s» venía en UTF-16 y se pasó a UTF-8.", text));
        free(text);
    }
}

static void take_given(struct cl_pick *pick, const struct cl_bag *bag,
                       const struct folder *best, const struct lab *lab)
{
    pick->given = ag_alloc(lab->n_given ? lab->n_given : 1, sizeof *pick->given);
    for (size_t i = 0; i < bag->n; i++) {
        ssize_t at = index_of((const char *const *)lab->given, lab->n_given,
                              last_part(bag->files[i].path));
        char *path = folder_of(bag->files[i].path);
        if (at >= 0 && strcmp(path, best->path) == 0 && bag->files[i].data)
            pick->given[at] = &bag->files[i];
        free(path);
    }
}

/* Si no hay nada del laboratorio, qué venía y qué nombre hacía falta. */
static char *nothing(const struct cl_bag *bag, const struct lab *lab)
{
    char *list = ag_format("%s", "");
    for (size_t i = 0; i < bag->n + bag->n_others && i < CL_MAX_OTHERS; i++) {
        char *name = i < bag->n ? cl_text(bag->files[i].path)
                                : ag_format("%s", bag->others[i - bag->n]);
        char *more = ag_format("%s%s«%s»", list, i ? ", " : "", name);
        free(name);
        free(list);
        list = more;
    }
    char *why = *list
                    ? ag_format("No está «%s». En la entrega hay: %s.", lab->sources[0],
                                list)
                    : ag_format("No está «%s»: la entrega está vacía.", lab->sources[0]);
    free(list);
    return why;
}

struct cl_pick cl_pick(const struct cl_bag *bag, const struct labs *labs, size_t which)
{
    const struct lab *lab = &labs->v[which];
    struct cl_pick pick = {.notes = json_array()};
    struct folders all = find_folders(bag, labs, which);
    const struct folder *best = all.v;
    for (size_t i = 1; i < all.n; i++)
        if (better(&all.v[i], best))
            best = &all.v[i];
    pick.found = all.n > 0 && best->rank < NO_RANK;
    if (all.n == 0) {
        pick.why = nothing(bag, lab);
    } else if (!best->whole) {
        pick.why = what_is_missing(best, lab);
    } else {
        pick.untouched = best->untouched;
        if (best->twice)
            pick.why = twice(best, lab);
        look_at_others(&pick, &all, best, lab);
        note_names(&pick, best, lab);
        take_given(&pick, bag, best, lab);
        pick.sources = ag_alloc(lab->n_sources, sizeof *pick.sources);
        memcpy(pick.sources, best->sources, lab->n_sources * sizeof *pick.sources);
    }
    for (size_t i = 0; i < all.n; i++) {
        free(all.v[i].path);
        free(all.v[i].sources);
    }
    free(all.v);
    return pick;
}

void cl_pick_free(struct cl_pick *pick)
{
    free(pick->sources);
    free(pick->given);
    free(pick->why);
    json_decref(pick->notes);
    *pick = (struct cl_pick){0};
}
