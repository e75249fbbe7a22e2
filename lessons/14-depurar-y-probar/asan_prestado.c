/* Una tarea que recibe memoria que ya se liberó. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* [tareas] */
static int saludar(void *arg)
{
    printf("hola, %s\n", (const char *)arg);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;
    char *nombre = strdup("Ana");

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "saludo", saludar, nombre);
    free(nombre); /* mal: la tarea aún no ha corrido */
    return as_group_leave(&grupo, rc);
}
/* [/tareas] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
