/*
 * opciones.h: la línea de órdenes, y las consultas que se pueden pedir con ella. Es parte del
 * enunciado: se usa tal cual.
 */
#ifndef OPCIONES_H
#define OPCIONES_H

/* Con qué código acaba el programa. */
enum { SALIDA_BIEN = 0, SALIDA_FALLO = 1, SALIDA_ARGUMENTOS = 2 };

/* Las consultas que se pueden pedir con --consultas, en orden. */
enum { MAX_CONSULTAS = 10 };
extern const char *const CONSULTAS[MAX_CONSULTAS];

struct opciones {
    const char *dsn;    /* cómo conectar; lo entiende as_pg_new */
    const char *nombre; /* el registro i se llama «nombre i» */
    int conexiones, registros, consultas;
};

/* Llena `o` y devuelve 0, o explica en una línea qué está mal y devuelve -1. */
int leer_opciones(int argc, char **argv, struct opciones *o);

#endif
