/* test_locks.py: el cerrojo y el evento. */
#include "conformidad.h"

TestSuite(conf_lock, .timeout = 60);
TestSuite(conf_event, .timeout = 60);

/* ---- LockTests ---------------------------------------------------------------------- */

/* Toma el cerrojo, lo apunta y no lo suelta hasta que se lo dicen. */
struct quien {
    as_lock *cerrojo;
    struct diario *diario;
    as_future suelta;
    int numero;
};

static void quien_init(struct quien *q, as_lock *cerrojo, struct diario *diario,
                       int numero)
{
    *q = (struct quien){.cerrojo = cerrojo, .diario = diario, .numero = numero};
    as_future_init(&q->suelta);
}

static int toma(void *arg)
{
    struct quien *q = arg;
    int rc = as_lock_acquire(q->cerrojo);

    if (rc < 0)
        return rc;
    anota(q->diario, "%d ", q->numero);
    rc = as_future_wait(&q->suelta, NULL);
    as_lock_release(q->cerrojo);
    return rc;
}

PRUEBA_CASO(conf_lock, acquire)
{
    struct diario diario = {0};
    struct quien q[3];
    as_lock cerrojo;
    as_group grupo;

    as_lock_init(&cerrojo);
    for (int i = 0; i < 3; i++)
        quien_init(&q[i], &cerrojo, &diario, i + 1);
    BIEN(as_lock_acquire(&cerrojo));
    as_group_enter(&grupo);
    crea(&grupo, toma, &q[0]);
    crea(&grupo, toma, &q[1]);
    turnos(1);
    DIARIO_ES(&diario, "");
    as_lock_release(&cerrojo);
    turnos(1);
    DIARIO_ES(&diario, "1 ");
    turnos(1);
    DIARIO_ES(&diario, "1 ");
    crea(&grupo, toma, &q[2]);
    as_future_set_result(&q[0].suelta, NULL);
    turnos(2);
    DIARIO_ES(&diario, "1 2 ");
    as_future_set_result(&q[1].suelta, NULL);
    turnos(2);
    DIARIO_ES(&diario, "1 2 3 ");
    as_future_set_result(&q[2].suelta, NULL);
    cierra(&grupo);
    cr_assert_not(as_lock_locked(&cerrojo));
}

static int pide(void *arg)
{
    return as_lock_acquire(arg);
}

PRUEBA_CASO(conf_lock, acquire_cancel)
{
    as_lock cerrojo;
    as_group grupo;

    as_lock_init(&cerrojo);
    BIEN(as_lock_acquire(&cerrojo));
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, pide, &cerrojo);
    turnos(1);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    as_lock_release(&cerrojo);
    cr_assert_not(as_lock_locked(&cerrojo), "nadie quedó esperándolo");
    cierra(&grupo);
}

/* A lo suelta a la vez que cancelan a B: le toca a C, y en mano. */
PRUEBA_CASO(conf_lock, cancel_race)
{
    struct diario diario = {0};
    struct quien q[3];
    as_lock cerrojo;
    as_group grupo;
    as_task *t[3];

    as_lock_init(&cerrojo);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++) {
        quien_init(&q[i], &cerrojo, &diario, i + 1);
        t[i] = crea(&grupo, toma, &q[i]);
        turnos(1);
    }
    as_future_set_result(&q[1].suelta, NULL);
    as_future_set_result(&q[2].suelta, NULL);
    as_future_set_result(&q[0].suelta, NULL);
    as_cancel(t[1]);
    turnos(1);
    cr_assert(as_task_done(t[0]));
    cr_assert(as_lock_locked(&cerrojo), "ya es de C");
    DA(as_await(t[1]), UV_ECANCELED);
    BIEN(as_await(t[2]));
    DIARIO_ES(&diario, "1 3 ");
    cierra(&grupo);
}

PRUEBA_CASO(conf_lock, cancel_release_race)
{
    struct diario diario = {0};
    struct quien q[3];
    as_lock cerrojo;
    as_group grupo;
    as_task *t[3];

    as_lock_init(&cerrojo);
    BIEN(as_lock_acquire(&cerrojo));
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++) {
        quien_init(&q[i], &cerrojo, &diario, i + 1);
        t[i] = crea(&grupo, toma, &q[i]);
    }
    turnos(1);
    as_cancel(t[0]);
    as_lock_release(&cerrojo);
    DA(as_await(t[0]), UV_ECANCELED);
    turnos(1);
    DIARIO_ES(&diario, "2 ");
    as_future_set_result(&q[1].suelta, NULL);
    as_cancel(t[2]);
    DA(as_await(t[2]), UV_ECANCELED);
    cierra(&grupo);
}

