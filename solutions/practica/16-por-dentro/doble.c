/*
 * 2 · Arreglar · 8 minutos
 * Un timbre que despierta a quien ya se fue.
 *
 * Quien espera el timbre deja su nombre en `esperando`, y `tocar` lo despierta. El
 * timbre suena dos veces, a los 20 y a los 40 ms. La tarea debe despertar a los 20 y
 * dormir después sus 100 ms enteros, hasta los 120. Arregla `tocar`.
 */
#include "../../../lessons/16-por-dentro/mini.h"

#include <stdio.h>

static as_task *fila;      /* la lista en que se espera el timbre */
static as_task *esperando; /* quién lo espera, o NULL */

static void tocar(void)
{
    if (!esperando)
        return;
    despertar(esperando);
    esperando = NULL; /* ya no espera aquí */
}

static int trabajar(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();

    esperando = actual;
    int rc = esperar_en(&fila, 0);
    if (rc < 0)
        return rc;
    printf("suena a los %d ms\n", (int)(as_now() - inicio));
    rc = as_sleep(100);
    printf("sigo a los %d ms\n", (int)(as_now() - inicio));
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, trabajar, NULL);
    for (int i = 0; i < 2 && rc == 0; i++) {
        rc = as_sleep(20);
        tocar();
    }
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
