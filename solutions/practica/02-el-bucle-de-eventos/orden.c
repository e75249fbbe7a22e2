/*
 * 1 · Predecir · 3 minutos
 * ¿En qué orden escriben tres temporizadores y la línea que los arranca?
 *
 * No ejecutes nada todavía. Escribe entre las dos marcas, línea a línea, lo que
 * escribirá el programa. Después, make practica CAP=02 te dice si aciertas.
 *
 * predicción:
 * arranco el bucle
 * cero
 * diez
 * veinte
 * fin
 */
#include <stdio.h>
#include <uv.h>

static void avisa(uv_timer_t *temporizador)
{
    puts(temporizador->data);
    uv_close((uv_handle_t *)temporizador, NULL);
}

int main(void)
{
    uv_loop_t bucle;
    uv_timer_t diez, cero, veinte;

    uv_loop_init(&bucle);
    uv_timer_init(&bucle, &diez);
    uv_timer_init(&bucle, &cero);
    uv_timer_init(&bucle, &veinte);
    diez.data = "diez";
    cero.data = "cero";
    veinte.data = "veinte";

    uv_timer_start(&veinte, avisa, 20, 0);
    uv_timer_start(&diez, avisa, 10, 0);
    uv_timer_start(&cero, avisa, 0, 0);
    puts("arranco el bucle");
    uv_run(&bucle, UV_RUN_DEFAULT);
    return uv_loop_close(&bucle) < 0;
}
