/* Dos cálculos, uno detrás de otro y por turnos. */
#include <stdio.h>

enum { HASTA = 3000, TURNO = 500 };

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

/* Si `una` ha acabado, lo dice, con las divisiones de las dos. */
static void avisar(const char *cual, const struct cuenta *una,
                   const struct cuenta *otra)
{
    if (una->siguiente == HASTA)
        printf("%s: %d primos, y van %ld divisiones\n", cual,
               una->primos, una->divisiones + otra->divisiones);
}

int main(void)
{
    /* [comparar] */
    struct cuenta a = {.siguiente = 2}, b = {.siguiente = 2};
    avanzar(&a, HASTA);
    avisar("en fila, la primera", &a, &b);
    avanzar(&b, HASTA);
    avisar("en fila, la segunda", &b, &a);

    struct cuenta c = {.siguiente = 2}, d = {.siguiente = 2};
    while (d.siguiente < HASTA) {
        avanzar(&c, TURNO);
        avisar("por turnos, la primera", &c, &d);
        avanzar(&d, TURNO);
        avisar("por turnos, la segunda", &d, &c);
    }
    /* [/comparar] */
    return 0;
}
