/* La alarma suena a los 60 ms. El informe se empieza a los 20 y tarda
 * 150, así que la alarma debe oírse antes de que esté listo. */
#include <stdio.h>
#include <unistd.h>
#include <uv.h>

static void sonar(uv_timer_t *reloj)
{
    puts("suena la alarma");
    uv_close((uv_handle_t *)reloj, NULL);
}

static void acabar(uv_timer_t *reloj)
{
    puts("informe listo");
    uv_close((uv_handle_t *)reloj, NULL);
}

static void empezar(uv_timer_t *reloj)
{
    puts("informe pedido");
    usleep(150 * 1000);
    acabar(reloj);
}

int main(void)
{
    uv_loop_t bucle;
    uv_timer_t alarma, informe;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &alarma);
    uv_timer_start(&alarma, sonar, 60, 0);
    uv_timer_init(&bucle, &informe);
    uv_timer_start(&informe, empezar, 20, 0);
    uv_run(&bucle, UV_RUN_DEFAULT);
    return uv_loop_close(&bucle) < 0;
}
