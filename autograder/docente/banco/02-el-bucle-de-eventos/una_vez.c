/* Debe escribir una cuenta atrás: 3, 2, 1, despegue. */
#include <stdio.h>
#include <uv.h>

static void contar(uv_timer_t *reloj)
{
    int *quedan = reloj->data;

    if (*quedan > 0) {
        printf("%d\n", *quedan);
        *quedan -= 1;
        return;
    }
    puts("despegue");
    uv_close((uv_handle_t *)reloj, NULL);
}

int main(void)
{
    int quedan = 3;
    uv_loop_t bucle;
    uv_timer_t reloj;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &reloj);
    reloj.data = &quedan;
    uv_timer_start(&reloj, contar, 20, 0);
    uv_run(&bucle, UV_RUN_DEFAULT);
    printf("fin: quedaban %d\n", quedan);
    return 0;
}
