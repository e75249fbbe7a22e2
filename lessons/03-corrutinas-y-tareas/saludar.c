#include <asinc/asinc.h>
#include <stdio.h>

static int saludar(void *arg)
{
    (void)arg; /* esta tarea no necesita datos */
    puts("Hola");
    int rc = as_sleep(1000);
    if (rc < 0)
        return rc;
    puts("Mundo");
    return 0;
}

int main(void)
{
    return as_run(saludar, NULL) < 0;
}
