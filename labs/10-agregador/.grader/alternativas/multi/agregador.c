/*
 * agregador con curl_multi en un solo hilo: todas las peticiones a la vez, y un bucle que
 * duerme en curl_multi_poll hasta que alguna avanza.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CUERPO_MAXIMO = 1024 * 1024 };

struct api {
    const char *url;
    CURL *curl;
    char *cuerpo;
    size_t n, capacidad;
    double celsius;
    char motivo[CURL_ERROR_SIZE];
    bool buena;
};

/* ---- Entender una respuesta ------------------------------------------------------- */

/* json_unpack con «F» admite enteros y reales, y falla si falta algo por el camino. */
static void extraer_temperatura(struct api *api)
{
    json_error_t error;
    json_t *raiz = json_loadb(api->cuerpo ? api->cuerpo : "", api->n, 0, &error);
    api->buena = true;
    if (json_unpack(raiz, "{s:{s:F}}", "main", "temp", &api->celsius) == 0)
        api->celsius -= 273.15;
    else if (json_unpack(raiz, "{s:{s:F}}", "current", "temp_c", &api->celsius) != 0 &&
             json_unpack(raiz, "{s:{s:F}}", "current_weather", "temperature",
                         &api->celsius) != 0)
        api->buena = false;
    strcpy(api->motivo, raiz ? "sin temperatura" : "el cuerpo no es JSON");
    json_decref(raiz);
}

/* ---- Preguntar --------------------------------------------------------------------- */

static size_t guardar(char *datos, size_t uno, size_t n, void *arg)
{
    struct api *api = arg;
    long estado = 0;
    (void)uno;
    curl_easy_getinfo(api->curl, CURLINFO_RESPONSE_CODE, &estado);
    if (estado < 200 || estado > 299)
        return n; /* de un error o una redirección basta el estado */
    if (api->n + n > CUERPO_MAXIMO) {
        strcpy(api->motivo, "cuerpo demasiado grande");
        return 0;
    }
    while (api->n + n > api->capacidad) {
        api->capacidad = api->capacidad ? 2 * api->capacidad : 4096;
        char *cuerpo = realloc(api->cuerpo, api->capacidad);
        if (!cuerpo)
            return 0;
        api->cuerpo = cuerpo;
    }
    memcpy(api->cuerpo + api->n, datos, n);
    api->n += n;
    return n;
}

static bool preparar(struct api *api, CURLM *multi, int64_t timeout_ms)
{
    api->curl = curl_easy_init();
    if (!api->curl)
        return false;
    curl_easy_setopt(api->curl, CURLOPT_PRIVATE, api);
    curl_easy_setopt(api->curl, CURLOPT_URL, api->url);
    curl_easy_setopt(api->curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(api->curl, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(api->curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(api->curl, CURLOPT_WRITEFUNCTION, guardar);
    curl_easy_setopt(api->curl, CURLOPT_WRITEDATA, api);
    return curl_multi_add_handle(multi, api->curl) == CURLM_OK;
}

static void terminada(struct api *api, CURLcode codigo)
{
    long estado = 0;
    curl_easy_getinfo(api->curl, CURLINFO_RESPONSE_CODE, &estado);
    if (codigo == CURLE_OK && estado >= 200 && estado <= 299)
        extraer_temperatura(api);
    else if (codigo == CURLE_OK)
        sprintf(api->motivo, "HTTP %ld", estado);
    else if (!*api->motivo)
        strcpy(api->motivo, curl_easy_strerror(codigo));
}

static void consultar_apis(CURLM *multi)
{
    int activas = 1, quedan;
    while (activas > 0) {
        CURLMsg *mensaje;
        curl_multi_perform(multi, &activas);
        while ((mensaje = curl_multi_info_read(multi, &quedan))) {
            struct api *api = NULL;
            curl_easy_getinfo(mensaje->easy_handle, CURLINFO_PRIVATE, (char **)&api);
            terminada(api, mensaje->data.result);
        }
        if (activas > 0)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
}

static int agregar(const struct opciones *opciones)
{
    int buenas = 0;
    double suma = 0;
    CURLM *multi = curl_multi_init();
    struct api *apis = calloc(opciones->n, sizeof *apis);
    if (!multi || !apis)
        goto fin;
    for (size_t i = 0; i < opciones->n; i++) {
        apis[i].url = opciones->urls[i];
        if (!preparar(&apis[i], multi, opciones->timeout_ms))
            strcpy(apis[i].motivo, "no hay memoria");
    }
    consultar_apis(multi);
    for (size_t i = 0; i < opciones->n; i++) {
        struct api *api = &apis[i];
        if (api->buena)
            printf("%s %.1f °C\n", api->url, api->celsius);
        else
            printf("%s ERROR %s\n", api->url, api->motivo);
        suma += api->buena ? api->celsius : 0;
        buenas += api->buena;
        curl_multi_remove_handle(multi, api->curl);
        curl_easy_cleanup(api->curl);
        free(api->cuerpo);
    }
    if (buenas > 0)
        printf("MEDIA %.1f °C (%d de %zu)\n", suma / buenas, buenas, opciones->n);
    else
        printf("MEDIA ERROR (0 de %zu)\n", opciones->n);
fin:
    free(apis);
    curl_multi_cleanup(multi);
    return buenas;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int buenas = agregar(&opciones);
    curl_global_cleanup();
    return buenas > 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
