/* Gastar CPU: bucle | procesos (cuatro a la vez) | cadena (cada uno engendra al siguiente y
 * muere antes de su límite) | sordo (bucle que ignora SIGXCPU). */
#include "limite.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const char *modo = argc > 1 ? argv[1] : "bucle";
    if (strcmp(modo, "procesos") == 0) {
        for (int i = 0; i < 3; i++)
            if (fork() == 0)
                break;
    } else if (strcmp(modo, "cadena") == 0) {
        for (double fin = segundos() + TOPE_SEGUNDOS; segundos() < fin;) {
            pid_t hijo = fork();
            if (hijo > 0 && getpid() == getsid(0))
                dormir(TOPE_SEGUNDOS);
            if (hijo > 0)
                _exit(0);
            quemar(0.1);
        }
        return 0;
    } else if (strcmp(modo, "sordo") == 0) {
        signal(SIGXCPU, SIG_IGN);
    }
    quemar(TOPE_SEGUNDOS);
    while (wait(NULL) > 0)
        ;
}
