/*
 * monitor: comprueba cada pocos segundos que unos sitios web responden.
 *
 * El enunciado está en README.md y las pistas en pistas.md. Lo que debes escribir está
 * marcado con TODO; cambia lo que quieras de lo demás: se califica lo que el programa
 * hace, no cómo lo hace.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
    as_http *http;
    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < opciones->n && rc == 0; i++)
        rc = verificar_sitio(http, opciones->urls[i]);
    as_http_close(http);
    return rc;
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
        fprintf(stderr, "monitor: %s\n", as_error_text(rc));
    return rc < 0 ? SALIDA_FALLO : SALIDA_BIEN;
}
