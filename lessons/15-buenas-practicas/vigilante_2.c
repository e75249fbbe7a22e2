/* El vigilante se configura sin volver a compilarlo. Con opciones que no entiende, acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [opciones] */
struct opciones {
    int64_t cada_ms;
    int umbral;
    const char *registro;
};

/* Devuelve dónde empiezan los servicios en argv, o un error. */
static int leer_opciones(struct opciones *o, int argc, char **argv)
{
    const struct as_arg lista[] = {
        {"cada", AS_ARG_SECONDS, &o->cada_ms, 0.1, 86400},
        {"umbral", AS_ARG_INT, &o->umbral, 1, 1000},
        {"registro", AS_ARG_TEXT, &o->registro, 0, 0},
        {"el servicio que vigilar", AS_ARG_REST, NULL, 1, AS_MANY},
        {0},
    };

    return as_args(argc, argv,
                   "[--cada S] [--umbral N] [--registro ARCHIVO] "
                   "SERVICIO...",
                   lista);
}
/* [/opciones] */

static struct opciones opciones = {30000, 3, "vigilante.log"};

static int vigilar(void *arg)
{
    (void)arg;
    for (int ronda = 1; ronda <= 2; ronda++) {
        as_log_info("ronda %d", ronda);
        int rc = as_sleep(opciones.cada_ms);
        if (rc < 0)
            return rc;
    }
    return 0;
}

struct lista {
    char **nombres;
    int cuantos;
};

static int principal(void *arg)
{
    const struct lista *lista = arg;
    int rc = 0;
    as_group grupo;

    as_log_info("%d servicios, cada %.1f s; aviso al fallo %d",
                lista->cuantos, (double)opciones.cada_ms / 1000,
                opciones.umbral);
    as_group_enter(&grupo);
    for (int i = 0; i < lista->cuantos && rc == 0; i++)
        rc = as_start_soon(&grupo, lista->nombres[i], vigilar, NULL);
    return as_group_leave(&grupo, rc);
}

/* [main] */
int main(int argc, char **argv)
{
    int primero = leer_opciones(&opciones, argc, argv);
    if (primero < 0)
        return 2;
    struct lista lista = {argv + primero, argc - primero};

    int rc = as_log_to(stderr, AS_LOG_INFO);
    if (rc == 0)
        rc = as_log_to_file(opciones.registro, AS_LOG_DEBUG);
    if (rc < 0) {
        fprintf(stderr, "no puedo escribir en %s: %s\n",
                opciones.registro, as_error_text(rc));
        return 1;
    }
    rc = as_run(principal, &lista);
    as_log_reset();
    return rc < 0;
}
/* [/main] */
