/*
 * 4 · Construir · 20 minutos
 * Reunir con casillas: que el error de una no cancele a las demás.
 *
 * Escribe `reunir_todas`: lanza una tarea por elemento, las espera a todas y deja en
 * casillas[i] lo que devolvió la i. Devuelve cuántas fallaron. Ninguna debe cancelar
 * a otra: en mini.h, quien cancela es el código negativo que devuelve la función de la
 * tarea, así que la función que lances debe guardar ese código y devolver otra cosa.
 * Caben diez elementos como mucho.
 */
#include "../../../lessons/16-por-dentro/mini.h"

#include <stdio.h>

struct encargo {
    as_fn *fn;
    void *arg;
    int *casilla;
};

static int anotar(void *arg)
{
    const struct encargo *e = arg;

    *e->casilla = e->fn(e->arg);
    return 0;
}

static int reunir_todas(as_fn *fn, void *datos, size_t n, size_t bytes, int *casillas)
{
    struct encargo encargos[10];
    int fallos = 0;

    for (size_t i = 0; i < n; i++)
        encargos[i] = (struct encargo){fn, (char *)datos + i * bytes, &casillas[i]};
    int rc = as_gather_each(anotar, encargos, n, sizeof *encargos, NULL);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++)
        fallos += casillas[i] < 0;
    return fallos;
}

static int consultar(void *arg)
{
    const int *ms = arg;

    int rc = as_sleep(*ms);
    if (rc < 0)
        return rc;
    return *ms == 40 ? UV_ECONNREFUSED : 0;
}

static int principal(void *arg)
{
    (void)arg;
    int esperas[] = {160, 40, 100}, casillas[] = {1, 1, 1};

    int fallos = reunir_todas(consultar, esperas, 3, sizeof *esperas, casillas);
    printf("%d fallos a los %d ms\n", fallos, (int)as_now());
    for (int i = 0; i < 3; i++)
        printf("%d ms: %s\n", esperas[i],
               casillas[i] < 0 ? as_error_text(casillas[i]) : "todo bien");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
