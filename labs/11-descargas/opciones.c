#include "opciones.h"

#include <asinc/args.h>
#include <asinc/http.h>

#include <stdio.h>

#define USO "[--dir D] [--max N] [--refresco S] [--timeout S] URL..."

int leer_opciones(int argc, char **argv, struct opciones *opciones)
{
    *opciones = (struct opciones){
        .dir = "descargas", .max = 3, .refresco_ms = 500, .timeout_ms = 30000};
    const struct as_arg tabla[] = {
        {"dir", AS_ARG_TEXT, &opciones->dir, 0, 0},
        {"max", AS_ARG_INT, &opciones->max, 1, MAX_A_LA_VEZ},
        {"refresco", AS_ARG_SECONDS, &opciones->refresco_ms, 0.01, 3600},
        {"timeout", AS_ARG_SECONDS, &opciones->timeout_ms, 0.01, 86400},
        {"la URL que bajar", AS_ARG_REST, NULL, 1, AS_MANY},
        {0},
    };
    int primera = as_args(argc, argv, USO, tabla);
    if (primera < 0)
        return -1;
    if (!*opciones->dir) {
        fprintf(stderr, "descargas: --dir está vacío. Uso: descargas " USO "\n");
        return -1;
    }
    for (int i = primera; i < argc; i++)
        if (as_http_check_url(argv[i]) < 0) {
            fprintf(stderr, "descargas: «%s» no es una URL http:// o https://\n",
                    argv[i]);
            return -1;
        }
    opciones->urls = argv + primera;
    opciones->n = (size_t)(argc - primera);
    return 0;
}
