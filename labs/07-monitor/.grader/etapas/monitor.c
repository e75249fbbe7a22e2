/*
 * Quien va por una etapa, y no ha leído las siguientes: con ETAPA 1, la primera; y así hasta la 4.
 * El corrector le exige enteras las que lleva.
 */
#ifndef ETAPA
#define ETAPA 4
#endif

#include "opciones.h"

#include <asinc/asinc.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct sitio {
    const struct opciones *opciones;
    as_http *http;
    const char *url;
#if ETAPA >= 3
    uint64_t inicio;
#endif
#if ETAPA >= 4
    int seguidos;
#endif
};

static int verificar_sitio(struct sitio *s)
{
    as_http_request peticion = {.url = s->url, .timeout_ms = s->opciones->timeout_ms};
    as_http_response respuesta = {0};
    uint64_t antes = as_now();
    int rc = as_http_send(s->http, &peticion, &respuesta);
    uint64_t ms = as_now() - antes;
    time_t ahora = time(NULL);
    struct tm partes;
    char hora[20];
    strftime(hora, sizeof hora, "%Y-%m-%dT%H:%M:%S", localtime_r(&ahora, &partes));
    if (rc < 0)
        printf("%s %s ERROR %s %" PRIu64 " ms\n", hora, s->url, as_strerror(rc), ms);
    else
        printf("%s %s %d %" PRIu64 " ms\n", hora, s->url, respuesta.status, ms);
#if ETAPA >= 4
    if (rc < 0 || respuesta.status >= 400) {
        if (++s->seguidos == s->opciones->umbral)
            printf("ALERTA %s no va\n", s->url);
    } else {
        if (s->seguidos >= s->opciones->umbral)
            printf("RECUPERADO %s\n", s->url);
        s->seguidos = 0;
    }
#endif
    as_http_response_clear(&respuesta);
    return 0;
}

#if ETAPA >= 2
static int vigilar(void *arg)
{
    struct sitio *s = arg;
#if ETAPA >= 3
    int64_t intervalo = s->opciones->intervalo_ms;
    for (;;) {
        verificar_sitio(s);
        if (ferror(stdout))
            return UV_EPIPE;
        int64_t pasado = (int64_t)(as_now() - s->inicio);
        int rc = as_sleep(intervalo - pasado % intervalo);
        if (rc < 0)
            return rc;
    }
#else
    return verificar_sitio(s);
#endif
}
#endif

static int monitorear_sitios(void *arg)
{
    const struct opciones *o = arg;
    as_http_options opciones = {.max_connections = o->n};
    as_http *http;
    int rc = as_http_new(&opciones, &http);
    if (rc < 0)
        return rc;
    struct sitio *sitios = calloc(o->n, sizeof *sitios);
    for (size_t i = 0; sitios && i < o->n; i++) {
        sitios[i] = (struct sitio){.opciones = o, .http = http, .url = o->urls[i]};
#if ETAPA >= 3
        sitios[i].inicio = as_now();
#endif
#if ETAPA == 1
        verificar_sitio(&sitios[i]);
#endif
    }
#if ETAPA >= 2
    rc = as_gather_each(vigilar, sitios, o->n, sizeof *sitios, NULL);
#endif
    free(sitios);
    as_http_close(http);
    return rc;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    return as_run(monitorear_sitios, &opciones) < 0 ? SALIDA_FALLO : SALIDA_BIEN;
}
