/* La escalera de limpieza, con una cancelación en lo más alto. */
#include <asinc/asinc.h>
#include <stdio.h>

/* Aquí se abriría un archivo o una conexión, y podría fallar. */
static int abrir(const char *que)
{
    printf("abro %s\n", que);
    return 0;
}

static void cerrar(const char *que)
{
    printf("cierro %s\n", que);
}

/* [usar] */
static int usar_los_tres(void)
{
    int rc = abrir("A");
    if (rc < 0)
        return rc;
    rc = abrir("B");
    if (rc < 0)
        goto cerrar_a;
    rc = abrir("C");
    if (rc < 0)
        goto cerrar_b;

    rc = as_sleep(1000); /* usarlos */

    cerrar("C");
cerrar_b:
    cerrar("B");
cerrar_a:
    cerrar("A");
    return rc;
}
/* [/usar] */

static int principal(void *arg)
{
    (void)arg;
    as_scope plazo;

    as_scope_enter(&plazo, 300);
    int rc = as_scope_leave(&plazo, usar_los_tres());
    printf("usar_los_tres: %s\n", rc < 0 ? as_error_text(rc) : "bien");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
