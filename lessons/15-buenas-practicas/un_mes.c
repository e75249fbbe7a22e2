/* Un mes de vigilancia, que no llega a fin de mes: acaba mal. */
#include <asinc/asinc.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CADA_MS = 120000, DIA_MS = 24 * 60 * 60 * 1000 };

static uint64_t inicio;
static int sondeos;

/* [sondear] */
/* Uno de cada cincuenta sondeos se queda sin respuesta. */
static int preguntar(void)
{
    sondeos++;
    return sondeos % 50 == 0 ? UV_ETIMEDOUT : 0;
}

static int sondear(void)
{
    /* aquí, en lugar de /dev/null, habría una conexión */
    int fd = open("/dev/null", O_RDONLY);
    if (fd < 0)
        return uv_translate_sys_error(errno);

    int rc = preguntar();
    if (rc < 0)
        return 0; /* mañana contestará */
    close(fd);
    return 0;
}
/* [/sondear] */

/* [vigilar] */
static int vigilar(void *arg)
{
    (void)arg;
    for (int ronda = 1;; ronda++) {
        int rc = sondear();
        if (rc < 0)
            return rc;
        uint64_t proxima = inicio + (uint64_t)ronda * CADA_MS;
        rc = as_sleep((int64_t)(proxima - as_now()));
        if (rc < 0)
            return rc;
    }
}
/* [/vigilar] */

static int principal(void *arg)
{
    as_scope mes;

    inicio = as_now();
    as_scope_enter(&mes, (int64_t)30 * DIA_MS);
    int rc = as_scope_leave(&mes, vigilar(arg));
    if (rc == UV_ETIMEDOUT) {
        puts("un mes entero");
        return 0;
    }
    uint64_t vivido = as_now() - inicio;
    printf("día %d: %s\n", (int)(vivido / DIA_MS) + 1,
           as_error_text(rc));
    return rc;
}

int main(void)
{
    /* Lo que el sistema deja tener abierto a la vez. */
    struct rlimit limite = {.rlim_cur = 256, .rlim_max = 256};

    setrlimit(RLIMIT_NOFILE, &limite);
    int rc = as_run(principal, NULL);
    printf("más de %d000 sondeos\n", sondeos / 1000);
    return rc < 0;
}
