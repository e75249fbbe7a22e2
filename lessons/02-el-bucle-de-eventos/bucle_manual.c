#include <stdio.h>
#include <uv.h>

/* Con libuv a secas no hay reloj virtual: la espera es de verdad. */
enum { ESPERA_MS = 50 };

/* [adios] */
static void decir_adios(uv_timer_t *reloj)
{
    puts("¡Adiós desde el bucle llevado a mano!");
    uv_close((uv_handle_t *)reloj, NULL);
}
/* [/adios] */

/* [main] */
int main(void)
{
    uv_loop_t bucle;
    uv_timer_t reloj;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    puts("¡Hola desde el bucle llevado a mano!");
    uv_timer_init(&bucle, &reloj);
    uv_timer_start(&reloj, decir_adios, ESPERA_MS, 0);
    uv_run(&bucle, UV_RUN_DEFAULT); /* vuelve cuando no queda nada */
    return uv_loop_close(&bucle) < 0;
}
/* [/main] */
