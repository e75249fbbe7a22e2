/* test_queues.py: lo básico, sacar y esperar a que todo esté hecho. */
#include "conformidad.h"

TestSuite(conf_queue, .timeout = 60);

/* ---- QueueBasicTests ---------------------------------------------------------------- */

PRUEBA_CASO(conf_queue, empty)
{
    as_queue q;

    as_queue_init(&q, 0);
    cr_assert_eq(as_queue_size(&q), 0u);
    BIEN(as_queue_put(&q, COSA(1)));
    cr_assert_eq(as_queue_size(&q), 1u);
    cr_assert_eq(saca(&q), 1);
    cr_assert_eq(as_queue_size(&q), 0u);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue, full)
{
    as_queue q;

    as_queue_init(&q, 1);
    BIEN(as_queue_put(&q, COSA(1)));
    DA(as_queue_put_nowait(&q, COSA(2)), UV_EAGAIN);
    cr_assert_eq(as_queue_size(&q), 1u);
    as_queue_destroy(&q);
}

static int menor(const void *a, const void *b)
{
    return (int)((intptr_t)a - (intptr_t)b);
}

PRUEBA_CASO(conf_queue, order)
{
    as_queue fifo, prioridad;
    const int orden[] = {1, 3, 2};

    as_queue_init(&fifo, 0);
    as_queue_init_priority(&prioridad, 0, menor);
    for (int i = 0; i < 3; i++) {
        BIEN(as_queue_put(&fifo, COSA(orden[i])));
        BIEN(as_queue_put(&prioridad, COSA(orden[i])));
    }
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(saca(&fifo), orden[i]);
        cr_assert_eq(saca(&prioridad), i + 1);
    }
    as_queue_destroy(&fifo);
    as_queue_destroy(&prioridad);
}

PRUEBA_CASO(conf_queue, maxsize)
{
    as_queue q;
    struct tanda t = {.cola = &q, .cuantas = 3};
    as_group grupo;

    as_queue_init(&q, 2);
    as_group_enter(&grupo);
    as_task *tarea = crea(&grupo, pone_varias, &t);
    turnos(2);
    cr_assert_eq(t.puestas, 2);
    cr_assert_eq(saca(&q), 0);
    turnos(1);
    cr_assert_eq(t.puestas, 3);
    cr_assert_eq(saca(&q), 1);
    cr_assert_eq(saca(&q), 2);
    cr_assert(as_task_done(tarea));
    cierra(&grupo);
    as_queue_destroy(&q);
}

/* ---- QueueGetTests ------------------------------------------------------------------ */

PRUEBA_CASO(conf_queue, blocking_get)
{
    as_queue q;

    as_queue_init(&q, 0);
    BIEN(as_queue_put_nowait(&q, COSA(1)));
    cr_assert_eq(saca(&q), 1);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue, get_with_putters)
{
    as_queue q;
    struct puesta p = {.cola = &q, .cosa = 2};
    as_group grupo;

    as_queue_init(&q, 1);
    BIEN(as_queue_put(&q, COSA(1)));
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, escritora, &p);
    turnos(1);
    cr_assert_eq(saca(&q), 1);
    turnos(1);
    cr_assert(as_task_done(t) && p.puesta);
    cr_assert_eq(saca(&q), 2);
    cierra(&grupo);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue, blocking_get_wait)
{
    as_queue q;
    as_group grupo;

    as_queue_init(&q, 0);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, lectora, &q);
    turnos(1);
    cr_assert_not(as_task_done(t));
    BIEN(as_sleep(10));
    BIEN(as_queue_put_nowait(&q, COSA(1)));
    DA(as_await(t), 1);
    cierra(&grupo);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue, nonblocking_get)
{
    as_queue q;

    as_queue_init(&q, 0);
    BIEN(as_queue_put_nowait(&q, COSA(1)));
    cr_assert_eq(saca_ya(&q), 1);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue, nonblocking_get_exception)
{
    as_queue q;
    void *cosa;

    as_queue_init(&q, 0);
    DA(as_queue_get_nowait(&q, &cosa), UV_EAGAIN);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue, get_cancelled_race)
{
    as_queue q;
    as_group grupo;

    as_queue_init(&q, 0);
    as_group_enter(&grupo);
    as_task *a = crea(&grupo, lectora, &q);
    as_task *b = crea(&grupo, lectora, &q);
    turnos(1);
    as_cancel(a);
    turnos(1);
    cr_assert(as_task_done(a));
    BIEN(as_queue_put(&q, COSA(7)));
    turnos(1);
    DA(as_await(b), 7);
    cierra(&grupo);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue, get_with_waiting_putters)
{
    as_queue q;
    struct puesta p[] = {{&q, 1, false}, {&q, 2, false}};
    as_group grupo;

    as_queue_init(&q, 1);
    as_group_enter(&grupo);
    crea(&grupo, escritora, &p[0]);
    crea(&grupo, escritora, &p[1]);
    cr_assert_eq(saca(&q), 1);
    cr_assert_eq(saca(&q), 2);
    cierra(&grupo);
    as_queue_destroy(&q);
}

