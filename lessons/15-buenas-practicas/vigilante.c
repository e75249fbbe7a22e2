/* El vigilante entero: SIGHUP abre otro registro, SIGTERM lo cierra todo en orden. */
#include "red.h"

#include <stdlib.h>

enum { TOPE = 8 };

struct opciones {
    int64_t cada_ms, plazo_ms;
    int umbral;
    const char *registro, *informes;
};

static struct opciones opciones = {.cada_ms = 600000,
                                   .plazo_ms = 5000,
                                   .umbral = 3,
                                   .registro = "vigilante.log",
                                   .informes = "informes.csv"};

/* [estructura] */
struct informe {
    const char *nombre;
    uint64_t ms;
    int rc;
};

struct vigilante {
    struct ronda *rondas; /* una por servicio */
    int cuantas;
    as_signals *senales;
    as_queue informes; /* del sondeo al archivo */
    as_file *archivo;
    int empezados, perdidos;
};

struct ronda { /* lo que recibe la tarea de un servicio */
    struct vigilante *vigilante;
    struct servicio servicio;
};
/* [/estructura] */

/* ---- Sondear ------------------------------------------------------ */

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

/* Un informe que no se escribirá: se cuenta, y se sigue. */
static void perder(struct vigilante *v, int rc)
{
    if (v->perdidos == 0)
        as_log_warning("se pierden informes: %s", as_error_text(rc));
    v->perdidos++;
}

/* [sondear] */
/* El informe pasa a ser de la cola. */
static int informar(struct vigilante *v, const struct servicio *s,
                    uint64_t ms, int resultado)
{
    struct informe *i = malloc(sizeof *i);
    if (!i)
        return UV_ENOMEM;
    *i = (struct informe){s->nombre, ms, resultado};
    int rc = as_queue_put(&v->informes, i);
    if (rc < 0)
        free(i);
    return rc;
}

/* Pregunta y pone el informe en la cola: empezado, se acaba. */
static void hacer_uno(struct vigilante *v, struct servicio *s)
{
    uint64_t inicio = as_now();
    as_scope en_la_mano;

    as_shield_enter(&en_la_mano, opciones.plazo_ms + 1000);
    v->empezados++;
    int rc = sondear_a_tiempo(s);
    registrar(s, rc);
    rc = informar(v, s, as_now() - inicio, rc);
    rc = as_scope_leave(&en_la_mano, rc);
    if (rc < 0)
        perder(v, rc); /* la cola estuvo llena hasta el final */
}
/* [/sondear] */

static int vigilar(void *arg)
{
    struct ronda *ronda = arg;
    struct servicio *s = &ronda->servicio;
    int rc = 0;

    s->inicio = as_now();
    while (rc == 0) {
        hacer_uno(ronda->vigilante, s);
        rc = esperar_turno(s, opciones.cada_ms);
    }
    return rc;
}

/* ---- Anotar ------------------------------------------------------- */

/* [escribir] */
static int escribir_informes(void *arg)
{
    struct vigilante *v = arg;
    void *dato;
    int rc;

    while ((rc = as_queue_get(&v->informes, &dato)) == 0) {
        struct informe *i = dato;
        rc = as_file_writef(v->archivo, "%s;%d;%s\n", i->nombre,
                            (int)i->ms, i->rc < 0 ? "mal" : "bien");
        free(i);
        if (rc < 0)
            perder(v, rc);
        if (rc == UV_ECANCELED)
            return rc;
    }
    return rc == UV_EOF ? 0 : rc;
}
/* [/escribir] */

/* ---- Las señales -------------------------------------------------- */

static int abrir_registro(void)
{
    as_log_reset();
    int rc = as_log_to(stderr, AS_LOG_ERROR);
    return rc < 0 ? rc : as_log_to_file(opciones.registro, AS_LOG_INFO);
}

/* [senales] */
/* Vuelve con 0 cuando hay que cerrar. */
static int atender_senales(const struct vigilante *v)
{
    int senal;

    while ((senal = as_signals_wait(v->senales)) == SIGHUP) {
        int rc = abrir_registro();
        if (rc < 0) /* lo grave sigue saliendo por stderr */
            as_log_error("no puedo escribir en %s: %s",
                         opciones.registro, as_error_text(rc));
        else
            as_log_info("registro nuevo");
    }
    if (senal > 0)
        as_log_info("recibo %s: cierro",
                    senal == SIGINT ? "Ctrl+C" : "SIGTERM");
    return senal < 0 ? senal : 0;
}
/* [/senales] */

/* ---- Abrir y cerrar ----------------------------------------------- */

