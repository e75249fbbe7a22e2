/*
 * monitor con un hilo por sitio: cada uno llama a libcurl, que bloquea, y duerme hasta su
 * próximo turno. Un cerrojo guarda las cuentas y la salida; el hilo principal solo espera
 * Ctrl+C.
 */
#include <curl/curl.h>

#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { SALIDA_BIEN = 0, SALIDA_FALLO = 1, SALIDA_ARGUMENTOS = 2 };

struct opciones {
    int64_t intervalo_ms;
    int64_t timeout_ms;
    int umbral; /* fallos seguidos que disparan la alerta */
    char **urls;
    size_t n;
};

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

/* ---- Línea de órdenes (está hecha) ------------------------------------------- */

#define USO "Uso: monitor [--intervalo S] [--timeout S] [--umbral N] URL..."

static int leer_segundos(const char *opcion, const char *texto, int64_t *ms)
{
    char *fin;
    double s = strtod(texto, &fin);
    if (fin == texto || *fin || !(s >= 0.001 && s <= 86400)) {
        fprintf(stderr, "monitor: --%s «%s»: se esperaban segundos entre 0.001 y 86400\n",
                opcion, texto);
        return -1;
    }
    *ms = llround(s * 1000);
    return 0;
}

static int leer_umbral(const char *texto, int *umbral)
{
    char *fin;
    long n = strtol(texto, &fin, 10);
    if (fin == texto || *fin || n < 1 || n > 1000000) {
        fprintf(stderr, "monitor: --umbral «%s»: se esperaba un entero de 1 a 1000000\n",
                texto);
        return -1;
    }
    *umbral = (int)n;
    return 0;
}

/* Sin espacios ni caracteres de control: una URL con ellos rompería las líneas. */
static bool parece_url(const char *url)
{
    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        return false;
    for (const char *c = url; *c; c++)
        if (isspace((unsigned char)*c) || iscntrl((unsigned char)*c))
            return false;
    return !strchr("/?#", strstr(url, "://")[3]);
}

static int revisar_urls(const struct opciones *opciones)
{
    if (opciones->n == 0) {
        fprintf(stderr, "monitor: falta la URL que vigilar. " USO "\n");
        return -1;
    }
    for (size_t i = 0; i < opciones->n; i++) {
        const char *url = opciones->urls[i];
        if (!parece_url(url)) {
            fprintf(stderr, "monitor: «%s» no es una URL http:// o https://\n", url);
            return -1;
        }
        for (size_t j = 0; j < i; j++)
            if (strcmp(url, opciones->urls[j]) == 0) {
                fprintf(stderr, "monitor: «%s» está repetida\n", url);
                return -1;
            }
    }
    return 0;
}

/* Llena `opciones`, o explica qué está mal en una línea y devuelve -1. */
static int leer_opciones(int argc, char **argv, struct opciones *opciones)
{
    static const struct option largas[] = {
        {"intervalo", required_argument, NULL, 'i'},
        {"timeout", required_argument, NULL, 't'},
        {"umbral", required_argument, NULL, 'u'},
        {0},
    };
    int letra, rc = 0;
    *opciones = (struct opciones){
        .intervalo_ms = 30000, .timeout_ms = 10000, .umbral = 3};
    while (rc == 0 && (letra = getopt_long_only(argc, argv, ":", largas, NULL)) != -1) {
        switch (letra) {
        case 'i':
            rc = leer_segundos("intervalo", optarg, &opciones->intervalo_ms);
            break;
        case 't':
            rc = leer_segundos("timeout", optarg, &opciones->timeout_ms);
            break;
        case 'u':
            rc = leer_umbral(optarg, &opciones->umbral);
            break;
        default:
            fprintf(stderr, "monitor: %s «%s». " USO "\n",
                    letra == ':' ? "falta el valor de" : "no entiendo", argv[optind - 1]);
            rc = -1;
        }
    }
    opciones->urls = argv + optind;
    opciones->n = (size_t)(argc - optind);
    return rc < 0 ? rc : revisar_urls(opciones);
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
