/*
 * 1 · Predecir · 4 minutos
 * ¿Cuánto duran las mismas esperas, puestas de cuatro maneras?
 *
 * Tres esperas: 300, 200 y 500 milisegundos. Calcula a mano lo que escribirá el
 * programa y ponlo, línea a línea, entre las dos marcas. Después, make practica
 * CAP=01 te dice si aciertas.
 *
 * predicción:
 * en fila: 1000
 * las tres a la vez: 500
 * a, y después b y c a la vez: 800
 * a y b en fila, a la vez que c: 500
 * fin
 */
#include <stdio.h>

/* Primero una y después la otra. */
static int luego(int antes, int despues)
{
    return antes + despues;
}

/* Las dos empiezan a la vez, y hay que esperar a que acaben ambas. */
static int a_la_vez(int una, int otra)
{
    return una > otra ? una : otra;
}

int main(void)
{
    int a = 300, b = 200, c = 500;

    printf("en fila: %d\n", luego(luego(a, b), c));
    printf("las tres a la vez: %d\n", a_la_vez(a_la_vez(a, b), c));
    printf("a, y después b y c a la vez: %d\n", luego(a, a_la_vez(b, c)));
    printf("a y b en fila, a la vez que c: %d\n", a_la_vez(luego(a, b), c));
    return 0;
}
