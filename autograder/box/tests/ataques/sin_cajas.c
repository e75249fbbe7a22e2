/* No es un ataque: en un sistema que no deja hacer cajas, la prueba lo explica y la ejecución
 * es un fallo de la caja. Uso: sin_cajas RUNNER. */
#include "../../box.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    char porque[700];
    struct box_output salida;
    struct box_result fin;
    struct box_options o = box_options_default();
    if (argc < 2)
        return 2;
    o.runner = argv[1];
    o.program = "/usr/bin/true";
    if (box_probe(0, 0, porque, sizeof porque) >= 0 ||
        !strstr(porque, "max_user_namespaces"))
        return 3;
    if (box_capture(&o, NULL, 1000, &salida, &fin) < 0)
        return 4;
    box_output_free(&salida);
    fprintf(stderr, "%s\n%s\n", porque, fin.detail);
    return fin.kind == BOX_FAULT && strstr(fin.detail, "bwrap") ? 0 : 5;
}
