/*
 * Quien va por una etapa, y no ha leído las siguientes: con ETAPA 1, la primera; y así hasta la 4.
 * El corrector le exige enteras las que lleva.
 */
#ifndef ETAPA
#define ETAPA 4
#endif

#include "dibujo.h"
#include "nombre.h"
#include "opciones.h"

#include <asinc/asinc.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct descarga {
    const struct opciones *opciones;
    as_http *http;
    const char *url;
    char *nombre, *ruta, *part;
    int64_t bytes;
    bool lista, mal;
#if ETAPA >= 2
    bool en_marcha;
    int64_t total, antes;
    uint64_t ms;
#endif
#if ETAPA >= 3
    as_semaphore *turnos;
#endif
};

static struct descarga *todas;
static int64_t recibidos;

static int guardar(struct descarga *d, as_http_stream *flujo)
{
    char bloque[16384];
    as_file *archivo;
    ssize_t n;
#if ETAPA >= 4
    const char *ruta = d->part;
#else
    const char *ruta = d->ruta;
#endif
    int rc = as_file_open(ruta, "w", &archivo);
    if (rc < 0)
        return rc;
#if ETAPA >= 2
    const char *mide = as_http_stream_header(flujo, "Content-Length");
    d->total = mide ? strtoll(mide, NULL, 10) : -1;
    d->ms = as_now();
    d->en_marcha = true;
#endif
    do {
#if ETAPA >= 4
        as_scope plazo;
        as_scope_enter(&plazo, d->opciones->timeout_ms);
        n = as_http_read(flujo, bloque, sizeof bloque);
        n = as_scope_leave(&plazo, (int)n);
#else
        n = as_http_read(flujo, bloque, sizeof bloque);
#endif
        if (n > 0) {
            rc = as_file_write(archivo, bloque, (size_t)n);
            d->bytes += n;
            recibidos += n;
        }
    } while (n > 0 && rc == 0);
    as_file_close(archivo);
#if ETAPA >= 4
    if (n == 0 && rc == 0)
        rc = as_file_rename(d->part, d->ruta);
#endif
    return n < 0 ? (int)n : rc;
}

static int bajar(struct descarga *d)
{
    as_http_request peticion = {.url = d->url};
    as_http_stream *flujo = NULL;
    char motivo[80] = "su nombre no vale";
    int rc = UV_EINVAL;
#if ETAPA >= 4
    peticion.timeout_ms = d->opciones->timeout_ms;
#endif
    if (d->nombre) {
        rc = as_http_open(d->http, &peticion, &flujo);
        snprintf(motivo, sizeof motivo, "%s", rc < 0 ? as_strerror(rc) : "");
    }
    if (rc == 0 && as_http_stream_status(flujo) != 200) {
        snprintf(motivo, sizeof motivo, "HTTP %d", as_http_stream_status(flujo));
        rc = UV_EPROTO;
    } else if (rc == 0) {
        rc = guardar(d, flujo);
        snprintf(motivo, sizeof motivo, "%s", rc < 0 ? as_strerror(rc) : "");
    }
    as_http_stream_close(flujo);
#if ETAPA >= 2
    d->en_marcha = false;
#endif
    if (rc == UV_ECANCELED)
        return rc;
    d->lista = rc == 0;
    d->mal = rc < 0;
    if (rc == 0)
        dibujar_linea("LISTO %s %" PRId64 " bytes", d->nombre, d->bytes);
    else
        dibujar_linea("ERROR %s %s", d->url, motivo);
    return 0;
}

