/* Un eco que se lo piensa 50 ms antes de contestar. */
#include "conversacion.h"

static char linea[80];

static int atender(as_stream *cliente, void *arg)
{
    (void)arg;

    while (as_readline(cliente, linea, sizeof linea) >= 0) {
        int rc = as_sleep(50);
        if (rc == 0)
            rc = as_writef(cliente, "%s\n", linea);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int hablar(as_stream *flujo, const char *quien)
{
    char eco[80];

    int rc = as_sleep(quien[0] == 'A' ? 10 : 20);
    if (rc == 0)
        rc = as_writef(flujo, "soy %s\n", quien);
    if (rc < 0)
        return rc;
    ssize_t n = as_readline(flujo, eco, sizeof eco);
    printf("%s oye «%s»\n", quien, n < 0 ? "" : eco);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    return conversar(atender, hablar, (const char *[]){"Ana", "Blas"},
                     2);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
