/*
 * Un cliente dentro del mismo programa, para ver qué responde cada
 * servidor de este capítulo sin abrir otra terminal.
 *
 * Una petición se escribe "GET /camino" o "POST /camino {...}". El
 * cliente espera un segundo y medio como mucho.
 */
#ifndef VISITAR_H
#define VISITAR_H

#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

enum { MAX_VISITAS = 10, PACIENCIA_MS = 1500 };

static bool breve; /* sin tiempos, y sin el texto de los errores */

struct visita {
    as_http *http;
    const char *peticion;
    int puerto;
    /* Lo que se supo: */
    int rc;
    double segundos;
    as_http_response respuesta;
};

static inline int atender(void *servidor)
{
    return as_web_run(servidor);
}

/* Que no haya respuesta es un resultado: solo falla si la cancelan. */
static inline int pedir(void *arg)
{
    struct visita *v = arg;
    char metodo[8], camino[80], url[120];
    int fin = 0;

    if (sscanf(v->peticion, "%7s %79s %n", metodo, camino, &fin) < 2)
        return UV_EINVAL;
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", v->puerto,
             camino);
    const char *cuerpo = v->peticion + fin;
    as_http_request pide = {.url = url,
                            .method = metodo,
                            .body = *cuerpo ? cuerpo : NULL,
                            .body_size = strlen(cuerpo),
                            .timeout_ms = PACIENCIA_MS};
    uint64_t inicio = as_now();
    v->rc = as_http_send(v->http, &pide, &v->respuesta);
    v->segundos = (double)(as_now() - inicio) / 1000;
    return v->rc == UV_ECANCELED ? v->rc : 0;
}

static inline void contar(struct visita *v)
{
    printf("%s: ", v->peticion);
    if (v->rc < 0)
        printf("%s a los %.1f s\n", as_strerror(v->rc), v->segundos);
    else if (breve && v->respuesta.status >= 400)
        printf("%d\n", v->respuesta.status);
    else if (breve)
        printf("%d %s\n", v->respuesta.status, v->respuesta.body);
    else
        printf("%d en %.1f s\n  %s\n", v->respuesta.status, v->segundos,
               v->respuesta.body);
    as_http_response_clear(&v->respuesta);
}

static inline int una_tras_otra(struct visita *visitas, int cuantas)
{
    for (int i = 0; i < cuantas; i++) {
        int rc = pedir(&visitas[i]);
        if (rc < 0)
            return rc;
        contar(&visitas[i]);
    }
    return 0;
}

/* Se cuentan en el orden en que se pidieron. */
static inline int todas_juntas(struct visita *visitas, int cuantas)
{
    int rc = as_gather_each(pedir, visitas, (size_t)cuantas,
                            sizeof *visitas, NULL);

    for (int i = 0; i < cuantas && rc == 0; i++)
        contar(&visitas[i]);
    return rc;
}

/*
 * Atiende con el servidor mientras hace las peticiones, acabadas en
 * NULL, y luego lo para. Lo cierra quien lo creó.
 */
static inline int con_visitas(as_web *servidor,
                              const char *const *peticiones,
                              int hacer(struct visita *, int))
{
    struct visita visitas[MAX_VISITAS] = {0};
    int cuantas = 0;
    as_group grupo;
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (; peticiones[cuantas]; cuantas++) {
        visitas[cuantas].http = http;
        visitas[cuantas].peticion = peticiones[cuantas];
        visitas[cuantas].puerto = as_web_port(servidor);
    }
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", atender, servidor);
    if (rc == 0)
        rc = hacer(visitas, cuantas);
    as_web_stop(servidor);
    rc = as_group_leave(&grupo, rc);
    as_http_close(http);
    return rc;
}

static inline int visitar(as_web *servidor,
                          const char *const *peticiones)
{
    return con_visitas(servidor, peticiones, una_tras_otra);
}

static inline int visitar_a_la_vez(as_web *servidor,
                                   const char *const *peticiones)
{
    return con_visitas(servidor, peticiones, todas_juntas);
}

#endif
