/* El mismo compás, con dos temporizadores en un bucle. */
#include <uv.h>

#include "compas.h"

/* [ritmo] */
struct ritmo {
    const char *nombre;
    int golpes, maximo;
};

static void golpe(uv_timer_t *temporizador)
{
    struct ritmo *r = temporizador->data;

    r->golpes++;
    if (r->golpes == r->maximo)
        uv_close((uv_handle_t *)temporizador, NULL);
}
/* [/ritmo] */

/* [main] */
int main(void)
{
    double inicio = ahora();
    struct ritmo tic = {"tic", 0, 5}, tac = {"tac", 0, 3};
    uv_loop_t bucle;
    uv_timer_t cada36, cada60;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &cada36);
    cada36.data = &tic;
    uv_timer_start(&cada36, golpe, 36, 36);
    uv_timer_init(&bucle, &cada60);
    cada60.data = &tac;
    uv_timer_start(&cada60, golpe, 60, 60);

    uv_run(&bucle, UV_RUN_DEFAULT);
    printf("%d %s, %d %s\n", tic.golpes, tic.nombre, tac.golpes,
           tac.nombre);
    printf("duró %.1f s\n", ahora() - inicio);
    return uv_loop_close(&bucle) < 0;
}
/* [/main] */
