/* Tres tareas, y una acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

struct prueba {
    int ms, resultado;
};

static int probar(void *arg)
{
    const struct prueba *p = arg;

    int rc = as_sleep(p->ms);
    if (rc < 0) {
        printf("la de %d: %s\n", p->ms, uv_err_name(rc));
        return rc;
    }
    printf("la de %d: despierta\n", p->ms);
    return p->resultado;
}

static int principal(void *arg)
{
    (void)arg;
    struct prueba pruebas[] = {{90, 1}, {60, UV_ECONNREFUSED}, {30, 2}};
    uint64_t inicio = as_now();

    int rc = as_gather_each(probar, pruebas, 3, sizeof *pruebas, NULL);
    printf("%s a los %d ms\n", rc < 0 ? uv_err_name(rc) : "bien",
           (int)(as_now() - inicio));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
