#include <asinc/asinc.h>
#include <stdio.h>
#include <unistd.h>

enum { ESPERA_MS = 50, LATIDO_MS = 20 };

static int latidos;

static int latir(void *arg)
{
    (void)arg;
    int rc;

    while ((rc = as_sleep(LATIDO_MS)) == 0)
        latidos++;
    return rc;
}

/* [tareas] */
static int tarea_bloqueante(void)
{
    puts("Inicio de la tarea bloqueante");
    usleep(ESPERA_MS * 1000); /* mal: para a todas */
    printf("Completada; mientras tanto, %d latidos\n", latidos);
    return 0;
}

static int tarea_no_bloqueante(void)
{
    puts("Inicio de la tarea no bloqueante");
    int rc = as_sleep(ESPERA_MS); /* bien: solo se para ella */
    if (rc == 0)
        printf("Completada; mientras tanto, %d latidos\n", latidos);
    return rc;
}
/* [/tareas] */

static int con_latidos(int tarea(void))
{
    as_group grupo;

    latidos = 0;
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "latidos", latir, NULL);
    if (rc == 0)
        rc = as_yield(); /* que empiece a latir */
    if (rc == 0)
        rc = tarea();
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}

static int principal(void *arg)
{
    (void)arg;
    int rc = con_latidos(tarea_bloqueante);

    return rc < 0 ? rc : con_latidos(tarea_no_bloqueante);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