#if ETAPA >= 2
static int mostrar(void *arg)
{
    const struct opciones *o = arg;
    uint64_t proximo = as_now();
    struct fila filas[MAX_A_LA_VEZ];
    for (;;) {
        proximo += (uint64_t)o->refresco_ms;
        uint64_t ahora = as_now();
        int rc = as_sleep(proximo > ahora ? (int64_t)(proximo - ahora) : 0);
        if (rc < 0)
            return rc;
        size_t n = 0;
        for (size_t i = 0; i < o->n && n < MAX_A_LA_VEZ; i++) {
            struct descarga *d = &todas[i];
            if (!d->en_marcha)
                continue;
            uint64_t ms = as_now() - d->ms;
            double kb = (double)(d->bytes - d->antes) / 1.024 / (double)(ms ? ms : 1);
            d->antes = d->bytes;
            d->ms = as_now();
            filas[n++] = (struct fila){d->nombre, d->bytes, d->total, kb};
        }
        dibujar_progreso(filas, n);
    }
}
#endif

#if ETAPA >= 3
static int por_turno(void *arg)
{
    struct descarga *d = arg;
    if (!d->nombre)
        return bajar(d);
    int rc = as_semaphore_acquire(d->turnos);
    if (rc < 0)
        return rc;
    rc = bajar(d);
    as_semaphore_release(d->turnos);
    return rc;
}
#endif

static int bajar_todas(void *arg)
{
    const struct opciones *o = arg;
#if ETAPA >= 3
    return as_gather_each(por_turno, todas, o->n, sizeof *todas, NULL);
#else
    int rc = 0;
    for (size_t i = 0; i < o->n && rc == 0; i++)
        rc = bajar(&todas[i]);
    return rc;
#endif
}

static void nombrar(struct descarga *d)
{
    d->nombre = nombre_de_url(d->url);
#if ETAPA >= 3
    for (struct descarga *otra = todas; otra < d && d->nombre; otra++)
        if (otra->nombre && strcmp(otra->nombre, d->nombre) == 0) {
            free(d->nombre);
            d->nombre = NULL;
        }
#endif
    if (d->nombre && (asprintf(&d->ruta, "%s/%s", d->opciones->dir, d->nombre) < 0 ||
                      asprintf(&d->part, "%s.part", d->ruta) < 0))
        abort();
}

static int gestionar(void *arg)
{
    const struct opciones *o = arg;
    as_http_options opciones = {.max_connections = (size_t)o->max};
    as_http *http;
    int rc = as_file_mkdir(o->dir);
    if (rc < 0)
        return rc;
    rc = as_http_new(&opciones, &http);
    if (rc < 0)
        return rc;
    todas = calloc(o->n, sizeof *todas);
#if ETAPA >= 3
    as_semaphore turnos;
    as_semaphore_init(&turnos, (size_t)o->max);
#endif
    for (size_t i = 0; i < o->n; i++) {
        todas[i] = (struct descarga){.opciones = o, .http = http, .url = o->urls[i]};
#if ETAPA >= 3
        todas[i].turnos = &turnos;
#endif
        nombrar(&todas[i]);
    }
#if ETAPA >= 2
    as_group grupo;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "pantalla", mostrar, arg);
    if (rc == 0)
        rc = bajar_todas(arg);
    as_group_cancel(&grupo);
    int fin = as_group_leave(&grupo, 0);
    rc = rc < 0 ? rc : fin == UV_ECANCELED ? 0 : fin;
#else
    rc = bajar_todas(arg);
#endif
    int listos = 0, errores = 0;
    for (size_t i = 0; i < o->n; i++) {
        listos += todas[i].lista;
        errores += todas[i].mal;
        free(todas[i].nombre);
        free(todas[i].ruta);
        free(todas[i].part);
    }
#if ETAPA >= 4
    dibujar_linea("RESUMEN listos=%d errores=%d interrumpidos=%d bytes=%" PRId64, listos,
                  errores, (int)o->n - listos - errores, recibidos);
#endif
    free(todas);
    as_http_close(http);
    return rc < 0 ? rc : (size_t)listos < o->n;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int rc = as_run(gestionar, &opciones);
    if (rc < 0)
        fprintf(stderr, "descargas: %s\n", as_error_text(rc));
    return rc == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
