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

struct venta {
    as_pg *pool;
    int id;
};

#endif
