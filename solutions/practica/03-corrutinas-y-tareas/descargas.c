/*
 * 2 · Predecir · 6 minutos
 * Cinco descargas, y dos que tardan lo mismo que otras dos.
 *
 * Escribe entre las dos marcas las diez líneas. Dos pistas: una tarea recién
 * creada no corre hasta que la actual se suspende, y a igual plazo despierta
 * antes quien se durmió antes.
 *
 * predicción:
 * empieza la 1
 * empieza la 2
 * empieza la 3
 * empieza la 4
 * empieza la 5
 * termina la 2
 * termina la 4
 * termina la 3
 * termina la 1
 * termina la 5
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

struct descarga {
    int numero, segundos;
};

static int descargar(void *arg)
{
    const struct descarga *d = arg;

    printf("empieza la %d\n", d->numero);
    int rc = as_sleep(d->segundos * 1000);
    if (rc == 0)
        printf("termina la %d\n", d->numero);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct descarga descargas[] = {{1, 3}, {2, 1}, {3, 2}, {4, 1}, {5, 3}};

    return as_gather_each(descargar, descargas, 5, sizeof *descargas, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
