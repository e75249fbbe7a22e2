/* Un compás de dos ritmos, con un hilo que se duerme en cada golpe. */
#include "compas.h"

/* [main] */
int main(void)
{
    double inicio = ahora();

    for (int i = 0; i < 5; i++) {
        usleep(36 * 1000);
        puts("tic");
    }
    for (int i = 0; i < 3; i++) {
        usleep(60 * 1000);
        puts("tac");
    }
    printf("duró %.1f s\n", ahora() - inicio);
    return 0;
}
/* [/main] */
