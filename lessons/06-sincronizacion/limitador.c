/* Ejercicio 5: no más de tres peticiones en ningún segundo. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { MAXIMO = 3, VENTANA_MS = 1000, PETICIONES = 10 };

/* [limitador] */
struct limitador {
    as_lock turno; /* quien lo tiene es el primero de la fila */
    uint64_t pasos[MAXIMO]; /* cuándo pasaron los últimos */
    int total;
};

static int esperar_turno(struct limitador *l)
{
    int rc = as_lock_acquire(&l->turno);
    if (rc < 0)
        return rc;

    /* El más antiguo de los últimos debe haber salido de la ventana. */
    uint64_t *antiguo = &l->pasos[l->total % MAXIMO];
    int64_t falta = (int64_t)(*antiguo + VENTANA_MS - as_now());
    if (l->total >= MAXIMO && falta > 0) {
        if (falta > 50) /* menos no se nota */
            printf("  Límite alcanzado: espero %.1f s\n",
                   (double)falta / 1000);
        rc = as_sleep(falta);
    }
    if (rc == 0) {
        *antiguo = as_now();
        l->total++;
    }
    as_lock_release(&l->turno);
    return rc;
}
/* [/limitador] */

/* [pedir] */
struct peticion {
    struct limitador *limitador;
    int numero;
};

static int pedir(void *arg)
{
    const struct peticion *p = arg;

    int rc = esperar_turno(p->limitador);
    if (rc == 0)
        printf("Petición %d\n", p->numero);
    return rc;
}
/* [/pedir] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct limitador limitador = {0};
    struct peticion peticiones[PETICIONES];

    as_lock_init(&limitador.turno);
    for (int i = 0; i < PETICIONES; i++)
        peticiones[i] = (struct peticion){&limitador, i + 1};

    uint64_t inicio = as_now();
    int rc = as_gather_each(pedir, peticiones, PETICIONES,
                            sizeof *peticiones, NULL);
    double segundos = (double)(as_now() - inicio) / 1000;
    if (rc == 0)
        printf("%d peticiones en %.1f s: %.1f por segundo\n",
               PETICIONES, segundos, PETICIONES / segundos);
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
