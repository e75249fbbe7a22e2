/*
 * 3 · Arreglar · 5 minutos
 * Un panel asíncrono tarda lo que el servicio más lento, y este suma.
 *
 * `duracion` debe decir cuánto tarda un panel que espera a todos los servicios a
 * la vez. Arréglala. También con un panel sin servicios, que no tarda nada.
 */
#include <stdio.h>

static int duracion(const int *esperas, int cuantas)
{
    int mayor = 0;

    for (int i = 0; i < cuantas; i++) {
        if (esperas[i] > mayor)
            mayor = esperas[i];
    }
    return mayor;
}

int main(void)
{
    const int servicios[] = {160, 40, 100, 260};

    printf("cuatro servicios: %d ms\n", duracion(servicios, 4));
    printf("los tres primeros: %d ms\n", duracion(servicios, 3));
    printf("ninguno: %d ms\n", duracion(servicios, 0));
    return 0;
}
