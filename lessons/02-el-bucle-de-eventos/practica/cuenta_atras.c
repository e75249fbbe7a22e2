/*
 * 4 · Construir · 12 minutos
 * Una cuenta atrás con un solo temporizador que se cierra a sí mismo.
 *
 * Debe escribir 3, 2, 1 y «¡ya!», cada línea diez milisegundos después de la
 * anterior, y el bucle debe cerrarse bien. Solo puedes usar un uv_timer_t.
 */
#include <stdio.h>
#include <uv.h>

/* TODO: la función que se llama en cada golpe. Dónde va la cuenta lo decides tú:
 * `data` puede apuntar a un entero. */

int main(void)
{
    uv_loop_t bucle;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    /* TODO: prepara el temporizador y arráncalo. */
    uv_run(&bucle, UV_RUN_DEFAULT);
    printf("el bucle se cerró %s\n",
           uv_loop_close(&bucle) == 0 ? "bien" : "mal");
    return 0;
}
