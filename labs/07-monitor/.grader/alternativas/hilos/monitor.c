/*
 * monitor con un hilo por sitio: cada uno llama a libcurl, que bloquea, y duerme hasta su
 * próximo turno. Un cerrojo guarda las cuentas y la salida; el hilo principal solo espera
 * Ctrl+C.
 */
#include "opciones.h"

#include <curl/curl.h>

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct sitio {
    const struct opciones *opciones;
    const char *url;
    CURL *curl;
    int fallos_seguidos;
    long comprobaciones, fallos;
    uint64_t ms_en_total;
};

static pthread_mutex_t cerrojo = PTHREAD_MUTEX_INITIALIZER; /* las cuentas y stdout */
static uint64_t inicio_ms;

static uint64_t ahora_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- Contar lo que pasó -------------------------------------------------------- */

static const char *hora(char texto[static 20])
{
    time_t ahora = time(NULL);
    struct tm partes;
    strftime(texto, 20, "%Y-%m-%dT%H:%M:%S", localtime_r(&ahora, &partes));
    return texto;
}

/* `codigo` es el de libcurl y `estado` el de HTTP. */
static void registrar(struct sitio *sitio, CURLcode codigo, long estado, uint64_t ms)
{
    char texto[20];
    printf("%s %s ", hora(texto), sitio->url);
    if (codigo != CURLE_OK)
        printf("ERROR %s", curl_easy_strerror(codigo));
    else
        printf("%ld", estado);
    printf(" %" PRIu64 " ms\n", ms);

    sitio->comprobaciones++;
    sitio->ms_en_total += ms;
    if (codigo != CURLE_OK || estado >= 400) {
        sitio->fallos++;
        if (++sitio->fallos_seguidos == sitio->opciones->umbral)
            printf("ALERTA %s lleva %d fallos seguidos\n", sitio->url,
                   sitio->opciones->umbral);
    } else {
        if (sitio->fallos_seguidos >= sitio->opciones->umbral)
            printf("RECUPERADO %s tras %d fallos\n", sitio->url, sitio->fallos_seguidos);
        sitio->fallos_seguidos = 0;
    }
}

static void resumir(const struct sitio *sitios, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct sitio *s = &sitios[i];
        uint64_t media = s->comprobaciones ? s->ms_en_total / (uint64_t)s->comprobaciones
                                           : 0;
        printf("RESUMEN %s comprobaciones=%ld fallos=%ld media=%" PRIu64 " ms\n", s->url,
               s->comprobaciones, s->fallos, media);
    }
}

/* ---- Un hilo por sitio ---------------------------------------------------------- */

static size_t descartar(char *datos, size_t uno, size_t n, void *nada)
{
    (void)datos;
    (void)nada;
    return uno * n;
}

static void verificar_sitio(struct sitio *sitio)
{
    long estado = 0;
    uint64_t antes = ahora_ms();
    CURLcode codigo = curl_easy_perform(sitio->curl);
    uint64_t ms = ahora_ms() - antes;
    curl_easy_getinfo(sitio->curl, CURLINFO_RESPONSE_CODE, &estado);
    pthread_mutex_lock(&cerrojo);
    registrar(sitio, codigo, estado, ms);
    pthread_mutex_unlock(&cerrojo);
}

static void esperar_turno(uint64_t intervalo_ms)
{
    uint64_t turno = (ahora_ms() - inicio_ms) / intervalo_ms + 1;
    uint64_t hasta = inicio_ms + turno * intervalo_ms;
    struct timespec fin = {(time_t)(hasta / 1000), (long)(hasta % 1000) * 1000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &fin, NULL) != 0)
        ;
}

static void *vigilar_sitio(void *arg)
{
    struct sitio *sitio = arg;
    for (;;) {
        verificar_sitio(sitio);
        esperar_turno((uint64_t)sitio->opciones->intervalo_ms);
    }
    return NULL;
}

static bool lanzar(struct sitio *sitio)
{
    pthread_t hilo;
    sitio->curl = curl_easy_init();
    if (!sitio->curl)
        return false;
    curl_easy_setopt(sitio->curl, CURLOPT_URL, sitio->url);
    curl_easy_setopt(sitio->curl, CURLOPT_TIMEOUT_MS, (long)sitio->opciones->timeout_ms);
    curl_easy_setopt(sitio->curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(sitio->curl, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(sitio->curl, CURLOPT_WRITEFUNCTION, descartar);
    curl_easy_setopt(sitio->curl, CURLOPT_NOSIGNAL, 1L);
    return pthread_create(&hilo, NULL, vigilar_sitio, sitio) == 0;
}

static int monitorear_sitios(const struct opciones *opciones)
{
    struct sitio *sitios = calloc(opciones->n, sizeof *sitios);
    sigset_t interrupcion;
    int senal;
    if (!sitios)
        return SALIDA_FALLO;
    /* Antes de crear hilos, para que la hereden bloqueada y solo la reciba sigwait. */
    sigemptyset(&interrupcion);
    sigaddset(&interrupcion, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupcion, NULL);
    inicio_ms = ahora_ms();
    for (size_t i = 0; i < opciones->n; i++) {
        sitios[i] = (struct sitio){.opciones = opciones, .url = opciones->urls[i]};
        if (!lanzar(&sitios[i])) {
            fprintf(stderr, "monitor: no se puede crear un hilo más\n");
            _exit(SALIDA_FALLO);
        }
    }
    sigwait(&interrupcion, &senal);
    pthread_mutex_lock(&cerrojo);
    resumir(sitios, opciones->n);
    fflush(stdout);
    /* Los hilos siguen dentro de libcurl y no hay forma limpia de sacarlos: exit()
     * desharía bajo sus pies lo que están usando. */
    _exit(SALIDA_BIEN);
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return monitorear_sitios(&opciones);
}
