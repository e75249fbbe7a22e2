/* Despedirse cuando a uno lo cancelan. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [despedir] */
static int avisar(const char *texto)
{
    int rc = as_sleep(300); /* lo que tarda en llegar el mensaje */

    if (rc == 0)
        printf("enviado: %s\n", texto);
    return rc;
}

static int llevar_panel(void *arg)
{
    (void)arg;
    int rc = as_sleep(60000);
    as_scope despedida;

    as_shield_enter(&despedida, 1000);
    int adios = avisar("el panel se apaga");
    adios = as_scope_leave(&despedida, adios);
    return rc < 0 ? rc : adios;
}
/* [/despedir] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();
    as_group grupo;

    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "panel", llevar_panel, NULL);
    int rc = tarea ? as_sleep(5000) : UV_ENOMEM;
    if (rc == 0) {
        puts("basta");
        as_cancel(tarea);
    }
    rc = as_group_leave(&grupo, rc);
    printf("fin a los %d ms\n", (int)(as_now() - inicio));
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
