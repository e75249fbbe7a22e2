/*
 * 4 · Construir · 15 minutos
 * Un servicio que contesta a las señales.
 *
 * Dos tareas producen piezas y las ponen en una cola; otra las cuenta. Escribe
 * `atender`: con cada SIGUSR1 escribe «en marcha», y con SIGTERM escribe «cierro» y
 * devuelve 0. Y completa `trabajar`: el cierre, en orden, de modo que se cuente todo
 * lo producido: SIGTERM llega siempre con una pieza a medias. Es lo que querrás en tu
 * monitor del laboratorio 07.
 */
#include <asinc/asinc.h>
#include <stdio.h>

static as_queue piezas;
static int producidas, contadas;
static bool despacio;     /* va a llegar SIGTERM */
static as_event a_medias; /* y hay una de esas empezada */

static int fabricar(void)
{
    if (!despacio)
        return as_sleep(7);
    as_event_set(&a_medias);
    return as_sleep(200);
}

/* Lo empezado se acaba: la pieza producida llega a la cola. */
static int producir(void *arg)
{
    int rc = 0;

    while (rc == 0) {
        as_scope en_la_mano;
        as_shield_enter(&en_la_mano, 1000);
        rc = fabricar();
        producidas += rc == 0;
        if (rc == 0)
            rc = as_queue_put(&piezas, arg);
        rc = as_scope_leave(&en_la_mano, rc);
        if (rc == 0)
            rc = as_sleep(5);
    }
    return rc;
}

static int contar(void *arg)
{
    void *pieza;
    int rc;

    (void)arg;
    while ((rc = as_queue_get(&piezas, &pieza)) == 0) {
        rc = as_sleep(3);
        if (rc < 0)
            return rc;
        contadas++;
    }
    return rc == UV_EOF ? 0 : rc;
}

static int atender(as_signals *senales)
{
    /* TODO */
    (void)senales;
    return 0;
}

static int trabajar(as_signals *senales)
{
    as_group cuenta, produccion;

    as_group_enter(&cuenta);
    int rc = as_start_soon(&cuenta, "cuenta", contar, NULL);
    as_group_enter(&produccion);
    if (rc == 0)
        rc = as_start_soon(&produccion, "norte", producir, "norte");
    if (rc == 0)
        rc = as_start_soon(&produccion, "sur", producir, "sur");
    if (rc == 0)
        rc = atender(senales);
    /* TODO: aquí falta cerrar en orden; estas dos líneas no bastan */
    rc = as_group_leave(&produccion, rc < 0 ? rc : UV_EINTR);
    return as_group_leave(&cuenta, rc);
}

static int mandar_senales(void *arg)
{
    int rc = 0;

    (void)arg;
    for (int i = 0; i < 2 && rc == 0; i++) {
        rc = as_sleep(60);
        if (rc == 0)
            raise(SIGUSR1);
    }
    despacio = true;
    if (rc == 0)
        rc = as_event_wait(&a_medias);
    if (rc == 0)
        raise(SIGTERM);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_signals *senales;
    as_group fuera;

    int rc = as_signals_open((int[]){SIGUSR1, SIGTERM}, 2, &senales);
    if (rc < 0)
        return rc;
    as_queue_init(&piezas, 4);
    as_event_init(&a_medias);
    as_group_enter(&fuera);
    rc = as_start_soon(&fuera, "fuera", mandar_senales, NULL);
    if (rc == 0)
        rc = trabajar(senales);
    as_group_cancel(&fuera);
    rc = as_group_leave(&fuera, rc);
    as_queue_destroy(&piezas);
    as_signals_close(senales);
    if (producidas > 0 && producidas == contadas)
        puts("se contó todo lo producido");
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
