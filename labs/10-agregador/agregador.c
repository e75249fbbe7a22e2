/*
 * agregador: pregunta la temperatura a varias API del tiempo a la vez y da la media.
 *
 * El enunciado está en README.md y las pistas en pistas.md. Lo que debes escribir está
 * marcado con TODO; cambia lo que quieras de lo demás: se califica lo que el programa
 * hace, no cómo lo hace.
 */
#include <asinc/asinc.h>

#include <stdio.h>

enum { SALIDA_BIEN = 0, SALIDA_FALLO = 1, SALIDA_ARGUMENTOS = 2 };

struct opciones {
    int64_t timeout_ms;
    char **urls;
    size_t n;
};

/*
 * TODO 1: saca la temperatura, en grados Celsius, de los `n` bytes de un JSON.
 *
 * Añade #include <jansson.h>: json_loadb los convierte en un árbol y json_object_get lo
 * recorre. Su manual está en https://jansson.readthedocs.io. El atributo evita el aviso
 * del compilador mientras nadie llama a la función: quítalo cuando la llames.
 */
__attribute__((unused)) static int extraer_temperatura(const char *texto, size_t n,
                                                       double *celsius)
{
    (void)texto;
    (void)n;
    (void)celsius;
    return UV_ENOSYS;
}

/*
 * TODO 2: pregunta a una API y escribe su línea.
 *
 * Pide `url` con as_http_send (su manual está en common/include/asinc/http.h) y pasa lo
 * que conteste a extraer_temperatura. Añade parámetros cuando los necesites.
 */
static int consultar_api(as_http *http, const char *url)
{
    (void)http;
    (void)url;
    return UV_ENOSYS;
}

/*
 * TODO 3: pregunta a todas a la vez y escribe las líneas y la media.
 *
 * Es la tarea principal: si devuelve un error, main sale con código 1. Tal como está,
 * pregunta a una tras otra: sirve para probar los otros dos. Después, cámbiala entera.
 */
static int agregar(void *arg)
{
    const struct opciones *opciones = arg;
    int rc = 0;
    as_http *http = as_http_new(NULL);
    if (!http)
        return UV_ENOMEM;
    for (size_t i = 0; i < opciones->n && rc == 0; i++)
        rc = consultar_api(http, opciones->urls[i]);
    as_http_close(http);
    return rc;
}

/* ---- Línea de órdenes (está hecha) ---------------------------------- */

#define USO "[--timeout S] URL..."

/* Llena `opciones`, o explica qué está mal en una línea y devuelve -1. */
static int leer_opciones(int argc, char **argv, struct opciones *opciones)
{
    *opciones = (struct opciones){.timeout_ms = 3000};
    const struct as_arg tabla[] = {
        {"timeout", AS_ARG_SECONDS, &opciones->timeout_ms, 0.001, 86400},
        {0},
    };
    int primera = as_args(argc, argv, USO, tabla);
    if (primera < 0)
        return -1;
    if (primera == argc) {
        fprintf(stderr, "agregador: falta la URL de una API. Uso: agregador " USO "\n");
        return -1;
    }
    for (int i = primera; i < argc; i++)
        if (as_http_check_url(argv[i]) < 0) {
            fprintf(stderr, "agregador: «%s» no es una URL http:// o https://\n",
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

    int rc = as_run(agregar, &opciones);
    if (rc == UV_ENOSYS)
        fprintf(stderr, "agregador: todavía no consulta nada; empieza por el TODO 1 de "
                        "labs/10-agregador/agregador.c\n");
    else if (rc < 0)
        fprintf(stderr, "agregador: %s\n", as_strerror(rc));
    return rc < 0 ? SALIDA_FALLO : SALIDA_BIEN;
}
