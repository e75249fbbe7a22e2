/* Dos panaderos llenan la misma cola, con tres panes cada uno. */
#include <asinc/asinc.h>
#include <stdio.h>

static as_queue cola;
static int pan;

static int hornear(void *arg)
{
    const int *ms = arg;
    int rc = 0;

    for (int i = 0; i < 3 && rc == 0; i++) {
        rc = as_sleep(*ms);
        if (rc == 0)
            rc = as_queue_put(&cola, &pan);
    }
    as_queue_close(&cola); /* no habrá más */
    if (rc < 0)
        printf("panadero de %d ms: %s\n", *ms, uv_err_name(rc));
    return rc;
}

static int vender(void *arg)
{
    (void)arg;
    void *cosa;
    int rc, vendidos = 0;

    while ((rc = as_queue_get(&cola, &cosa)) == 0)
        vendidos++;
    printf("vendidos %d de 6\n", vendidos);
    return rc == UV_EOF ? 0 : rc;
}

static int principal(void *arg)
{
    (void)arg;
    int ms[] = {10, 25};
    as_group grupo;

    as_queue_init(&cola, 4);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "vender", vender, NULL);
    if (rc == 0)
        rc = as_gather_each(hornear, ms, 2, sizeof *ms, NULL);
    puts(as_group_leave(&grupo, rc) < 0 ? "mal" : "bien");
    as_queue_destroy(&cola);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
