/* El panel debe escribir cada respuesta en cuanto llega. */
#include <poll.h>

#include "servicios.h"

int main(void)
{
    struct pollfd esperas[SERVICIOS];

    for (int i = 0; i < SERVICIOS; i++) {
        esperas[i].fd = preguntar(&servicios[i]);
        esperas[i].events = POLLIN;
    }
    for (int faltan = SERVICIOS; faltan > 0;) {
        salir_si(poll(esperas, SERVICIOS, -1) < 0, "poll");
        for (int i = 0; i < SERVICIOS; i++) {
            if (esperas[i].fd < 0)
                continue;
            leer_respuesta(esperas[i].fd);
            esperas[i].fd = -1;
            faltan--;
        }
    }
    return 0;
}
