/*
 * Un servidor de un solo archivo, dentro del mismo programa: lo manda
 * despacio, entiende Range e If-Range, y se corta cuando se le dice. Está
 * hecho a mano, sobre los flujos del capítulo 08; no hace falta leerlo
 * para seguir la página.
 */
#ifndef ARCHIVO_LOCAL_H
#define ARCHIVO_LOCAL_H

#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PORCION_MAX = 1 << 16 };

/* El archivo: «abcdef...» o, desde la versión 2, «ABCDEF...». */
struct archivo {
    long bytes;
    int version;  /* su etiqueta es "v1", "v2"...; 0, sin etiqueta */
    long porcion; /* cuántos bytes manda de una vez; 0: todos */
    int ms;       /* y cada cuánto */
    long corte;   /* tras cuántos corta la próxima respuesta; 0: no */
    long silencio;   /* tras cuántos se calla para siempre; 0: no */
    bool sin_rangos; /* no entiende Range */
};

static inline int mandar_cuerpo(as_stream *cliente, struct archivo *a,
                                long desde)
{
    char porcion[PORCION_MAX];
    long de_una_vez = a->porcion > 0 ? a->porcion : a->bytes;
    long corte = a->corte > 0 ? a->corte : a->bytes;
    int rc = 0;

    a->corte = 0;
    while (desde < corte && rc == 0) {
        long n = corte - desde < de_una_vez ? corte - desde
                                            : de_una_vez;
        n = n < PORCION_MAX ? n : PORCION_MAX;
        if (a->silencio > 0 && desde >= a->silencio)
            return as_sleep(3600 * 1000);
        for (long i = 0; i < n; i++)
            porcion[i] = (char)((a->version < 2 ? 'a' : 'A') +
                                (desde + i) % 26);
        rc = as_sleep(a->ms);
        if (rc == 0)
            rc = as_write(cliente, porcion, (size_t)n);
        desde += n;
    }
    return rc;
}

static inline int responder(as_stream *cliente, struct archivo *a,
                            long desde)
{
    char etiqueta[40] = "", rango[100] = "";
    int estado = 200;
    long hasta = a->bytes;

    if (a->version > 0)
        snprintf(etiqueta, sizeof etiqueta, "ETag: \"v%d\"\r\n",
                 a->version);
    if (desde >= a->bytes) {
        estado = 416;
        snprintf(rango, sizeof rango, "Content-Range: bytes */%ld\r\n",
                 a->bytes);
        hasta = desde;
    } else if (desde >= 0) {
        estado = 206;
        snprintf(rango, sizeof rango,
                 "Content-Range: bytes %ld-%ld/%ld\r\n", desde,
                 a->bytes - 1, a->bytes);
    }
    desde = desde > 0 ? desde : 0;
    int rc = as_writef(cliente,
                       "HTTP/1.1 %d .\r\nConnection: close\r\n"
                       "Content-Length: %ld\r\n%s%s\r\n",
                       estado, hasta - desde, etiqueta, rango);
    return rc < 0 || estado == 416 ? rc
                                   : mandar_cuerpo(cliente, a, desde);
}

/* Lee una petición hasta su línea vacía y la responde. */
static inline int servir_archivo(as_stream *cliente, void *arg)
{
    struct archivo *a = arg;
    char linea[512], version[40], si_es[40] = "";
    long desde = -1;
    ssize_t n;

    while ((n = as_readline(cliente, linea, sizeof linea)) > 0) {
        sscanf(linea, "Range: bytes=%ld-", &desde);
        sscanf(linea, "If-Range: %39s", si_es);
    }
    if (n < 0)
        return (int)n;
    snprintf(version, sizeof version, "\"v%d\"", a->version);
    if (a->sin_rangos || (*si_es && strcmp(si_es, version) != 0))
        desde = -1;
    return responder(cliente, a, desde);
}

struct escenario {
    struct archivo *archivo;
    as_fn *principal;
    as_listener *puerto;
};

static inline int atender_archivo(void *arg)
{
    struct escenario *e = arg;

    return as_serve(e->puerto, servir_archivo, e->archivo);
}

static inline int abrir_archivo(void *arg)
{
    struct escenario *e = arg;
    as_group grupo;
    char url[60];

    int rc = as_listen("127.0.0.1", 0, 0, &e->puerto);
    if (rc < 0)
        return rc;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/datos",
             as_listener_port(e->puerto));
    as_group_enter(&grupo);
    as_task *servidor = as_spawn(&grupo, "servidor", atender_archivo,
                                 e);
    rc = servidor ? e->principal(url) : UV_ENOMEM;
    if (servidor)
        as_cancel(servidor);
    rc = as_group_leave(&grupo, rc);
    as_listener_close(e->puerto);
    return rc;
}

/*
 * as_run(principal, url), con ese archivo en la dirección `url`. Devuelve
 * lo que main: 0 o 1.
 */
static inline int con_archivo(struct archivo *archivo, as_fn *principal)
{
    struct escenario escenario = {.archivo = archivo,
                                  .principal = principal};

    return as_run(abrir_archivo, &escenario) < 0;
}

#endif
