/* Ejercicio 6: páginas web con reintentos, y sacar algo de ellas. */
#include "servidor_local.h"

enum { PAGINAS = 6, INTENTOS = 3, PLAZO_MS = 5000 };

/* [sitio] */
static const struct pagina paginas[] = {
    {"/portada", 100, 200, "<title>Portada</title> hola"},
    {"/roto", 200, 500, "no va"},
    {"/perdido", 300, 404, "no existe"},
    {"/lento", 10000, 200, "<title>Lento</title>"},
    {"/tropieza", 50, 503, "un momento"},
    {"/tropieza", 50, 200, "<title>Ya voy</title> perdón"},
    {"/ocupado", 120, 429, "vuelve en 3 segundos"},
    {"/ocupado", 50, 200, "<p>No tengo título</p>"},
    {0},
};
/* [/sitio] */

static const char *const caminos[PAGINAS] = {
    "/portada", "/roto", "/perdido", "/lento", "/tropieza", "/ocupado"};

/* [trabajo] */
struct trabajo {
    as_http *http;
    const char *camino;
    char url[64];
    uint64_t semilla; /* fija: cada ejecución, igual */
    char titulo[64];  /* lo que se busca */
    size_t bytes;
};
/* [/trabajo] */

/* [juzgar] */
static int juzgar(const as_http_response *respuesta, as_retry *serie)
{
    int estado = respuesta->status;

    if (estado >= 200 && estado <= 299)
        return 0;
    if (estado >= 500 || estado == 408 || estado == 429) { /* quizá */
        as_retry_at_least(serie, as_http_retry_after(respuesta));
        return as_error_set(UV_EIO, "estado %d", estado);
    }
    return as_error_set(UV_EPROTO, "estado %d", estado); /* no */
}
/* [/juzgar] */

/* [sacar] */
static void sacar_titulo(struct trabajo *t, const char *html)
{
    const char *inicio = strstr(html, "<title>");
    const char *fin = inicio ? strstr(inicio, "</title>") : NULL;

    snprintf(t->titulo, sizeof t->titulo, "(sin título)");
    if (!fin)
        return;
    inicio += strlen("<title>");
    snprintf(t->titulo, sizeof t->titulo, "«%.*s»", (int)(fin - inicio),
             inicio);
}
/* [/sacar] */

/* [pedir] */
static int pedir(struct trabajo *t, as_retry *serie)
{
    const as_http_request peticion = {.url = t->url,
                                      .timeout_ms = PLAZO_MS};
    as_http_response respuesta;

    int rc = as_http_send(t->http, &peticion, &respuesta);
    if (rc < 0)
        return as_error_set(rc, "%s", as_strerror(rc));
    rc = juzgar(&respuesta, serie);
    if (rc == 0) {
        t->bytes = respuesta.body_size;
        sacar_titulo(t, respuesta.body);
    }
    as_http_response_clear(&respuesta);
    return rc;
}
/* [/pedir] */

/* [insistir] */
static int bajar(void *arg)
{
    struct trabajo *t = arg;
    as_retry serie;
    int rc;

    as_retry_init(&serie, &(as_retry_options){.attempts = INTENTOS,
                                              .base_ms = 1000,
                                              .jitter = AS_JITTER_ADDED,
                                              .seed = t->semilla});
    do {
        if (serie.attempt > 1)
            printf("%s: intento %d, tras %.2f s\n", t->camino,
                   serie.attempt, (double)serie.wait_ms / 1000);
        rc = pedir(t, &serie);
        if (rc < 0)
            printf("%s: %s\n", t->camino, as_error_text(rc));
    } while (as_retry_again(&serie, &rc));
    return rc;
}
/* [/insistir] */

/* [todas] */
static int bajar_todas(struct trabajo *trabajos)
{
    as_outcome casillas[PAGINAS];

    int fallos = as_gather_each(bajar, trabajos, PAGINAS,
                                sizeof *trabajos, casillas);
    if (fallos < 0)
        return fallos;
    printf("%d de %d páginas:\n", PAGINAS - fallos, PAGINAS);
    for (int i = 0; i < PAGINAS; i++)
        if (casillas[i].rc == 0)
            printf("  %s: %zu bytes, %s\n", trabajos[i].camino,
                   trabajos[i].bytes, trabajos[i].titulo);
    return 0;
}
/* [/todas] */

static int principal(void *base)
{
    struct trabajo trabajos[PAGINAS];
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < PAGINAS; i++) {
        trabajos[i] = (struct trabajo){
            .http = http, .camino = caminos[i], .semilla = i + 1};
        snprintf(trabajos[i].url, sizeof trabajos[i].url, "%s%s",
                 (char *)base, caminos[i]);
    }
    rc = bajar_todas(trabajos);
    as_http_close(http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
