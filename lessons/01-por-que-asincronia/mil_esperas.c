/* Mil esperas, con mil hilos y con mil tareas de un solo hilo: lo que
 * ocupan y lo que trabaja el procesador. Cada manera se mide en su
 * propio proceso. `./mil_esperas cifras` escribe los números. */
#include <asinc/asinc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { ESPERAS = 1000, ESPERA_MS = 200, MIRAR_MS = 100 };

struct medida {
    long ocupado, reservado;  /* KiB, mientras esperan todas */
    double trabajo, duracion; /* segundos, hasta el final */
};

static void salir_si(int falla, const char *que)
{
    if (!falla)
        return;
    fprintf(stderr, "mil_esperas: %s\n", que);
    exit(1);
}

/* [proc] */
/* Lo que dice el sistema de este proceso, en KiB. */
static long leer_campo(const char *campo)
{
    char linea[256];
    long kib = -1;
    FILE *estado = fopen("/proc/self/status", "r");

    salir_si(!estado, "no hay /proc");
    while (fgets(linea, sizeof linea, estado)) {
        if (strncmp(linea, campo, strlen(campo)) == 0)
            kib = strtol(linea + strlen(campo), NULL, 10);
    }
    fclose(estado);
    return kib;
}

static void mirar(struct medida *m)
{
    m->ocupado += leer_campo("VmRSS:");
    m->reservado += leer_campo("VmSize:");
}
/* [/proc] */

static double segundos(clockid_t reloj)
{
    struct timespec t;

    clock_gettime(reloj, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* [hilos] */
static void *esperar(void *arg)
{
    (void)arg;
    usleep(ESPERA_MS * 1000);
    return NULL;
}

static int con_hilos(struct medida *m)
{
    static pthread_t hilos[ESPERAS];

    for (int i = 0; i < ESPERAS; i++)
        salir_si(pthread_create(&hilos[i], NULL, esperar, NULL) != 0,
                 "no caben mil hilos");
    usleep(MIRAR_MS * 1000);
    mirar(m); /* aquí esperan los mil */
    for (int i = 0; i < ESPERAS; i++)
        pthread_join(hilos[i], NULL);
    return 0;
}
/* [/hilos] */

static int esperar_tarea(void *arg)
{
    (void)arg;
    return as_sleep(ESPERA_MS);
}

static int con_tareas(void *arg)
{
    struct medida *m = arg;
    int rc = 0;
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < ESPERAS && rc == 0; i++)
        rc = as_start_soon(&grupo, NULL, esperar_tarea, NULL);
    if (rc == 0)
        rc = as_sleep(MIRAR_MS);
    mirar(m);
    return as_group_leave(&grupo, rc);
}

/* Mide una manera en este proceso y la escribe para quien pregunta. */
static int medir(const char *manera)
{
    struct medida m = {0}, antes = {0};
    double inicio = segundos(CLOCK_MONOTONIC);

    mirar(&antes);
    int rc = strcmp(manera, "hilos") == 0 ? con_hilos(&m)
                                          : as_run(con_tareas, &m);
    printf("%ld %ld %f %f\n", m.ocupado - antes.ocupado,
           m.reservado - antes.reservado,
           segundos(CLOCK_PROCESS_CPUTIME_ID),
           segundos(CLOCK_MONOTONIC) - inicio);
    return rc < 0;
}

/* Ejecuta este mismo programa en otro proceso, y lee lo que mide. */
static struct medida preguntar(const char *yo, const char *manera)
{
    char orden[512];
    struct medida m;

    snprintf(orden, sizeof orden, "exec '%s' %s", yo, manera);
    FILE *otro = popen(orden, "r");
    salir_si(!otro, "popen");
    int leidos = fscanf(otro, "%ld %ld %lf %lf", &m.ocupado,
                        &m.reservado, &m.trabajo, &m.duracion);
    salir_si(pclose(otro) != 0 || leidos != 4, manera);
    return m;
}

static void cifras(const char *manera, struct medida m)
{
    printf("%s: %.1f KiB ocupados y %ld KiB reservados cada una; "
           "%.0f ms de trabajo en %.0f ms\n",
           manera, (double)m.ocupado / ESPERAS, m.reservado / ESPERAS,
           m.trabajo * 1000, m.duracion * 1000);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "cifras") != 0)
        return medir(argv[1]);
    struct medida hilos = preguntar(argv[0], "hilos");
    struct medida tareas = preguntar(argv[0], "tareas");
    if (argc > 1) {
        cifras("hilos", hilos);
        cifras("tareas", tareas);
        return 0;
    }
    /* [comparar] */
    if (hilos.duracion < 1 && tareas.duracion < 1)
        puts("duración: con hilos y con tareas, menos de un segundo");
    if (hilos.ocupado > tareas.ocupado)
        puts("memoria ocupada: más con hilos");
    if (hilos.reservado > 10 * tareas.reservado)
        puts("direcciones reservadas: diez veces más con hilos");
    if (hilos.trabajo > 3 * tareas.trabajo)
        puts("trabajo del procesador: el triple, o más, con hilos");
    /* [/comparar] */
    return 0;
}
