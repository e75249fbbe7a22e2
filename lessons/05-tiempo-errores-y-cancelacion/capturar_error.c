#include <asinc/asinc.h>
#include <stdio.h>

/* [tarea] */
static int tarea_defectuosa(void)
{
    int rc = as_sleep(1000);

    if (rc < 0)
        return rc;
    return as_error_set(UV_EINVAL, "¡ocurrió un error!");
}
/* [/tarea] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    int rc = tarea_defectuosa();

    if (rc == UV_EINVAL) { /* este sé tratarlo */
        printf("Error capturado: %s\n", as_error_text(rc));
        rc = 0;
    }
    if (rc < 0) /* los demás, que los trate quien me llamó */
        return rc;
    puts("El programa sigue");
    return 0;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
