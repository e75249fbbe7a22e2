/*
 * agregador con un proceso por API: cada hijo se bloquea en curl_easy_perform y deja lo que
 * averiguó en memoria compartida. El padre los espera a todos y escribe. Ctrl+C mata al padre, y
 * con él, por PR_SET_PDEATHSIG, a los hijos.
 */
#include "opciones.h"

#include <curl/curl.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_CUERPO = 1024 * 1024, MAX_SALTOS = 10 };

struct consulta {
    CURL *c;
    const char *url;
    char *cuerpo;
    size_t n, cabe;
    bool enorme, buena, lista;
    double grados;
    char motivo[200];
};

static size_t recibir(char *datos, size_t uno, size_t n, void *arg)
{
    struct consulta *q = arg;
    n *= uno;
    if (q->n + n > MAX_CUERPO) {
        q->enorme = true;
        return 0;
    }
    if (q->n + n > q->cabe) {
        size_t cabe = 2 * (q->n + n);
        char *mas = realloc(q->cuerpo, cabe);
        if (!mas)
            return 0;
        q->cuerpo = mas;
        q->cabe = cabe;
    }
    memcpy(q->cuerpo + q->n, datos, n);
    q->n += n;
    return n;
}

static bool temperatura(const char *t, size_t n, double *grados, const char **motivo)
{
    json_t *j = json_loadb(t, n, 0, NULL), *v;
    if (!j) {
        *motivo = "no es JSON";
        return false;
    }
    bool hay = true;
    if (json_is_number(v = json_object_get(json_object_get(j, "main"), "temp")))
        *grados = json_number_value(v) - 273.15;
    else if (json_is_number(
                 v = json_object_get(json_object_get(j, "current"), "temp_c")) ||
             json_is_number(v = json_object_get(json_object_get(j, "current_weather"),
                                                "temperature")))
        *grados = json_number_value(v);
    else
        hay = false;
    *motivo = "no dice la temperatura";
    json_decref(j);
    return hay;
}

static void juzgar(struct consulta *q, CURLcode rc)
{
    long estado = 0;
    const char *motivo = NULL;
    curl_easy_getinfo(q->c, CURLINFO_RESPONSE_CODE, &estado);
    if (q->enorme)
        motivo = "el cuerpo pasa de 1 MiB";
    else if (rc == CURLE_OPERATION_TIMEDOUT)
        motivo = "tiempo agotado";
    else if (rc != CURLE_OK)
        motivo = curl_easy_strerror(rc);
    if (motivo) {
        snprintf(q->motivo, sizeof q->motivo, "%s", motivo);
    } else if (estado < 200 || estado > 299) {
        snprintf(q->motivo, sizeof q->motivo, "HTTP %ld", estado);
    } else if (q->n == 0) {
        snprintf(q->motivo, sizeof q->motivo, "respuesta vacía");
    } else {
        q->buena = temperatura(q->cuerpo, q->n, &q->grados, &motivo);
        if (!q->buena)
            snprintf(q->motivo, sizeof q->motivo, "%s", motivo);
    }
    free(q->cuerpo);
    q->cuerpo = NULL;
}

static bool preparar(struct consulta *q, const char *url, const struct opciones *o)
{
    q->url = url;
    q->c = curl_easy_init();
    if (!q->c)
        return false;
    curl_easy_setopt(q->c, CURLOPT_URL, url);
    curl_easy_setopt(q->c, CURLOPT_PRIVATE, q);
    curl_easy_setopt(q->c, CURLOPT_WRITEFUNCTION, recibir);
    curl_easy_setopt(q->c, CURLOPT_WRITEDATA, q);
    curl_easy_setopt(q->c, CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
    curl_easy_setopt(q->c, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(q->c, CURLOPT_MAXREDIRS, (long)MAX_SALTOS);
    curl_easy_setopt(q->c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(q->c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(q->c, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(q->c, CURLOPT_PROXY, "");
    curl_easy_setopt(q->c, CURLOPT_NOSIGNAL, 1L);
    return true;
}

static void escribir(const struct consulta *q)
{
    if (q->buena)
        printf("%s %.1f °C\n", q->url, q->grados);
    else
        printf("%s ERROR %s\n", q->url, q->motivo);
}

int main(int argc, char **argv)
{
    struct opciones o;
    if (leer_opciones(argc, argv, &o) < 0)
        return SALIDA_ARGUMENTOS;
    struct consulta *todas = mmap(NULL, o.n * sizeof *todas, PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (todas == MAP_FAILED)
        return SALIDA_FALLO;
    pid_t padre = getpid();
    for (size_t i = 0; i < o.n; i++) {
        todas[i].url = o.urls[i];
        pid_t hijo = fork();
        if (hijo < 0) {
            snprintf(todas[i].motivo, sizeof todas[i].motivo, "no hay más procesos");
            continue;
        }
        if (hijo > 0)
            continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != padre)
            _exit(1);
        if (preparar(&todas[i], o.urls[i], &o)) {
            juzgar(&todas[i], curl_easy_perform(todas[i].c));
            curl_easy_cleanup(todas[i].c);
        } else {
            snprintf(todas[i].motivo, sizeof todas[i].motivo, "sin memoria");
        }
        todas[i].lista = true;
        _exit(0);
    }
    while (wait(NULL) > 0)
        ;
    size_t buenas = 0;
    double suma = 0;
    for (size_t i = 0; i < o.n; i++) {
        if (!todas[i].lista && !todas[i].motivo[0])
            snprintf(todas[i].motivo, sizeof todas[i].motivo, "el proceso murió");
        escribir(&todas[i]);
        if (todas[i].buena) {
            suma += todas[i].grados;
            buenas++;
        }
    }
    if (buenas)
        printf("MEDIA %.1f °C (%zu de %zu)\n", suma / (double)buenas, buenas, o.n);
    else
        printf("MEDIA ERROR (0 de %zu)\n", o.n);
    munmap(todas, o.n * sizeof *todas);
    return buenas ? SALIDA_BIEN : SALIDA_FALLO;
}
