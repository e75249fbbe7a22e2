/*
 * 2 · Predecir · 5 minutos
 * ¿Espera o calcula?
 *
 * El programa mide cuánto procesador gasta cada una de estas cuatro funciones y
 * escribe una línea por función: «a: espera» o «a: calcula». Decide las cuatro
 * líneas leyendo el código. Solo a las que esperan les sirve la asincronía.
 *
 * predicción:
 * a: calcula
 * b: espera
 * c: espera
 * d: calcula
 * fin
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static unsigned azar = 1;

static int por_tamano(const void *a, const void *b)
{
    const unsigned *x = a, *y = b;

    if (*x == *y)
        return 0;
    return *x < *y ? -1 : 1;
}

static void funcion_a(void) /* ordena medio millón de números */
{
    static unsigned numeros[500000];

    for (int i = 0; i < 500000; i++) {
        azar = azar * 1664525 + 1013904223;
        numeros[i] = azar;
    }
    qsort(numeros, 500000, sizeof *numeros, por_tamano);
}

static void funcion_b(void) /* deja el trabajo a otro proceso */
{
    if (fork() == 0) {
        usleep(80000);
        _exit(0);
    }
    wait(NULL);
}

static void funcion_c(void) /* mira si alguien escribe */
{
    int tubo[2];

    if (pipe(tubo) != 0)
        return;
    poll(&(struct pollfd){.fd = tubo[0], .events = POLLIN}, 1, 80);
    close(tubo[0]);
    close(tubo[1]);
}

static void funcion_d(void) /* deja pasar el tiempo, mirando el reloj */
{
    clock_t fin = clock() + CLOCKS_PER_SEC / 20;

    while (clock() < fin)
        continue;
}

int main(void)
{
    void (*const funciones[])(void) = {funcion_a, funcion_b, funcion_c, funcion_d};

    for (int i = 0; i < 4; i++) {
        clock_t antes = clock();
        funciones[i]();
        clock_t gastado = clock() - antes; /* procesador, no tiempo de reloj */
        printf("%c: %s\n", 'a' + i,
               gastado > CLOCKS_PER_SEC / 100 ? "calcula" : "espera");
    }
    return 0;
}
