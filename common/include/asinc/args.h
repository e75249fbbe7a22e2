/*
 * La línea de órdenes: opciones «--nombre valor» y, sueltos, los demás argumentos.
 *
 *     int64_t intervalo_ms = 30000;
 *     int umbral = 3;
 *     const struct as_arg opciones[] = {
 *         {"intervalo", AS_ARG_SECONDS, &intervalo_ms, 0.001, 86400},
 *         {"umbral", AS_ARG_INT, &umbral, 1, 1000000},
 *         {0},
 *     };
 *     int primera = as_args(argc, argv, "[--intervalo S] [--umbral N] URL...", opciones);
 *     if (primera < 0)
 *         return 2;
 *     for (int i = primera; i < argc; i++)
 *         vigilar(argv[i]);
 *
 * Es getopt_long con lo que aquí siempre hace falta: números con límites y errores en
 * español. No necesita el bucle.
 */
#ifndef ASINC_ARGS_H
#define ASINC_ARGS_H

#include <asinc/types.h>

enum as_arg_kind {
    AS_ARG_TEXT,    /* const char *: apunta a argv; puede estar vacío */
    AS_ARG_INT,     /* int */
    AS_ARG_SECONDS, /* int64_t, en milisegundos; se escriben segundos, con decimales */
};

/* Una opción, y dónde dejar su valor. Si no aparece, ese sitio no se toca: deja en él el
 * valor por omisión. Si se repite, vale la última. */
struct as_arg {
    const char *name; /* sin guiones; NULL acaba la lista */
    enum as_arg_kind kind;
    void *value;     /* según `kind` */
    double min, max; /* límites de los números, incluidos, como se escriben */
};

/*
 * Lee las opciones de `argv` y ordena en él lo demás detrás: desde la posición que
 * devuelve hasta argc. Van en cualquier orden; «--» acaba las opciones. Si algo está mal
 * escribe en stderr una línea que dice qué y cómo se usa (`usage` va detrás del nombre del
 * programa) y devuelve UV_EINVAL; con más de 16 opciones, UV_ENOBUFS. `value` puede quedar
 * a medio llenar. No suspende. Usa getopt: un hilo a la vez.
 * Equivale a argparse.ArgumentParser.parse_args.
 */
int as_args(int argc, char **argv, const char *usage,
            const struct as_arg *args) AS_MUST_CHECK;

#endif
