/* Un semáforo de dos permisos para cinco tareas. */
#include "mini.h"

#include <stdio.h>

static int permisos = 2, dentro, maximo;
static as_task *fila;

static int tomar(void)
{
    if (permisos > 0) {
        permisos--;
        return 0;
    }
    return esperar_en(&fila, 0);
}

static void soltar(void)
{
    permisos++;
    if (fila)
        despertar(fila);
}

static int trabajar(void *arg)
{
    const int *llega = arg;

    int rc = as_sleep(*llega);
    if (rc == 0)
        rc = tomar();
    if (rc < 0)
        return rc;
    dentro++;
    if (dentro > maximo)
        maximo = dentro;
    rc = as_sleep(100);
    dentro--;
    soltar();
    return rc;
}

static int principal(void *arg)
{
    int llegan[] = {0, 0, 0, 150, 150};
    (void)arg;

    int rc = as_gather_each(trabajar, llegan, 5, sizeof *llegan, NULL);
    printf("a la vez: %d\n", maximo);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
