/* Toca 80 MiB y los hereda a cuatro hijos, que solo los miran un rato. Es un programa honrado:
 * la memoria compartida por fork no debe contarse varias veces. */
#include "limite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    const size_t bytes = 80 << 20;
    char *p = malloc(bytes);
    if (!p)
        return 1;
    memset(p, 'x', bytes);
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            dormir(0.3);
            _exit(p[bytes / 2] != 'x');
        }
    }
    int estado, mal = 0;
    while (wait(&estado) > 0)
        mal |= estado;
    puts("heredado");
    return mal != 0;
}
