/* Una tarea que recoge su propia pila antes de irse. */
#include "mini.h"

#include <stdio.h>

static int ordenada(void *arg)
{
    (void)arg;
    /* [tarea] */
    puts("recojo lo mío y me voy");
    fflush(stdout);
    munmap(actual->pila, PILA); /* mal: está corriendo en ella */
    /* [/tarea] */
    return 0;
}

int main(void)
{
    return as_run(ordenada, NULL) < 0;
}
