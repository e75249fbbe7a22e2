/* El vigilante se configura sin volver a compilarlo. Con opciones que no entiende, acaba mal. */
#include "red.h"

#include <stdlib.h>

/* [opciones] */
struct opciones {
    int64_t cada_ms, plazo_ms;
    int umbral, dias;
    const char *registro;
};

/* Devuelve dónde empiezan los servicios en argv, o un error. */
static int leer_opciones(struct opciones *o, int argc, char **argv)
{
    const struct as_arg tabla[] = {
        {"cada", AS_ARG_SECONDS, &o->cada_ms, 0.1, 86400},
        {"plazo", AS_ARG_SECONDS, &o->plazo_ms, 0.1, 3600},
        {"umbral", AS_ARG_INT, &o->umbral, 1, 1000},
        {"dias", AS_ARG_INT, &o->dias, 1, 3650},
        {"registro", AS_ARG_TEXT, &o->registro, 0, 0},
        {"el servicio que vigilar", AS_ARG_REST, NULL, 1, AS_MANY},
        {0},
    };

    return as_args(argc, argv,
                   "[--cada S] [--plazo S] [--umbral N] [--dias N] "
                   "[--registro ARCHIVO] SERVICIO...",
                   tabla);
}
/* [/opciones] */

static struct opciones opciones = {.cada_ms = 600000,
                                   .plazo_ms = 10000,
                                   .umbral = 3,
                                   .dias = 30,
                                   .registro = "vigilante.log"};

static void registrar(struct servicio *s, int rc)
{
    if (rc < 0) {
        s->fallos++;
        if (s->fallos == opciones.umbral)
            as_log_warning("van %d fallos: %s", s->fallos,
                           as_error_text(rc));
        return;
    }
    if (s->fallos >= opciones.umbral)
        as_log_info("vuelve; fallos seguidos: %d", s->fallos);
    s->fallos = 0;
}

static int sondear(struct servicio *s)
{
    int fd = conectar(s);
    if (fd < 0)
        return fd;
    int rc = preguntar(s);
    close(fd);
    return rc;
}

static int sondear_a_tiempo(struct servicio *s)
{
    as_scope plazo;

    as_scope_enter(&plazo, opciones.plazo_ms);
    return as_scope_leave(&plazo, sondear(s));
}

static int vigilar(void *arg)
{
    struct servicio s = {.nombre = arg, .inicio = as_now()};
    int rc = 0;

    while (rc == 0) {
        rc = sondear_a_tiempo(&s);
        if (rc != UV_ECANCELED) {
            registrar(&s, rc);
            rc = esperar_turno(&s, opciones.cada_ms);
        }
    }
    as_log_info("%d sondeos", s.sondeos);
    return rc;
}

/* Los nombres de los servicios, acabados en NULL. */
static int principal(void *arg)
{
    char **nombres = arg;
    int rc = 0;
    as_scope mes;
    as_group grupo;

    as_log_info("empiezo: cada %g s, plazo de %g s, aviso al fallo %d",
                (double)opciones.cada_ms / 1000,
                (double)opciones.plazo_ms / 1000, opciones.umbral);
    as_scope_enter(&mes, (int64_t)opciones.dias * DIA_MS);
    as_group_enter(&grupo);
    for (int i = 0; nombres[i] && rc == 0; i++)
        rc = as_start_soon(&grupo, nombres[i], vigilar, nombres[i]);
    rc = as_group_leave(&grupo, rc);
    rc = as_scope_leave(&mes, rc);
    return rc == UV_ETIMEDOUT ? 0 : rc;
}

/* [main] */
int main(int argc, char **argv)
{
    int primero = leer_opciones(&opciones, argc, argv);
    if (primero < 0)
        return 2;
    int rc = as_log_to(stderr, AS_LOG_ERROR);
    if (rc == 0)
        rc = as_log_to_file(opciones.registro, AS_LOG_INFO);
    if (rc < 0) {
        fprintf(stderr, "no puedo escribir en %s: %s\n",
                opciones.registro, as_error_text(rc));
        return 1;
    }
    rc = as_run(principal, argv + primero);
    if (rc < 0)
        as_log_error("acaba mal: %s", as_error_text(rc));
    as_log_reset();
    return rc < 0;
}
/* [/main] */
