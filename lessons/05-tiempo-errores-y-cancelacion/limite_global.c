/* Un plazo para el programa entero: vence, y el programa acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

static int trabajar(void)
{
    for (int paso = 1; paso <= 4; paso++) {
        int rc = as_sleep(2000);
        if (rc < 0)
            return rc;
        printf("Paso %d de 4\n", paso);
    }
    return 0;
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_scope todo;

    as_scope_enter(&todo, 5000); /* lo que puede durar el programa */
    return as_scope_leave(&todo, trabajar());
}
/* [/principal] */

/* [main] */
int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "limite_global: %s\n", as_error_text(rc));
    return rc < 0;
}
/* [/main] */
