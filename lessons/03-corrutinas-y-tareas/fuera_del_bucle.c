#include <asinc/asinc.h>
#include <stdio.h>

/* [main] */
int main(void)
{
    puts("Antes de dormir");
    as_sleep(1000); /* mal: no hay ningún bucle */
    puts("Después de dormir");
}
/* [/main] */
