/*
 * 3 · Construir · 15 minutos
 * Un semáforo, en unas diez líneas.
 *
 * Escribe `tomar` y `soltar`. `tomar` se lleva un permiso o, si no quedan, espera en
 * `fila`; devuelve 0, o un código negativo si cancelan la tarea. `soltar` da el
 * permiso a la primera de la fila o, si no hay nadie, lo devuelve. Con dos permisos y
 * cuatro tareas de 100 ms, entran de dos en dos.
 *
 * Las piezas: esperar_en, despertar.
 */
#include "../../../lessons/16-por-dentro/mini.h"

#include <stdio.h>

struct semaforo {
    int permisos;
    as_task *fila;
};

static int tomar(struct semaforo *s)
{
    if (s->permisos == 0)
        return esperar_en(&s->fila, 0); /* soltar me da el suyo */
    s->permisos--;
    return 0;
}

static void soltar(struct semaforo *s)
{
    if (s->fila)
        despertar(s->fila);
    else
        s->permisos++;
}

static struct semaforo hornos = {.permisos = 2};

static int hornear(void *arg)
{
    const int *numero = arg;

    int rc = tomar(&hornos);
    if (rc < 0)
        return rc;
    printf("%3d ms: entra %d\n", (int)as_now(), *numero);
    rc = as_sleep(100);
    soltar(&hornos);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int numeros[] = {1, 2, 3, 4};

    int rc = as_gather_each(hornear, numeros, 4, sizeof *numeros, NULL);
    printf("%3d ms: %d permisos libres\n", (int)as_now(), hornos.permisos);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
