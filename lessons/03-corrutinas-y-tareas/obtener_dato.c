#include <asinc/asinc.h>
#include <stdio.h>

/* [tareas] */
static int obtener_dato(void *arg)
{
    (void)arg;
    int rc = as_sleep(1000);
    return rc < 0 ? rc : 42;
}

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "dato", obtener_dato, NULL);
    if (!tarea)
        return as_group_leave(&grupo, UV_ENOMEM);

    puts("El dato está en camino; sigo con lo mío");
    int dato = as_await(tarea);
    if (dato >= 0)
        printf("Dato obtenido: %d\n", dato);
    return as_group_leave(&grupo, dato);
}
/* [/tareas] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
