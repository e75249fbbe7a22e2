/* Avisa una vez, cuando un servicio lleva tres fallos seguidos, y otra
 * cuando vuelve. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { UMBRAL = 3 };

static int fallos;

static void anotar(int rc)
{
    if (rc < 0) {
        fallos++;
        if (fallos >= UMBRAL)
            as_log_warning("van %d fallos", fallos);
        return;
    }
    if (fallos >= UMBRAL)
        as_log_info("vuelve tras %d fallos", fallos);
    fallos = 0;
}

static int principal(void *arg)
{
    const int sondeos[] = {0,      UV_EIO, 0,      UV_EIO, UV_EIO,
                           UV_EIO, UV_EIO, UV_EIO, 0};
    int rc = 0;
    (void)arg;

    for (int i = 0; i < 9 && rc == 0; i++) {
        anotar(sondeos[i]);
        rc = as_sleep(1000);
    }
    return rc;
}

int main(void)
{
    if (as_log_to(stdout, AS_LOG_INFO) < 0)
        return 1;
    int rc = as_run(principal, NULL);
    as_log_reset();
    return rc < 0;
}
