/* Un temporizador que nadie cierra: falta su uv_close. */
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
    uv_timer_t temporizador;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    /* [cerrar] */
    uv_timer_init(&bucle, &temporizador);
    uv_timer_start(&temporizador, avisar, 20, 0);
    uv_run(&bucle, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&bucle);
    printf("uv_loop_close: %s\n", rc < 0 ? uv_err_name(rc) : "bien");
    /* [/cerrar] */
    return 0;
}
