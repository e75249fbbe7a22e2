/* Un compás de dos ritmos, con un hilo que se duerme en cada golpe. */
#include <unistd.h>

#include "compas.h"

/* [main] */
int main(void)
{
    double inicio = ahora();

    for (int i = 0; i < 4; i++) {
        usleep(3 * PULSO * 1000);
        sonar(inicio, "tic");
    }
    for (int i = 0; i < 2; i++) {
        usleep(5 * PULSO * 1000);
        sonar(inicio, "tac");
    }
    return 0;
}
/* [/main] */
