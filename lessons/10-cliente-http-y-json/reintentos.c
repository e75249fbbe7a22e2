/* Ejercicio 6: reintentar lo que falla, esperando cada vez más. */
#include "servidor_local.h"

enum { INTENTOS = 3, LIMITE_MS = 5000, PAGINAS = 4 };

/* [servidor] */
struct conducta {
    int demora_ms, estado;
};

static int portarse(as_http_server_request *peticion, void *arg)
{
    const struct conducta *c = arg;

    int rc = as_sleep(c->demora_ms);
    if (rc < 0)
        return rc;
    return as_http_reply_text(peticion, c->estado, "página");
}

static const struct ruta rutas[] = {
    {"/bien", portarse, &(struct conducta){100, 200}},
    {"/roto", portarse, &(struct conducta){200, 500}},
    {"/perdido", portarse, &(struct conducta){300, 404}},
    {"/lento", portarse, &(struct conducta){10000, 200}},
    {0},
};
/* [/servidor] */

struct pagina {
    as_http *http;
    const char *base, *camino;
    uint64_t semilla; /* fija: cada ejecución, igual */
};

/* [pedir] */
static int pedir(const struct pagina *p)
{
    as_http_response respuesta;
    char url[64];

    snprintf(url, sizeof url, "%s%s", p->base, p->camino);
    const as_http_request peticion = {.url = url,
                                      .timeout_ms = LIMITE_MS};
    int rc = as_http_send(p->http, &peticion, &respuesta);
    if (rc < 0)
        return rc;
    int estado = respuesta.status;
    as_http_response_clear(&respuesta);
    if (estado >= 500) /* culpa del servidor: quizá se le pase */
        return as_error_set(UV_EIO, "estado %d", estado);
    if (estado >= 400) /* culpa mía: insistir no sirve */
        return as_error_set(UV_EINVAL, "estado %d", estado);
    return 0;
}
/* [/pedir] */

/* [reintentar] */
static int pedir_con_reintentos(void *arg)
{
    const struct pagina *p = arg;
    as_retry serie;
    int rc;

    as_retry_init(&serie, &(as_retry_options){
                              .attempts = INTENTOS,
                              .base_ms = 1000,
                              .jitter = AS_JITTER_ADDED,
                              .seed = p->semilla,
                          });
    do {
        printf("%s: intento %d de %d", p->camino, serie.attempt,
               INTENTOS);
        if (serie.attempt > 1)
            printf(", tras esperar %.2f s",
                   (double)serie.wait_ms / 1000);
        putchar('\n');
        rc = pedir(p);
        printf("%s: %s\n", p->camino,
               rc == UV_EIO || rc == UV_EINVAL ? as_error_detail()
               : rc < 0                        ? as_strerror(rc)
                                               : "conseguida");
    } while (as_retry_again(&serie, &rc)); /* UV_EINVAL no se repite */
    return rc;
}
/* [/reintentar] */

/* [pedir_todas] */
static int pedir_todas(as_http *http, const char *base)
{
    struct pagina paginas[PAGINAS];
    int estados[PAGINAS];

    for (int i = 0; i < PAGINAS; i++)
        paginas[i] = (struct pagina){http, base, rutas[i].camino,
                                     i + 1};
    int fallos = as_gather_each(pedir_con_reintentos, paginas, PAGINAS,
                                sizeof *paginas, estados);
    if (fallos >= 0)
        printf("%d de %d páginas conseguidas\n", PAGINAS - fallos,
               PAGINAS);
    return fallos < 0 ? fallos : 0;
}
/* [/pedir_todas] */

static int principal(void *arg)
{
    (void)arg;
    return con_servidor(rutas, pedir_todas);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
