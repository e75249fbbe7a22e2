#include "opciones.h"

#include <asinc/args.h>
#include <asinc/http.h>

#include <stdio.h>
#include <string.h>

#define USO "[--intervalo S] [--timeout S] [--umbral N] URL..."

int leer_opciones(int argc, char **argv, struct opciones *opciones)
{
    *opciones = (struct opciones){
        .intervalo_ms = 30000, .timeout_ms = 10000, .umbral = 3};
    const struct as_arg tabla[] = {
        {"intervalo", AS_ARG_SECONDS, &opciones->intervalo_ms, 0.001, 86400},
        {"timeout", AS_ARG_SECONDS, &opciones->timeout_ms, 0.001, 86400},
        {"umbral", AS_ARG_INT, &opciones->umbral, 1, 1000000},
        {"la URL que vigilar", AS_ARG_REST, NULL, 1, AS_MANY},
        {0},
    };
    int primera = as_args(argc, argv, USO, tabla);
    if (primera < 0)
        return -1;
    for (int i = primera; i < argc; i++) {
        if (as_http_check_url(argv[i]) < 0) {
            fprintf(stderr, "monitor: «%s» no es una URL http:// o https://\n", argv[i]);
            return -1;
        }
        for (int j = primera; j < i; j++)
            if (strcmp(argv[i], argv[j]) == 0) {
                fprintf(stderr, "monitor: «%s» está repetida\n", argv[i]);
                return -1;
            }
    }
    opciones->urls = argv + primera;
    opciones->n = (size_t)(argc - primera);
    return 0;
}
