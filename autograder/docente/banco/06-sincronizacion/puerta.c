/* Una puerta que se abre, se cierra y se vuelve a abrir. */
#include <asinc/asinc.h>
#include <stdio.h>

static as_event abierta;
static uint64_t inicio;

static int visitante(void *arg)
{
    const int *llega = arg;

    int rc = as_sleep(*llega);
    if (rc == 0)
        rc = as_event_wait(&abierta);
    if (rc == 0)
        printf("llegó a los %d y pasa a los %d\n", *llega,
               (int)(as_now() - inicio));
    return rc;
}

static int portero(void *arg)
{
    (void)arg;
    int rc = as_sleep(100);
    as_event_set(&abierta);
    if (rc == 0)
        rc = as_sleep(50);
    as_event_clear(&abierta);
    if (rc == 0)
        rc = as_sleep(150);
    as_event_set(&abierta);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int llegan[] = {200, 120, 30};
    as_group grupo;

    inicio = as_now();
    as_event_init(&abierta);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "portero", portero, NULL);
    if (rc == 0)
        rc = as_gather_each(visitante, llegan, 3, sizeof(int), NULL);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
