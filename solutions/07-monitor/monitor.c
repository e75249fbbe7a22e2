/*
 * monitor: comprueba cada pocos segundos que unos sitios web responden.
 *
 * Cada sitio tiene su propia tarea, que hace siempre lo mismo: verificar, contar lo que
 * pasó y dormir hasta su próximo turno. De esa forma salen solas tres promesas del
 * enunciado: un sitio lento no retrasa a ninguno, porque solo espera su tarea; una URL
 * nunca tiene dos comprobaciones a la vez, porque una tarea hace una cosa cada vez; y
 * Ctrl+C las detiene a todas, porque cancelar a la principal cancela al grupo entero.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Lo que comparten las tareas de todos los sitios. */
struct monitor {
    const struct opciones *opciones;
    as_http *http;
    uint64_t inicio; /* as_now() al empezar: el turno k es inicio + k * intervalo */
};

struct sitio {
    const struct monitor *monitor;
    const char *url;
    int fallos_seguidos;
    long comprobaciones, fallos;
    uint64_t ms_en_total;
};

/* Cómo acabó una comprobación. */
struct resultado {
    int error;  /* 0 si hubo respuesta; si no, el UV_E* que lo impidió */
    int estado; /* estado HTTP, cuando error es 0 */
    uint64_t ms;
};

/* ---- Una comprobación ---------------------------------------------------------- */

/*
 * Pide la página y mide cuánto tarda. Que el sitio falle es un resultado, no un error:
 * solo devuelve < 0 si cancelan la tarea y por tanto no hay nada que contar.
 */
static int verificar_sitio(const struct sitio *sitio, struct resultado *resultado)
{
    as_http_request peticion = {
        .url = sitio->url,
        .timeout_ms = sitio->monitor->opciones->timeout_ms,
        .send_once = true, /* cada turno es una petición, y solo una */
    };
    as_http_response respuesta = {0};
    uint64_t antes = as_now();
    int rc = as_http_send(sitio->monitor->http, &peticion, &respuesta);
    if (rc == UV_ECANCELED)
        return rc;
    *resultado = (struct resultado){
        .error = rc,
        .estado = respuesta.status,
        .ms = as_now() - antes,
    };
    as_http_response_clear(&respuesta);
    return 0;
}

/* ---- Contar lo que pasó -------------------------------------------------------- */

static const char *hora(char texto[static 20])
{
    time_t ahora = time(NULL);
    struct tm partes;
    strftime(texto, 20, "%Y-%m-%dT%H:%M:%S", localtime_r(&ahora, &partes));
    return texto;
}

static void imprimir(const struct sitio *sitio, const struct resultado *resultado)
{
    char texto[20];
    printf("%s %s ", hora(texto), sitio->url);
    if (resultado->error < 0)
        printf("ERROR %s", as_strerror(resultado->error));
    else
        printf("%d", resultado->estado);
    printf(" %" PRIu64 " ms\n", resultado->ms);
}

/*
 * Apunta una comprobación, la imprime y avisa si empieza o acaba una caída. La alerta
 * salta al llegar al umbral y no al pasarlo: así hay una sola por racha.
 */
static int registrar(struct sitio *sitio, const struct resultado *resultado)
{
    int umbral = sitio->monitor->opciones->umbral;

    imprimir(sitio, resultado);
    sitio->comprobaciones++;
    sitio->ms_en_total += resultado->ms;
    if (resultado->error < 0 || resultado->estado >= 400) {
        sitio->fallos++;
        sitio->fallos_seguidos++;
        if (sitio->fallos_seguidos == umbral)
            printf("ALERTA %s lleva %d fallos seguidos\n", sitio->url, umbral);
    } else {
        if (sitio->fallos_seguidos >= umbral)
            printf("RECUPERADO %s tras %d fallos\n", sitio->url, sitio->fallos_seguidos);
        sitio->fallos_seguidos = 0;
    }
    /* Con `monitor ... | head -1` ya no queda quien lea: seguir no tiene sentido. */
    return ferror(stdout) ? UV_EPIPE : 0;
}

static void resumir(const struct sitio *sitios, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct sitio *s = &sitios[i];
        uint64_t media = 0;
        if (s->comprobaciones > 0)
            media = s->ms_en_total / (uint64_t)s->comprobaciones;
        printf("RESUMEN %s comprobaciones=%ld fallos=%ld media=%" PRIu64 " ms\n", s->url,
               s->comprobaciones, s->fallos, media);
    }
}

/* ---- Muchas comprobaciones ------------------------------------------------------ */

/*
 * Duerme hasta el próximo múltiplo del intervalo contado desde el inicio. Dormir
 * `intervalo` a secas sumaría en cada vuelta lo que tardó la comprobación. Y si esta duró
 * varios turnos, la división los salta de una vez en lugar de querer recuperarlos.
 */
static int esperar_turno(const struct monitor *monitor)
{
    int64_t intervalo = monitor->opciones->intervalo_ms;
    int64_t transcurrido = (int64_t)(as_now() - monitor->inicio);
    int64_t turno = transcurrido / intervalo + 1;
    return as_sleep(turno * intervalo - transcurrido);
}

static int vigilar_sitio(void *arg)
{
    struct sitio *sitio = arg;
    struct resultado resultado;
    int rc = 0;
    while (rc == 0) {
        rc = verificar_sitio(sitio, &resultado);
        if (rc == 0)
            rc = registrar(sitio, &resultado);
        if (rc == 0)
            rc = esperar_turno(sitio->monitor);
    }
    return rc;
}

/* La tarea principal. Solo vuelve con Ctrl+C o si ya no se puede escribir. */
static int monitorear_sitios(void *arg)
{
    const struct opciones *opciones = arg;
    /* Sin colas: si las peticiones esperasen turno, un sitio lento retrasaría a otros. */
    as_http_options http = {.max_connections = opciones->n};
    struct monitor monitor = {.opciones = opciones, .inicio = as_now()};
    int rc = UV_ENOMEM;
    struct sitio *sitios = calloc(opciones->n, sizeof *sitios);
    if (!sitios)
        return rc;
    rc = as_http_new(&http, &monitor.http);
    if (rc < 0)
        goto sin_cliente;

    for (size_t i = 0; i < opciones->n; i++)
        sitios[i] = (struct sitio){.monitor = &monitor, .url = opciones->urls[i]};
    rc = as_gather_each(vigilar_sitio, sitios, opciones->n, sizeof *sitios, NULL);
    if (as_interrupted()) {
        resumir(sitios, opciones->n);
        rc = 0;
    }
    as_http_close(monitor.http);
sin_cliente:
    free(sitios);
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
    if (rc < 0)
        fprintf(stderr, "monitor: %s\n", as_error_text(rc));
    return rc < 0 ? SALIDA_FALLO : SALIDA_BIEN;
}
