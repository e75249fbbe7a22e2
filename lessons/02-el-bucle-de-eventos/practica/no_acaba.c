/*
 * 2 · Arreglar · 6 minutos
 * ¿Por qué no acaba este programa?
 *
 * Debe escribir «latido» tres veces y terminar. Escribe los tres latidos y sigue
 * vivo para siempre. Arréglalo sin quitar el temporizador ni llamar a exit.
 */
#include <stdio.h>
#include <uv.h>

static int latidos;

static void latir(uv_timer_t *temporizador)
{
    (void)temporizador;
    if (latidos < 3)
        printf("latido %d\n", ++latidos);
}

int main(void)
{
    uv_loop_t bucle;
    uv_timer_t temporizador;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &temporizador);
    uv_timer_start(&temporizador, latir, 10, 10);
    uv_run(&bucle, UV_RUN_DEFAULT);
    printf("fin, y el bucle se cerró %s\n",
           uv_loop_close(&bucle) == 0 ? "bien" : "mal");
    return 0;
}
