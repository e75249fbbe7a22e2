#include <asinc/asinc.h>
#include <stdio.h>

/* [decir] */
struct aviso {
    int segundos;
    const char *mensaje;
};

static int decir_despues(void *arg)
{
    const struct aviso *aviso = arg;

    int rc = as_sleep(aviso->segundos * 1000);
    if (rc < 0)
        return rc;
    puts(aviso->mensaje);
    return 0;
}
/* [/decir] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct aviso uno = {1, "Tarea 1 completada"};
    struct aviso dos = {2, "Tarea 2 completada"};

    as_group grupo;
    as_group_enter(&grupo);
    as_task *tarea1 = as_spawn(&grupo, "uno", decir_despues, &uno);
    as_task *tarea2 = as_spawn(&grupo, "dos", decir_despues, &dos);
    puts("Tareas creadas");

    int rc = tarea1 && tarea2 ? 0 : UV_ENOMEM;
    rc = as_group_leave(&grupo, rc);
    if (rc == 0)
        puts("Todas las tareas completadas");
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
