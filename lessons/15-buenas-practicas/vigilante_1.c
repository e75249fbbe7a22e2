/* El vigilante escribe un registro, y devuelve lo que abre. */
#include "red.h"

enum { SERVICIOS = 3, CADA_MS = 600000 };

/* [sondear] */
static void registrar(struct servicio *s, int rc)
{
    if (rc < 0) {
        s->fallos++;
        as_log_warning("fallo número %d: %s", s->fallos,
                       as_error_text(rc));
    } else if (s->fallos > 0) {
        as_log_info("vuelve; fallos seguidos: %d", s->fallos);
        s->fallos = 0;
    } else {
        as_log_debug("todo bien");
    }
}

/* 0, o lo que falló: conectar es parte del sondeo. */
static int sondear(struct servicio *s)
{
    int fd = conectar(s);
    if (fd < 0)
        return fd;
    int rc = preguntar(s);
    close(fd); /* en todos los caminos */
    return rc;
}

static int vigilar(void *arg)
{
    struct servicio *s = arg;
    int rc = 0;

    s->inicio = as_now();
    while (rc == 0) {
        rc = sondear(s);
        if (rc != UV_ECANCELED) {
            registrar(s, rc);
            rc = esperar_turno(s, CADA_MS);
        }
    }
    as_log_info("%d sondeos", s->sondeos);
    return rc;
}
/* [/sondear] */

static struct servicio servicios[SERVICIOS] = {
    {.nombre = "usuarios", .falla = 12},
    {.nombre = "pagos", .falla = 24, .mudo = 3},
    {.nombre = "pedidos", .falla = 48, .rechaza = 108}};

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    int rc = 0;
    as_scope mes;
    as_group grupo;

    as_log_info("empiezo: %d servicios", SERVICIOS);
    as_scope_enter(&mes, (int64_t)30 * DIA_MS);
    as_group_enter(&grupo);
    for (int i = 0; i < SERVICIOS && rc == 0; i++)
        rc = as_start_soon(&grupo, servicios[i].nombre, vigilar,
                           &servicios[i]);
    rc = as_group_leave(&grupo, rc);
    rc = as_scope_leave(&mes, rc);
    return rc == UV_ETIMEDOUT ? 0 : rc; /* llegó a fin de mes */
}
/* [/principal] */

/* [main] */
int main(void)
{
    if (as_log_to(stderr, AS_LOG_ERROR) < 0 ||
        as_log_to_file("vigilante.log", AS_LOG_INFO) < 0)
        return 1;
    int rc = as_run(principal, NULL);
    if (rc < 0)
        as_log_error("acaba mal: %s", as_error_text(rc));
    as_log_reset();
    return rc < 0;
}
/* [/main] */
