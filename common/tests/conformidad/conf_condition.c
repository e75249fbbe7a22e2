/* test_locks.py: la condición. */
#include "conformidad.h"

TestSuite(conf_condition, .timeout = 60);

struct mesa {
    as_lock cerrojo;
    as_condition condicion;
    struct diario diario;
};

static void mesa_init(struct mesa *m)
{
    *m = (struct mesa){0};
    as_lock_init(&m->cerrojo);
    as_condition_init(&m->condicion, &m->cerrojo);
}

/* Espera un aviso y retiene el cerrojo hasta que se lo dicen. */
struct comensal {
    struct mesa *mesa;
    as_future suelta;
    int numero;
};

static void comensal_init(struct comensal *c, struct mesa *mesa, int numero)
{
    *c = (struct comensal){.mesa = mesa, .numero = numero};
    as_future_init(&c->suelta);
}

static int espera_y_retiene(void *arg)
{
    struct comensal *c = arg;
    struct mesa *m = c->mesa;

    BIEN(as_lock_acquire(&m->cerrojo));
    int rc = as_condition_wait(&m->condicion);
    cr_assert(as_lock_locked(&m->cerrojo), "vuelve con el cerrojo");
    if (rc == 0) {
        anota(&m->diario, "%d ", c->numero);
        rc = as_future_wait(&c->suelta, NULL);
    }
    as_lock_release(&m->cerrojo);
    return rc;
}

static int espera_y_suelta(void *arg)
{
    struct comensal *c = arg;

    as_future_set_result(&c->suelta, NULL);
    return espera_y_retiene(c);
}

static void avisa(struct mesa *m, size_t n)
{
    BIEN(as_lock_acquire(&m->cerrojo));
    as_condition_notify(&m->condicion, n);
    as_lock_release(&m->cerrojo);
}

PRUEBA_CASO(conf_condition, wait)
{
    struct mesa m;
    struct comensal c[3];
    as_group grupo;

    mesa_init(&m);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++) {
        comensal_init(&c[i], &m, i + 1);
        crea(&grupo, espera_y_retiene, &c[i]);
    }
    turnos(1);
    DIARIO_ES(&m.diario, "");
    cr_assert_not(as_lock_locked(&m.cerrojo));
    BIEN(as_lock_acquire(&m.cerrojo));
    as_condition_notify(&m.condicion, 1);
    turnos(2);
    DIARIO_ES(&m.diario, "");
    as_condition_notify(&m.condicion, 2);
    as_lock_release(&m.cerrojo);
    turnos(2);
    DIARIO_ES(&m.diario, "1 ");
    cr_assert(as_lock_locked(&m.cerrojo));
    as_future_set_result(&c[0].suelta, NULL);
    turnos(3);
    DIARIO_ES(&m.diario, "1 2 ");
    cr_assert(as_lock_locked(&m.cerrojo));
    as_future_set_result(&c[1].suelta, NULL);
    turnos(3);
    DIARIO_ES(&m.diario, "1 2 3 ");
    as_future_set_result(&c[2].suelta, NULL);
    cierra(&grupo);
}

PRUEBA_CASO(conf_condition, wait_cancel)
{
    struct mesa m;
    struct comensal c;
    as_group grupo;

    mesa_init(&m);
    comensal_init(&c, &m, 1);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, espera_y_suelta, &c);
    turnos(1);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    avisa(&m, 1);
    DIARIO_ES(&m.diario, "");
    cierra(&grupo);
}

/* Ya la avisaron, y el cerrojo lo tiene otra: la cancelación no la saca sin él. */
PRUEBA_CASO(conf_condition, wait_cancel_contested)
{
    struct mesa m;
    struct comensal c;
    as_group grupo;

    mesa_init(&m);
    comensal_init(&c, &m, 1);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, espera_y_suelta, &c);
    turnos(1);
    BIEN(as_lock_acquire(&m.cerrojo));
    as_condition_notify(&m.condicion, 1);
    turnos(1);
    as_cancel(t);
    turnos(3);
    cr_assert_not(as_task_done(t), "sin el cerrojo no vuelve");
    as_lock_release(&m.cerrojo);
    DA(as_await(t), UV_ECANCELED);
    DIARIO_ES(&m.diario, "1 "); /* la espera dio 0: quien se enteró fue la siguiente */
    cierra(&grupo);
}

PRUEBA_CASO(conf_condition, wait_cancel_after_notify)
{
    struct mesa m;
    struct comensal c;
    as_group grupo;

    mesa_init(&m);
    comensal_init(&c, &m, 1);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, espera_y_retiene, &c);
    turnos(1);
    BIEN(as_lock_acquire(&m.cerrojo));
    as_condition_notify(&m.condicion, 1);
    turnos(1);
    as_cancel(t);
    turnos(1);
    as_lock_release(&m.cerrojo);
    DA(as_await(t), UV_ECANCELED);
    cr_assert_not(as_lock_locked(&m.cerrojo));
    cierra(&grupo);
}

