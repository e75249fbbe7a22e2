/* Lo que devuelve as_run. */
#include <asinc/asinc.h>
#include <stdio.h>

static int siete(void *arg)
{
    puts(arg);
    return 7;
}

static int intentar(void *arg)
{
    int rc = as_run(siete, "desde dentro");

    if (rc == UV_EBUSY)
        return siete(arg) + 1;
    return rc;
}

int main(void)
{
    printf("%d\n", as_run(siete, "solo"));
    printf("%d\n", as_run(intentar, "sin otro bucle"));
    return 0;
}
