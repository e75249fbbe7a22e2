/*
 * Un servidor dentro del mismo programa, para que los ejemplos de este
 * capítulo no dependan de internet. Cómo se escribe uno es el capítulo
 * siguiente.
 */
#ifndef SERVIDOR_LOCAL_H
#define SERVIDOR_LOCAL_H

#include <asinc/asinc.h>
#include <stdio.h>

struct ruta {
    const char *camino;
    as_http_handler_fn *atiende; /* {0} acaba la tabla */
    void *arg;
};

static inline int atender(void *servidor)
{
    return as_http_server_run(servidor);
}

/*
 * Llama a cuerpo(http, base) con un cliente y la dirección de un servidor
 * que atiende esas rutas, y los cierra al volver.
 */
static inline int con_servidor(const struct ruta *rutas,
                               int cuerpo(as_http *, const char *))
{
    as_http_server *servidor;
    as_group grupo;
    char base[40];

    int rc = as_http_server_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    for (; rc == 0 && rutas->atiende; rutas++)
        rc = as_http_route(servidor, "GET", rutas->camino,
                           rutas->atiende, rutas->arg);
    as_http *http = as_http_new(NULL);
    if (!http)
        rc = UV_ENOMEM;
    snprintf(base, sizeof base, "http://127.0.0.1:%d",
             as_http_server_port(servidor));

    as_group_enter(&grupo, 0);
    if (rc == 0)
        rc = as_start_soon(&grupo, "servidor", atender, servidor);
    if (rc == 0)
        rc = cuerpo(http, base);
    as_http_server_stop(servidor);
    rc = as_group_leave(&grupo, rc);
    as_http_close(http);
    as_http_server_close(servidor);
    return rc;
}

#endif
