/*
 * La red del capítulo, que es de mentira: cada servicio falla cuando
 * dice su estructura. Lo demás es de verdad: cada conexión gasta un
 * descriptor, y preguntar espera.
 */
#ifndef RED_H
#define RED_H

#include <asinc/asinc.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { HORA_MS = 60 * 60 * 1000, DIA_MS = 24 * HORA_MS };

struct servicio {
    const char *nombre;
    int falla;   /* un sondeo de cada tantos; 0, ninguno */
    int mudo;    /* desde qué día no contesta; 0, contesta siempre */
    int rechaza; /* en qué hora rechaza las conexiones; 0, nunca */
    int sondeos;
    int fallos; /* seguidos */
    uint64_t inicio;
};

/* Un descriptor, que se devuelve con close, o un error. */
static inline int conectar(struct servicio *s)
{
    uint64_t hora = (as_now() - s->inicio) / HORA_MS;

    s->sondeos++;
    if (s->rechaza > 0 && hora == (uint64_t)s->rechaza)
        return UV_ECONNREFUSED;
    int fd = open("/dev/null", O_RDONLY);
    return fd < 0 ? uv_translate_sys_error(errno) : fd;
}

/* 0, o el error del servicio. */
static inline int preguntar(struct servicio *s)
{
    uint64_t vivido = as_now() - s->inicio;

    if (s->mudo > 0 && vivido >= (uint64_t)(s->mudo - 1) * DIA_MS)
        return as_sleep((int64_t)365 * DIA_MS);
    int rc = as_sleep(40);
    if (rc < 0)
        return rc;
    return s->falla > 0 && s->sondeos % s->falla == 0 ? UV_ETIMEDOUT
                                                      : 0;
}

/* Espera al próximo múltiplo de `cada_ms` desde que empezó. */
static inline int esperar_turno(const struct servicio *s, int64_t cada)
{
    int64_t vivido = (int64_t)(as_now() - s->inicio);

    return as_sleep(cada - vivido % cada);
}

#endif
