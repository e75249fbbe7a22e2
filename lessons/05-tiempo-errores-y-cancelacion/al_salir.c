/* Qué devuelve la salida de un grupo cuando se cancela algo: cuatro casos. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [casos] */
static int dormir(void *arg)
{
    const char *nombre = arg;

    int rc = as_sleep(1000);
    printf("  %s: %s\n", nombre, rc < 0 ? "cancelada" : "terminó");
    return rc;
}

static int una_tarea(void)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *una = as_spawn(&grupo, "una", dormir, "una");
    int rc = as_start_soon(&grupo, "otra", dormir, "otra");
    if (una && rc == 0)
        as_cancel(una);
    return as_group_leave(&grupo, una ? rc : UV_ENOMEM);
}

static int desde_fuera(void)
{
    as_scope plazo;
    as_group grupo;

    as_scope_enter(&plazo, 100);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "una", dormir, "una");
    rc = as_group_leave(&grupo, rc);
    printf("  al salir del grupo: %s\n", as_error_text(rc));
    return as_scope_leave(&plazo, rc);
}
/* [/casos] */

/* [otros] */
static int el_grupo(void)
{
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "una", dormir, "una");
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}

static int rendirse(void *arg)
{
    (void)arg;
    int rc = as_sleep(10);
    return rc < 0 ? rc : UV_ECANCELED;
}

static int reunidas(void)
{
    const as_call llamadas[] = {{.fn = rendirse},
                                {.fn = dormir, .arg = "otra"}};

    return as_gather(llamadas, 2, NULL);
}
/* [/otros] */

static void contar(const char *caso, int caso_fn(void))
{
    puts(caso);
    int rc = caso_fn();
    printf("  = %s\n", rc < 0 ? as_error_text(rc) : "0");
}

static int principal(void *arg)
{
    (void)arg;
    contar("as_cancel, a una tarea del grupo", una_tarea);
    contar("un plazo de fuera del grupo", desde_fuera);
    contar("as_group_cancel", el_grupo);
    contar("as_gather sin casillas, y una devuelve UV_ECANCELED",
           reunidas);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
