/*
 * 1 · Predecir · 6 minutos
 * ¿En qué orden se enteran de que un futuro se ha cumplido?
 *
 * Escribe las seis líneas entre las dos marcas. Pista: cumplir un futuro no da el
 * hilo a nadie.
 *
 * predicción:
 *
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

static void recado(as_future *futuro, void *arg)
{
    (void)futuro;
    printf("recado %s\n", (const char *)arg);
}

static int esperar(void *arg)
{
    puts("la tarea espera");
    int rc = as_future_wait(arg, NULL);
    puts("la tarea sigue");
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_future futuro;
    as_group grupo;

    as_future_init(&futuro);
    as_group_enter(&grupo);
    int rc = as_future_add_done_callback(&futuro, recado, "uno");
    if (rc == 0)
        rc = as_start_soon(&grupo, "tarea", esperar, &futuro);
    if (rc == 0)
        rc = as_sleep(10);
    if (rc == 0)
        rc = as_future_add_done_callback(&futuro, recado, "dos");
    puts("cumplo el futuro");
    if (rc == 0)
        rc = as_future_set_result(&futuro, NULL);
    puts("ya está cumplido");
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
