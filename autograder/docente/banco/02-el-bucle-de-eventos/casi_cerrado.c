/* Debe acabar sin dejar nada dentro del bucle. */
#include <stdio.h>
#include <uv.h>

static void avisar(uv_timer_t *temporizador)
{
    (void)temporizador;
    puts("ya");
}

int main(void)
{
    uv_loop_t bucle;
    uv_timer_t reloj;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &reloj);
    uv_timer_start(&reloj, avisar, 20, 0);
    uv_run(&bucle, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&reloj, NULL);
    int rc = uv_loop_close(&bucle);
    puts(rc < 0 ? uv_err_name(rc) : "bucle cerrado");
    return 0;
}
