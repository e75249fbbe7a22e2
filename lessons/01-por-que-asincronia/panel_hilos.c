/* Un hilo para cada espera. */
#include <errno.h>
#include <pthread.h>

#include "servicios.h"

/* [hilos] */
static void *atender(void *arg)
{
    const int *fd = arg;

    leer_respuesta(*fd);
    return NULL;
}

int main(void)
{
    double inicio = ahora();
    pthread_t hilos[SERVICIOS];
    int fds[SERVICIOS];

    for (int i = 0; i < SERVICIOS; i++)
        fds[i] = preguntar(&servicios[i]);
    for (int i = 0; i < SERVICIOS; i++) {
        errno = pthread_create(&hilos[i], NULL, atender, &fds[i]);
        salir_si(errno != 0, "pthread_create");
    }
    for (int i = 0; i < SERVICIOS; i++)
        pthread_join(hilos[i], NULL);
    resumen(inicio);
    return 0;
}
/* [/hilos] */
