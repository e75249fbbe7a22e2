#include <asinc/asinc.h>
#include <stdio.h>

/* [tareas] */
static int tarea_exitosa(void *arg)
{
    (void)arg;
    int rc = as_sleep(1000);
    if (rc == UV_ECANCELED)
        puts("  (una tarea exitosa fue cancelada)");
    return rc;
}

static int tarea_con_error(void *arg)
{
    (void)arg;
    int rc = as_sleep(500);
    if (rc < 0)
        return rc;
    return as_error_set(UV_EINVAL, "algo salió mal");
}

static const as_call llamadas[] = {
    {.fn = tarea_exitosa},
    {.fn = tarea_con_error},
    {.fn = tarea_exitosa},
};
/* [/tareas] */

/* [propagar] */
static void propagar_error(void)
{
    uint64_t inicio = as_now();
    int rc = as_gather(llamadas, 3, NULL);
    printf("A los %d ms: %s\n", (int)(as_now() - inicio),
           as_error_text(rc));
}
/* [/propagar] */

/* [manejar] */
static int manejar_errores(void)
{
    as_outcome casillas[3];
    int fallos = as_gather(llamadas, 3, casillas);
    if (fallos < 0)
        return fallos;
    for (int i = 0; i < 3; i++)
        printf("Tarea %d: %s\n", i,
               casillas[i].rc < 0 ? casillas[i].text : "bien");
    return 0;
}
/* [/manejar] */

static int principal(void *arg)
{
    (void)arg;
    puts("Sin casillas:");
    propagar_error();
    puts("Con una casilla por tarea:");
    return manejar_errores();
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
