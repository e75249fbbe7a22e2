/* Un cierre: se acaba lo que estaba en la cola. */
#include <asinc/asinc.h>
#include <stdio.h>

static as_queue cola;

static int anotar(void *arg)
{
    void *numero;
    int rc;
    (void)arg;

    while ((rc = as_queue_get(&cola, &numero)) == 0) {
        rc = as_sleep(50); /* un disco lento */
        if (rc < 0)
            return rc;
        printf("anoto el %d\n", *(int *)numero);
    }
    return rc == UV_EOF ? 0 : rc;
}

static int principal(void *arg)
{
    (void)arg;
    int numeros[] = {1, 2, 3, 4}, rc = 0;
    uint64_t inicio = as_now();
    as_group grupo;

    as_queue_init(&cola, 4);
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "anotador", anotar, NULL);
    for (int i = 0; i < 4 && rc == 0; i++)
        rc = as_queue_put(&cola, &numeros[i]);
    if (rc == 0)
        rc = as_sleep(120);
    puts("cierro");
    as_queue_close(&cola);
    rc = as_group_leave(&grupo, rc);
    printf("acabo a los %d ms\n", (int)(as_now() - inicio));
    as_queue_destroy(&cola);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
