/*
 * 3 · Arreglar · 8 minutos
 * Una transferencia que se queda a medias.
 *
 * `empezar` y `terminar` son la transacción de esta base de datos de mentira:
 * `terminar(rc)` deshace si rc es un error, confirma si no lo es, y devuelve rc.
 * Úsalas para que entre las dos cuentas haya siempre 100 euros.
 */
#include "lessons/13-bases-de-datos/falsa.h"

static int ana = 100, luis;
static struct {
    int ana, luis;
} antes;

static void empezar(void)
{
    antes.ana = ana;
    antes.luis = luis;
}

static int terminar(int rc)
{
    if (rc < 0) {
        ana = antes.ana;
        luis = antes.luis;
    }
    return rc;
}

static int sumar(int *cuenta, int euros)
{
    int rc = as_sleep(10);

    if (rc < 0)
        return rc;
    if (*cuenta + euros < 0)
        return as_error_set(UV_EINVAL, "no hay %d euros", -euros);
    *cuenta += euros;
    return 0;
}

static int transferir(int euros)
{
    empezar();
    int rc = sumar(&luis, euros);
    if (rc == 0)
        rc = sumar(&ana, -euros);
    return terminar(rc); /* también si venció el plazo */
}

/* Con un plazo, que en la tercera vence a la mitad. */
static int probar(int euros, int ms)
{
    as_scope plazo;

    as_scope_enter(&plazo, ms);
    int rc = as_scope_leave(&plazo, transferir(euros));
    printf("%d: %s; Ana %d, Luis %d, entre los dos %d\n", euros,
           rc < 0 ? as_error_text(rc) : "hecha", ana, luis, ana + luis);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = probar(30, 1000);

    if (rc == 0)
        rc = probar(500, 1000);
    if (rc == 0)
        rc = probar(20, 15);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
