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

static int cocer(void *arg)
{
    const struct huevo *h = arg;

    int rc = as_sleep(h->minutos * MINUTO);
    if (rc == 0)
        printf("minuto %d: %s\n", h->minutos, h->punto);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct huevo huevos[HUEVOS] = {{"duro", 10}, {"pasado por agua", 3}, {"mollet", 6}};
    uint64_t inicio = as_now();
    int rc = 0;
    as_group fuego;

    as_group_enter(&fuego);
    for (int i = 0; i < HUEVOS && rc == 0; i++) {
        if (!as_spawn(&fuego, huevos[i].punto, cocer, &huevos[i]))
            rc = UV_ENOMEM;
    }
    rc = as_group_leave(&fuego, rc);
    if (rc == 0)
        printf("a la mesa en el minuto %d\n", (int)((as_now() - inicio) / MINUTO));
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
