#include "grader/labs_load.h"

#include <stdlib.h>

_Static_assert((int)GR_EXIT_USAGE == LABS_USAGE && (int)GR_EXIT_FAILURE == LABS_BROKEN,
               "se acaba con el mismo código");

int gr_labs_load(struct labs *labs, const char *which, struct gr_error *err)
{
    char *why = NULL;
    int rc = labs_load(labs, which, &why);
    if (rc != 0)
        gr_error(err, "%s", why);
    free(why);
    return rc;
}
