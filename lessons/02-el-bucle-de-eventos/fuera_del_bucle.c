/* Esperar donde no hay ningún bucle: acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [main] */
int main(void)
{
    puts("antes de dormir");
    int rc = as_sleep(1000);
    puts("después de dormir");
    return rc;
}
/* [/main] */
