#include "opciones.h"

#include <asinc/args.h>

#define USO "[--host H] [--puerto P]"

int leer_opciones(int argc, char **argv, struct opciones *opciones)
{
    *opciones = (struct opciones){.host = "127.0.0.1", .puerto = 9999};
    const struct as_arg tabla[] = {
        {"host", AS_ARG_TEXT, &opciones->host, 0, 0},
        {"puerto", AS_ARG_INT, &opciones->puerto, 0, 65535},
        {0},
    };
    return as_args(argc, argv, USO, tabla) < 0 ? -1 : 0;
}
