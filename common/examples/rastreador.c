/*
 * Un rastreador: visita un sitio siguiendo sus enlaces, sin salir de él ni atosigarlo.
 *
 *     rastreador [--conexiones N] [--por-segundo N] [--paginas N] [--profundidad N]
 *                [--plazo S] URL...
 *
 * Escribe una línea por página y, al final o cuando lo interrumpen, un resumen. Sale con 0 si
 * pudo leerlas todas y con 1 si alguna no; con 130 o 143 si lo paró Ctrl+C o un SIGTERM.
 */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asinc/asinc.h>
#include <curl/curl.h> /* sus direcciones: adónde lleva un enlace desde una página */

#define MAX_CUERPO (1 << 20)
#define MAX_ENLACE 2048

struct pagina {
    int profundidad;
    char url[];
};

struct rastreo {
    int conexiones, por_segundo, paginas, profundidad;
    int64_t plazo_ms;
    char **urls; /* por donde se empieza; la última, NULL */
    as_http *http;
    as_rate ritmo;
    as_group tareas;
    as_queue pendientes; /* sus páginas son de `vistas` */
    void *vistas;        /* un árbol de tsearch */
    int encontradas, leidas, fallidas;
    bool terminado; /* llegó un SIGTERM */
};

/* ---- Qué falta por visitar ---------------------------------------------------------- */

static int por_url(const void *a, const void *b)
{
    return strcmp(((const struct pagina *)a)->url, ((const struct pagina *)b)->url);
}

/* Apunta `url` si es nueva y no se pasa de los límites. */
static int apunta(struct rastreo *r, const char *url, int profundidad)
{
    if (r->encontradas == r->paginas || profundidad > r->profundidad)
        return 0;
    struct pagina *pagina = malloc(sizeof *pagina + strlen(url) + 1);
    if (pagina == NULL)
        return UV_ENOMEM;
    pagina->profundidad = profundidad;
    strcpy(pagina->url, url);
    struct pagina **nodo = tsearch(pagina, &r->vistas, por_url);
    if (nodo == NULL || *nodo != pagina) {
        free(pagina);
        return nodo == NULL ? UV_ENOMEM : 0;
    }
    r->encontradas++;
    return as_queue_put_nowait(&r->pendientes, pagina);
}

static bool coinciden(CURLU *una, CURLU *otra, CURLUPart parte)
{
    char *a = NULL, *b = NULL;
    bool si = curl_url_get(una, parte, &a, CURLU_DEFAULT_PORT) == CURLUE_OK &&
              curl_url_get(otra, parte, &b, CURLU_DEFAULT_PORT) == CURLUE_OK &&
              strcasecmp(a, b) == 0;
    curl_free(a);
    curl_free(b);
    return si;
}