PRUEBA_CASO(conf_lock, finished_waiter_cancelled)
{
    struct diario diario = {0};
    struct quien q[2];
    as_lock cerrojo;
    as_group grupo;

    as_lock_init(&cerrojo);
    BIEN(as_lock_acquire(&cerrojo));
    as_group_enter(&grupo);
    quien_init(&q[0], &cerrojo, &diario, 1);
    quien_init(&q[1], &cerrojo, &diario, 2);
    as_task *primera = crea(&grupo, toma, &q[0]);
    turnos(1);
    crea(&grupo, toma, &q[1]);
    as_cancel(primera);
    as_lock_release(&cerrojo);
    turnos(1);
    cr_assert(as_lock_locked(&cerrojo));
    DA(as_await(primera), UV_ECANCELED);
    DIARIO_ES(&diario, "2 ");
    as_future_set_result(&q[1].suelta, NULL);
    cierra(&grupo);
}

static int suelta_sin_tenerlo(void *arg)
{
    as_lock cerrojo;

    (void)arg;
    as_lock_init(&cerrojo);
    as_lock_release(&cerrojo);
    return 0;
}

PRUEBA(conf_lock, release_not_acquired)
{
    aborta_con(suelta_sin_tenerlo, "as_lock_release");
}

PRUEBA_CASO(conf_lock, release_no_waiters)
{
    as_lock cerrojo;

    as_lock_init(&cerrojo);
    cr_assert_not(as_lock_locked(&cerrojo));
    BIEN(as_lock_acquire(&cerrojo));
    cr_assert(as_lock_locked(&cerrojo));
    as_lock_release(&cerrojo);
    cr_assert_not(as_lock_locked(&cerrojo));
}

/* ---- EventTests --------------------------------------------------------------------- */

struct oyente {
    as_event *evento;
    struct diario *diario;
    int numero;
};

static int oye(void *arg)
{
    struct oyente *o = arg;
    int rc = as_event_wait(o->evento);

    if (rc == 0)
        anota(o->diario, "%d ", o->numero);
    return rc;
}

PRUEBA_CASO(conf_event, wait)
{
    struct diario diario = {0};
    struct oyente o[3];
    as_event evento;
    as_group grupo;

    as_event_init(&evento);
    cr_assert_not(as_event_is_set(&evento));
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        o[i] = (struct oyente){&evento, &diario, i + 1};
    crea(&grupo, oye, &o[0]);
    crea(&grupo, oye, &o[1]);
    turnos(1);
    DIARIO_ES(&diario, "");
    crea(&grupo, oye, &o[2]);
    as_event_set(&evento);
    turnos(1);
    DIARIO_ES(&diario, "3 1 2 ");
    cierra(&grupo);
}

PRUEBA_CASO(conf_event, wait_on_set)
{
    as_event evento;

    as_event_init(&evento);
    as_event_set(&evento);
    BIEN(as_event_wait(&evento));
    cr_assert_eq(as_now(), 0u);
}

PRUEBA_CASO(conf_event, wait_cancel)
{
    struct diario diario = {0};
    struct oyente o;
    as_event evento;
    as_group grupo;

    as_event_init(&evento);
    o = (struct oyente){&evento, &diario, 1};
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, oye, &o);
    turnos(1);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    as_event_set(&evento);
    cierra(&grupo);
    DIARIO_ES(&diario, "");
}

PRUEBA_CASO(conf_event, clear)
{
    as_event evento;

    as_event_init(&evento);
    cr_assert_not(as_event_is_set(&evento));
    as_event_set(&evento);
    cr_assert(as_event_is_set(&evento));
    as_event_clear(&evento);
    cr_assert_not(as_event_is_set(&evento));
}

PRUEBA_CASO(conf_event, clear_with_waiters)
{
    struct diario diario = {0};
    struct oyente o;
    as_event evento;
    as_group grupo;

    as_event_init(&evento);
    o = (struct oyente){&evento, &diario, 1};
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, oye, &o);
    turnos(1);
    DIARIO_ES(&diario, "");
    as_event_set(&evento);
    as_event_clear(&evento);
    cr_assert_not(as_event_is_set(&evento));
    as_event_set(&evento);
    as_event_set(&evento);
    turnos(1);
    DIARIO_ES(&diario, "1 ");
    cr_assert(as_task_done(t));
    cierra(&grupo);
}
