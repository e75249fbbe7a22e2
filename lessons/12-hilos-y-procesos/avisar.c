/* Un hilo que le cuenta al bucle por dónde va. */
#include "primos.h"

/* [trabajo] */
enum { TRAMOS = 4, TRAMO = 2500 };

struct cuenta {
    as_loop *bucle;
    struct aviso {
        int tramo, primos;
    } avisos[TRAMOS];
};

/* Corre en el hilo del bucle. */
static void pintar(void *arg)
{
    const struct aviso *a = arg;

    printf("%3d %%: %d primos\n", 100 * a->tramo / TRAMOS, a->primos);
}

/* Corre en otro hilo. */
static int contar(void *arg)
{
    struct cuenta *c = arg;
    int primos = 0, rc = 0;

    for (int i = 0; i < TRAMOS && rc == 0; i++) {
        for (int n = i * TRAMO; n < (i + 1) * TRAMO; n++)
            primos += es_primo(n);
        c->avisos[i] = (struct aviso){i + 1, primos};
        rc = as_call_soon_threadsafe(c->bucle, pintar, &c->avisos[i]);
    }
    return rc;
}
/* [/trabajo] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct cuenta cuenta = {.bucle = as_current_loop()};

    int rc = as_work(contar, &cuenta);
    if (rc == 0)
        puts("hecho");
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
