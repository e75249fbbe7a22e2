/* Un evento: al encenderlo despiertan las tres que lo esperan. */
#include "mini.h"

#include <stdio.h>

static struct {
    int encendido;
    as_task *esperan;
} evento;

static void encender(void)
{
    evento.encendido = 1;
    if (evento.esperan)
        despertar(evento.esperan);
}

static int esperar(void *arg)
{
    int rc = evento.encendido ? 0 : esperar_en(&evento.esperan, 0);

    if (rc == 0)
        printf("pasa %s\n", (const char *)arg);
    return rc;
}

static int principal(void *arg)
{
    as_group grupo;
    (void)arg;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, esperar, "Ana");
    if (rc == 0)
        rc = as_start_soon(&grupo, NULL, esperar, "Blas");
    if (rc == 0)
        rc = as_start_soon(&grupo, NULL, esperar, "Cora");
    if (rc == 0)
        rc = as_sleep(10);
    encender();
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    puts(as_run(principal, NULL) == AS_EDEADLK ? "interbloqueo"
                                               : "acaba");
    return 0;
}
