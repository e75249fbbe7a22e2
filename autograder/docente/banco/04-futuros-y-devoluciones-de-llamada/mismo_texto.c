/* Dos cocineros cumplen cada uno su futuro con el nombre del plato. */
#include <asinc/asinc.h>
#include <stdio.h>

struct cocinero {
    int numero, ms;
    as_future plato;
};

static char texto[32];

static int cocinar(void *arg)
{
    struct cocinero *c = arg;

    int rc = as_sleep(c->ms);
    if (rc < 0)
        return rc;
    snprintf(texto, sizeof texto, "plato del cocinero %d", c->numero);
    return as_future_set_result(&c->plato, texto);
}

static int principal(void *arg)
{
    (void)arg;
    struct cocinero cocineros[] = {{.numero = 1, .ms = 10},
                                   {.numero = 2, .ms = 20}};

    for (int i = 0; i < 2; i++)
        as_future_init(&cocineros[i].plato);
    int rc = as_gather_each(cocinar, cocineros, 2, sizeof *cocineros,
                            NULL);
    for (int i = 0; i < 2 && rc == 0; i++) {
        void *plato;
        rc = as_future_wait(&cocineros[i].plato, &plato);
        if (rc == 0)
            puts(plato);
    }
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
