/* Quien insiste tras cualquier código insiste también tras el «basta». */
#include <asinc/asinc.h>
#include <stdio.h>

static uint64_t inicio;

/* A los 700 ms, el servicio rechaza la conexión. */
static int consultar(void)
{
    int rc = as_sleep(700);
    return rc < 0 ? rc : UV_ECONNREFUSED;
}

/* [insistir] */
static int insistir(void)
{
    int rc = UV_ECONNREFUSED;

    for (int i = 1; i <= 3 && rc < 0; i++) {
        rc = consultar();
        printf("%4d ms: intento %d: %s\n", (int)(as_now() - inicio), i,
               as_error_text(rc));
    }
    return rc;
}
/* [/insistir] */

static int principal(void *arg)
{
    (void)arg;
    as_scope plazo;

    inicio = as_now();
    as_scope_enter(&plazo, 1000);
    int rc = as_scope_leave(&plazo, insistir());
    printf("al salir: %s\n", as_error_text(rc));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
