/*
 * 3 · Arreglar · 8 minutos
 * Tres trabajos de dos segundos, y el programa tarda seis.
 *
 * Haz que los tres esperen a la vez: el total debe ser de 2 s. No toques
 * `trabajar`: recibe el nombre, y no la dirección de un elemento de `nombres`.
 */
#include <asinc/asinc.h>
#include <stdio.h>

static int trabajar(void *arg)
{
    const char *nombre = arg;

    int rc = as_sleep(2000);
    if (rc == 0)
        printf("%s, hecho\n", nombre);
    return rc;
}

static int hacer_todo(void)
{
    const char *const nombres[] = {"pan", "leche", "fruta"};

    for (int i = 0; i < 3; i++) {
        int rc = trabajar((void *)nombres[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();

    int rc = hacer_todo();
    if (rc == 0)
        printf("en total, %d s\n", (int)(as_now() - inicio) / 1000);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
