/*
 * procesador: cuenta las palabras de muchos archivos a la vez.
 *
 * Una tarea por archivo y un semáforo que dice cuántas trabajan a la vez. Cada una lee su
 * archivo por trozos y guarda entre trozo y trozo lo único que hace falta recordar: si
 * estaba dentro de una palabra y qué carácter se quedó a medias. Por eso la memoria no
 * depende del tamaño de los archivos.
 */
#include "opciones.h"
#include "utf8.h"

#include <asinc/asinc.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MUESTRAS = 5, TROZO = 64 * 1024 };

/* Lo que comparten las tareas de todos los archivos. */
struct procesador {
    const struct opciones *opciones;
    as_semaphore plazas;
};

struct archivo {
    struct procesador *procesador;
    const char *ruta;
    uint64_t palabras;
    int error; /* por qué no se pudo leer, o 0 */
};

/* ---- Contar palabras, llegue el texto en los trozos que llegue ----------------- */

/* Lo que hay que recordar al acabar un trozo. */
struct contador {
    uint64_t palabras;
    bool dentro;      /* lo último fue parte de una palabra */
    struct utf8 utf8; /* el carácter que se quedó a medias */
};

/* Los espacios de str.split() en Python. */
static bool es_espacio(uint32_t punto)
{
    if (punto < 0x80)
        return (punto >= '\t' && punto <= '\r') || (punto >= 0x1c && punto <= ' ');
    return punto == 0x85 || punto == 0xa0 || punto == 0x1680 ||
           (punto >= 0x2000 && punto <= 0x200a) || punto == 0x2028 || punto == 0x2029 ||
           punto == 0x202f || punto == 0x205f || punto == 0x3000;
}

static void caracter(struct contador *c, uint32_t punto)
{
    bool espacio = es_espacio(punto);
    c->palabras += !espacio && !c->dentro;
    c->dentro = !espacio;
}

static void contar_trozo(struct contador *c, const char *bytes, size_t n)
{
    uint32_t puntos[2];
    for (size_t i = 0; i < n; i++) {
        int acabados = utf8_byte(&c->utf8, (unsigned char)bytes[i], puntos);
        for (int k = 0; k < acabados; k++)
            caracter(c, puntos[k]);
    }
}

static uint64_t terminar_de_contar(struct contador *c)
{
    if (utf8_a_medias(&c->utf8))
        caracter(c, UTF8_ROTO);
    return c->palabras;
}

/* ---- Un archivo ----------------------------------------------------------------- */

static int contar_palabras(const char *ruta, uint64_t *palabras)
{
    struct contador contador = {0};
    as_file *archivo;
    ssize_t n = UV_ENOMEM;
    char *trozo = malloc(TROZO);
    if (!trozo)
        return UV_ENOMEM;
    int rc = as_file_open(ruta, "r", &archivo);
    if (rc < 0)
        goto sin_archivo;
    while ((n = as_file_read(archivo, trozo, TROZO)) > 0)
        contar_trozo(&contador, trozo, (size_t)n);
    rc = (int)n; /* 0 al llegar al final */
    as_file_close(archivo);
    *palabras = terminar_de_contar(&contador);
sin_archivo:
    free(trozo);
    return rc;
}

static int64_t demora_al_azar(const struct opciones *opciones)
{
    uint64_t azar = 0;
    uint64_t valores = (uint64_t)(opciones->demora_max_ms - opciones->demora_min_ms) + 1;
    uv_random(NULL, NULL, &azar, sizeof azar, 0, NULL);
    return opciones->demora_min_ms + (int64_t)(azar % valores);
}

/*
 * La tarea de un archivo. Que no se pueda leer es un resultado, no un error: si lo fuera,
 * as_gather_each cancelaría a los demás.
 */
static int procesar_archivo(void *arg)
{
    struct archivo *archivo = arg;
    struct procesador *procesador = archivo->procesador;
    int rc = as_semaphore_acquire(&procesador->plazas);
    if (rc < 0)
        return rc;
    rc = as_sleep(demora_al_azar(procesador->opciones));
    if (rc == 0)
        rc = contar_palabras(archivo->ruta, &archivo->palabras);
    as_semaphore_release(&procesador->plazas);
    if (rc == UV_ECANCELED)
        return rc;

    archivo->error = rc;
    if (rc < 0)
        printf("%s ERROR %s\n", archivo->ruta, as_strerror(rc));
    else
        printf("%s palabras=%" PRIu64 "\n", archivo->ruta, archivo->palabras);
    /* Si ya no hay quien lea las líneas, seguir no tiene sentido. */
    return ferror(stdout) ? UV_EPIPE : 0;
}

