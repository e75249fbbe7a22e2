/*
 * 2 · Arreglar · 8 minutos
 * Un permiso que no vuelve.
 *
 * Hay dos probadores y seis clientas. A la que no le vale la talla se va, y con
 * ella se va la llave del probador. Haz que todas pasen.
 */
#include <asinc/asinc.h>
#include <stdio.h>

static as_semaphore probadores;

struct clienta {
    const char *nombre;
    int vale; /* 0: la talla no le vale */
};

static int probarse(void *arg)
{
    const struct clienta *c = arg;

    int rc = as_semaphore_acquire(&probadores);
    if (rc < 0)
        return rc;
    rc = as_sleep(100);
    if (!c->vale) {
        printf("%s se va\n", c->nombre);
        return rc;
    }
    printf("%s se lo lleva\n", c->nombre);
    as_semaphore_release(&probadores);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct clienta clientas[] = {{"Ana", 1},  {"Bea", 0},  {"Cora", 1},
                                 {"Dora", 0}, {"Elsa", 1}, {"Fe", 1}};

    as_semaphore_init(&probadores, 2);
    int rc = as_gather_each(probarse, clientas, 6, sizeof *clientas,
                            NULL);
    printf("%s\n", rc == 0 ? "cerramos" : "algo fue mal");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
