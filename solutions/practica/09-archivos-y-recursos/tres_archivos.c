/*
 * 4 · Construir · 12 minutos
 * Escribir tres archivos a la vez, y luego leerlos a la vez.
 *
 * Escribe `escribir_uno` y `leer_uno`, y llámalas desde `principal` con
 * as_gather_each: primero las tres escrituras, y cuando acaben, las tres lecturas.
 * El orden en que acaban los hilos no se sabe: las líneas de la salida se escriben
 * después, en el orden del vector.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARCHIVOS = 3 };

struct archivo {
    const char *ruta, *texto;
    char *leido; /* lo que había al leerlo; se libera al final */
};

static int escribir_uno(void *arg)
{
    struct archivo *a = arg;

    return as_file_write_all(a->ruta, a->texto, strlen(a->texto));
}

static int leer_uno(void *arg)
{
    struct archivo *a = arg;

    return as_file_read_all(a->ruta, &a->leido, NULL);
}

static int principal(void *arg)
{
    (void)arg;
    struct archivo archivos[ARCHIVOS] = {{"uno.txt", "Contenido del 1", NULL},
                                         {"dos.txt", "Contenido del 2", NULL},
                                         {"tres.txt", "Contenido del 3", NULL}};

    int rc = as_gather_each(escribir_uno, archivos, ARCHIVOS, sizeof *archivos, NULL);
    if (rc == 0)
        rc = as_gather_each(leer_uno, archivos, ARCHIVOS, sizeof *archivos, NULL);
    for (int i = 0; i < ARCHIVOS; i++) {
        printf("%s: %s\n", archivos[i].ruta,
               archivos[i].leido ? archivos[i].leido : "(nada)");
        free(archivos[i].leido);
    }
    if (rc < 0)
        printf("%s\n", as_error_text(rc));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
