#include <asinc/asinc.h>
#include <stdio.h>

/* [recursion] */
static int cuenta_atras(int n)
{
    if (n == 0) /* sin esto, la pila se desborda */
        return 0;
    printf("%*squedan %d\n", 2 * (3 - n), "", n);
    int rc = as_sleep(100);
    if (rc < 0)
        return rc;
    rc = cuenta_atras(n - 1);
    printf("%*svuelvo a %d\n", 2 * (3 - n), "", n);
    return rc;
}
/* [/recursion] */

static int principal(void *arg)
{
    (void)arg;
    int rc = cuenta_atras(3);
    if (rc == 0)
        puts("Fin de la recursión");
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
