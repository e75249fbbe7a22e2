/*
 * descargas: baja archivos de la web, unos cuantos a la vez, y enseña cómo van.
 *
 * El enunciado está en README.md y las pistas en pistas.md. Lo que debes escribir está
 * marcado con TODO; cambia lo que quieras de lo demás: se califica lo que el programa
 * hace, no cómo lo hace. Las opciones, los nombres y lo que se ve ya están hechos: las tres
 * cabeceras que siguen dicen cómo se usan.
 */
#include "dibujo.h"
#include "nombre.h"
#include "opciones.h"

#include <asinc/asinc.h>

#include <stdio.h>
#include <stdlib.h>

/* Lo que una descarga cuenta a la pantalla. Añade lo que te haga falta. */
struct mensaje {
    const char *nombre;
    int64_t bytes; /* los que acaban de llegar */
};

/*
 * TODO 1: baja `url` al archivo `nombre` del directorio y cuenta en la cola cómo va.
 *
 * as_http_open da las cabeceras y as_http_read, el cuerpo a trozos. Guárdalo en el .part con
 * as_file_write y ponle su nombre con as_file_rename. Cuando ya funcione, haz que siga desde
 * el .part que haya. Y al final, que note si el archivo cambió: la etiqueta de la respuesta
 * (ETag) se guarda junto al .part, y al seguir se manda en If-Range.
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
 * TODO 2: lee la cola y enseña cómo van `num_descargas` descargas; al final, el resumen.
 *
 * Es la única que escribe en la salida, con dibujar_linea y dibujar_progreso. Entre mensaje y
 * mensaje tiene que refrescar: un as_queue_get dentro de un ámbito con plazo espera una cosa o
 * la otra. El atributo evita el aviso del compilador mientras nadie la usa: quítalo cuando la
 * uses.
 */
__attribute__((unused)) static int mostrar_progreso(as_queue *cola, size_t num_descargas)
{
    (void)cola;
    (void)num_descargas;
    return UV_ENOSYS;
}

/*
 * TODO 3: la tarea principal: todas las descargas, `max` a la vez, y la pantalla.
 *
 * Tal como está, baja los archivos uno tras otro y nadie lee la cola: sirve para probar el
 * TODO 1 con un archivo pequeño. Después, cámbiala entera.
 */
static int gestionar(void *arg)
{
    const struct opciones *opciones = arg;
    as_queue cola;
    as_http *http;
    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    as_queue_init(&cola, 0);
    for (size_t i = 0; i < opciones->n && rc == 0; i++) {
        char *nombre = nombre_de_url(opciones->urls[i]);
        if (nombre)
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
        fprintf(stderr, "descargas: %s\n", as_error_text(rc));
    return rc == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
