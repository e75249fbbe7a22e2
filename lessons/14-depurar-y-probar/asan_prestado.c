/* El saludo del panel, él solo, con AddressSanitizer: acaba mal. */
#include "saludo.h"

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    as_group_enter(&grupo);
    return as_group_leave(&grupo, recibir(&grupo));
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
