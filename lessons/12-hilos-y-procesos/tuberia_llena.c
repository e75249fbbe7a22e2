/* Esperar a un proceso sin leer lo que dice. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [esperar] */
static int contar_hasta(const char *cuanto)
{
    const char *argv[] = {"seq", cuanto, NULL};
    const as_process_options opciones = {.out = AS_PIPE};
    as_process *seq;
    as_scope plazo;

    int rc = as_process_spawn(argv, &opciones, &seq);
    if (rc < 0)
        return rc;
    as_scope_enter(&plazo, 300);
    rc = as_scope_leave(&plazo, as_process_wait(seq, NULL));
    printf("seq %s: %s\n", cuanto,
           rc < 0 ? as_error_text(rc) : "acabó");
    as_process_close(seq);
    return rc == UV_ETIMEDOUT ? 0 : rc;
}
/* [/esperar] */

static int principal(void *arg)
{
    (void)arg;
    int rc = contar_hasta("10");

    return rc < 0 ? rc : contar_hasta("100000");
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
