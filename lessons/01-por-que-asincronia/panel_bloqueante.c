/* El panel que espera de pie: pregunta, espera, enseña, y al
 * siguiente. */
#include "servicios.h"

/* [panel] */
int main(void)
{
    double inicio = ahora();

    for (int i = 0; i < SERVICIOS; i++) {
        int fd = preguntar(&servicios[i]);
        leer_respuesta(fd);
    }
    resumen(inicio);
    return 0;
}
/* [/panel] */
