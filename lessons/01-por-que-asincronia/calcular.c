/* Dos cálculos, uno detrás de otro y por turnos. */
#include <stdio.h>

enum { HASTA = 3000, TURNO = 500 };

/* [calculo] */
struct cuenta {
    int siguiente, primos;
    long divisiones;
};

/* Mira los números que faltan, `cuantos` como mucho. */
static void avanzar(struct cuenta *c, int cuantos)
{
    while (cuantos > 0 && c->siguiente < HASTA) {
        int n = c->siguiente, d = 2;
        while (n % d != 0)
            d++;
        c->divisiones += d - 1; /* probó con 2, 3... hasta d */
        if (d == n)
            c->primos++; /* solo lo divide él mismo */
        c->siguiente++;
        cuantos--;
    }
}
/* [/calculo] */

static void ensenar(const char *como, struct cuenta a, struct cuenta b)
{
    printf("%s: %d y %d primos, %ld divisiones\n", como, a.primos,
           b.primos, a.divisiones + b.divisiones);
}

int main(void)
{
    /* [comparar] */
    struct cuenta a = {.siguiente = 2}, b = {.siguiente = 2};
    avanzar(&a, HASTA);
    avanzar(&b, HASTA);
    ensenar("en fila", a, b);

    struct cuenta c = {.siguiente = 2}, d = {.siguiente = 2};
    while (c.siguiente < HASTA || d.siguiente < HASTA) {
        avanzar(&c, TURNO);
        avanzar(&d, TURNO);
    }
    ensenar("por turnos", c, d);
    /* [/comparar] */
    return 0;
}
