/* Un temporizador que se cierra y avisa de que se ha cerrado. */
#include <stdio.h>
#include <uv.h>

static void cerrado(uv_handle_t *apunte)
{
    (void)apunte;
    puts("tachado");
}

static void disparo(uv_timer_t *temporizador)
{
    puts("disparo");
    uv_close((uv_handle_t *)temporizador, cerrado);
    puts("sigo");
}

int main(void)
{
    uv_loop_t bucle;
    uv_timer_t reloj;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &reloj);
    uv_timer_start(&reloj, disparo, 0, 10);
    puts("listo");
    uv_run(&bucle, UV_RUN_DEFAULT);
    puts(uv_loop_close(&bucle) < 0 ? "queda algo" : "no queda nada");
    return 0;
}
