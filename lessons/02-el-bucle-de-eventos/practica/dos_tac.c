/*
 * 3 · Arreglar · 6 minutos
 * Dos temporizadores, y los dos dicen «tac».
 *
 * El primero debía decir «tic». Busca por qué no lo dice y arréglalo.
 */
#include <stdio.h>
#include <uv.h>

static void sonar(uv_timer_t *temporizador)
{
    const char **sonido = temporizador->data;

    puts(*sonido);
    uv_close((uv_handle_t *)temporizador, NULL);
}

int main(void)
{
    uv_loop_t bucle;
    uv_timer_t uno, otro;
    const char *sonido;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    sonido = "tic";
    uv_timer_init(&bucle, &uno);
    uno.data = &sonido;
    uv_timer_start(&uno, sonar, 10, 0);

    sonido = "tac";
    uv_timer_init(&bucle, &otro);
    otro.data = &sonido;
    uv_timer_start(&otro, sonar, 20, 0);

    uv_run(&bucle, UV_RUN_DEFAULT);
    return uv_loop_close(&bucle) < 0;
}
