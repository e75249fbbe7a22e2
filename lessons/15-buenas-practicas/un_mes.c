/* Un mes de vigilancia, que no llega a fin de mes: acaba mal. */
#include "red.h"

#include <sys/resource.h>

enum { SERVICIOS = 3, CADA_MS = 600000 };

/* [sondear] */
static int sondear(struct servicio *s)
{
    int fd = conectar(s);
    if (fd < 0)
        return fd;
    int rc = preguntar(s);
    if (rc < 0)
        return rc == UV_ECANCELED ? rc : 0; /* ya contestará */
    close(fd);
    return 0;
}

static int vigilar(void *arg)
{
    struct servicio *s = arg;
    int rc = 0;

    s->inicio = as_now();
    while (rc == 0) {
        rc = sondear(s);
        if (rc == 0)
            rc = esperar_turno(s, CADA_MS);
    }
    return rc;
}
/* [/sondear] */

static struct servicio servicios[SERVICIOS] = {
    {.nombre = "usuarios", .falla = 12},
    {.nombre = "pagos", .falla = 24},
    {.nombre = "pedidos", .falla = 48}};

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();
    as_scope mes;

    as_scope_enter(&mes, (int64_t)30 * DIA_MS);
    int rc = as_gather_each(vigilar, servicios, SERVICIOS,
                            sizeof *servicios, NULL);
    rc = as_scope_leave(&mes, rc);
    printf("día %d: %s\n", (int)((as_now() - inicio) / DIA_MS) + 1,
           as_error_text(rc));
    return rc;
}
/* [/principal] */

int main(void)
{
    /* Lo que el sistema deja tener abierto a la vez. */
    struct rlimit limite = {.rlim_cur = 256, .rlim_max = 256};

    setrlimit(RLIMIT_NOFILE, &limite);
    return as_run(principal, NULL) < 0;
}
