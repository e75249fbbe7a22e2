/*
 * 2 · Arreglar · 8 minutos
 * Cuatro hilos suman en la misma variable, y se pierde casi todo.
 *
 * La suma de los números del 1 al 4000 es 8002000. Este programa no la acierta nunca:
 * cada hilo lee `total`, y antes de que lo escriba, otro ya lo ha leído. El usleep
 * no tiene la culpa; solo hace que se vea. Déjalo donde está.
 *
 * No hace falta ningún cerrojo: que cada hilo toque solo lo suyo.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <unistd.h>

enum { PARTES = 4, TAMANO = 1000 };

struct parte {
    int desde;
    long suma;
};

static long total;

static int sumar(void *arg)
{
    struct parte *p = arg;

    for (int n = p->desde; n < p->desde + TAMANO; n++)
        p->suma += n;
    usleep(20000); /* el sistema da el turno a otro hilo */
    return 0;
}

static int encargar(void *arg)
{
    const struct parte *p = arg;

    int rc = as_work(sumar, arg);
    if (rc == 0)
        total += p->suma; /* ya en el hilo del bucle */
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct parte partes[PARTES];

    for (int i = 0; i < PARTES; i++)
        partes[i] = (struct parte){1 + i * TAMANO, 0};
    int rc = as_gather_each(encargar, partes, PARTES, sizeof *partes, NULL);
    printf("suman %ld\n", total);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
