/*
 * Un sitio web dentro del mismo programa, para que los ejemplos de este
 * capítulo no dependan de internet. Lo describe una tabla; no hace falta
 * leer el resto para seguir el capítulo. Cómo se escribe un servidor es
 * el capítulo siguiente.
 */
#ifndef SERVIDOR_LOCAL_H
#define SERVIDOR_LOCAL_H

#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Una página. Si hay varias filas con el mismo camino, la primera
 * petición recibe la primera, la segunda la segunda, y la última se
 * repite. {0} acaba la tabla. Un 429 lleva «Retry-After: 3». Si el
 * cuerpo es «¿quién?», responde la dirección del cliente.
 */
struct pagina {
    const char *camino;
    int ms;     /* lo que tarda en responder */
    int estado; /* 200, 404... */
    const char *cuerpo;
};

enum { PAGINAS_MAX = 16 };

struct sitio {
    const struct pagina *paginas;
    int visitas[PAGINAS_MAX]; /* de cada camino, en su primera fila */
    as_fn *principal;
};

static inline const char *tipo_de(const char *cuerpo)
{
    if (*cuerpo == '{' || *cuerpo == '[')
        return "application/json";
    return strncmp(cuerpo, "\x89PNG", 4) == 0 ? "image/png"
                                              : "text/html";
}

static inline int servir_pagina(as_web_request *peticion, void *arg)
{
    struct sitio *s = arg;
    const char *camino = as_web_path(peticion);
    const struct pagina *esta = NULL;
    int *visitas = NULL, orden = 0;

    for (int i = 0; s->paginas[i].camino; i++) {
        if (strcmp(s->paginas[i].camino, camino) != 0)
            continue;
        if (!visitas)
            visitas = &s->visitas[i];
        if (orden++ <= *visitas)
            esta = &s->paginas[i];
    }
    if (!esta)
        return as_web_fail(peticion, 404, "no existe");
    *visitas += 1;
    int rc = as_sleep(esta->ms);
    if (rc == 0 && esta->estado == 429)
        rc = as_web_reply_header(peticion, "Retry-After", "3");
    if (rc < 0)
        return rc;
    if (strcmp(esta->cuerpo, "¿quién?") == 0)
        return as_web_reply_text(peticion, esta->estado, "%s",
                                 as_web_peername(peticion));
    return as_web_reply(peticion, esta->estado, tipo_de(esta->cuerpo),
                        esta->cuerpo, strlen(esta->cuerpo));
}

static inline int atender_sitio(void *servidor)
{
    return as_web_run(servidor);
}

static inline int abrir_sitio(void *arg)
{
    struct sitio *s = arg;
    as_web *servidor;
    as_group grupo;
    char base[40];

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    for (int i = 0; s->paginas[i].camino && rc == 0; i++) {
        rc = as_web_route(servidor, "GET", s->paginas[i].camino,
                          servir_pagina, s);
        if (rc == UV_EEXIST)
            rc = 0;
    }
    snprintf(base, sizeof base, "http://127.0.0.1:%d",
             as_web_port(servidor));

    as_group_enter(&grupo);
    if (rc == 0)
        rc = as_start_soon(&grupo, "servidor", atender_sitio, servidor);
    if (rc == 0)
        rc = s->principal(base);
    as_web_stop(servidor);
    rc = as_group_leave(&grupo, rc);
    as_web_close(servidor);
    return rc;
}

/*
 * as_run(principal, base), con ese sitio funcionando: `base` es su
 * dirección, "http://127.0.0.1:PUERTO". Si falla dice por qué.
 * Devuelve lo que main: 0 o 1.
 */
static inline int con_servidor(const struct pagina *paginas,
                               as_fn *principal)
{
    struct sitio sitio = {.paginas = paginas, .principal = principal};

    int rc = as_run(abrir_sitio, &sitio);
    if (rc < 0)
        fprintf(stderr, "error: %s\n", as_error_text(rc));
    return rc < 0;
}

#endif
