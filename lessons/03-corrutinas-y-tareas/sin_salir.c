/* Salir de la función y no del grupo: acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

static int saludar(void *arg)
{
    (void)arg;
    puts("Hola");
    return 0;
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    as_group_enter(&grupo);
    return as_start_soon(&grupo, "saludo", saludar, NULL);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
