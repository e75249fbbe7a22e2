/* Las tres maneras de dar vueltas al bucle. */
#include <stdio.h>
#include <unistd.h>
#include <uv.h>

/* [disparo] */
static void disparo(uv_timer_t *temporizador)
{
    int *quedan = temporizador->data;

    *quedan -= 1;
    if (*quedan == 0)
        uv_close((uv_handle_t *)temporizador, NULL);
}
/* [/disparo] */

/* [contar] */
/* Cuántas veces hay que llamar a uv_run para ver tres disparos. */
static int llamadas(uv_run_mode modo)
{
    int quedan = 3, cuenta = 0;
    uv_loop_t bucle;
    uv_timer_t temporizador;

    if (uv_loop_init(&bucle) < 0)
        return -1;
    uv_timer_init(&bucle, &temporizador);
    temporizador.data = &quedan;
    uv_timer_start(&temporizador, disparo, 50, 50);
    while (quedan > 0) {
        uv_run(&bucle, modo);
        cuenta++;
        if (modo == UV_RUN_NOWAIT)
            usleep(1000); /* aquí un juego dibujaría */
    }
    uv_run(&bucle, UV_RUN_DEFAULT); /* que acabe de cerrar */
    return uv_loop_close(&bucle) < 0 ? -1 : cuenta;
}
/* [/contar] */

int main(void)
{
    int todas = llamadas(UV_RUN_DEFAULT);
    int de_una_en_una = llamadas(UV_RUN_ONCE);
    int sin_esperar = llamadas(UV_RUN_NOWAIT);

    printf("UV_RUN_DEFAULT: %d llamada\n", todas);
    printf("UV_RUN_ONCE: %d llamadas\n", de_una_en_una);
    printf("UV_RUN_NOWAIT: %s\n",
           sin_esperar > 3 ? "muchas más" : "pocas");
    return 0;
}
