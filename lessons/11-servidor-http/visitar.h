/*
 * Un cliente dentro del mismo programa, para ver qué responde cada
 * servidor de este capítulo sin abrir otra terminal.
 */
#ifndef VISITAR_H
#define VISITAR_H

#include <asinc/asinc.h>
#include <stdio.h>

static inline int atender(void *servidor)
{
    return as_http_server_run(servidor);
}

/* Pide los caminos, acabados en NULL, uno tras otro. */
static inline int pedir_caminos(int puerto, const char *const *caminos)
{
    as_http *http = as_http_new(NULL);
    int rc = http ? 0 : UV_ENOMEM;

    for (; rc == 0 && *caminos; caminos++) {
        as_http_response respuesta;
        char url[80];
        snprintf(url, sizeof url, "http://127.0.0.1:%d%s", puerto,
                 *caminos);
        uint64_t inicio = as_now();
        rc = as_http_get(http, url, &respuesta);
        if (rc < 0)
            break;
        printf("GET %s: %d en %.1f s\n  %s\n", *caminos,
               respuesta.status, (double)(as_now() - inicio) / 1000,
               respuesta.body);
        as_http_response_clear(&respuesta);
    }
    as_http_close(http);
    return rc;
}

/*
 * Atiende con el servidor mientras pide los caminos y luego lo para. Lo
 * cierra quien lo creó.
 */
static inline int visitar(as_http_server *servidor,
                          const char *const *caminos)
{
    as_group grupo;

    as_group_enter(&grupo, 0);
    int rc = as_start_soon(&grupo, "servidor", atender, servidor);
    if (rc == 0)
        rc = pedir_caminos(as_http_server_port(servidor), caminos);
    as_http_server_stop(servidor);
    return as_group_leave(&grupo, rc);
}

#endif
