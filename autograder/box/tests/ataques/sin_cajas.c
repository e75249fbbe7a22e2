/* No es un ataque: en un sistema que no deja hacer espacios de nombres se baja hasta la caja
 * mínima, se explica, y pedir la completa es un fallo de la caja. Uso: sin_cajas RUNNER. */
#include "box/capture.h"
#include "box/rung.h"

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
    enum box_rung peldano;
    if (box_choose(BOX_FULL, 0, 0, &peldano, porque, sizeof porque) < 0 ||
        peldano != BOX_MINIMAL || !strstr(porque, "max_user_namespaces"))
        return 3;
    if (box_capture(&o, NULL, 1000, &salida, &fin) < 0)
        return 4;
    box_output_free(&salida);
    fprintf(stderr, "%s\n%s\n", porque, fin.detail);
    return fin.kind == BOX_FAULT && strstr(fin.detail, "bwrap") ? 0 : 5;
}
