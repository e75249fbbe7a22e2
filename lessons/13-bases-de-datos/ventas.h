/*
 * Cien ventas, y una base de datos que está lejos: cada inserción tarda
 * cinco milisegundos.
 */
#ifndef VENTAS_H
#define VENTAS_H

#include "base.h"

static const char VENTAS[] =
    "CREATE TABLE ventas (id integer PRIMARY KEY, que text);"
    "CREATE FUNCTION tardar() RETURNS trigger LANGUAGE plpgsql AS"
    "  'BEGIN PERFORM pg_sleep(0.005); RETURN NEW; END';"
    "CREATE TRIGGER lejos BEFORE INSERT ON ventas"
    "  FOR EACH ROW EXECUTE FUNCTION tardar()";

/* [venta] */
struct venta {
    as_pg *pool; /* por dónde se guarda */
    int id;
};
/* [/venta] */

/* Cuánto es, sin los milisegundos que cambian de una vez a otra. */
static inline const char *tramo(uint64_t ms)
{
    if (ms < 50)
        return "menos de 50 ms";
    if (ms < 500)
        return "entre 50 y 500 ms";
    return "500 ms o más";
}

#endif
