/* Dos temporizadores y un bucle al que se llama vuelta a vuelta. */
#include <stdio.h>
#include <uv.h>

static void avisar(uv_timer_t *temporizador)
{
    printf("avisa %s\n", (const char *)temporizador->data);
}

int main(void)
{
    uv_loop_t bucle;
    uv_timer_t a, b;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &a);
    uv_timer_init(&bucle, &b);
    a.data = "a";
    b.data = "b";
    uv_timer_start(&a, avisar, 120, 0);
    uv_timer_start(&b, avisar, 40, 0);
    for (int i = 1; i <= 2; i++) {
        printf("vuelta %d\n", i);
        uv_run(&bucle, UV_RUN_ONCE);
    }
    puts("fuera");
    uv_close((uv_handle_t *)&a, NULL);
    uv_close((uv_handle_t *)&b, NULL);
    uv_run(&bucle, UV_RUN_DEFAULT);
    return uv_loop_close(&bucle) < 0;
}
