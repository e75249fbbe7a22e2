/*
 * Quien va por una etapa, y no ha leído las siguientes: con ETAPA 1, la primera; y así hasta la 3.
 * El corrector le exige enteras las que lleva.
 */
#ifndef ETAPA
#define ETAPA 3
#endif

#include "opciones.h"

#include <asinc/asinc.h>
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

struct api {
    as_http *http;
    const char *url;
    double grados;
    bool buena;
    char motivo[64];
};

static bool extraer_temperatura(const char *texto, size_t n, double *grados)
{
    json_error_t error;
    json_t *raiz = json_loadb(texto, n, 0, &error);
    json_t *kelvin = json_object_get(json_object_get(raiz, "main"), "temp");
    json_t *una = json_object_get(json_object_get(raiz, "current"), "temp_c");
    json_t *otra = json_object_get(json_object_get(raiz, "current_weather"),
                                   "temperature");
    bool hay = true;
    if (json_is_number(kelvin))
        *grados = json_number_value(kelvin) - 273.15;
    else if (json_is_number(una))
        *grados = json_number_value(una);
    else if (json_is_number(otra))
        *grados = json_number_value(otra);
    else
        hay = false;
    json_decref(raiz);
    return hay;
}

static int consultar_api(void *arg)
{
    struct api *a = arg;
    as_http_request peticion = {.url = a->url};
    as_http_response r = {0};
#if ETAPA >= 2
    peticion.max_body = 1048576;
    peticion.send_once = true;
#endif
    int rc = as_http_send(a->http, &peticion, &r);
    if (rc == UV_ECANCELED)
        return rc;
    if (rc < 0)
        snprintf(a->motivo, sizeof a->motivo, "%s", as_strerror(rc));
#if ETAPA >= 2
    else if (r.status < 200 || r.status > 299)
        snprintf(a->motivo, sizeof a->motivo, "HTTP %d", r.status);
#endif
    else if (extraer_temperatura(r.body, r.body_size, &a->grados))
        a->buena = true;
    else
        snprintf(a->motivo, sizeof a->motivo, "no dice la temperatura");
    as_http_response_clear(&r);
    return 0;
}

static void escribir(const struct api *a)
{
    if (a->buena)
        printf("%s %.1f °C\n", a->url, a->grados);
    else
        printf("%s ERROR %s\n", a->url, a->motivo);
}

static int agregar(void *arg)
{
    const struct opciones *o = arg;
    as_http_options cliente = {.max_connections = o->n};
    struct api *v = calloc(o->n, sizeof *v);
    as_http *http;
    int rc = as_http_new(&cliente, &http), buenas = 0;
    for (size_t i = 0; rc == 0 && i < o->n; i++) {
        v[i] = (struct api){.http = http, .url = o->urls[i]};
#if ETAPA <= 2
        consultar_api(&v[i]);
        escribir(&v[i]);
#endif
    }
#if ETAPA >= 3
    rc = as_gather_each(consultar_api, v, o->n, sizeof *v, NULL);
    for (size_t i = 0; rc == 0 && i < o->n; i++)
        escribir(&v[i]);
#endif
    double suma = 0;
    for (size_t i = 0; i < o->n; i++)
        if (v[i].buena) {
            suma += v[i].grados;
            buenas++;
        }
#if ETAPA >= 2
    if (buenas)
        printf("MEDIA %.1f °C (%d de %zu)\n", suma / buenas, buenas, o->n);
    else
        printf("MEDIA ERROR (0 de %zu)\n", o->n);
#endif
    as_http_close(http);
    free(v);
    return rc < 0 ? rc : buenas;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    int rc = as_run(agregar, &opciones);
#if ETAPA == 1
    return rc < 0 ? SALIDA_FALLO : SALIDA_BIEN;
#else
    return rc > 0 ? SALIDA_BIEN : SALIDA_FALLO;
#endif
}
