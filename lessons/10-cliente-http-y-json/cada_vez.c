/* mal: un cliente nuevo para cada petición. */
#include "servidor_local.h"

enum { VECES = 5 };

static const struct pagina paginas[] = {
    {"/quien", 10, 200, "¿quién?"},
    {0},
};

struct cuenta {
    char ultimo[64]; /* desde dónde llegó la última petición */
    int conexiones;
};

static int preguntar(as_http *http, const char *url, struct cuenta *c)
{
    as_http_response respuesta;

    int rc = as_http_get(http, url, &respuesta);
    if (rc < 0)
        return rc;
    if (strcmp(c->ultimo, respuesta.body) != 0)
        c->conexiones++;
    snprintf(c->ultimo, sizeof c->ultimo, "%s", respuesta.body);
    as_http_response_clear(&respuesta);
    return 0;
}

static int con_uno(const char *url, struct cuenta *c)
{
    as_http *http;

    int rc = as_http_new(NULL, &http);
    for (int i = 0; i < VECES && rc == 0; i++)
        rc = preguntar(http, url, c);
    as_http_close(http);
    return rc;
}

/* [cada_vez] */
static int con_uno_cada_vez(const char *url, struct cuenta *c)
{
    int rc = 0;

    for (int i = 0; i < VECES && rc == 0; i++) {
        as_http *http;
        rc = as_http_new(NULL, &http);
        if (rc == 0)
            rc = preguntar(http, url, c);
        as_http_close(http);
    }
    return rc;
}
/* [/cada_vez] */

static int principal(void *base)
{
    struct cuenta uno = {0}, cada_vez = {0};
    char url[64];

    snprintf(url, sizeof url, "%s/quien", (char *)base);
    int rc = con_uno(url, &uno);
    if (rc == 0)
        rc = con_uno_cada_vez(url, &cada_vez);
    printf("un cliente: %d peticiones, conexiones abiertas: %d\n",
           VECES, uno.conexiones);
    printf("uno cada vez: %d peticiones, conexiones abiertas: %d\n",
           VECES, cada_vez.conexiones);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
