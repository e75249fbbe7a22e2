/*
 * 1 · Predecir · 6 minutos
 * Cinco trabajos, dos permisos y esperas distintas.
 *
 * Escribe entre las dos marcas las cinco líneas: quién acaba y en qué segundo.
 *
 * predicción:
 * B: segundo 1
 * C: segundo 2
 * A: segundo 3
 * E: segundo 4
 * D: segundo 6
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

static as_semaphore permisos;
static uint64_t inicio;

struct trabajo {
    char nombre;
    int segundos;
};

static int trabajar(void *arg)
{
    const struct trabajo *t = arg;

    int rc = as_semaphore_acquire(&permisos);
    if (rc < 0)
        return rc;
    rc = as_sleep(t->segundos * 1000);
    printf("%c: segundo %d\n", t->nombre, (int)(as_now() - inicio) / 1000);
    as_semaphore_release(&permisos);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct trabajo trabajos[] = {{'A', 3}, {'B', 1}, {'C', 1}, {'D', 4}, {'E', 1}};

    inicio = as_now();
    as_semaphore_init(&permisos, 2);
    return as_gather_each(trabajar, trabajos, 5, sizeof *trabajos, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
