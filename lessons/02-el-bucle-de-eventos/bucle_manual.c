#include <stdio.h>
#include <uv.h>

/* [avisar] */
static void avisar(uv_timer_t *reloj)
{
    puts("línea A");
    uv_close((uv_handle_t *)reloj, NULL);
}
/* [/avisar] */

/* [main] */
int main(void)
{
    uv_loop_t bucle;
    uv_timer_t reloj;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &reloj);
    uv_timer_start(&reloj, avisar, 0, 0);
    puts("línea B");
    uv_run(&bucle, UV_RUN_DEFAULT);
    return uv_loop_close(&bucle) < 0;
}
/* [/main] */