static int saca_cinco(void *arg)
{
    for (int i = 0; i < 5; i++)
        cr_assert_eq(saca(arg), i);
    return 0;
}

PRUEBA_CASO(conf_queue, why_are_getters_waiting)
{
    as_queue q;
    struct tanda t = {.cola = &q, .cuantas = 5};
    as_group grupo;

    as_queue_init(&q, 1);
    as_group_enter(&grupo);
    crea(&grupo, pone_varias, &t);
    crea(&grupo, saca_cinco, &q);
    cierra(&grupo);
    cr_assert_eq(t.puestas, 5);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue, cancelled_getters_not_being_held_in_self_getters)
{
    as_queue q;
    as_scope plazo;
    void *cosa;

    as_queue_init(&q, 5);
    as_scope_enter(&plazo, 100);
    DA(as_scope_leave(&plazo, as_queue_get(&q, &cosa)), UV_ETIMEDOUT);
    BIEN(as_queue_put_nowait(&q, COSA(1)));
    cr_assert_eq(as_queue_size(&q), 1u, "no se entregó a quien ya no espera");
    as_queue_destroy(&q);
}

/* ---- QueueJoinTests ----------------------------------------------------------------- */

static int hecho_de_mas(void *arg)
{
    as_queue q;

    (void)arg;
    as_queue_init(&q, 0);
    as_queue_task_done(&q);
    return 0;
}

PRUEBA(conf_queue, task_done_underflow)
{
    aborta_con(hecho_de_mas, "as_queue_task_done");
}

struct obra {
    as_queue cola;
    int suma;
};

static int trabaja(void *arg)
{
    struct obra *o = arg;
    void *cosa;
    int rc;

    while ((rc = as_queue_get(&o->cola, &cosa)) == 0) {
        o->suma += (int)(intptr_t)cosa;
        as_queue_task_done(&o->cola);
    }
    return rc == UV_EOF ? 0 : rc;
}

PRUEBA_CASO(conf_queue, task_done)
{
    struct obra o = {.suma = 0};
    as_group grupo;

    as_queue_init(&o.cola, 0);
    for (int i = 0; i < 100; i++)
        BIEN(as_queue_put_nowait(&o.cola, COSA(i)));
    as_group_enter(&grupo);
    crea(&grupo, trabaja, &o);
    crea(&grupo, trabaja, &o);
    BIEN(as_queue_join(&o.cola));
    cr_assert_eq(o.suma, 4950);
    as_queue_close(&o.cola);
    cierra(&grupo);
    as_queue_destroy(&o.cola);
}

PRUEBA_CASO(conf_queue, join_empty_queue)
{
    as_queue q;

    as_queue_init(&q, 0);
    BIEN(as_queue_join(&q));
    BIEN(as_queue_join(&q));
    as_queue_destroy(&q);
}
