/*
 * base_datos: inserta registros en PostgreSQL a la vez, pregunta por ellos, los inserta otra
 * vez de uno en uno y compara lo que tarda.
 *
 * El enunciado está en README.md y las pistas en pistas.md. Lo que debes escribir está
 * marcado con TODO; cambia lo que quieras de lo demás: se califica lo que el programa
 * hace, no cómo lo hace.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Por qué falló lo último, en una línea: PostgreSQL añade detalles en otras. Vale hasta la
 * próxima llamada. */
static const char *motivo(int rc)
{
    static char texto[256];
    snprintf(texto, sizeof texto, "%s", as_error_text(rc));
    texto[strcspn(texto, "\n")] = '\0';
    return texto;
}

/*
 * TODO 1: inserta un registro en la tabla usuarios.
 *
 * Usa as_pg_query (su manual está en common/include/asinc/pg.h) con $1 y $2 en el SQL y los
 * valores aparte, como textos. Devuelve lo que devuelva.
 */
static int insertar_registro(as_pg *pool, int id, const char *nombre)
{
    (void)pool;
    (void)id;
    (void)nombre;
    return UV_ENOSYS;
}

/*
 * TODO 2: hace las `n` primeras CONSULTAS a la vez y escribe sus respuestas en orden.
 *
 * Cada una necesita su tarea, y un sitio donde dejar la respuesta hasta que estén todas.
 */
static int ejecutar_consultas(as_pg *pool, int n)
{
    (void)pool;
    (void)CONSULTAS;
    (void)n;
    return 0;
}

/*
 * TODO 3: inserta todos los registros a la vez, pregunta, insértalos otra vez de uno en uno,
 * cuenta cómo fue y compara los tiempos (as_now_ns).
 *
 * Es la tarea principal: si devuelve algo distinto de 0, main sale con código 1. Tal como está
 * inserta un solo registro: sirve para probar el TODO 1. Después, cámbiala entera. El pool no
 * mira todavía --conexiones: si no le dices cuántas, admite diez.
 */
static int principal(void *arg)
{
    const struct opciones *opciones = arg;
    as_pg *pool;
    int rc = as_pg_new(opciones->dsn, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = insertar_registro(pool, 1, opciones->nombre);
    if (rc == 0)
        rc = ejecutar_consultas(pool, opciones->consultas);
    as_pg_close(pool);
    return rc;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    /* En una tubería, stdio guardaría las líneas hasta juntar unos KiB. */
    setvbuf(stdout, NULL, _IOLBF, 0);

    int rc = as_run(principal, &opciones);
    if (rc == UV_ENOSYS)
        fprintf(stderr, "base_datos: todavía no inserta nada; empieza por el TODO 1 de "
                        "labs/12-base_datos/base_datos.c\n");
    else if (rc < 0)
        fprintf(stderr, "base_datos: %s\n", motivo(rc));
    return rc == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
