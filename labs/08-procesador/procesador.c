/*
 * procesador: cuenta las palabras de muchos archivos a la vez.
 *
 * El enunciado está en README.md y las pistas en pistas.md. Lo que debes escribir está
 * marcado con TODO; cambia lo que quieras de lo demás: se califica lo que el programa
 * hace, no cómo lo hace.
 */
#include "opciones.h"
#include "utf8.h"

#include <asinc/asinc.h>

#include <stdio.h>

/* Los espacios del enunciado, por su número en Unicode. El atributo evita el aviso del
 * compilador mientras nadie llama a la función: quítalo cuando la llames. */
__attribute__((unused)) static bool es_espacio(uint32_t punto)
{
    if (punto < 0x80)
        return (punto >= '\t' && punto <= '\r') || (punto >= 0x1c && punto <= ' ');
    return punto == 0x85 || punto == 0xa0 || punto == 0x1680 ||
           (punto >= 0x2000 && punto <= 0x200a) || punto == 0x2028 || punto == 0x2029 ||
           punto == 0x202f || punto == 0x205f || punto == 0x3000;
}

/* Lo que hay que recordar entre un trozo del archivo y el siguiente. */
struct contador {
    uint64_t palabras;
    bool dentro;      /* lo último fue parte de una palabra */
    struct utf8 utf8; /* el carácter que se quedó a medias: ver utf8.h */
};

/*
 * TODO 1: cuenta las palabras que empiezan en estos `n` bytes, que siguen a los del trozo
 * anterior. Empieza por los espacios de un byte; cuando funcione, pasa cada byte por utf8_byte.
 */
__attribute__((unused)) static void contar_trozo(struct contador *contador,
                                                 const char *bytes, size_t n)
{
    (void)contador;
    (void)bytes;
    (void)n;
}

/*
 * TODO 2: espera la demora, lee un archivo por trozos, cuenta y escribe su línea.
 *
 * Ábrelo con as_file_open y léelo con as_file_read (su manual está en
 * common/include/asinc/file.h). Añade parámetros cuando los necesites.
 */
static int procesar_archivo(const char *ruta)
{
    (void)ruta;
    return UV_ENOSYS;
}

/* TODO 4: crea en el directorio `dir` los cinco archivos de muestra. */
static int crear_muestras(const char *dir)
{
    (void)dir;
    return UV_ENOSYS;
}

/*
 * TODO 3: procesa todos los archivos a la vez y escribe las estadísticas.
 *
 * Es la tarea principal: si devuelve algo distinto de 0, main sale con código 1. Tal como
 * está, los procesa uno tras otro: sirve para probar los otros. Después, cámbiala entera.
 */
static int procesar_archivos(void *arg)
{
    const struct opciones *opciones = arg;
    int rc = opciones->crear ? crear_muestras(opciones->crear) : 0;
    for (size_t i = 0; i < opciones->n && rc == 0; i++)
        rc = procesar_archivo(opciones->rutas[i]);
    return rc;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    /* En una tubería, stdio guardaría las líneas hasta juntar unos KiB. */
    setvbuf(stdout, NULL, _IOLBF, 0);

    int rc = as_run(procesar_archivos, &opciones);
    if (rc == UV_ENOSYS)
        fprintf(stderr, "procesador: todavía no procesa nada; empieza por el TODO 1 de "
                        "labs/08-procesador/procesador.c\n");
    else if (rc < 0)
        fprintf(stderr, "procesador: %s\n", as_error_text(rc));
    return rc == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