/* El predicado, en un bucle alrededor de la espera: wait_for de asyncio. */
struct predicado {
    struct mesa m;
    bool listo;
};

static int espera_a_que_este_listo(void *arg)
{
    struct predicado *p = arg;
    int rc = as_lock_acquire(&p->m.cerrojo);

    if (rc < 0)
        return rc;
    while (!p->listo && rc == 0)
        rc = as_condition_wait(&p->m.condicion);
    if (rc == 0)
        anota(&p->m.diario, "1 ");
    as_lock_release(&p->m.cerrojo);
    return rc;
}

PRUEBA_CASO(conf_condition, wait_for)
{
    struct predicado p = {.listo = false};
    as_group grupo;

    mesa_init(&p.m);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, espera_a_que_este_listo, &p);
    turnos(1);
    avisa(&p.m, 1);
    turnos(2);
    DIARIO_ES(&p.m.diario, "");
    p.listo = true;
    avisa(&p.m, 1);
    BIEN(as_await(t));
    DIARIO_ES(&p.m.diario, "1 ");
    cierra(&grupo);
}

PRUEBA_CASO(conf_condition, notify)
{
    struct mesa m;
    struct comensal c[3];
    as_group grupo;

    mesa_init(&m);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++) {
        comensal_init(&c[i], &m, i + 1);
        crea(&grupo, espera_y_suelta, &c[i]);
    }
    turnos(1);
    avisa(&m, 1);
    turnos(2);
    DIARIO_ES(&m.diario, "1 ");
    BIEN(as_lock_acquire(&m.cerrojo));
    as_condition_notify(&m.condicion, 1);
    as_condition_notify(&m.condicion, 2048);
    as_lock_release(&m.cerrojo);
    cierra(&grupo);
    DIARIO_ES(&m.diario, "1 2 3 ");
}

PRUEBA_CASO(conf_condition, notify_all)
{
    struct mesa m;
    struct comensal c[2];
    as_group grupo;

    mesa_init(&m);
    as_group_enter(&grupo);
    for (int i = 0; i < 2; i++) {
        comensal_init(&c[i], &m, i + 1);
        crea(&grupo, espera_y_suelta, &c[i]);
    }
    turnos(1);
    DIARIO_ES(&m.diario, "");
    BIEN(as_lock_acquire(&m.cerrojo));
    as_condition_notify_all(&m.condicion);
    as_lock_release(&m.cerrojo);
    cierra(&grupo);
    DIARIO_ES(&m.diario, "1 2 ");
}

static int espera_sin_cerrojo(void *arg)
{
    struct mesa m;

    (void)arg;
    mesa_init(&m);
    return as_condition_wait(&m.condicion);
}

static int avisa_sin_cerrojo(void *arg)
{
    struct mesa m;

    (void)arg;
    mesa_init(&m);
    as_condition_notify(&m.condicion, 1);
    return 0;
}

static int avisa_a_todas_sin_cerrojo(void *arg)
{
    struct mesa m;

    (void)arg;
    mesa_init(&m);
    as_condition_notify_all(&m.condicion);
    return 0;
}

PRUEBA(conf_condition, wait_unacquired)
{
    aborta_con(espera_sin_cerrojo, "no tiene el cerrojo de la condición");
}

PRUEBA(conf_condition, notify_unacquired)
{
    aborta_con(avisa_sin_cerrojo, "no tiene el cerrojo de la condición");
}

PRUEBA(conf_condition, notify_all_unacquired)
{
    aborta_con(avisa_a_todas_sin_cerrojo, "no tiene el cerrojo de la condición");
}

PRUEBA_CASO(conf_condition, explicit_lock)
{
    struct mesa m;

    mesa_init(&m);
    cr_assert_not(as_lock_locked(&m.cerrojo));
    BIEN(as_lock_acquire(&m.cerrojo));
    as_condition_notify(&m.condicion, 1); /* con el cerrojo tomado por fuera, vale */
    as_lock_release(&m.cerrojo);
    cr_assert_not(as_lock_locked(&m.cerrojo));
}

PRUEBA_CASO(conf_condition, timeout_in_block)
{
    struct mesa m;
    as_scope plazo;

    mesa_init(&m);
    BIEN(as_lock_acquire(&m.cerrojo));
    as_scope_enter(&plazo, 500);
    DA(as_scope_leave(&plazo, as_condition_wait(&m.condicion)), UV_ETIMEDOUT);
    cr_assert(as_lock_locked(&m.cerrojo));
    cr_assert_eq(as_now(), 500u);
    as_lock_release(&m.cerrojo);
}
