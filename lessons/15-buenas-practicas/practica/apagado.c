/*
 * 2 · Arreglar · 8 minutos
 * Un apagado que pierde los últimos mensajes.
 *
 * Cinco avisos se ponen en una cola, y una tarea los manda de uno en uno. Al apagar,
 * el programa debe mandar los cinco antes de despedirse. Cambia el cierre, y nada más:
 * puedes mover y quitar líneas, pero tocar los tiempos no vale.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { AVISOS = 5 };

static int mandar(void *arg)
{
    as_queue *buzon = arg;
    void *aviso;
    int rc;

    while ((rc = as_queue_get(buzon, &aviso)) == 0) {
        rc = as_sleep(40);
        if (rc < 0)
            return rc;
        printf("mandado el aviso %d\n", *(int *)aviso);
    }
    return rc == UV_EOF ? 0 : rc;
}

static int principal(void *arg)
{
    (void)arg;
    static int avisos[AVISOS] = {1, 2, 3, 4, 5};
    as_queue buzon;
    as_group correo;

    as_queue_init(&buzon, 0);
    as_group_enter(&correo);
    int rc = as_start_soon(&correo, "correo", mandar, &buzon);
    for (int i = 0; i < AVISOS && rc == 0; i++)
        rc = as_queue_put(&buzon, &avisos[i]);
    if (rc == 0)
        rc = as_sleep(100); /* hasta que pidan cerrar */

    as_group_cancel(&correo);
    rc = as_group_leave(&correo, rc);
    as_queue_close(&buzon);
    puts("adiós");
    as_queue_destroy(&buzon);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
