#include "opciones.h"

#include <asinc/args.h>

const char *const CONSULTAS[MAX_CONSULTAS] = {
    "SELECT count(*) FROM usuarios",
    "SELECT min(id) FROM usuarios",
    "SELECT max(id) FROM usuarios",
    "SELECT sum(id) FROM usuarios",
    "SELECT count(*) FROM usuarios WHERE id % 2 = 0",
    "SELECT count(DISTINCT nombre) FROM usuarios",
    "SELECT min(nombre) FROM usuarios",
    "SELECT max(nombre) FROM usuarios",
    "SELECT nombre FROM usuarios ORDER BY length(nombre) DESC, id LIMIT 1",
    "SELECT sum(length(nombre)) FROM usuarios",
};

#define USO                                                                              \
    "[--dsn TEXTO] [--conexiones N] [--registros N] [--consultas N] [--nombre TEXTO]"

int leer_opciones(int argc, char **argv, struct opciones *o)
{
    *o = (struct opciones){.dsn = "",
                           .nombre = "usuario",
                           .conexiones = 10,
                           .registros = 100,
                           .consultas = 10};
    const struct as_arg tabla[] = {
        {"dsn", AS_ARG_TEXT, &o->dsn, 0, 0},
        {"conexiones", AS_ARG_INT, &o->conexiones, 1, 100},
        {"registros", AS_ARG_INT, &o->registros, 1, 2000},
        {"consultas", AS_ARG_INT, &o->consultas, 0, MAX_CONSULTAS},
        {"nombre", AS_ARG_TEXT, &o->nombre, 0, 0},
        {0},
    };
    return as_args(argc, argv, USO, tabla) < 0 ? -1 : 0;
}
