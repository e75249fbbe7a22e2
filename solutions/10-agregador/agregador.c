/*
 * agregador: pregunta la temperatura a varias API del tiempo a la vez y da la media.
 *
 * Una tarea por API, todas reunidas con una casilla para el final de cada una: así el fallo
 * de una es un resultado más y no cancela a las otras. Nadie escribe hasta que terminan
 * todas, y por eso las líneas salen en el orden de los argumentos, conteste quien conteste
 * primero.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { CUERPO_MAXIMO = 1024 * 1024 };

struct api {
    const struct opciones *opciones;
    as_http *http;
    const char *url;
    double celsius; /* si respondió bien */
};

/* ---- Entender una respuesta ------------------------------------------------------- */

/* Dónde pone cada proveedor la temperatura, y qué marca su escala a 0 °C. */
static const struct {
    const char *objeto, *clave;
    double cero;
} formas[] = {
    {"main", "temp", 273.15},              /* OpenWeatherMap, en kelvin */
    {"current", "temp_c", 0},              /* WeatherAPI */
    {"current_weather", "temperature", 0}, /* Open-Meteo */
};

/*
 * Busca la temperatura en los tres sitios y se queda con el primero que tenga un número.
 * json_object_get devuelve NULL si no hay tal clave o si aquello no es un objeto: un JSON
 * con otra estructura no necesita más comprobaciones.
 */
static int extraer_temperatura(const char *texto, size_t n, double *celsius)
{
    json_error_t error;
    bool hay = false;
    json_t *raiz = json_loadb(texto, n, 0, &error);
    if (!raiz)
        return as_error_set(UV_EPROTO, "no es JSON: falla en la línea %d, columna %d",
                            error.line, error.column);
    for (size_t i = 0; i < sizeof formas / sizeof *formas; i++) {
        json_t *objeto = json_object_get(raiz, formas[i].objeto);
        json_t *valor = json_object_get(objeto, formas[i].clave);
        if (json_is_number(valor)) {
            *celsius = json_number_value(valor) - formas[i].cero;
            hay = true;
            break;
        }
    }
    json_decref(raiz);
    return hay ? 0 : as_error_set(UV_EPROTO, "su JSON no trae la temperatura");
}

/* Un 404 también puede traer un JSON: lo primero es el estado. */
static int leer_respuesta(const as_http_response *respuesta, double *celsius)
{
    if (respuesta->status < 200 || respuesta->status > 299)
        return as_error_set(UV_EPROTO, "HTTP %d", respuesta->status);
    if (respuesta->body_size == 0)
        return as_error_set(UV_EPROTO, "la respuesta está vacía");
    return extraer_temperatura(respuesta->body, respuesta->body_size, celsius);
}

/* ---- Preguntar --------------------------------------------------------------------- */

static int consultar_api(void *arg)
{
    struct api *api = arg;
    as_http_request peticion = {
        .url = api->url,
        .timeout_ms = api->opciones->timeout_ms,
        .max_body = CUERPO_MAXIMO,
        .send_once = true, /* una petición por API, y solo una */
    };
    as_http_response respuesta = {0};
    int rc = as_http_send(api->http, &peticion, &respuesta);
    if (rc < 0)
        as_error_set(rc, "%s", as_strerror(rc)); /* en vez del inglés de libcurl */
    else
        rc = leer_respuesta(&respuesta, &api->celsius);
    as_http_response_clear(&respuesta);
    return rc;
}

/* Escribe una línea por API y la media. Devuelve cuántas dieron su temperatura. */
static int informar(const struct api *apis, const as_outcome *finales, size_t n)
{
    int buenas = 0;
    double suma = 0;
    for (size_t i = 0; i < n; i++) {
        if (finales[i].rc < 0) {
            printf("%s ERROR %s\n", apis[i].url, finales[i].text);
            continue;
        }
        printf("%s %.1f °C\n", apis[i].url, apis[i].celsius);
        suma += apis[i].celsius;
        buenas++;
    }
    if (buenas > 0)
        printf("MEDIA %.1f °C (%d de %zu)\n", suma / buenas, buenas, n);
    else
        printf("MEDIA ERROR (0 de %zu)\n", n);
    return buenas;
}

/* La tarea principal. Devuelve cuántas API dieron su temperatura. */
static int agregar(void *arg)
{
    const struct opciones *opciones = arg;
    size_t n = opciones->n;
    /* Sin colas: el plazo de cada API empieza a correr para todas a la vez. */
    as_http_options cliente = {.max_connections = n};
    as_http *http;
    int rc = as_http_new(&cliente, &http);
    struct api *apis = calloc(n, sizeof *apis);
    as_outcome *finales = calloc(n, sizeof *finales);
    if (rc == 0 && (!apis || !finales))
        rc = UV_ENOMEM;
    if (rc < 0)
        goto fin;

    for (size_t i = 0; i < n; i++)
        apis[i] = (struct api){
            .opciones = opciones, .http = http, .url = opciones->urls[i]};
    rc = as_gather_each(consultar_api, apis, n, sizeof *apis, finales);
    if (rc >= 0) /* cuántas fallaron; negativo si nos cancelan: entonces no hay media */
        rc = informar(apis, finales, n);
fin:
    free(finales);
    free(apis);
    as_http_close(http);
    return rc;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;

    int rc = as_run(agregar, &opciones);
    if (rc < 0)
        fprintf(stderr, "agregador: %s\n", as_error_text(rc));
    else if (fflush(stdout) != 0) {
        rc = uv_translate_sys_error(errno);
        fprintf(stderr, "agregador: no se puede escribir el resultado: %s\n",
                as_strerror(rc));
    }
    return rc > 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
