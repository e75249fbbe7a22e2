/*
 * procesador con hilos: tantos como archivos a la vez, y cada uno toma el siguiente de la
 * lista hasta que no quedan. Así no hace falta contar plazas: las plazas son los hilos.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MUESTRAS = 5, PILA = 128 * 1024, TROZO = 32 * 1024 };

struct archivo {
    const char *ruta;
    uint64_t palabras;
    int error; /* errno */
};

static struct opciones o;
static struct archivo *archivos;
static size_t n, siguiente; /* siguiente: con el cerrojo */
static pthread_mutex_t cerrojo = PTHREAD_MUTEX_INITIALIZER;

/* ---- Palabras: los espacios se buscan por sus bytes, con los tres últimos a la vista -- */

static bool es_espacio_ascii(unsigned char c)
{
    return (c >= 9 && c <= 13) || (c >= 28 && c <= 32);
}

/* Cuántos bytes mide el espacio que empieza en `b`, de los que se ven `hay`; 0 si no lo
 * es, -1 si faltan bytes para saberlo. */
static int medir_espacio(const unsigned char *b, size_t hay)
{
    if (es_espacio_ascii(b[0]))
        return 1;
    if (b[0] != 0xc2 && b[0] != 0xe1 && b[0] != 0xe2 && b[0] != 0xe3)
        return 0;
    if (hay < 2)
        return -1;
    if (b[0] == 0xc2)
        return b[1] == 0x85 || b[1] == 0xa0 ? 2 : 0;
    bool puede = b[0] == 0xe1   ? b[1] == 0x9a
                 : b[0] == 0xe2 ? b[1] == 0x80 || b[1] == 0x81
                                : b[1] == 0x80;
    if (!puede)
        return 0;
    if (hay < 3)
        return -1;
    unsigned char c = b[2];
    if (b[0] != 0xe2)
        return c == 0x80 ? 3 : 0;
    if (b[1] == 0x81)
        return c == 0x9f ? 3 : 0;
    return (c >= 0x80 && c <= 0x8a) || c == 0xa8 || c == 0xa9 || c == 0xaf ? 3 : 0;
}

/* Cuenta en `b` hasta donde se entiende y devuelve cuántos bytes usó. */
static size_t contar(const unsigned char *b, size_t hay, bool ultimo, bool *dentro,
                     uint64_t *palabras)
{
    size_t i = 0;
    while (i < hay) {
        int mide = medir_espacio(b + i, hay - i);
        if (mide < 0 && !ultimo)
            break;
        if (mide > 0) {
            *dentro = false;
            i += (size_t)mide;
            continue;
        }
        *palabras += !*dentro;
        *dentro = true;
        i++;
    }
    return i;
}

static int contar_palabras(const char *ruta, uint64_t *palabras)
{
    unsigned char trozo[TROZO];
    size_t hay = 0;
    bool dentro = false;
    int fd = open(ruta, O_RDONLY | O_CLOEXEC), error = 0;
    if (fd < 0)
        return errno;
    for (;;) {
        ssize_t leido = read(fd, trozo + hay, sizeof trozo - hay);
        if (leido < 0 && errno == EINTR)
            continue;
        if (leido < 0)
            error = errno;
        if (leido <= 0)
            break;
        hay += (size_t)leido;
        size_t usado = contar(trozo, hay, false, &dentro, palabras);
        memmove(trozo, trozo + usado, hay - usado);
        hay -= usado;
    }
    contar(trozo, hay, true, &dentro, palabras);
    close(fd);
    return error;
}

/* ---- Hilos ------------------------------------------------------------------------ */

static void demorar(void)
{
    uint64_t azar = 0;
    if (getrandom(&azar, sizeof azar, 0) < 0)
        azar = (uint64_t)time(NULL);
    int64_t ms = o.demora_min_ms +
                 (int64_t)(azar % (uint64_t)(o.demora_max_ms - o.demora_min_ms + 1));
    struct timespec resto = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&resto, &resto) < 0 && errno == EINTR)
        ;
}

static void *trabajar(void *nada)
{
    (void)nada;
    for (;;) {
        pthread_mutex_lock(&cerrojo);
        struct archivo *a = siguiente < n ? &archivos[siguiente++] : NULL;
        pthread_mutex_unlock(&cerrojo);
        if (!a || !a->ruta)
            return NULL;
        a->error = contar_palabras(a->ruta, &a->palabras);
        demorar();
        if (a->error)
            printf("%s ERROR %s\n", a->ruta, strerror(a->error));
        else
            printf("%s palabras=%" PRIu64 "\n", a->ruta, a->palabras);
    }
}

static void procesar(void)
{
    size_t hilos = o.concurrencia > 0 && (size_t)o.concurrencia < n
                       ? (size_t)o.concurrencia
                       : n;
    pthread_t *ids = calloc(hilos, sizeof *ids);
    pthread_attr_t pequeño;
    pthread_attr_init(&pequeño);
    pthread_attr_setstacksize(&pequeño, PILA);
    size_t creados = 0;
    while (ids && creados < hilos &&
           pthread_create(&ids[creados], &pequeño, trabajar, NULL) == 0)
        creados++;
    if (creados == 0)
        trabajar(NULL);
    for (size_t i = 0; i < creados; i++)
        pthread_join(ids[i], NULL);
    pthread_attr_destroy(&pequeño);
    free(ids);
}

static int resumir(void)
{
    uint64_t total = 0;
    size_t leidos = 0;
    const struct archivo *mayor = NULL;
    for (size_t i = 0; i < n; i++) {
        if (archivos[i].error)
            continue;
        leidos++;
        total += archivos[i].palabras;
        if (!mayor || archivos[i].palabras > mayor->palabras)
            mayor = &archivos[i];
    }
    printf("TOTAL palabras=%" PRIu64 "\nPROMEDIO palabras=%.2f\n", total,
           leidos ? (double)total / (double)leidos : 0);
    if (mayor)
        printf("MAYOR %s palabras=%" PRIu64 "\n", mayor->ruta, mayor->palabras);
    return leidos == n && !ferror(stdout) ? SALIDA_BIEN : SALIDA_FALLO;
}

/* ---- Muestras ----------------------------------------------------------------------- */

static int crear_muestras(const char *dir, char rutas[MUESTRAS][4096])
{
    if (mkdir(dir, 0777) < 0 && errno != EEXIST)
        return -1;
    for (int i = 0; i < MUESTRAS; i++) {
        snprintf(rutas[i], sizeof rutas[i], "%s/muestra%d.txt", dir, i + 1);
        FILE *f = fopen(rutas[i], "w");
        if (!f)
            return -1;
        for (int j = 0; j <= 3 * i; j++)
            fprintf(f, "palabra%d%c", j, j % 4 == 3 ? '\n' : ' ');
        if (fclose(f) != 0)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static char rutas[MUESTRAS][4096];
    if (leer_opciones(argc, argv, &o) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (o.crear && crear_muestras(o.crear, rutas) < 0) {
        fprintf(stderr, "procesador: %s: %s\n", o.crear, strerror(errno));
        return SALIDA_FALLO;
    }
    archivos = calloc(o.n + MUESTRAS, sizeof *archivos);
    if (!archivos)
        return SALIDA_FALLO;
    for (int i = 0; o.crear && i < MUESTRAS; i++)
        archivos[n++].ruta = rutas[i];
    for (size_t i = 0; i < o.n; i++)
        archivos[n++].ruta = o.rutas[i];
    procesar();
    int salida = resumir();
    free(archivos);
    return salida;
}
