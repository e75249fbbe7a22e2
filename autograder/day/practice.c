#include "day/practice.h"
#include "base/dir.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS = 8, MAX_BYTES = 1 << 20 };

/* Parte una línea en sus campos, sobre ella misma. */
static bool parse(struct day_exercise *e, char *line)
{
    char *field[FIELDS];
    for (int i = 0; i < FIELDS; i++)
        if (!(field[i] = strsep(&line, "\t")))
            return false;
    *e = (struct day_exercise){strcmp(field[0], "hecho") == 0,
                               field[1],
                               field[2],
                               field[3],
                               field[4],
                               field[5],
                               field[6],
                               field[7]};
    return true;
}

int day_practice_read(struct day_practice *p, const char *path)
{
    size_t size;
    *p = (struct day_practice){0};
    if (ag_read_file(".", path, MAX_BYTES, &p->text, &size) < 0) {
        p->text = NULL;
        return -1;
    }
    for (char *rest = p->text; rest && *rest;) {
        char *line = strsep(&rest, "\n");
        p->v = ag_grow(p->v, p->n + 1, sizeof *p->v);
        p->n += parse(&p->v[p->n], line);
    }
    return 0;
}

void day_practice_free(struct day_practice *p)
{
    free(p->v);
    free(p->text);
    *p = (struct day_practice){0};
}
