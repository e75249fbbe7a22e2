/* Un programa honrado que toca 80 MiB y los comparte: fork (los heredan cuatro hijos, que solo
 * los miran) | vfork (un hijo tarda en llamar a exec). No debe contarse varias veces. */
#include "limite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const size_t bytes = 80 << 20;
    char *p = malloc(bytes);
    if (!p || argc < 2)
        return 2;
    memset(p, 'x', bytes);
    if (strcmp(argv[1], "vfork") == 0) {
        if (vfork() == 0) {
            dormir(0.3);
            execl("/usr/bin/true", "true", NULL);
            _exit(1);
        }
    } else {
        for (int i = 0; i < 4; i++) {
            if (fork() == 0) {
                dormir(0.3);
                _exit(p[bytes / 2] != 'x');
            }
        }
    }
    int estado, mal = 0;
    while (wait(&estado) > 0)
        mal |= estado;
    puts("compartido");
    return mal != 0;
}
