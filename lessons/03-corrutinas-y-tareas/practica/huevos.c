/*
 * 5 · Construir · 15 minutos
 * Un temporizador de cocina con varios huevos al fuego.
 *
 * Todos entran en el agua a la vez, y cada uno sale a su tiempo. Al salir, una
 * línea: «minuto 3: pasado por agua». Cuando han salido todos: «a la mesa en el
 * minuto 10». Un minuto son 60 000 milisegundos; con el reloj virtual no se
 * esperan.
 *
 * Si as_spawn devuelve NULL, principal termina con UV_ENOMEM, sin olvidarse de
 * salir del grupo.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { HUEVOS = 3, MINUTO = 60000 };

struct huevo {
    const char *punto;
    int minutos;
};

/* TODO: la función de la tarea de un huevo. */

static int principal(void *arg)
{
    (void)arg;
    struct huevo huevos[HUEVOS] = {
        {"duro", 10}, {"pasado por agua", 3}, {"mollet", 6}};

    /* TODO: un grupo, una tarea por huevo, y la última línea. */
    (void)huevos;
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
