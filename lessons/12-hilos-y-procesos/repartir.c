/* Contar primos con cuatro hilos, y dejarlo a la mitad. */
#include "primos.h"

/* [trabajo] */
enum { PARTES = 4 };

struct parte {
    int desde, salto, hasta;
    int primos; /* los de esta parte; solo los toca su hilo */
};

/* Corre en otro hilo. */
static int contar_parte(void *arg)
{
    struct parte *p = arg;

    for (int n = p->desde; n < p->hasta; n += p->salto) {
        if (as_work_cancelled())
            return UV_ECANCELED;
        p->primos += es_primo(n);
    }
    return 0;
}

/* Corre en el bucle. */
static int encargar(void *arg)
{
    return as_work(contar_parte, arg);
}
/* [/trabajo] */

/* [repartir] */
static int contar(void *arg)
{
    const int *hasta = arg;
    struct parte partes[PARTES];
    int total = 0;

    for (int i = 0; i < PARTES; i++)
        partes[i] = (struct parte){2 + i, PARTES, *hasta, 0};
    int rc = as_gather_each(encargar, partes, PARTES, sizeof *partes,
                            NULL);
    for (int i = 0; i < PARTES; i++)
        total += partes[i].primos;
    if (rc == 0)
        printf("%d primos\n", total);
    return rc;
}
/* [/repartir] */

/* [plazo] */
static int con_plazo(void *arg)
{
    as_scope plazo;

    as_scope_enter(&plazo, 100);
    int rc = as_scope_leave(&plazo, contar(arg));
    printf("%s\n", as_error_text(rc));
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int pocos = 60000, muchos = 1000000000;

    int rc = medir(contar, &pocos);
    if (rc == 0)
        rc = medir(con_plazo, &muchos);
    return rc;
}
/* [/plazo] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
