/*
 * opciones.h: la línea de órdenes. Es parte del enunciado: se usa tal cual.
 */
#ifndef OPCIONES_H
#define OPCIONES_H

#include <stddef.h>
#include <stdint.h>

/* Con qué código acaba el programa. */
enum { SALIDA_BIEN = 0, SALIDA_FALLO = 1, SALIDA_ARGUMENTOS = 2 };

enum { MAX_A_LA_VEZ = 100 };

struct opciones {
    const char *dir;
    int max; /* descargas a la vez, de 1 a MAX_A_LA_VEZ */
    int64_t refresco_ms;
    int64_t timeout_ms; /* lo que se espera sin que llegue nada */
    char **urls;        /* http:// o https://, al menos una */
    size_t n;
};

/* Llena `opciones` y devuelve 0, o explica en una línea qué está mal y devuelve -1. */
int leer_opciones(int argc, char **argv, struct opciones *opciones);

#endif
