/* Dos tareas que ceden el turno. */
#include <asinc/asinc.h>
#include <stdio.h>

struct cuenta {
    const char *nombre;
    int hasta, cada; /* cede el turno cada tantos pasos */
};

static int contar(void *arg)
{
    const struct cuenta *c = arg;

    for (int n = 1; n <= c->hasta; n++) {
        printf("%s %d\n", c->nombre, n);
        if (n % c->cada == 0) {
            int rc = as_yield();
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    struct cuenta cuentas[] = {{"a", 3, 1}, {"b", 4, 2}};

    return as_gather_each(contar, cuentas, 2, sizeof *cuentas, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