/* ---- Todos los archivos --------------------------------------------------------- */

/* Escribe las estadísticas. Devuelve cuántos archivos no se pudieron leer. */
static int resumir(const struct archivo *archivos, size_t n)
{
    const struct archivo *mayor = NULL;
    uint64_t total = 0;
    size_t leidos = 0;
    for (size_t i = 0; i < n; i++) {
        const struct archivo *a = &archivos[i];
        if (a->error < 0)
            continue;
        leidos++;
        total += a->palabras;
        if (!mayor || a->palabras > mayor->palabras)
            mayor = a;
    }
    printf("TOTAL palabras=%" PRIu64 "\n", total);
    printf("PROMEDIO palabras=%.2f\n", leidos > 0 ? (double)total / (double)leidos : 0.0);
    if (mayor)
        printf("MAYOR %s palabras=%" PRIu64 "\n", mayor->ruta, mayor->palabras);
    return (int)(n - leidos);
}

/* Los procesa todos a la vez, o de `concurrencia` en `concurrencia`, y los resume. */
static int procesar(const struct opciones *opciones)
{
    struct procesador procesador = {.opciones = opciones};
    size_t plazas = opciones->concurrencia > 0 ? (size_t)opciones->concurrencia
                                               : opciones->n;
    struct archivo *archivos = calloc(opciones->n, sizeof *archivos);
    if (!archivos)
        return UV_ENOMEM;
    as_semaphore_init(&procesador.plazas, plazas);
    for (size_t i = 0; i < opciones->n; i++)
        archivos[i] = (struct archivo){.procesador = &procesador,
                                       .ruta = opciones->rutas[i]};
    int rc = as_gather_each(procesar_archivo, archivos, opciones->n, sizeof *archivos,
                            NULL);
    if (rc == 0)
        rc = resumir(archivos, opciones->n);
    free(archivos);
    return rc;
}

/* ---- Las muestras ---------------------------------------------------------------- */

static const char *const muestras[MUESTRAS] = {
    "El bucle de eventos espera a todos a la vez.\n",
    "Una corrutina se para donde quiere\ny sigue donde estaba.\n",
    "Leer un archivo también es esperar.\n",
    "Abrir, leer y cerrar.\nSi algo falla, contarlo.\nSiempre cerrar.\n",
    "Quien hace cola no trabaja,\npero tampoco estorba.\n",
};

/* Escribe las muestras y deja sus rutas, que libera quien llama, en `rutas`. */
static int crear_muestras(const char *dir, char *rutas[MUESTRAS])
{
    int rc = as_file_mkdir(dir);
    for (int i = 0; rc == 0 && i < MUESTRAS; i++) {
        if (asprintf(&rutas[i], "%s/muestra%d.txt", dir, i + 1) < 0) {
            rutas[i] = NULL;
            return UV_ENOMEM;
        }
        rc = as_file_write_all(rutas[i], muestras[i], strlen(muestras[i]));
    }
    return rc;
}

/* La tarea principal. Devuelve cuántos archivos fallaron, o un error. */
static int procesar_archivos(void *arg)
{
    struct opciones opciones = *(const struct opciones *)arg;
    if (!opciones.crear)
        return procesar(&opciones);

    char *creadas[MUESTRAS] = {NULL};
    size_t n = MUESTRAS + opciones.n;
    char **rutas = calloc(n, sizeof *rutas);
    int rc = rutas ? crear_muestras(opciones.crear, creadas) : UV_ENOMEM;
    if (rc == 0) {
        memcpy(rutas, creadas, sizeof creadas);
        memcpy(rutas + MUESTRAS, opciones.rutas, opciones.n * sizeof *rutas);
        opciones.rutas = rutas;
        opciones.n = n;
        rc = procesar(&opciones);
    }
    for (int i = 0; i < MUESTRAS; i++)
        free(creadas[i]);
    free(rutas);
    return rc;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    /* En una tubería, stdio guardaría las líneas hasta juntar unos KiB. */
    setvbuf(stdout, NULL, _IOLBF, 0);

    int rc = as_run(procesar_archivos, &opciones);
    if (rc < 0)
        fprintf(stderr, "procesador: %s\n", as_error_text(rc));
    return rc == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
