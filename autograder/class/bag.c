/* Lo que se va sacando de una entrega. */
#include "base/memory.h"
#include "class/names.h"
#include "class/unpack.h"

#include <stdlib.h>
#include <string.h>

void cl_bag_add(struct cl_bag *bag, const char *path, char *data, size_t size, char *why)
{
    bag->files = ag_grow(bag->files, bag->n + 1, sizeof *bag->files);
    bag->files[bag->n++] = (struct cl_file){ag_format("%s", path), data, size, why};
}

void cl_bag_other(struct cl_bag *bag, const char *path)
{
    if (bag->n_others == CL_MAX_OTHERS)
        return;
    bag->others = ag_grow(bag->others, bag->n_others + 1, sizeof *bag->others);
    bag->others[bag->n_others++] = cl_text(path);
}

void cl_bag_refuse(struct cl_bag *bag, char *why)
{
    if (bag->refused)
        free(why);
    else
        bag->refused = why;
}

void cl_bag_fault(struct cl_bag *bag, char *why)
{
    if (bag->fault)
        free(why);
    else
        bag->fault = why;
}

void cl_bag_free(struct cl_bag *bag)
{
    for (size_t i = 0; i < bag->n; i++) {
        free(bag->files[i].path);
        free(bag->files[i].data);
        free(bag->files[i].why);
    }
    for (size_t i = 0; i < bag->n_others; i++)
        free(bag->others[i]);
    free(bag->files);
    free(bag->others);
    free(bag->refused);
    free(bag->fault);
    *bag = (struct cl_bag){0};
}

/* «..» no es basura: es una ruta que se sale, y hay que decirlo. */
static bool in_junk(const char *path)
{
    char *copy = ag_format("%s", path), *rest = copy;
    bool junk = false;
    for (char *part; !junk && (part = strsep(&rest, "/"));)
        junk = cl_is_junk(part) && strcmp(part, "..") != 0;
    free(copy);
    return junk;
}

enum cl_kind cl_kind_of(const char *path, const struct cl_wanted *wanted)
{
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    if (in_junk(path))
        return CL_IGNORED;
    for (size_t i = 0; i < wanted->n; i++)
        if (strcmp(last, wanted->names[i]) == 0)
            return CL_WANTED;
    return cl_is_archive(last) ? CL_NESTED : CL_OTHER;
}

char *cl_path_of(const char *raw, char **why)
{
    char *path = ag_alloc(strlen(raw) + 1, 1), *to = path;
    bool drive = raw[0] && raw[1] == ':';
    *why = NULL;
    if (*raw == '/' || *raw == '\\' || drive)
        *why = ag_format("tiene una ruta absoluta, y una entrega solo lleva rutas suyas");
    for (const char *at = raw; *at;) {
        size_t n = strcspn(at, "/\\");
        if (n == 2 && at[0] == '.' && at[1] == '.' && !*why)
            *why = ag_format("tiene «..» en su ruta, y se sale de la entrega");
        if (n > 0 && !(n == 1 && *at == '.')) {
            if (to > path)
                *to++ = '/';
            memcpy(to, at, n);
            to += n;
        }
        at += n;
        at += *at != '\0';
    }
    return path;
}
