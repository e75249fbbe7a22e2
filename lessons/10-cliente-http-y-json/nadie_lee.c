/* Un monitor que se entera de que ya no lo lee nadie. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [vigilar] */
static int vigilar(void *arg)
{
    (void)arg;
    for (int ronda = 1; !ferror(stdout); ronda++) {
        printf("ronda %d: todo bien\n", ronda);
        fflush(stdout);
        int rc = as_sleep(30000);
        if (rc < 0)
            return rc;
    }
    fprintf(stderr, "ya no me lee nadie: acabo\n");
    return 0;
}
/* [/vigilar] */

int main(void)
{
    return as_run(vigilar, NULL) < 0;
}
