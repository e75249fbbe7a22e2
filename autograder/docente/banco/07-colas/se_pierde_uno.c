/* Cuatro avisos y un buzón para dos. Al final no debe quedar
 * ninguno sin liberar. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

static int vivos; /* los que se han creado y no se han liberado */

static int *nuevo(int n)
{
    int *aviso = malloc(sizeof *aviso);

    if (aviso) {
        *aviso = n;
        vivos++;
    }
    return aviso;
}

static void liberar(int *aviso)
{
    free(aviso);
    vivos--;
}

static int principal(void *arg)
{
    (void)arg;
    as_queue buzon;
    void *cosa;

    as_queue_init(&buzon, 2);
    for (int i = 1; i <= 4; i++) {
        int *aviso = nuevo(i);
        if (!aviso)
            break;
        int rc = as_queue_put_nowait(&buzon, aviso);
        if (rc == UV_EAGAIN)
            printf("el %d no cabe\n", i);
    }
    while (as_queue_get_nowait(&buzon, &cosa) == 0)
        liberar(cosa);
    as_queue_destroy(&buzon);
    printf("sin liberar: %d\n", vivos);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
