/* Lo que dejó `make practica`: un ejercicio por línea, con sus campos separados por tabuladores:
 * hecho o falta, capítulo, número, nombre, clase, minutos y, si falta, qué; y con qué se ve más. */
#ifndef DAY_PRACTICE_H
#define DAY_PRACTICE_H

#include <stdbool.h>
#include <stddef.h>

#define DAY_PRACTICE "build/informe/practica.txt"

struct day_exercise {
    bool done;
    const char *chapter, *number, *name, *kind, *minutes;
    const char *missing, *more; /* "" si no hay nada */
};

struct day_practice {
    char *text;
    struct day_exercise *v;
    size_t n;
};

/* 0, o -1 si no está. Las líneas que no se entienden no cuentan. */
int day_practice_read(struct day_practice *p, const char *path);
void day_practice_free(struct day_practice *p);

#endif
