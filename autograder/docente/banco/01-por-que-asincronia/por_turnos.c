/* Dos cálculos que se reparten un solo procesador. */
#include <stdio.h>

static int hechos; /* pasos de cálculo que lleva el programa */

static void avanzar(const char *nombre, int *quedan, int cuantos)
{
    while (*quedan > 0 && cuantos > 0) {
        hechos++;
        cuantos--;
        *quedan -= 1;
        if (*quedan == 0)
            printf("%s acaba en el paso %d\n", nombre, hechos);
    }
}

int main(void)
{
    int largo = 6, corto = 3;

    avanzar("largo", &largo, 6);
    avanzar("corto", &corto, 3);

    largo = 6, corto = 3, hechos = 0;
    while (largo > 0 || corto > 0) {
        avanzar("largo", &largo, 2);
        avanzar("corto", &corto, 2);
    }
    return 0;
}
