/* El panel debe escribir las cuatro respuestas, por orden de llegada. */
#include <poll.h>

#include "servicios.h"

int main(void)
{
    struct pollfd esperas[SERVICIOS];

    for (int i = 0; i < SERVICIOS; i++) {
        esperas[i].fd = preguntar(&servicios[i]);
        esperas[i].events = POLLIN;
    }
    for (int faltan = SERVICIOS; faltan > 0; faltan--) {
        salir_si(poll(esperas, SERVICIOS, -1) < 0, "poll");
        int i = 0;
        while (esperas[i].revents == 0)
            i++;
        leer_respuesta(esperas[i].fd);
    }
    return 0;
}
