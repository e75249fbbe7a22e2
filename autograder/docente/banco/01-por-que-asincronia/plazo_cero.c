/* Espera una respuesta y dice si el procesador ha podido descansar. */
#include <poll.h>

#include "servicios.h"

int main(void)
{
    struct pollfd espera = {.events = POLLIN};
    long vueltas = 0;

    espera.fd = preguntar(&servicios[0]);
    while (poll(&espera, 1, 0) == 0)
        vueltas++;
    leer_respuesta(espera.fd);
    puts(vueltas > 100 ? "no ha descansado" : "ha descansado");
    wait(NULL);
    return 0;
}
