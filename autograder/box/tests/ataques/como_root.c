/* No es un ataque: comprueba que root no arranca nada. Uso: como_root RUNNER PROGRAMA. */
#include "box/box.h"
#include "box/outer.h"

#include <errno.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct box_options o = box_options_default();
    box_run *run;
    int estado;
    if (argc < 3 || geteuid() != 0)
        return 2;
    o.runner = argv[1];
    o.program = argv[2];
    bool bien = box_start(&run, &o) == -EPERM;
    o.rung = BOX_NONE;
    bien &= box_start(&run, &o) == -EPERM;
    bien &= box_outer_run(argv, BOX_FULL, 0, 0, &estado) == -EPERM;
    return bien ? 0 : 1;
}
