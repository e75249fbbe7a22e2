#include "prueba.h"

#include <stdatomic.h>
#include <time.h>

/* Un trabajo que termina entre que lo cancelan y que vuelve quien lo esperaba. */
TestSuite(work_cancelado, .timeout = 60);

static void duerme(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

enum { LLAMADAS = 5 };

struct cuenta {
    as_loop *bucle;
    int (*trabajo)(struct cuenta *c);
    atomic_bool empezo, sigue, acabo;
    int hechas; /* solo la toca el bucle */
};

static void llega(void *arg)
{
    ++*(int *)arg;
}

static int llama_y_acaba(void *arg)
{
    struct cuenta *c = arg;

    c->empezo = true;
    while (!c->sigue)
        duerme(1);
    for (int i = 0; i < LLAMADAS; i++) {
        int rc = as_call_soon_threadsafe(c->bucle, llega, &c->hechas);
        if (rc < 0)
            return rc;
    }
    c->acabo = true;
    return 0;
}

static int trabajo(struct cuenta *c)
{
    return as_work(llama_y_acaba, c);
}

static void nada(void *arg)
{
    (void)arg;
}

static int trabajo_suelto(struct cuenta *c)
{
    return as_work_detachable(llama_y_acaba, c, nada);
}

static int hace(void *arg)
{
    struct cuenta *c = arg;

    int rc = c->trabajo(c);
    cr_assert_eq(c->hechas, LLAMADAS, "volvió (%d) con %d hechas", rc, c->hechas);
    return rc;
}

/* Quien cancela ocupa el hilo un rato: antes del turno de la cancelada, el bucle se entera de
 * que su trabajo ha acabado. */
static int cancela_y_se_entretiene(void *arg)
{
    struct cuenta c = {.bucle = as_current_loop(),
                       .trabajo = *(int (**)(struct cuenta *))arg};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "cuenta", hace, &c);
    while (!c.empezo)
        BIEN(as_sleep(1));
    as_cancel(tarea);
    c.sigue = true;
    while (!c.acabo)
        duerme(1);
    duerme(100); /* que libuv tenga la noticia, y que la vuelta sea larga */
    int rc = as_await(tarea);
    cr_assert_eq(rc, 0, "ya había terminado: %s", as_error_text(rc));
    return as_group_leave(&grupo, 0);
}

PRUEBA(work_cancelado, si_ya_termino_vuelve_tras_las_llamadas_que_pidio)
{
    int (*formas[])(struct cuenta *) = {trabajo, trabajo_suelto};

    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(as_run(cancela_y_se_entretiene, &formas[i]), 0);
}
