/* Lo que comparten los programas del capítulo. */
#ifndef PRIMOS_H
#define PRIMOS_H

#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

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

/* La cuenta exacta cambia de una vez a otra: hay que pedirla. */
static inline void decir_latidos(int cuantos, int ms)
{
    if (getenv("CUENTA"))
        printf("mientras tanto, %d latidos de %d\n", cuantos,
               ms / CADA_MS);
    else if (cuantos == 0)
        puts("mientras tanto, ningún latido");
    else if (cuantos <= 7)
        puts("mientras tanto, entre uno y siete latidos");
    else
        puts("mientras tanto, más de siete latidos");
}

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
    uint64_t inicio = as_now();
    if (rc == 0)
        rc = funcion(arg);
    decir_latidos(latidos, (int)(as_now() - inicio));
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}
/* [/latir] */

#endif