/* Apunta adonde lleva `enlace` desde la página `desde`, si es del mismo sitio. */
static int sigue(struct rastreo *r, const char *desde, const char *enlace,
                 int profundidad)
{
    CURLU *aqui = curl_url(), *alli = curl_url();
    char *url = NULL;
    int rc = aqui == NULL || alli == NULL ? UV_ENOMEM : 0;
    if (rc == 0 && curl_url_set(aqui, CURLUPART_URL, desde, 0) == CURLUE_OK &&
        curl_url_set(alli, CURLUPART_URL, desde, 0) == CURLUE_OK &&
        curl_url_set(alli, CURLUPART_URL, enlace, CURLU_URLENCODE) == CURLUE_OK &&
        curl_url_set(alli, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
        coinciden(aqui, alli, CURLUPART_SCHEME) &&
        coinciden(aqui, alli, CURLUPART_HOST) && coinciden(aqui, alli, CURLUPART_PORT) &&
        curl_url_get(alli, CURLUPART_URL, &url, 0) == CURLUE_OK)
        rc = apunta(r, url, profundidad);
    curl_free(url);
    curl_url_cleanup(alli);
    curl_url_cleanup(aqui);
    return rc;
}

/* Sigue cada href="..." de la página. Cede el turno entre uno y otro: puede traer cien mil. */
static int sigue_enlaces(struct rastreo *r, const struct pagina *desde, const char *html)
{
    int rc = 0;
    while (rc == 0 && (html = strcasestr(html, "href=")) != NULL) {
        char enlace[MAX_ENLACE], comilla = html[5];
        html += 5;
        if (comilla != '"' && comilla != '\'')
            continue;
        size_t largo = strcspn(++html, (char[]){comilla, '<', '>', '\0'});
        if (largo >= sizeof enlace || html[largo] != comilla)
            continue;
        memcpy(enlace, html, largo);
        enlace[largo] = '\0';
        for (char *y = enlace; (y = strstr(y, "&amp;")) != NULL; y++)
            memmove(y + 1, y + 5, strlen(y + 5) + 1);
        rc = sigue(r, desde->url, enlace, desde->profundidad + 1);
        if (rc == 0)
            rc = as_yield();
    }
    return rc;
}

/* ---- Visitar una página ------------------------------------------------------------- */

/* Lo que puede ir mejor dentro de un rato. */
static bool pasajero(int error, void *arg)
{
    (void)arg;
    return error == UV_EAGAIN || error == UV_ETIMEDOUT || error == UV_ECONNRESET ||
           error == UV_ECONNREFUSED || error == UV_EAI_AGAIN;
}

/* Pide la página, y otra vez si el servidor está ocupado. La respuesta se libera siempre. */
static int pide(struct rastreo *r, const char *url, as_http_response *respuesta)
{
    as_retry intentos;
    int rc;
    as_retry_init(&intentos, &(as_retry_options){.retry = pasajero});
    do {
        as_http_response_clear(respuesta);
        rc = as_rate_wait(&r->ritmo);
        if (rc == 0)
            rc = as_http_send(r->http,
                              &(as_http_request){.url = url, .timeout_ms = r->plazo_ms},
                              respuesta);
        if (rc == 0 && (respuesta->status == 429 || respuesta->status >= 500)) {
            as_retry_at_least(&intentos, as_http_retry_after(respuesta));
            rc = as_error_set(UV_EAGAIN, "%d", respuesta->status);
        }
    } while (as_retry_again(&intentos, &rc));
    return rc;
}

/* Que una página falle no es un error: se cuenta. */
static int visita(struct rastreo *r, const struct pagina *pagina)
{
    as_http_response respuesta = {0};
    int rc = pide(r, pagina->url, &respuesta), escrito = 0;
    if (rc == 0 && respuesta.status < 400) {
        r->leidas++;
        escrito = printf("%d %s: %zu bytes\n", respuesta.status, pagina->url,
                         respuesta.body_size);
        /* Una redirección es un enlace más: así no se sale del sitio, y la que da vueltas
         * acaba en una página ya vista. */
        const char *destino = as_http_header(&respuesta, "Location");
        const char *tipo = as_http_header(&respuesta, "Content-Type");
        if (respuesta.status >= 300 && destino != NULL)
            rc = sigue(r, pagina->url, destino, pagina->profundidad + 1);
        else if (tipo != NULL && strncasecmp(tipo, "text/html", 9) == 0)
            rc = sigue_enlaces(r, pagina, respuesta.body);
    } else if (rc == 0) {
        r->fallidas++;
        escrito = printf("%d %s\n", respuesta.status, pagina->url);
    } else if (rc != UV_ECANCELED && rc != UV_ENOMEM) {
        r->fallidas++;
        escrito = printf("fallo %s: %s\n", pagina->url, as_error_text(rc));
        rc = 0;
    }
    as_http_response_clear(&respuesta);
    /* `rastreador ... | head`: sin quien lea, no hay para qué seguir. */
    return escrito < 0 ? as_error_set(UV_EPIPE, "nadie recoge lo que escribe") : rc;
}

/* ---- Las tareas --------------------------------------------------------------------- */

static int obrero(void *arg)
{
    struct rastreo *r = arg;
    void *pagina;
    int rc;
    while ((rc = as_queue_get(&r->pendientes, &pagina)) == 0 &&
           (rc = visita(r, pagina)) == 0)
        as_queue_task_done(&r->pendientes);
    return rc;
}

/* De Ctrl+C se ocupa as_run. Como él, solo recoge la primera: la segunda mata. */
static int vigia(void *arg)
{
    struct rastreo *r = arg;
    as_signals *senales;
    int rc = as_signals_open((int[]){SIGTERM}, 1, &senales);
    if (rc < 0)
        return rc;
    rc = as_signals_wait(senales);
    as_signals_close(senales);
    if (rc == SIGTERM) {
        r->terminado = true;
        as_group_cancel(&r->tareas);
    }
    return rc;
}

static int rastrea(void *arg)
{
    struct rastreo *r = arg;
    int rc = as_http_new(
        &(as_http_options){.max_connections = (size_t)r->conexiones,
                           .max_body = MAX_CUERPO,
                           .max_redirects = -1,
                           .user_agent = "rastreador (ejemplo de asinc)"},
        &r->http);
    if (rc == 0)
        rc = as_rate_init(&r->ritmo, (size_t)r->por_segundo, 1000);
    as_queue_init(&r->pendientes, 0);
    for (char **url = r->urls; rc == 0 && *url != NULL; url++)
        if ((rc = as_http_check_url(*url)) == 0)
            rc = sigue(r, *url, *url, 0);
        else
            rc = as_error_set(rc, "«%s» no es una dirección http://", *url);

    as_group_enter(&r->tareas);
    if (rc == 0)
        rc = as_start_soon(&r->tareas, "vigía", vigia, r);
    for (int i = 0; rc == 0 && i < r->conexiones; i++)
        rc = as_start_soon(&r->tareas, "obrero", obrero, r);
    if (rc == 0)
        rc = as_queue_join(&r->pendientes);
    as_group_cancel(&r->tareas); /* no queda nada por visitar, o ya no hay que hacerlo */
    rc = as_group_leave(&r->tareas, rc);

    as_queue_destroy(&r->pendientes);
    as_rate_destroy(&r->ritmo);
    as_http_close(r->http);
    return rc;
}

int main(int argc, char **argv)
{
    struct rastreo r = {.conexiones = 4,
                        .por_segundo = 10,
                        .paginas = 100,
                        .profundidad = 3,
                        .plazo_ms = 10000};
    const struct as_arg opciones[] = {
        {"conexiones", AS_ARG_INT, &r.conexiones, 1, 100},
        {"por-segundo", AS_ARG_INT, &r.por_segundo, 1, 1000},
        {"paginas", AS_ARG_INT, &r.paginas, 1, 1000000},
        {"profundidad", AS_ARG_INT, &r.profundidad, 0, 1000},
        {"plazo", AS_ARG_SECONDS, &r.plazo_ms, 0.001, 3600},
        {"la URL por la que empezar", AS_ARG_REST, NULL, 1, AS_MANY},
        {0},
    };
    int primera = as_args(argc, argv, "[opciones] URL...", opciones);
    if (primera < 0)
        return 2;
    r.urls = argv + primera;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int rc = as_run(rastrea, &r);
    tdestroy(r.vistas, free);

    bool interrumpido = as_interrupted() || r.terminado;
    if (rc < 0 && !interrumpido) {
        fprintf(stderr, "rastreador: %s\n", as_error_text(rc));
        return 1;
    }
    printf("%s: %d leídas, %d fallidas, %d sin visitar\n",
           interrumpido ? "interrumpido" : "hecho", r.leidas, r.fallidas,
           r.encontradas - r.leidas - r.fallidas);
    if (interrumpido)
        return r.terminado ? 143 : 130;
    return r.fallidas > 0;
}
