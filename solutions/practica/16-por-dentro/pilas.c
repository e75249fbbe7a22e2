/*
 * 1 · Predecir · 6 minutos
 * ¿De quién es cada variable?
 *
 * Tres variables con el mismo oficio: una en la pila de la tarea, otra en la
 * estructura que recibe y otra estática. Escribe las seis líneas.
 *
 * predicción:
 * Ana: 1 1 1
 * Eva: 1 11 2
 * Ana: 2 2 3
 * Eva: 2 12 4
 * Ana: 3 3 5
 * Eva: 3 13 6
 * fin
 */
#include "../../../lessons/16-por-dentro/mini.h"

#include <stdio.h>

struct corredora {
    const char *nombre;
    int en_la_estructura;
};

static int correr(void *arg)
{
    static int estatica;
    struct corredora *c = arg;

    for (int en_la_pila = 1; en_la_pila <= 3; en_la_pila++) {
        c->en_la_estructura++;
        estatica++;
        printf("%s: %d %d %d\n", c->nombre, en_la_pila, c->en_la_estructura, estatica);
        int rc = as_sleep(10);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    struct corredora corredoras[] = {{"Ana", 0}, {"Eva", 10}};

    return as_gather_each(correr, corredoras, 2, sizeof *corredoras, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
