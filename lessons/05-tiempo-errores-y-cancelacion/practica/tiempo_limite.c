/*
 * 1 · Predecir · 6 minutos
 * Tres operaciones y tres segundos para cada una.
 *
 * Escribe entre las dos marcas las cinco líneas que escribirá el programa.
 *
 * predicción:
 *
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { LIMITE_MS = 3000 };

struct operacion {
    const char *nombre;
    int segundos;
};

static int operar(const struct operacion *o)
{
    int rc = as_sleep(o->segundos * 1000);

    if (rc == UV_ECANCELED)
        printf("%s: recojo y me voy\n", o->nombre);
    return rc;
}

static int con_limite(const struct operacion *o)
{
    as_scope plazo;

    as_scope_enter(&plazo, LIMITE_MS);
    return as_scope_leave(&plazo, operar(o));
}

static int principal(void *arg)
{
    (void)arg;
    const struct operacion operaciones[] = {
        {"consulta", 2}, {"copia", 5}, {"informe", 10}};
    uint64_t inicio = as_now();

    for (int i = 0; i < 3; i++) {
        int rc = con_limite(&operaciones[i]);
        printf("%s: %s a los %d s\n", operaciones[i].nombre,
               rc == UV_ETIMEDOUT ? "tiempo agotado" : "bien",
               (int)(as_now() - inicio) / 1000);
        if (rc < 0 && rc != UV_ETIMEDOUT)
            return rc;
    }
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
