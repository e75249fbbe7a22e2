/* Un solo hilo que espera a los cuatro a la vez. */
#include <poll.h>

#include "servicios.h"

/* [poll] */
int main(void)
{
    double inicio = ahora();
    struct pollfd esperas[SERVICIOS];

    for (int i = 0; i < SERVICIOS; i++) {
        esperas[i].fd = preguntar(&servicios[i]);
        esperas[i].events = POLLIN;
    }
    int faltan = SERVICIOS;
    while (faltan > 0) {
        salir_si(poll(esperas, SERVICIOS, -1) < 0, "poll");
        puts("poll vuelve");
        for (int i = 0; i < SERVICIOS; i++) {
            if (esperas[i].revents == 0)
                continue;
            leer_respuesta(esperas[i].fd);
            esperas[i].fd = -1; /* a este ya no se le espera */
            faltan--;
        }
    }
    resumen(inicio);
    return 0;
}
/* [/poll] */
