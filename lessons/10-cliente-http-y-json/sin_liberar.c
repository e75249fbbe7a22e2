/* Cien rondas de un panel que no libera lo que recibe. */
#include "servidor_local.h"

#include <malloc.h>

enum { RONDAS = 100, CUERPO = 64 * 1024 };

static char cuerpo[CUERPO + 1];

static const struct pagina paginas[] = {
    {"/usuarios", 0, 200, cuerpo},
    {0},
};

/* [ronda] */
static int hacer_ronda(as_http *http, const char *url)
{
    as_http_response respuesta;

    return as_http_get(http, url, &respuesta);
}
/* [/ronda] */

static int hacer_ronda_bien(as_http *http, const char *url)
{
    as_http_response respuesta;

    int rc = as_http_get(http, url, &respuesta);
    if (rc == 0)
        as_http_response_clear(&respuesta);
    return rc;
}

static int medir(const char *titulo, int ronda(as_http *, const char *),
                 as_http *http, const char *url)
{
    int rc = ronda(http, url); /* lo que se reserva una sola vez */
    size_t antes = mallinfo2().uordblks;

    for (int i = 0; i < RONDAS && rc == 0; i++)
        rc = ronda(http, url);
    size_t despues = mallinfo2().uordblks;
    size_t mas = despues > antes ? despues - antes : 0;
    printf("%s: %zu MiB más\n", titulo, mas >> 20);
    return rc;
}

static int principal(void *base)
{
    as_http *http;
    char url[64];

    snprintf(url, sizeof url, "%s/usuarios", (char *)base);
    int rc = as_http_new(NULL, &http);
    if (rc == 0)
        rc = medir("liberando", hacer_ronda_bien, http, url);
    if (rc == 0)
        rc = medir("sin liberar", hacer_ronda, http, url);
    as_http_close(http);
    return rc;
}

int main(void)
{
    memset(cuerpo, 'a', CUERPO);
    return con_servidor(paginas, principal);
}
