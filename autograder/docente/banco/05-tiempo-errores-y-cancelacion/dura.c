/* Una tarea cancelada que insiste en esperar. */
#include <asinc/asinc.h>
#include <stdio.h>

static uint64_t inicio;

static void esperar(int ms)
{
    int rc = as_sleep(ms);

    printf("%d ms: %s\n", (int)(as_now() - inicio),
           rc < 0 ? uv_err_name(rc) : "bien");
}

static int insistir(void *arg)
{
    (void)arg;
    as_scope protegido;

    esperar(50);
    esperar(500);
    esperar(500);
    as_shield_enter(&protegido, 1000);
    esperar(30);
    return as_scope_leave(&protegido, 0);
}

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    inicio = as_now();
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "insistir", insistir, NULL);
    int rc = tarea ? as_sleep(200) : UV_ENOMEM;
    if (rc == 0)
        as_cancel(tarea);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
