/* El mismo compás, con dos temporizadores en un bucle. */
#include <uv.h>

#include "compas.h"

/* [ritmo] */
struct ritmo {
    const char *nombre;
    int quedan; /* golpes */
    double inicio;
};

static void golpe(uv_timer_t *temporizador)
{
    struct ritmo *r = temporizador->data;

    sonar(r->inicio, r->nombre);
    r->quedan--;
    if (r->quedan == 0)
        uv_close((uv_handle_t *)temporizador, NULL);
}
/* [/ritmo] */

/* [main] */
int main(void)
{
    double inicio = ahora();
    struct ritmo tic = {"tic", 4, inicio}, tac = {"tac", 2, inicio};
    uv_loop_t bucle;
    uv_timer_t cada3, cada5;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &cada3);
    cada3.data = &tic;
    uv_timer_start(&cada3, golpe, 3 * PULSO, 3 * PULSO);
    uv_timer_init(&bucle, &cada5);
    cada5.data = &tac;
    uv_timer_start(&cada5, golpe, 5 * PULSO, 5 * PULSO);

    uv_run(&bucle, UV_RUN_DEFAULT);
    return uv_loop_close(&bucle) < 0;
}
/* [/main] */
