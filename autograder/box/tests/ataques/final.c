/* Acabar de muchas maneras: codigo N | senal N | ctrl_c (espera SIGINT y la cuenta) |
 * descriptores N [esconder] (abre N, quizá pide que no se le mire, y espera) | eco [RUTA] | inundar | inundar_errores. */
#include "limite.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t recibida;

static void anotar(int signum)
{
    recibida = signum;
}

int main(int argc, char **argv)
{
    const char *modo = argc > 1 ? argv[1] : "";
    int n = argc > 2 ? atoi(argv[2]) : 0;
    if (strcmp(modo, "codigo") == 0)
        return n;
    if (strcmp(modo, "senal") == 0) {
        raise(n);
    } else if (strcmp(modo, "ctrl_c") == 0) {
        signal(SIGINT, anotar);
        pid_t hijo = fork();
        const char *quien = hijo == 0 ? "hijo" : "padre";
        if (hijo > 0) {
            puts("listo");
            fflush(stdout);
        }
        for (double fin = segundos() + TOPE_SEGUNDOS; !recibida && segundos() < fin;)
            dormir(0.01);
        if (hijo > 0)
            wait(NULL);
        printf("%s %d\n", quien, (int)recibida);
        return hijo > 0 ? 42 : 0;
    } else if (strcmp(modo, "descriptores") == 0) {
        for (int i = 0; i < n; i++)
            if (open("/dev/null", O_RDONLY) < 0)
                return 1;
        if (argc > 3)
            prctl(PR_SET_DUMPABLE, 0);
        puts("listo");
        fflush(stdout);
        dormir(TOPE_SEGUNDOS);
    } else if (strcmp(modo, "eco") == 0) {
        FILE *entrada = argc > 2 ? fopen(argv[2], "r") : stdin;
        if (!entrada)
            return 1;
        for (int c; (c = getc(entrada)) != EOF;)
            putchar(c);
    } else if (strncmp(modo, "inundar", 7) == 0) {
        FILE *salida = modo[7] ? stderr : stdout;
        for (double fin = segundos() + TOPE_SEGUNDOS; segundos() < fin;)
            fputs("una línea y otra y otra y otra\n", salida);
    }
    return 0;
}
