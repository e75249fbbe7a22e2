/* test_queues.py: poner. */
#include "conformidad.h"

TestSuite(conf_queue_put, .timeout = 60);

PRUEBA_CASO(conf_queue_put, blocking_put)
{
    as_queue q;

    as_queue_init(&q, 0);
    BIEN(as_queue_put(&q, COSA(1)));
    cr_assert_eq(as_now(), 0u);
    cr_assert_eq(saca(&q), 1);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue_put, blocking_put_wait)
{
    as_queue q;
    struct tanda t = {.cola = &q, .cuantas = 2};
    as_group grupo;

    as_queue_init(&q, 1);
    as_group_enter(&grupo);
    as_task *tarea = crea(&grupo, pone_varias, &t);
    BIEN(as_sleep(10));
    cr_assert_not(as_task_done(tarea));
    cr_assert_eq(saca_ya(&q), 0);
    BIEN(as_await(tarea));
    cr_assert_eq(t.puestas, 2);
    cierra(&grupo);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue_put, get_cancel_drop_one_pending_reader)
{
    as_queue q;
    as_group grupo;

    as_queue_init(&q, 0);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, lectora, &q);
    turnos(1);
    BIEN(as_queue_put_nowait(&q, COSA(1)));
    BIEN(as_queue_put_nowait(&q, COSA(2)));
    as_cancel(t);
    DA(as_await(t), 1); /* ya entregado: la cancelación no lo pierde */
    cr_assert_eq(saca(&q), 2);
    cierra(&grupo);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue_put, get_cancel_drop_many_pending_readers)
{
    as_queue q;
    as_group grupo;
    as_task *t[3];

    as_queue_init(&q, 0);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        t[i] = crea(&grupo, lectora, &q);
    turnos(1);
    BIEN(as_queue_put_nowait(&q, COSA(1)));
    BIEN(as_queue_put_nowait(&q, COSA(2)));
    as_cancel(t[0]);
    DA(as_await(t[0]), 1);
    DA(as_await(t[1]), 2);
    cr_assert_not(as_task_done(t[2]));
    as_cancel(t[2]);
    DA(as_await(t[2]), UV_ECANCELED);
    cierra(&grupo);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue_put, put_cancel_drop)
{
    as_queue q;
    struct puesta p = {.cola = &q, .cosa = 2};
    as_group grupo;

    as_queue_init(&q, 1);
    BIEN(as_queue_put_nowait(&q, COSA(1)));
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, escritora, &p);
    turnos(1);
    cr_assert_eq(saca_ya(&q), 1);
    as_cancel(t);
    BIEN(as_await(t)); /* ya había entrado en la cola */
    cr_assert_eq(saca_ya(&q), 2);
    cr_assert_eq(as_queue_size(&q), 0u);
    cierra(&grupo);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue_put, nonblocking_put_exception)
{
    as_queue q;

    as_queue_init(&q, 1);
    BIEN(as_queue_put_nowait(&q, COSA(1)));
    DA(as_queue_put_nowait(&q, COSA(2)), UV_EAGAIN);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue_put, put_cancelled)
{
    as_queue q;
    struct puesta p = {.cola = &q, .cosa = 1};
    as_group grupo;

    as_queue_init(&q, 0);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, escritora, &p);
    cr_assert_eq(saca(&q), 1);
    cr_assert(as_task_done(t) && p.puesta);
    cierra(&grupo);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue_put, put_cancelled_race)
{
    as_queue q;
    struct puesta p[] = {{&q, 1, false}, {&q, 2, false}, {&q, 9, false}};
    as_group grupo;
    as_task *t[3];

    as_queue_init(&q, 1);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        t[i] = crea(&grupo, escritora, &p[i]);
    turnos(1);
    cr_assert(as_task_done(t[0]));
    cr_assert_not(as_task_done(t[1]));
    as_cancel(t[2]);
    turnos(1);
    cr_assert(as_task_done(t[2]));
    cr_assert_eq(saca_ya(&q), 1);
    turnos(1);
    cr_assert_eq(saca_ya(&q), 2);
    BIEN(as_await(t[1]));
    cr_assert_eq(as_queue_size(&q), 0u, "lo de la cancelada no entró");
    cierra(&grupo);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue_put, put_with_waiting_getters)
{
    as_queue q;
    as_group grupo;

    as_queue_init(&q, 0);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, lectora, &q);
    turnos(1);
    BIEN(as_queue_put(&q, COSA(7)));
    DA(as_await(t), 7);
    cierra(&grupo);
    as_queue_destroy(&q);
}

static int vacia_lo_que_haya(void *arg)
{
    BIEN(as_yield());
    for (size_t n = as_queue_size(arg); n > 0; n--)
        saca_ya(arg);
    return 0;
}

PRUEBA_CASO(conf_queue_put, why_are_putters_waiting)
{
    as_queue q;
    struct puesta p[4];
    as_group grupo;

    as_queue_init(&q, 2);
    as_group_enter(&grupo);
    crea(&grupo, vacia_lo_que_haya, &q);
    for (int i = 0; i < 4; i++) {
        p[i] = (struct puesta){&q, i, false};
        crea(&grupo, escritora, &p[i]);
    }
    cierra(&grupo);
    cr_assert_eq(as_queue_size(&q), 2u);
    as_queue_destroy(&q);
}

PRUEBA_CASO(conf_queue_put, cancelled_puts_not_being_held_in_self_putters)
{
    as_queue q;
    struct puesta p = {.cola = &q, .cosa = 2};
    as_group grupo;

    as_queue_init(&q, 1);
    BIEN(as_queue_put_nowait(&q, COSA(1)));
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, escritora, &p);
    turnos(1);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(saca_ya(&q), 1);
    cr_assert_eq(as_queue_size(&q), 0u);
    cierra(&grupo);
    as_queue_destroy(&q);
}
