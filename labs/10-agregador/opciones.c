#include "opciones.h"

#include <asinc/args.h>
#include <asinc/http.h>

#include <stdio.h>

#define USO "[--timeout S] URL..."

int leer_opciones(int argc, char **argv, struct opciones *opciones)
{
    *opciones = (struct opciones){.timeout_ms = 3000};
    const struct as_arg tabla[] = {
        {"timeout", AS_ARG_SECONDS, &opciones->timeout_ms, 0.001, 86400},
        {"la URL de una API", AS_ARG_REST, NULL, 1, AS_MANY},
        {0},
    };
    int primera = as_args(argc, argv, USO, tabla);
    if (primera < 0)
        return -1;
    for (int i = primera; i < argc; i++)
        if (as_http_check_url(argv[i]) < 0) {
            fprintf(stderr, "agregador: «%s» no es una URL http:// o https://\n",
                    argv[i]);
            return -1;
        }
    opciones->urls = argv + primera;
    opciones->n = (size_t)(argc - primera);
    return 0;
}
