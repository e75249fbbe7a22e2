/*
 * 2 · Predecir · 6 minutos
 * Un ámbito de cinco segundos dentro de uno de tres, y un trabajo de cuatro.
 *
 * ¿Quién corta? ¿Y si el de dentro es de dos? Escribe las cuatro líneas.
 *
 * predicción:
 * el de dentro: cancelado
 * el de fuera: tiempo agotado
 * el de dentro: tiempo agotado
 * el de fuera: tiempo agotado
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

static const char *nombre(int rc)
{
    return rc == UV_ECANCELED   ? "cancelado"
           : rc == UV_ETIMEDOUT ? "tiempo agotado"
                                : "bien";
}

static int probar(int ms_dentro)
{
    as_scope fuera, dentro;

    as_scope_enter(&fuera, 3000);
    as_scope_enter(&dentro, ms_dentro);
    int rc = as_scope_leave(&dentro, as_sleep(4000));
    printf("el de dentro: %s\n", nombre(rc));
    rc = as_scope_leave(&fuera, rc);
    printf("el de fuera: %s\n", nombre(rc));
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = probar(5000);

    return rc < 0 ? rc : probar(2000);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
