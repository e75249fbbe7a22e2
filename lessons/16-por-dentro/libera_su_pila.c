/* Una tarea que recoge su propia pila antes de irse. */
#include "mini.h"

#include <stdio.h>

/* [tarea] */
static int ordenada(void *arg)
{
    (void)arg;
    puts("recojo lo mío y me voy");
    fflush(stdout);
    munmap(actual->pila, PILA); /* mal: está corriendo en ella */
    return 0;
}
/* [/tarea] */

int main(void)
{
    return as_run(ordenada, NULL) < 0;
}
