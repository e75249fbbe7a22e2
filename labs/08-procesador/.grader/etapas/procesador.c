/*
 * Quien va por una etapa, y no ha leído las siguientes: con ETAPA 1, la primera; y así hasta la 5.
 * El corrector le exige enteras las que lleva.
 */
#ifndef ETAPA
#define ETAPA 5
#endif

#include "opciones.h"
#include "utf8.h"

#include <asinc/asinc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct archivo {
    const struct opciones *opciones;
    const char *ruta;
    long palabras;
    int error;
#if ETAPA >= 4
    as_semaphore *plazas;
#endif
};

#if ETAPA >= 5
static bool es_espacio(uint32_t p)
{
    if (p < 0x80)
        return (p >= '\t' && p <= '\r') || (p >= 0x1c && p <= ' ');
    return p == 0x85 || p == 0xa0 || p == 0x1680 || (p >= 0x2000 && p <= 0x200a) ||
           p == 0x2028 || p == 0x2029 || p == 0x202f || p == 0x205f || p == 0x3000;
}
#endif

static int contar(struct archivo *a)
{
    char trozo[4096];
    bool dentro = false;
    as_file *f;
    ssize_t n;
    int rc = as_file_open(a->ruta, "r", &f);
    if (rc < 0)
        return rc;
#if ETAPA >= 5
    struct utf8 u = {0};
    uint32_t puntos[2];
#endif
    while ((n = as_file_read(f, trozo, sizeof trozo)) > 0)
        for (ssize_t i = 0; i < n; i++) {
#if ETAPA >= 5
            int acabados = utf8_byte(&u, (unsigned char)trozo[i], puntos);
            for (int k = 0; k < acabados; k++) {
                bool espacio = es_espacio(puntos[k]);
                a->palabras += !espacio && !dentro;
                dentro = !espacio;
            }
#else
            bool espacio = trozo[i] && strchr(" \t\n\v\f\r\x1c\x1d\x1e\x1f", trozo[i]);
            a->palabras += !espacio && !dentro;
            dentro = !espacio;
#endif
        }
#if ETAPA >= 5
    a->palabras += utf8_a_medias(&u) && !dentro;
#endif
    as_file_close(f);
    return (int)n;
}

static int procesar_archivo(void *arg)
{
    struct archivo *a = arg;
    int rc = 0;
#if ETAPA >= 4
    uint64_t azar;
    uv_random(NULL, NULL, &azar, sizeof azar, 0, NULL);
    int64_t minima = a->opciones->demora_min_ms;
    int64_t margen = a->opciones->demora_max_ms - minima + 1;
    rc = as_semaphore_acquire(a->plazas);
    if (rc == 0)
        rc = as_sleep(minima + (int64_t)(azar % (uint64_t)margen));
#endif
    if (rc == 0)
        rc = contar(a);
#if ETAPA >= 4
    as_semaphore_release(a->plazas);
#endif
    a->error = rc;
    if (rc < 0) {
#if ETAPA >= 3
        printf("%s ERROR %s\n", a->ruta, as_strerror(rc));
        return 0;
#else
        return rc;
#endif
    }
    printf("%s palabras=%ld\n", a->ruta, a->palabras);
    return 0;
}

static int procesar_archivos(void *arg)
{
    const struct opciones *o = arg;
    struct archivo *v = calloc(o->n, sizeof *v);
    long total = 0, leidos = 0;
    int rc = 0;
#if ETAPA >= 4
    as_semaphore plazas;
    as_semaphore_init(&plazas, o->concurrencia ? (size_t)o->concurrencia : o->n);
#endif
    for (size_t i = 0; i < o->n && rc == 0; i++) {
        v[i] = (struct archivo){.opciones = o, .ruta = o->rutas[i]};
#if ETAPA >= 4
        v[i].plazas = &plazas;
#endif
#if ETAPA == 1
        rc = procesar_archivo(&v[i]);
#endif
    }
#if ETAPA >= 2
    rc = as_gather_each(procesar_archivo, v, o->n, sizeof *v, NULL);
    const struct archivo *mayor = NULL;
#endif
    for (size_t i = 0; i < o->n; i++) {
        if (v[i].error < 0)
            continue;
        total += v[i].palabras;
        leidos++;
#if ETAPA >= 2
        if (!mayor || v[i].palabras > mayor->palabras)
            mayor = &v[i];
#endif
    }
    printf("TOTAL palabras=%ld\n", total);
    printf("PROMEDIO palabras=%.2f\n", leidos ? (double)total / (double)leidos : 0.0);
#if ETAPA >= 2
    if (mayor)
        printf("MAYOR %s palabras=%ld\n", mayor->ruta, mayor->palabras);
#endif
    bool faltan = (size_t)leidos < o->n;
    free(v);
    return rc < 0 ? rc : faltan;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    return as_run(procesar_archivos, &opciones) == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
