/*
 * 3 · Arreglar · 8 minutos · sanitizers
 * El futuro muere antes que quien lo espera.
 *
 * `pedir` prepara un futuro, lanza a quien lo cumplirá y devuelve su dirección.
 * ¿Dónde vive ese futuro? Arréglalo sin usar malloc: `pedir` puede cambiar de
 * parámetros.
 */
#include <asinc/asinc.h>
#include <stdio.h>

static int cocinar(void *arg)
{
    int rc = as_sleep(100);

    return rc < 0 ? rc : as_future_set_result(arg, "tortilla");
}

/* El resguardo es de quien espera. */
static int pedir(as_group *cocina, as_future *resguardo)
{
    as_future_init(resguardo);
    return as_start_soon(cocina, "cocinero", cocinar, resguardo);
}

static int principal(void *arg)
{
    (void)arg;
    as_future resguardo;
    as_group cocina;
    void *plato;

    as_group_enter(&cocina);
    int rc = pedir(&cocina, &resguardo);
    if (rc == 0)
        rc = as_future_wait(&resguardo, &plato);
    if (rc == 0)
        printf("servida la %s\n", (const char *)plato);
    return as_group_leave(&cocina, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
