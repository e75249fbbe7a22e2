/*
 * descargas: baja archivos de la web, unos cuantos a la vez, y enseña cómo van.
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

enum { SALIDA_BIEN = 0, SALIDA_FALLO = 1, SALIDA_ARGUMENTOS = 2 };

struct opciones {
    const char *dir;
    int max; /* descargas a la vez */
    int64_t refresco_ms;
    int64_t timeout_ms; /* lo que se espera sin que llegue nada */
    char **urls;
    size_t n;
};

/* Lo que una descarga cuenta a la pantalla. Añade lo que te haga falta. */
struct mensaje {
    const char *nombre;
    int64_t bytes; /* los que acaban de llegar */
};

/*
 * TODO 1: el nombre del archivo en que se guarda `url`, que libera quien llama, o NULL si
 * no da uno válido.
 *
 * Es el último tramo de la ruta, sin consulta y descodificado. El enunciado dice cuáles no
 * valen; júzgalos después de descodificar.
 */
static char *nombre_de_url(const char *url)
{
    (void)url;
    return NULL;
}

/*
 * TODO 2: baja `url` al archivo `nombre` del directorio y cuenta en la cola cómo va.
 *
 * as_http_open da las cabeceras y as_http_read, el cuerpo a trozos. Guárdalo en el .part con
 * as_file_write y ponle su nombre con as_file_rename. Cuando ya funcione, haz que siga desde
 * el .part que haya.
 */
static int descargar_con_progreso(as_http *http, const char *url, const char *nombre,
                                  as_queue *cola)
{
    (void)http;
    (void)url;
    (void)nombre;
    (void)cola;
    return UV_ENOSYS;
}

/*
 * TODO 3: lee la cola y enseña cómo van `num_descargas` descargas; al final, el resumen.
 *
 * Es la única que escribe en la salida. Entre mensaje y mensaje tiene que refrescar: un
 * as_queue_get dentro de un ámbito con plazo espera una cosa o la otra. El atributo evita el
 * aviso del compilador mientras nadie la usa: quítalo cuando la uses.
 */
__attribute__((unused)) static int mostrar_progreso(as_queue *cola, size_t num_descargas)
{
    (void)cola;
    (void)num_descargas;
    return UV_ENOSYS;
}

/*
 * TODO 4: la tarea principal: todas las descargas, `max` a la vez, y la pantalla.
 *
 * Tal como está, baja los archivos uno tras otro y nadie lee la cola: sirve para probar los
 * TODO 1 y 2 con un archivo pequeño. Después, cámbiala entera.
 */
static int gestionar(void *arg)
{
    const struct opciones *opciones = arg;
    as_queue cola;
    int rc = 0;
    as_http *http = as_http_new(NULL);
    if (!http)
        return UV_ENOMEM;
    as_queue_init(&cola, 0);
    for (size_t i = 0; i < opciones->n && rc == 0; i++) {
        char *nombre = nombre_de_url(opciones->urls[i]);
        rc = descargar_con_progreso(http, opciones->urls[i], nombre, &cola);
        free(nombre);
    }
    void *mensaje;
    while (as_queue_get_nowait(&cola, &mensaje) == 0)
        free(mensaje);
    as_queue_destroy(&cola);
    as_http_close(http);
    return rc;
}

/* ---- Línea de órdenes (está hecha) ------------------------------------------- */

#define USO "[--dir D] [--max N] [--refresco S] [--timeout S] URL..."

/* Llena `opciones`, o explica qué está mal en una línea y devuelve -1. */
static int leer_opciones(int argc, char **argv, struct opciones *opciones)
{
    *opciones = (struct opciones){
        .dir = "descargas", .max = 3, .refresco_ms = 500, .timeout_ms = 30000};
    const struct as_arg tabla[] = {
        {"dir", AS_ARG_TEXT, &opciones->dir, 0, 0},
        {"max", AS_ARG_INT, &opciones->max, 1, 100},
        {"refresco", AS_ARG_SECONDS, &opciones->refresco_ms, 0.01, 3600},
        {"timeout", AS_ARG_SECONDS, &opciones->timeout_ms, 0.01, 86400},
        {0},
    };
    int primera = as_args(argc, argv, USO, tabla);
    if (primera < 0)
        return -1;
    if (!*opciones->dir) {
        fprintf(stderr, "descargas: --dir está vacío. Uso: descargas " USO "\n");
        return -1;
    }
    if (primera == argc) {
        fprintf(stderr, "descargas: falta la URL que bajar. Uso: descargas " USO "\n");
        return -1;
    }
    for (int i = primera; i < argc; i++)
        if (as_http_check_url(argv[i]) < 0) {
            fprintf(stderr, "descargas: «%s» no es una URL http:// o https://\n",
                    argv[i]);
            return -1;
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

    int rc = as_run(gestionar, &opciones);
    if (rc == UV_ENOSYS)
        fprintf(stderr, "descargas: todavía no baja nada; empieza por el TODO 1 de "
                        "labs/11-descargas/descargas.c\n");
    else if (rc < 0)
        fprintf(stderr, "descargas: %s\n", as_strerror(rc));
    return rc == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
