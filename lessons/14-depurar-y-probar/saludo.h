/* El saludo del panel, que presta memoria a una tarea. */
#ifndef SALUDO_H
#define SALUDO_H

#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

/* [saludo] */
struct visita {
    char desde[256], nombre[256];
};

static int saludar(void *arg)
{
    const struct visita *v = arg;

    printf("hola, %s\n", v->nombre);
    return 0;
}

static int recibir(as_group *grupo)
{
    struct visita *v = malloc(sizeof *v);
    if (!v)
        return UV_ENOMEM;
    *v = (struct visita){.desde = "la sala", .nombre = "Ana"};
    int rc = as_start_soon(grupo, "saludo", saludar, v);
    free(v);
    return rc;
}
/* [/saludo] */

#endif
