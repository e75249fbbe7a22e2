/* Lo que comparten los programas del capítulo. */
#ifndef PRIMOS_H
#define PRIMOS_H

#include <asinc/asinc.h>
#include <stdio.h>

enum { HASTA = 40000, CADA_MS = 2 };

/* [primo] */
/* Despacio a propósito: prueba todos los divisores. */
static inline bool es_primo(int n)
{
    int d = 2;

    while (d < n && n % d != 0)
        d++;
    return d == n;
}
/* [/primo] */

/* [latir] */
static int latidos;

/* El resto del programa: lo que no puede esperar. */
static inline int latir(void *arg)
{
    (void)arg;
    int rc;

    while ((rc = as_sleep(CADA_MS)) == 0)
        latidos++;
    return rc;
}

/* Llama a la función mientras late, y dice cuánto latió. */
static inline int medir(as_fn *funcion, void *arg)
{
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "corazón", latir, NULL);
    if (rc == 0)
        rc = as_sleep(3 * CADA_MS); /* que empiece a latir */
    latidos = 0;
    if (rc == 0)
        rc = funcion(arg);
    if (latidos > 3)
        puts("mientras tanto, más de tres latidos");
    else
        printf("mientras tanto, %d latidos\n", latidos);
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}
/* [/latir] */

#endif
