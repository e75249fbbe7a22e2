/*
 * 1 · Predecir · 6 minutos
 * ¿En qué segundo empieza cada intento?
 *
 * Cada intento tarda medio segundo en saber que ha fallado. La primera espera es de
 * un segundo, no hay azar, y el cuarto intento va bien. Escribe las cinco líneas.
 *
 * predicción:
 * 0.0 s: intento 1
 * 1.5 s: intento 2
 * 4.0 s: intento 3
 * 8.5 s: intento 4
 * 9.0 s: conseguido
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

static uint64_t inicio;

static double segundos(void)
{
    return (double)(as_now() - inicio) / 1000;
}

static int pedir(int intento)
{
    int rc = as_sleep(500);

    if (rc == 0 && intento < 4)
        rc = UV_ECONNREFUSED;
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_retry serie;
    int rc;

    inicio = as_now();
    as_retry_init(&serie, &(as_retry_options){
                              .attempts = 5, .base_ms = 1000, .jitter = AS_JITTER_NONE});
    do {
        printf("%.1f s: intento %d\n", segundos(), serie.attempt);
        rc = pedir(serie.attempt);
    } while (as_retry_again(&serie, &rc));
    printf("%.1f s: %s\n", segundos(), rc < 0 ? as_error_text(rc) : "conseguido");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
