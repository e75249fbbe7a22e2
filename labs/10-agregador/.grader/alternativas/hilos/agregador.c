/*
 * agregador con un hilo por API: cada uno llama a libcurl, que bloquea, y deja lo que supo
 * en su casilla. Nadie más la toca hasta que el hilo acaba, así que no hay cerrojos.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <curl/curl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CUERPO_MAXIMO = 1024 * 1024 };

struct api {
    const char *url;
    long timeout_ms;
    pthread_t hilo;
    char *cuerpo;
    size_t n;
    bool excesivo;
    double celsius;
    char motivo[CURL_ERROR_SIZE]; /* vacío si fue bien */
};

/* ---- Entender una respuesta ------------------------------------------------------- */

static bool numero(json_t *raiz, const char *objeto, const char *clave, double *valor)
{
    json_t *dato = json_object_get(json_object_get(raiz, objeto), clave);
    *valor = json_number_value(dato);
    return json_is_number(dato);
}

static void extraer_temperatura(struct api *api)
{
    double *c = &api->celsius;
    json_t *raiz = json_loadb(api->cuerpo ? api->cuerpo : "", api->n, 0, NULL);
    if (!raiz)
        strcpy(api->motivo, "no es JSON");
    else if (numero(raiz, "main", "temp", c))
        *c -= 273.15;
    else if (!numero(raiz, "current", "temp_c", c) &&
             !numero(raiz, "current_weather", "temperature", c))
        strcpy(api->motivo, "no trae la temperatura");
    json_decref(raiz);
}

/* ---- Preguntar --------------------------------------------------------------------- */

static size_t guardar(char *datos, size_t uno, size_t n, void *arg)
{
    struct api *api = arg;
    (void)uno;
    api->excesivo = api->n + n > CUERPO_MAXIMO;
    if (api->excesivo)
        return 0;
    char *cuerpo = realloc(api->cuerpo, api->n + n);
    if (!cuerpo)
        return 0;
    memcpy(cuerpo + api->n, datos, n);
    api->cuerpo = cuerpo;
    api->n += n;
    return n;
}

/* De un cuerpo de redirección no se guarda nada: con cada respuesta se empieza de nuevo. */
static size_t cabecera(char *datos, size_t uno, size_t n, void *arg)
{
    struct api *api = arg;
    (void)uno;
    if (n > 5 && memcmp(datos, "HTTP/", 5) == 0)
        api->n = 0;
    return n;
}

static void *consultar_api(void *arg)
{
    struct api *api = arg;
    long estado = 0;
    CURL *curl = curl_easy_init();
    if (!curl) {
        strcpy(api->motivo, "no hay memoria");
        return NULL;
    }
    curl_easy_setopt(curl, CURLOPT_URL, api->url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, api->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, api->motivo);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, cabecera);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, api);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, guardar);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, api);
    CURLcode rc = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &estado);
    if (api->excesivo)
        strcpy(api->motivo, "la respuesta pasa de 1 MiB");
    else if (rc != CURLE_OK && !*api->motivo)
        strcpy(api->motivo, curl_easy_strerror(rc));
    else if (rc == CURLE_OK && (estado < 200 || estado > 299))
        sprintf(api->motivo, "estado %ld", estado);
    else if (rc == CURLE_OK) {
        *api->motivo = '\0'; /* pudo quedar la queja de un intento anterior */
        extraer_temperatura(api);
    }
    curl_easy_cleanup(curl);
    free(api->cuerpo);
    return NULL;
}

static int agregar(const struct opciones *opciones)
{
    int buenas = 0;
    double suma = 0;
    struct api *apis = calloc(opciones->n, sizeof *apis);
    if (!apis)
        return 0;
    for (size_t i = 0; i < opciones->n; i++) {
        apis[i].url = opciones->urls[i];
        apis[i].timeout_ms = (long)opciones->timeout_ms;
        if (pthread_create(&apis[i].hilo, NULL, consultar_api, &apis[i]) != 0) {
            fprintf(stderr, "agregador: no se puede crear un hilo más\n");
            exit(SALIDA_FALLO);
        }
    }
    for (size_t i = 0; i < opciones->n; i++) {
        pthread_join(apis[i].hilo, NULL);
        if (*apis[i].motivo) {
            printf("%s ERROR %s\n", apis[i].url, apis[i].motivo);
            continue;
        }
        printf("%s %.1f °C\n", apis[i].url, apis[i].celsius);
        suma += apis[i].celsius;
        buenas++;
    }
    if (buenas > 0)
        printf("MEDIA %.1f °C (%d de %zu)\n", suma / buenas, buenas, opciones->n);
    else
        printf("MEDIA ERROR (0 de %zu)\n", opciones->n);
    free(apis);
    return buenas;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0); /* cada línea, en cuanto le toca */
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int buenas = agregar(&opciones);
    curl_global_cleanup();
    return buenas > 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
