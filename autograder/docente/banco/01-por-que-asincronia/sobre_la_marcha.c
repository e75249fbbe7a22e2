/* Se pregunta a otro cuando responde el primero. */
#include <poll.h>

#include "servicios.h"

static const struct servicio uno = {"uno", 300}, dos = {"dos", 60},
                             tres = {"tres", 120};

int main(void)
{
    struct pollfd esperas[3] = {
        {.fd = preguntar(&uno), .events = POLLIN},
        {.fd = preguntar(&dos), .events = POLLIN},
        {.fd = -1, .events = POLLIN},
    };

    for (int faltan = 3; faltan > 0;) {
        salir_si(poll(esperas, 3, -1) < 0, "poll");
        for (int i = 0; i < 3; i++) {
            if (esperas[i].revents == 0)
                continue;
            leer_respuesta(esperas[i].fd);
            esperas[i].fd = -1;
            faltan--;
            if (i == 1)
                esperas[2].fd = preguntar(&tres);
        }
    }
    puts("fin");
    return 0;
}
