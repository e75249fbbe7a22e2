/*
 * La línea de órdenes: opciones «--nombre valor» y, sueltos, los posicionales.
 *
 *     int64_t intervalo_ms = 30000;
 *     int umbral = 3;
 *     const struct as_arg opciones[] = {
 *         {"intervalo", AS_ARG_SECONDS, &intervalo_ms, 0.001, 86400},
 *         {"umbral", AS_ARG_INT, &umbral, 1, 1000000},
 *         {"la URL que vigilar", AS_ARG_REST, NULL, 1, AS_MANY},
 *         {0},
 *     };
 *     int primera = as_args(argc, argv, "[--intervalo S] [--umbral N] URL...", opciones);
 *     if (primera < 0)
 *         return 2;
 *     for (int i = primera; i < argc; i++)
 *         vigilar(argv[i]);
 *
 * Es getopt_long con lo que aquí siempre hace falta: números con límites, cuántos
 * posicionales caben y errores en español. No necesita el bucle y no suspende.
 */
#ifndef ASINC_ARGS_H
#define ASINC_ARGS_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* Qué se espera de una opción, y de qué tipo es el sitio donde se deja. */
enum as_arg_kind {
    AS_ARG_TEXT,    /* const char *: apunta a argv; puede estar vacío */
    AS_ARG_INT,     /* int */
    AS_ARG_SECONDS, /* int64_t, en milisegundos; se escriben segundos, con decimales */
    AS_ARG_FLAG,    /* bool, que pasa a true; no lleva valor */
    AS_ARG_REST,    /* los posicionales, no una opción: a lo sumo una vez en la lista */
};

#define AS_MANY 1e9 /* el `max` de AS_ARG_REST cuando caben los que sean */

/* Una opción, y dónde dejar su valor. Si no aparece, ese sitio no se toca: deja en él el
 * valor por omisión. Si se repite, vale la última. */
struct as_arg {
    const char *name; /* sin guiones; NULL acaba la lista. El de AS_ARG_REST es lo que se
                         dirá si faltan: «la URL que vigilar» */
    enum as_arg_kind kind;
    void *value; /* según `kind`; NULL en AS_ARG_REST */
    double min,
        max; /* límites de los números, incluidos, como se escriben; en AS_ARG_REST,
                        cuántos posicionales */
};

/*
 * Lee las opciones de `argv` y ordena en él los posicionales detrás: desde la posición que
 * devuelve hasta argc. Van en cualquier orden; «--» acaba las opciones. Sin AS_ARG_REST en
 * la lista no se admite ninguno.
 *
 * Con --help escribe en stdout el uso y las opciones, y acaba el programa con 0; salvo que la
 * lista tenga una «help».
 *
 * Si algo está mal, falta o sobra, escribe en stderr una línea que dice qué y cómo se usa
 * (`usage` va detrás del nombre del programa) y devuelve UV_EINVAL; con más de 16 filas,
 * UV_ENOBUFS. `value` puede quedar a medio llenar. Usa getopt: un hilo a la vez.
 * Equivale a argparse.ArgumentParser.parse_args.
 */
int as_args(int argc, char **argv, const char *usage,
            const struct as_arg *args) AS_MUST_CHECK;

AS_DECLARATIONS_END

#endif
