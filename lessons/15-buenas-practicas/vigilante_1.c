/* El vigilante escribe un registro, y no lo que se le ocurre. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 3, RONDAS = 6, CADA_MS = 30000 };

struct servicio {
    const char *nombre;
    int ms;           /* lo que tarda en contestar */
    int desde, hasta; /* rondas en que está caído */
    int fallos;       /* seguidos */
};

/* Lo que tarda la red. */
static int preguntar(const struct servicio *s, int ronda)
{
    int rc = as_sleep(s->ms);

    if (rc < 0)
        return rc;
    return ronda >= s->desde && ronda < s->hasta ? UV_ECONNREFUSED : 0;
}

/* [sondear] */
static int sondear(struct servicio *s, int ronda)
{
    int rc = preguntar(s, ronda);

    if (rc == UV_ECANCELED)
        return rc;
    if (rc < 0) {
        s->fallos++;
        as_log_warning("fallo número %d: %s", s->fallos,
                       as_error_text(rc));
        return 0;
    }
    if (s->fallos > 0)
        as_log_info("vuelve tras %d fallos", s->fallos);
    s->fallos = 0;
    as_log_debug("todo bien en %d ms", s->ms);
    return 0;
}
/* [/sondear] */

static int vigilar(void *arg)
{
    uint64_t inicio = as_now();
    int rc = 0;

    for (int ronda = 1; ronda <= RONDAS && rc == 0; ronda++) {
        rc = sondear(arg, ronda);
        uint64_t proxima = inicio + (uint64_t)ronda * CADA_MS;
        if (rc == 0)
            rc = as_sleep((int64_t)(proxima - as_now()));
    }
    return rc;
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {
        {.nombre = "usuarios", .ms = 160},
        {.nombre = "pagos", .ms = 40, .desde = 3, .hasta = 5},
        {.nombre = "pedidos", .ms = 100}};
    int rc = 0;
    as_group grupo;

    as_log_info("empieza la vigilancia de %d servicios", SERVICIOS);
    as_group_enter(&grupo);
    for (int i = 0; i < SERVICIOS && rc == 0; i++)
        rc = as_start_soon(&grupo, servicios[i].nombre, vigilar,
                           &servicios[i]);
    rc = as_group_leave(&grupo, rc);
    if (rc < 0)
        as_log_error("acaba mal: %s", as_error_text(rc));
    return rc;
}

int main(void)
{
    if (as_log_to(stderr, AS_LOG_INFO) < 0 ||
        as_log_to_file("vigilante.log", AS_LOG_DEBUG) < 0)
        return 1;
    int rc = as_run(principal, NULL);
    as_log_reset();
    return rc < 0;
}
/* [/principal] */
