#include "opciones.h"

#include <asinc/args.h>

#include <stdio.h>

#define USO                                                                              \
    "[--crear DIR] [--demora-min S] [--demora-max S] [--concurrencia N] ARCHIVO..."

int leer_opciones(int argc, char **argv, struct opciones *opciones)
{
    *opciones = (struct opciones){.demora_min_ms = 100, .demora_max_ms = 500};
    const struct as_arg tabla[] = {
        {"crear", AS_ARG_TEXT, &opciones->crear, 0, 0},
        {"demora-min", AS_ARG_SECONDS, &opciones->demora_min_ms, 0, 3600},
        {"demora-max", AS_ARG_SECONDS, &opciones->demora_max_ms, 0, 3600},
        {"concurrencia", AS_ARG_INT, &opciones->concurrencia, 0, 1000000},
        {"el archivo que leer", AS_ARG_REST, NULL, 0, AS_MANY},
        {0},
    };
    int primera = as_args(argc, argv, USO, tabla);
    if (primera < 0)
        return -1;
    opciones->rutas = argv + primera;
    opciones->n = (size_t)(argc - primera);
    if (opciones->n == 0 && !opciones->crear) {
        fprintf(stderr,
                "procesador: falta el archivo que leer. Uso: procesador " USO "\n");
        return -1;
    }
    if (opciones->demora_min_ms > opciones->demora_max_ms) {
        fprintf(stderr, "procesador: --demora-min no puede ser mayor que --demora-max\n");
        return -1;
    }
    return 0;
}
