/* El vigilante: SIGHUP abre otro registro; SIGTERM lo cierra todo. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 3, CADA_MS = 60, TOPE = 8 };

/* [estructura] */
struct vigilante {
    as_signals *senales;
    as_queue informes; /* del sondeo al archivo */
    as_file *archivo;
    int empezados, anotados;
};

struct servicio {
    struct vigilante *v;
    const char *nombre;
    int ms;
};
/* [/estructura] */

/* [sondear] */
/* Pregunta y pone el informe en la cola: empezado, se acaba. */
static int sondear(struct servicio *s)
{
    as_scope en_la_mano;

    as_shield_enter(&en_la_mano, 1000);
    s->v->empezados++;
    int rc = as_sleep(s->ms); /* aquí, la red */
    if (rc == 0)
        rc = as_queue_put(&s->v->informes, s);
    return as_scope_leave(&en_la_mano, rc);
}

static int vigilar(void *arg)
{
    int rc = 0;

    while (rc == 0) {
        rc = sondear(arg);
        if (rc == 0)
            rc = as_sleep(CADA_MS);
    }
    return rc;
}
/* [/sondear] */

/* [anotar] */
static int anotar(void *arg)
{
    struct vigilante *v = arg;
    void *informe;
    int rc;

    while ((rc = as_queue_get(&v->informes, &informe)) == 0) {
        const struct servicio *s = informe;
        rc = as_file_writef(v->archivo, "%s;%d\n", s->nombre, s->ms);
        if (rc < 0)
            return rc;
        v->anotados++;
    }
    return rc == UV_EOF ? 0 : rc;
}
/* [/anotar] */

/* [senales] */
static int abrir_registro(void)
{
    as_log_reset();
    int rc = as_log_to(stderr, AS_LOG_INFO);
    return rc < 0 ? rc : as_log_to_file("vigilante.log", AS_LOG_DEBUG);
}

/* Vuelve con 0 cuando hay que cerrar. */
static int atender_senales(struct vigilante *v)
{
    int senal;

    while ((senal = as_signals_wait(v->senales)) == SIGHUP) {
        int rc = abrir_registro();
        if (rc < 0)
            return rc;
        as_log_info("registro nuevo");
    }
    if (senal > 0)
        as_log_info("recibo %s: cierro",
                    senal == SIGINT ? "Ctrl+C" : "SIGTERM");
    return senal < 0 ? senal : 0;
}
/* [/senales] */

/* [servir] */
static int servir(struct vigilante *v)
{
    struct servicio servicios[SERVICIOS] = {
        {v, "usuarios", 90}, {v, "pagos", 4}, {v, "pedidos", 10}};
    int rc = 0;
    as_group sondeos;

    as_group_enter(&sondeos);
    for (int i = 0; i < SERVICIOS && rc == 0; i++)
        rc = as_start_soon(&sondeos, servicios[i].nombre, vigilar,
                           &servicios[i]);
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
    int rc = as_start_soon(&escritura, "anotador", anotar, v);
    if (rc == 0)
        rc = servir(v);
    as_queue_close(&v->informes); /* 3: no habrá más informes */
    return as_group_leave(&escritura, rc); /* 4: se anotan todos */
}
/* [/servir] */

/* Para que el ejemplo acabe solo: alguien escribe dos veces `kill`. */
static int administrar(void *arg)
{
    (void)arg;
    int rc = as_sleep(100);

    if (rc == 0) {
        raise(SIGHUP);
        rc = as_sleep(100);
    }
    if (rc == 0)
        raise(SIGTERM);
    return rc;
}

static int con_administradora(struct vigilante *v)
{
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "administradora", administrar, NULL);
    if (rc == 0)
        rc = escribir_y_servir(v);
    return as_group_leave(&grupo, rc);
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct vigilante v = {0};

    const int cuales[] = {SIGHUP, SIGTERM, SIGINT};

    int rc = as_signals_open(cuales, 3, &v.senales);
    if (rc < 0)
        return rc;
    rc = as_file_open("sondeos.csv", "a", &v.archivo);
    if (rc < 0)
        goto cerrar_senales;

    as_queue_init(&v.informes, TOPE);
    rc = con_administradora(&v);
    as_queue_destroy(&v.informes);

    int cierre = as_file_close(v.archivo); /* 5: el archivo, entero */
    rc = rc < 0 ? rc : cierre;
    as_log_info("se anotó %s", v.empezados == v.anotados
                                   ? "todo lo empezado"
                                   : "menos de lo empezado");
cerrar_senales:
    as_signals_close(v.senales);
    return rc;
}

int main(void)
{
    if (abrir_registro() < 0)
        return 1;
    int rc = as_run(principal, NULL);
    as_log_info("adiós, con el código %d", rc); /* 6: el registro */
    as_log_reset();
    return rc < 0;
}
/* [/principal] */
