/*
 * agregador: pregunta la temperatura a varias API del tiempo a la vez y da la media.
 *
 * El enunciado está en README.md y las pistas en pistas.md. Lo que debes escribir está
 * marcado con TODO; cambia lo que quieras de lo demás: se califica lo que el programa
 * hace, no cómo lo hace.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <stdio.h>

/*
 * TODO 1: saca la temperatura, en grados Celsius, de los `n` bytes de un JSON.
 *
 * json_loadb los convierte en un árbol y json_object_get lo recorre: lo cuenta el apartado
 * «Leer JSON sin creérselo» del capítulo 10. El atributo evita el aviso del compilador
 * mientras nadie llama a la función: quítalo cuando la llames.
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
    as_http *http;
    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < opciones->n && rc == 0; i++)
        rc = consultar_api(http, opciones->urls[i]);
    as_http_close(http);
    return rc;
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
        fprintf(stderr, "agregador: %s\n", as_error_text(rc));
    return rc < 0 ? SALIDA_FALLO : SALIDA_BIEN;
}
