#include <asinc/asinc.h>
#include <stdio.h>

enum { LIMITE_MS = 3000 };

struct operacion {
    const char *nombre;
    int segundos;
};

/* [operacion] */
static int operar(const struct operacion *o)
{
    int rc = as_sleep(o->segundos * 1000);

    if (rc == UV_ECANCELED)
        printf("  %s: cancelada, recojo y me voy\n", o->nombre);
    return rc;
}
/* [/operacion] */

/* [limite] */
static int con_limite(const struct operacion *o)
{
    as_scope plazo;

    as_scope_enter(&plazo, LIMITE_MS, 0);
    return as_scope_leave(&plazo, operar(o));
}
/* [/limite] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    const struct operacion operaciones[] = {
        {"consulta", 2}, {"tarea larga", 5}, {"informe", 10}};

    for (int i = 0; i < 3; i++) {
        uint64_t inicio = as_now();
        int rc = con_limite(&operaciones[i]);
        printf("%s: %s a los %.0f s\n", operaciones[i].nombre,
               rc < 0 ? as_strerror(rc) : "completada",
               (double)(as_now() - inicio) / 1000);
        if (rc < 0 && rc != UV_ETIMEDOUT)
            return rc;
    }
    return 0;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
