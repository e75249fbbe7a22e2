/*
 * 3 · Arreglar · 8 minutos
 * Una despedida que no se oye.
 *
 * Al cancelar la tarea, debería guardar la partida antes de irse, y guardar tarda
 * 200 ms. Dale para eso medio segundo como mucho. La tarea debe seguir terminando
 * con UV_ECANCELED.
 */
#include <asinc/asinc.h>
#include <stdio.h>

static int guardar(void)
{
    int rc = as_sleep(200);

    if (rc == 0)
        puts("partida guardada");
    return rc;
}

static int jugar(void *arg)
{
    (void)arg;
    int rc = as_sleep(3600000);

    if (rc == UV_ECANCELED) {
        int guardada = guardar();
        if (guardada < 0)
            puts("no pude guardar");
    }
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *juego = as_spawn(&grupo, "juego", jugar, NULL);
    int rc = juego ? as_sleep(1000) : UV_ENOMEM;
    if (rc == 0) {
        as_cancel(juego);
        if (as_await(juego) == UV_ECANCELED)
            puts("el juego terminó cancelado");
    }
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
