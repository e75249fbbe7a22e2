#include <criterion/criterion.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SALTADA = 77, PLAZO_S = 300 };

static struct corredor_prueba *primera, **ultima = &primera;
static int cuantas;

void corredor_apunta(struct corredor_prueba *prueba)
{
    *ultima = prueba;
    ultima = &prueba->siguiente;
    cuantas++;
}

void corredor_falla(const char *archivo, int linea, const char *condicion,
                    const char *formato, ...)
{
    va_list args;

    printf("# %s:%d: %s.", archivo, linea, condicion);
    va_start(args, formato);
    vprintf(formato, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
    _exit(1);
}

void corredor_salta(const char *formato, ...)
{
    va_list args;

    printf("#");
    va_start(args, formato);
    vprintf(formato, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
    _exit(SALTADA);
}

/* Cada prueba, en su proceso: si muere o se cuelga, las demás siguen. */
static int corre(const struct corredor_prueba *prueba)
{
    int estado;

    fflush(stdout);
    pid_t hijo = fork();
    if (hijo < 0)
        return -1;
    if (hijo == 0) {
        alarm(PLAZO_S);
        prueba->fn();
        fflush(stdout);
        _exit(0);
    }
    waitpid(hijo, &estado, 0);
    return estado;
}

int main(int argc, char **argv)
{
    int numero = 0, fallos = 0;
    const char *filtro = argc > 1 ? argv[1] : "";

    printf("TAP version 13\n1..%d\n", cuantas);
    for (struct corredor_prueba *p = primera; p; p = p->siguiente) {
        if (!strstr(p->nombre, filtro))
            continue;
        int estado = corre(p);
        bool saltada = WIFEXITED(estado) && WEXITSTATUS(estado) == SALTADA;
        bool bien = estado == 0 || saltada;
        fallos += !bien;
        printf("%s %d - %s::%s%s", bien ? "ok" : "not ok", ++numero, p->suite, p->nombre,
               saltada ? " # SKIP" : "");
        if (!bien)
            printf(" (%s %d)", WIFSIGNALED(estado) ? "señal" : "salida",
                   WIFSIGNALED(estado) ? WTERMSIG(estado) : WEXITSTATUS(estado));
        printf("\n");
    }
    return fallos > 0;
}
