#include "process_apoyo.h"

const as_process_options tuberias = {.in = AS_PIPE, .out = AS_PIPE, .err = AS_PIPE};

as_process *lanza(const char *const argv[], const as_process_options *opciones)
{
    as_process *p;
    int rc = as_process_spawn(argv, opciones, &p);

    cr_assert_eq(rc, 0, "%s", as_error_text(rc));
    return p;
}
