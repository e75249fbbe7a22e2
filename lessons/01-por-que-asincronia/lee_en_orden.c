/* Pregunta a todos de una vez, pero lee las respuestas en el orden en
 * que preguntó. */
#include "servicios.h"

int main(void)
{
    double inicio = ahora();
    /* [orden] */
    int fds[SERVICIOS];

    for (int i = 0; i < SERVICIOS; i++)
        fds[i] = preguntar(&servicios[i]);
    for (int i = 0; i < SERVICIOS; i++)
        leer_respuesta(fds[i]);
    /* [/orden] */
    resumen(inicio);
    return 0;
}
