/* Lo que se puede hacer con una cola cerrada. */
#include <asinc/asinc.h>
#include <stdio.h>

static void contar(const char *que, int rc)
{
    printf("%s: %s\n", que, rc < 0 ? uv_err_name(rc) : "bien");
}

static int principal(void *arg)
{
    (void)arg;
    int uno = 1, dos = 2;
    void *cosa;
    as_queue cola;

    as_queue_init(&cola, 2);
    contar("sacar ya", as_queue_get_nowait(&cola, &cosa));
    contar("poner", as_queue_put(&cola, &uno));
    contar("poner", as_queue_put(&cola, &dos));
    contar("poner ya", as_queue_put_nowait(&cola, &uno));
    as_queue_close(&cola);
    contar("poner ya", as_queue_put_nowait(&cola, &uno));
    contar("sacar", as_queue_get(&cola, &cosa));
    contar("sacar", as_queue_get(&cola, &cosa));
    contar("sacar", as_queue_get(&cola, &cosa));
    as_queue_destroy(&cola);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
