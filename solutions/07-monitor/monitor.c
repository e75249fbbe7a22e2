/*
 * monitor: comprueba cada pocos segundos que unos sitios web responden.
 *
 * Cada sitio tiene su propia tarea, que hace siempre lo mismo: verificar, contar lo que
 * pasó y dormir hasta su próximo turno. De esa forma salen solas tres promesas del
 * enunciado: un sitio lento no retrasa a ninguno, porque solo espera su tarea; una URL
 * nunca tiene dos comprobaciones a la vez, porque una tarea hace una cosa cada vez; y
 * Ctrl+C las detiene a todas, porque cancelar a la principal cancela al grupo entero.
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
    monitor.http = as_http_new(&http);
    if (!monitor.http)
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

/* ---- Línea de órdenes (dada en el esqueleto) ---------------------------------- */

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
    if (rc < 0)
        fprintf(stderr, "monitor: %s\n", as_strerror(rc));
    return rc < 0 ? SALIDA_FALLO : SALIDA_BIEN;
}
