/* Tres peticiones con su plazo y su casilla. */
#include <asinc/asinc.h>
#include <stdio.h>

struct peticion {
    int ms, error;
};

static int pedir(void *arg)
{
    const struct peticion *p = arg;
    as_scope plazo;

    as_scope_enter(&plazo, 250);
    int rc = as_sleep(p->ms);
    if (rc == 0)
        rc = p->error;
    return as_scope_leave(&plazo, rc);
}

static int principal(void *arg)
{
    (void)arg;
    struct peticion peticiones[] = {{100, 0}, {400, 0}, {50, UV_EIO}};
    as_outcome casillas[3];
    uint64_t inicio = as_now();

    int n = as_gather_each(pedir, peticiones, 3, sizeof *peticiones,
                           casillas);
    for (int i = 0; i < 3; i++)
        puts(casillas[i].rc < 0 ? uv_err_name(casillas[i].rc) : "bien");
    printf("%d, a los %d ms\n", n, (int)(as_now() - inicio));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
