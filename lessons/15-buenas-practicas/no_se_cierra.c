/* Un vigilante que no se deja cerrar: acaba porque tiene tope. */
#include "red.h"

enum { MINUTO_MS = 60000, CADA_MS = 10 * MINUTO_MS, TOPE = 1000 };

static int sondear(struct servicio *s)
{
    int fd = conectar(s);
    if (fd < 0)
        return fd;
    int rc = preguntar(s);
    close(fd);
    return rc;
}

/* [vigilar] */
static int vigilar(void *arg)
{
    struct servicio *s = arg;

    s->inicio = as_now();
    while (s->sondeos < TOPE) {
        int rc = sondear(s);
        if (rc < 0)
            as_log_warning("fallo: %s", as_error_text(rc));
        (void)esperar_turno(s, CADA_MS);
    }
    return 0;
}
/* [/vigilar] */

static int principal(void *arg)
{
    (void)arg;
    struct servicio pagos = {.nombre = "pagos"};
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, pagos.nombre, vigilar, &pagos);
    if (rc == 0)
        rc = as_sleep(25 * MINUTO_MS);
    as_log_info("cierro");
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    if (as_log_to(stdout, AS_LOG_INFO) < 0)
        return 1;
    int rc = as_run(principal, NULL);
    as_log_reset();
    return rc < 0;
}
