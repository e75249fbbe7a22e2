/*
 * monitor: comprueba cada pocos segundos que unos sitios web responden.
 *
 * El enunciado está en README.md y las pistas en pistas.md. Lo que debes escribir está
 * marcado con TODO; cambia lo que quieras de lo demás: se califica lo que el programa
 * hace, no cómo lo hace.
 */
#include <asinc/asinc.h>

#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { SALIDA_BIEN = 0, SALIDA_FALLO = 1, SALIDA_ARGUMENTOS = 2 };

struct opciones {
    int64_t intervalo_ms;
    int64_t timeout_ms;
    int umbral; /* fallos seguidos que disparan la alerta */
    char **urls;
    size_t n;
};

/* La hora local como la pide el enunciado: 2026-11-21T10:00:00. El atributo evita el
 * aviso del compilador mientras nadie la usa: quítalo cuando la uses. */
__attribute__((unused)) static const char *hora(char texto[static 20])
{
    time_t ahora = time(NULL);
    struct tm partes;
    strftime(texto, 20, "%Y-%m-%dT%H:%M:%S", localtime_r(&ahora, &partes));
    return texto;
}

/*
 * TODO 1: comprueba un sitio una vez y escribe su línea.
 *
 * Pide `url` con as_http_send (su manual está en common/include/asinc/http.h), mide los
 * milisegundos con as_now y escribe la hora, la URL, el estado o ERROR y el tiempo.
 * Recuerda las opciones que te harán falta: añade parámetros cuando los necesites.
 */
static int verificar_sitio(as_http *http, const char *url)
{
    (void)http;
    (void)url;
    return UV_ENOSYS;
}

/*
 * TODO 2: vigila todos los sitios a la vez hasta Ctrl+C, y despídete con el resumen.
 *
 * Es la tarea principal. Tal como está, mira los sitios uno tras otro, una sola vez:
 * sirve para probar el TODO 1. Después, cámbiala entera.
 */
static int monitorear_sitios(void *arg)
{
    const struct opciones *opciones = arg;
    int rc = 0;
    as_http *http = as_http_new(NULL);
    if (!http)
        return UV_ENOMEM;
    for (size_t i = 0; i < opciones->n && rc == 0; i++)
        rc = verificar_sitio(http, opciones->urls[i]);
    as_http_close(http);
    return rc;
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
    /* En una tubería, stdio guardaría las líneas hasta juntar unos KiB. */
    setvbuf(stdout, NULL, _IOLBF, 0);

    int rc = as_run(monitorear_sitios, &opciones);
    if (rc == UV_ENOSYS)
        fprintf(stderr, "monitor: todavía no vigila nada; empieza por el TODO 1 de "
                        "labs/07-monitor/monitor.c\n");
    else if (rc < 0)
        fprintf(stderr, "monitor: %s\n", as_strerror(rc));
    return rc < 0 ? SALIDA_FALLO : SALIDA_BIEN;
}