/* [servir] */
static int servir(struct vigilante *v)
{
    int rc = 0;
    as_group sondeos;

    as_group_enter(&sondeos);
    for (int i = 0; i < v->cuantas && rc == 0; i++)
        rc = as_start_soon(&sondeos, v->rondas[i].servicio.nombre,
                           vigilar, &v->rondas[i]);
    if (rc == 0)
        rc = atender_senales(v);
    as_group_cancel(&sondeos);         /* 1: nadie empieza nada más */
    rc = as_group_leave(&sondeos, rc); /* 2: lo empezado acaba */
    as_log_info("ya no se sondea");
    return rc;
}

static int escribir_y_servir(struct vigilante *v)
{
    as_group escritura;

    as_group_enter(&escritura);
    int rc = as_start_soon(&escritura, "anotador", escribir_informes,
                           v);
    if (rc == 0)
        rc = servir(v);
    as_queue_close(&v->informes); /* 3: no habrá más informes */
    return as_group_leave(&escritura, rc); /* 4: se anotan todos */
}
/* [/servir] */

/* Solo queda algo si cortaron al anotador. */
static void vaciar_la_cola(struct vigilante *v)
{
    void *dato;

    while (as_queue_get_nowait(&v->informes, &dato) == 0) {
        free(dato);
        v->perdidos++;
    }
}

static void contar_perdidos(const struct vigilante *v)
{
    if (v->perdidos > 0)
        as_log_error("se perdieron %d informes de %d", v->perdidos,
                     v->empezados);
    else
        as_log_info("%d sondeos, y ninguno sin anotar", v->empezados);
}

/* [principal] */
static int principal(void *arg)
{
    struct vigilante *v = arg;
    const int cuales[] = {SIGHUP, SIGTERM, SIGINT};

    int rc = as_signals_open(cuales, 3, &v->senales);
    if (rc < 0)
        return rc;
    rc = as_file_open(opciones.informes, "a", &v->archivo);
    if (rc < 0)
        goto cerrar_senales;
    as_queue_init(&v->informes, TOPE);
    as_log_info("empiezo: cada %g s", (double)opciones.cada_ms / 1000);
    rc = escribir_y_servir(v);
    vaciar_la_cola(v);
    as_queue_destroy(&v->informes);
    int cierre = as_file_close(v->archivo); /* 5: el archivo, entero */
    rc = rc < 0 ? rc : cierre;
    contar_perdidos(v);
cerrar_senales:
    as_signals_close(v->senales);
    return rc;
}
/* [/principal] */

static int leer_opciones(int argc, char **argv)
{
    struct opciones *o = &opciones;
    const struct as_arg tabla[] = {
        {"cada", AS_ARG_SECONDS, &o->cada_ms, 0.01, 86400},
        {"plazo", AS_ARG_SECONDS, &o->plazo_ms, 0.1, 3600},
        {"umbral", AS_ARG_INT, &o->umbral, 1, 1000},
        {"registro", AS_ARG_TEXT, &o->registro, 0, 0},
        {"informes", AS_ARG_TEXT, &o->informes, 0, 0},
        {"el servicio que vigilar", AS_ARG_REST, NULL, 1, AS_MANY},
        {0},
    };

    return as_args(argc, argv,
                   "[--cada S] [--plazo S] [--umbral N] "
                   "[--registro ARCHIVO] [--informes ARCHIVO] "
                   "SERVICIO...",
                   tabla);
}

/* Lo que hace falta para vigilar esos servicios. */
static int preparar(struct vigilante *v, char **nombres, int cuantos)
{
    v->rondas = calloc((size_t)cuantos, sizeof *v->rondas);
    if (!v->rondas)
        return UV_ENOMEM;
    v->cuantas = cuantos;
    for (int i = 0; i < cuantos; i++)
        v->rondas[i] = (struct ronda){.vigilante = v,
                                      .servicio.nombre = nombres[i]};
    return 0;
}

int main(int argc, char **argv)
{
    struct vigilante v = {0};
    int primero = leer_opciones(argc, argv);
    if (primero < 0)
        return 2;
    int rc = abrir_registro();
    if (rc < 0) {
        fprintf(stderr, "no puedo escribir en %s: %s\n",
                opciones.registro, as_error_text(rc));
        return 1;
    }
    rc = preparar(&v, argv + primero, argc - primero);
    if (rc == 0)
        rc = as_run(principal, &v);
    free(v.rondas);
    as_log_info("adiós, con el código %d", rc); /* 6: el registro */
    as_log_reset();
    return rc < 0;
}
