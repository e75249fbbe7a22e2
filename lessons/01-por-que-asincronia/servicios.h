/*
 * Cuatro servicios para los programas del capítulo. Cada uno es un
 * proceso: tarda lo suyo y escribe una línea en una tubería. Así la
 * espera es de verdad y no hace falta ninguna red.
 */
#ifndef SERVICIOS_H
#define SERVICIOS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SERVICIOS = 4 };

struct servicio {
    const char *nombre;
    int ms; /* lo que tarda en responder */
};

static const struct servicio servicios[SERVICIOS] = {
    {"usuarios", 160},
    {"pagos", 40},
    {"pedidos", 100},
    {"informes", 260},
};

static inline void salir_si(int falla, const char *que)
{
    if (!falla)
        return;
    perror(que);
    exit(1);
}

/* [preguntar] */
/* Pregunta a un servicio y devuelve el descriptor del que se leerá su
 * respuesta. No espera. */
static inline int preguntar(const struct servicio *s)
{
    int tubo[2];
    char texto[64];

    int n = snprintf(texto, sizeof texto, "%s: todo bien\n", s->nombre);
    salir_si(pipe(tubo) != 0, "pipe");
    pid_t hijo = fork();
    salir_si(hijo < 0, "fork");
    if (hijo == 0) {
        usleep((useconds_t)s->ms * 1000); /* lo que tarda el servicio */
        ssize_t escritos = write(tubo[1], texto, (size_t)n);
        _exit(escritos == n ? 0 : 1);
    }
    close(tubo[1]);
    return tubo[0];
}

/* Lee la respuesta, la enseña y cierra. Si aún no llegó, espera. */
static inline void leer_respuesta(int fd)
{
    char texto[64];

    ssize_t n = read(fd, texto, sizeof texto);
    salir_si(n < 0, "read");
    fwrite(texto, 1, (size_t)n, stdout);
    close(fd);
}
/* [/preguntar] */

static inline double segundos(const struct timespec *t)
{
    return (double)t->tv_sec + (double)t->tv_nsec / 1e9;
}

static inline double ahora(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return segundos(&t);
}

/* Cuánto ha durado el programa y cuánto ha trabajado en ese tiempo. */
static inline void resumen(double inicio)
{
    struct timespec cpu;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    printf("duró %.1f s; trabajó %.1f s\n", ahora() - inicio,
           segundos(&cpu));
    while (wait(NULL) > 0)
        continue;
}

#endif
