#include "prueba.h"

#include <dirent.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

void anota(struct diario *d, const char *formato, ...)
{
    va_list args;

    va_start(args, formato);
    int n = vsnprintf(d->texto + d->largo, sizeof d->texto - d->largo, formato, args);
    va_end(args);
    cr_assert(n >= 0 && d->largo + (size_t)n < sizeof d->texto, "el diario se llenó");
    d->largo += (size_t)n;
}

#ifdef PRUEBA_COBERTURA
/* Al volver, abort() mata el proceso igual y la instrucción que dio SIGSEGV se repite. */
static void al_morir(int senal)
{
    APUNTA_COBERTURA();
    signal(senal, SIG_DFL);
}
#else
#define al_morir SIG_DFL
#endif

int en_otro_proceso(void (*fn)(void), char *salida, size_t tamano)
{
    int tubo[2], estado;
    size_t leido = 0;
    ssize_t n;

    cr_assert_eq(pipe(tubo), 0);
    pid_t hijo = fork();
    cr_assert_geq(hijo, 0);
    if (hijo == 0) {
        dup2(tubo[1], STDERR_FILENO);
        close(tubo[0]);
        struct sigaction muerte = {.sa_handler = al_morir, .sa_flags = SA_ONSTACK};
        sigaction(SIGABRT, &muerte, NULL);
        sigaction(SIGSEGV, &muerte, NULL);
        signal(SIGINT, SIG_DFL);
        fn();
        APUNTA_COBERTURA();
        _exit(0);
    }
    close(tubo[1]);
    while ((n = read(tubo[0], salida + leido, tamano - 1 - leido)) > 0)
        leido += (size_t)n;
    salida[leido] = '\0';
    close(tubo[0]);
    cr_assert_eq(waitpid(hijo, &estado, 0), hijo);
    return estado;
}

int descriptores(void)
{
    DIR *carpeta = opendir("/proc/self/fd");
    int cuantos = 0;

    cr_assert_not_null(carpeta);
    while (readdir(carpeta))
        cuantos++;
    closedir(carpeta);
    return cuantos;
}
