/* Contar primos en otro proceso, que se puede matar. */
#include "primos.h"
#include <stdlib.h>

/* [hijo] */
/* Lo que hace el programa con un número: contar, y nada más. */
static int ser_el_hijo(const char *hasta)
{
    const int tope = atoi(hasta);
    int primos = 0;

    for (int n = 2; n < tope; n++)
        primos += es_primo(n);
    printf("%d primos\n", primos);
    return 0;
}
/* [/hijo] */

/* [contar] */
static int contar(void *arg)
{
    /* Este mismo programa, como lo llama Linux, con un número. */
    const char *argv[] = {"/proc/self/exe", arg, NULL};
    const as_process_options opciones = {.out = AS_PIPE};
    as_process_output dicho = {0};
    as_process *hijo;

    int rc = as_process_spawn(argv, &opciones, &hijo);
    if (rc < 0)
        return rc;
    rc = as_process_communicate(hijo, NULL, 0, 100, &dicho);
    as_process_close(hijo); /* si sigue vivo, lo mata */
    if (rc == 0)
        printf("%s", dicho.out);
    as_process_output_clear(&dicho);
    return rc;
}
/* [/contar] */

/* [plazo] */
static int con_plazo(void *arg)
{
    as_scope plazo;

    as_scope_enter(&plazo, 100);
    int rc = as_scope_leave(&plazo, contar(arg));
    printf("%s\n", as_error_text(rc));
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    char pocos[] = "40000", muchos[] = "1000000000";

    int rc = medir(contar, pocos);
    if (rc == 0)
        rc = medir(con_plazo, muchos);
    return rc;
}
/* [/plazo] */

int main(int argc, char **argv)
{
    if (argc > 1)
        return ser_el_hijo(argv[1]);
    return as_run(principal, NULL) < 0;
}
