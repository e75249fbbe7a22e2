/* Un hilo para cada espera. */
#include <pthread.h>

#include "servicios.h"

/* [hilos] */
static void *atender(void *arg)
{
    leer_respuesta(preguntar(arg));
    return NULL;
}

int main(void)
{
    double inicio = ahora();
    pthread_t hilos[SERVICIOS];

    for (int i = 0; i < SERVICIOS; i++) {
        int rc = pthread_create(&hilos[i], NULL, atender,
                                (void *)&servicios[i]);
        salir_si(rc != 0, "pthread_create");
    }
    for (int i = 0; i < SERVICIOS; i++)
        pthread_join(hilos[i], NULL);
    resumen(inicio);
    return 0;
}
/* [/hilos] */
