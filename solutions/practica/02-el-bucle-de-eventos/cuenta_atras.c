/*
 * 4 · Construir · 12 minutos
 * Una cuenta atrás con un solo temporizador que se cierra a sí mismo.
 *
 * Debe escribir 3, 2, 1 y «¡ya!», cada línea diez milisegundos después de la
 * anterior, y el bucle debe cerrarse bien. Solo puedes usar un uv_timer_t.
 */
#include <stdio.h>
#include <uv.h>

static void contar(uv_timer_t *temporizador)
{
    int *quedan = temporizador->data;

    if (*quedan > 0) {
        printf("%d\n", *quedan);
        *quedan -= 1;
        return;
    }
    puts("¡ya!");
    uv_close((uv_handle_t *)temporizador, NULL);
}

int main(void)
{
    uv_loop_t bucle;
    uv_timer_t temporizador;
    int quedan = 3;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &temporizador);
    temporizador.data = &quedan;
    uv_timer_start(&temporizador, contar, 10, 10);
    uv_run(&bucle, UV_RUN_DEFAULT);
    printf("el bucle se cerró %s\n", uv_loop_close(&bucle) == 0 ? "bien" : "mal");
    return 0;
}
