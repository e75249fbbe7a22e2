/*
 * monitor: comprueba cada pocos segundos que unos sitios web responden.
 *
 * El enunciado está en README.md y las pistas en pistas.md. Lo que debes escribir está
 * marcado con TODO; cambia lo que quieras de lo demás: se califica lo que el programa
 * hace, no cómo lo hace.
 */
#include <asinc/asinc.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

#define USO "[--intervalo S] [--timeout S] [--umbral N] URL..."

/* Llena `opciones`, o explica qué está mal en una línea y devuelve -1. */
static int leer_opciones(int argc, char **argv, struct opciones *opciones)
{
    *opciones = (struct opciones){
        .intervalo_ms = 30000, .timeout_ms = 10000, .umbral = 3};
    const struct as_arg tabla[] = {
        {"intervalo", AS_ARG_SECONDS, &opciones->intervalo_ms, 0.001, 86400},
        {"timeout", AS_ARG_SECONDS, &opciones->timeout_ms, 0.001, 86400},
        {"umbral", AS_ARG_INT, &opciones->umbral, 1, 1000000},
        {0},
    };
    int primera = as_args(argc, argv, USO, tabla);
    if (primera < 0)
        return -1;
    if (primera == argc) {
        fprintf(stderr, "monitor: falta la URL que vigilar. Uso: monitor " USO "\n");
        return -1;
    }
    for (int i = primera; i < argc; i++) {
        if (as_http_check_url(argv[i]) < 0) {
            fprintf(stderr, "monitor: «%s» no es una URL http:// o https://\n", argv[i]);
            return -1;
        }
        for (int j = primera; j < i; j++)
            if (strcmp(argv[i], argv[j]) == 0) {
                fprintf(stderr, "monitor: «%s» está repetida\n", argv[i]);
                return -1;
            }
    }
    opciones->urls = argv + primera;
    opciones->n = (size_t)(argc - primera);
    return 0;
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
