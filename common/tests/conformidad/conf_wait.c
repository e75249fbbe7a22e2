/* test_tasks.py: wait, as_completed, sleep y shield. */
#include "conformidad.h"

TestSuite(conf_wait, .timeout = 60);
TestSuite(conf_sleep, .timeout = 60);
TestSuite(conf_shield, .timeout = 60);

/* ---- wait --------------------------------------------------------------------------- */

static void espera_a_todas(as_task *const *t, int n)
{
    for (int i = 0; i < n; i++)
        DA_IGUAL(as_await(t[i]));
}

PRUEBA_CASO(conf_wait, wait)
{
    struct durmiente a = {.ms = 100}, b = {.ms = 150};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t[] = {crea(&grupo, duerme, &b), crea(&grupo, duerme, &a)};
    espera_a_todas(t, 2);
    cr_assert(a.acabo && b.acabo);
    cr_assert_eq(as_now(), 150u);
    espera_a_todas(t, 2); /* otra vez: no tarda nada */
    cr_assert_eq(as_now(), 150u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_wait, wait_duplicate_coroutines)
{
    struct durmiente a = {.ms = 10, .rc = 1}, b = {.ms = 5, .rc = 2};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *c = crea(&grupo, duerme, &a);
    as_task *d = crea(&grupo, duerme, &b);
    as_task *t[] = {c, c, d};
    DA(as_wait_any(t, 3), 2);
    espera_a_todas(t, 3);
    DA(as_wait_any(t, 3), 0);
    cierra(&grupo);
}

PRUEBA_CASO(conf_wait, wait_errors)
{
    DA(as_wait_any(NULL, 0), UV_EINVAL);
}

PRUEBA_CASO(conf_wait, wait_first_completed)
{
    struct durmiente a = {.ms = 10000}, b = {.ms = 100};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t[] = {crea(&grupo, duerme, &a), crea(&grupo, duerme, &b)};
    DA(as_wait_any(t, 2), 1);
    cr_assert(!as_task_done(t[0]) && as_task_done(t[1]));
    cr_assert_eq(as_now(), 100u);
    cierra(&grupo);
}

static int cede(void *arg)
{
    turnos(*(int *)arg);
    return 0;
}

PRUEBA_CASO(conf_wait, wait_really_done)
{
    int una = 1, dos = 2;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t[] = {crea(&grupo, cede, &dos), crea(&grupo, cede, &una)};
    DA(as_wait_any(t, 2),
       1); /* la que acabó antes, aunque al volver hayan acabado las dos */
    cr_assert(as_task_done(t[0]) && as_task_done(t[1]));
    cierra(&grupo);
}

PRUEBA_CASO(conf_wait, wait_first_exception)
{
    struct durmiente a = {.ms = 10000}, b = {.ms = 0, .rc = UV_ERANGE};
    as_group grupo;

    as_group_enter(&grupo);
    crea(&grupo, duerme, &a);
    crea(&grupo, duerme, &b);
    DA(as_group_leave(&grupo, 0), UV_ERANGE);
    cr_assert_eq(a.corte, 1);
    cr_assert_eq(as_now(), 0u);
}

PRUEBA_CASO(conf_wait, wait_first_exception_in_wait)
{
    struct durmiente a = {.ms = 10000}, b = {.ms = 10, .rc = UV_ERANGE};
    as_group grupo;

    as_group_enter(&grupo);
    crea(&grupo, duerme, &a);
    crea(&grupo, duerme, &b);
    DA(as_group_leave(&grupo, 0), UV_ERANGE);
    cr_assert_eq(a.corte, 1);
    cr_assert_eq(as_now(), 10u);
}

PRUEBA_CASO(conf_wait, wait_with_exception)
{
    struct durmiente d[] = {{.ms = 100}, {.ms = 150, .rc = UV_ERANGE}};
    as_outcome finales[2];

    DA(as_gather_each(duerme, d, 2, sizeof *d, finales), 1);
    cr_assert(finales[0].rc == 0 && finales[1].rc == UV_ERANGE);
    cr_assert_eq(as_now(), 150u);
}

PRUEBA_CASO(conf_wait, wait_with_timeout)
{
    struct durmiente a = {.ms = 100}, b = {.ms = 150};
    as_scope plazo;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t[] = {crea(&grupo, duerme, &b), crea(&grupo, duerme, &a)};
    as_scope_enter(&plazo, 110);
    DA(as_scope_leave(&plazo, as_await(t[0])), UV_ETIMEDOUT);
    cr_assert(!as_task_done(t[0]) && as_task_done(t[1]));
    cr_assert_eq(as_now(), 110u);
    cierra(&grupo);
    cr_assert(b.acabo && b.corte == 0, "el plazo era de la espera, no de la tarea");
}

/* El plazo y la tarea, en el mismo instante. */
PRUEBA_CASO(conf_wait, wait_concurrent_complete)
{
    struct durmiente a = {.ms = 100}, b = {.ms = 150};
    as_scope plazo;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t[] = {crea(&grupo, duerme, &b), crea(&grupo, duerme, &a)};
    turnos(1);
    as_scope_enter(&plazo, 100);
    DA(as_scope_leave(&plazo, as_await(t[0])), UV_ETIMEDOUT);
    cr_assert(!as_task_done(t[0]) && as_task_done(t[1]));
    cr_assert_eq(as_now(), 100u);
    cierra(&grupo);
}

/* as_completed: as_wait_any sobre las que quedan. */
static int siguiente(as_task **t, size_t *n)
{
    ssize_t cual = as_wait_any(t, *n);

    cr_assert_geq(cual, 0);
    int rc = as_await(t[cual]);
    t[cual] = t[--*n];
    return rc;
}

PRUEBA_CASO(conf_wait, as_completed)
{
    struct durmiente d[] = {
        {.ms = 10, .rc = 2}, {.ms = 150, .rc = 3}, {.ms = 10, .rc = 1}};
    as_task *t[3];
    as_group grupo;
    size_t quedan = 3;

    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        t[i] = crea(&grupo, duerme, &d[i]);
    cr_assert_eq(siguiente(t, &quedan) + siguiente(t, &quedan), 3);
    cr_assert_eq(as_now(), 10u);
    cr_assert_eq(siguiente(t, &quedan), 3);
    cr_assert_eq(as_now(), 150u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_wait, as_completed_with_timeout)
{
    struct durmiente d[] = {{.ms = 100, .rc = 1}, {.ms = 150, .rc = 2}};
    as_task *t[2];
    as_scope plazo;
    as_group grupo;
    size_t quedan = 2;

    as_group_enter(&grupo);
    for (int i = 0; i < 2; i++)
        t[i] = crea(&grupo, duerme, &d[i]);
    as_scope_enter(&plazo, 120);
    cr_assert_eq(siguiente(t, &quedan), 1);
    ssize_t rc = as_wait_any(t, quedan);
    DA(as_scope_leave(&plazo, (int)rc), UV_ETIMEDOUT);
    cr_assert_eq(as_now(), 120u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_wait, as_completed_with_unused_timeout)
{
    struct durmiente d = {.ms = 10, .rc = 7};
    as_task *t[1];
    as_scope plazo;
    as_group grupo;
    size_t quedan = 1;

    as_group_enter(&grupo);
    t[0] = crea(&grupo, duerme, &d);
    as_scope_enter(&plazo, 1000);
    DA(as_scope_leave(&plazo, siguiente(t, &quedan)), 7);
    cr_assert_eq(as_now(), 10u);
    cierra(&grupo);
}

/* ---- sleep -------------------------------------------------------------------------- */

PRUEBA_CASO(conf_sleep, sleep)
{
    BIEN(as_sleep(50));
    cr_assert_eq(as_now(), 50u);
    BIEN(as_sleep(50));
    cr_assert_eq(as_now(), 100u);
}

PRUEBA_CASO(conf_sleep, sleep_cancel)
{
    struct durmiente d = {.ms = 10000};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, duerme, &d);
    turnos(1);
    as_cancel(t);
    turnos(1);
    cr_assert(as_task_done(t));
    cierra(&grupo);
    cr_assert_eq(as_now(), 0u, "su plazo ya no cuenta");
}

static int cuenta_diez(void *arg)
{
    for (int i = 0; i < 10; i++) {
        BIEN(as_sleep(0));
        ++*(int *)arg;
    }
    return 0;
}

PRUEBA_CASO(conf_sleep, sleep_zero)
{
    int cuenta = 0;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, cuenta_diez, &cuenta);
    while (!as_task_done(t)) {
        int antes = cuenta;
        BIEN(as_sleep(0));
        cr_assert_leq(cuenta - antes, 1, "una vuelta, un turno");
    }
    cr_assert_eq(cuenta, 10);
    cr_assert_eq(as_now(), 0u);
    cierra(&grupo);
}

/* ---- shield ------------------------------------------------------------------------- */

/* Espera un futuro sin dejarse cancelar, y luego pregunta. */
struct protegido {
    as_future f;
    int dentro, despues;
};

static int espera_protegida(void *arg)
{
    struct protegido *p = arg;
    as_scope ambito;

    as_shield_enter(&ambito, AS_FOREVER);
    p->dentro = as_scope_leave(&ambito, as_future_wait(&p->f, NULL));
    p->despues = as_yield();
    return p->dentro < 0 ? p->dentro : p->despues;
}

static as_task *empieza(as_group *grupo, struct protegido *p)
{
    *p = (struct protegido){.dentro = 1, .despues = 1};
    as_future_init(&p->f);
    as_group_enter(grupo);
    as_group_keep_going(grupo);
    as_task *t = crea(grupo, espera_protegida, p);
    turnos(1);
    return t;
}

PRUEBA_CASO(conf_shield, shield_result)
{
    struct protegido p;
    as_group grupo;
    as_task *t = empieza(&grupo, &p);

    BIEN(as_future_set_result(&p.f, NULL));
    BIEN(as_await(t));
    cierra(&grupo);
}

PRUEBA_CASO(conf_shield, shield_exception)
{
    struct protegido p;
    as_group grupo;
    as_task *t = empieza(&grupo, &p);

    BIEN(as_future_set_error(&p.f, UV_EIO));
    DA(as_await(t), UV_EIO);
    DA(as_group_leave(&grupo, 0), UV_EIO);
}

PRUEBA_CASO(conf_shield, shield_cancel_inner)
{
    struct protegido p;
    as_group grupo;
    as_task *t = empieza(&grupo, &p);

    BIEN(as_future_cancel(&p.f));
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(p.despues, 0, "el cancelado era el futuro, no ella");
    cierra(&grupo);
}

PRUEBA_CASO(conf_shield, shield_cancel_outer)
{
    struct protegido p;
    as_group grupo;
    as_task *t = empieza(&grupo, &p);

    as_cancel(t);
    turnos(3);
    cr_assert_not(as_task_done(t), "espera a que lo protegido termine");
    BIEN(as_future_set_result(&p.f, NULL));
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(p.dentro, 0);
    cr_assert_eq(p.despues, UV_ECANCELED);
    cierra(&grupo);
}

PRUEBA_CASO(conf_shield, shield_shortcut)
{
    struct protegido p = {.dentro = 1};

    as_future_init(&p.f);
    BIEN(as_future_set_result(&p.f, NULL));
    BIEN(espera_protegida(&p));
}

/* Quien espera a una tarea puede irse: la tarea sigue, que es lo que busca este shield. */
static int espera_tarea(void *arg)
{
    return as_await(arg);
}

PRUEBA_CASO(conf_shield, shield_effect)
{
    struct durmiente d = {.ms = 100, .rc = 1};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *dentro = crea(&grupo, duerme, &d);
    as_task *fuera = crea(&grupo, espera_tarea, dentro);
    turnos(1);
    as_cancel(fuera);
    DA(as_await(fuera), UV_ECANCELED);
    DA(as_await(dentro), 1);
    cr_assert_eq(d.corte, 0);
    cierra(&grupo);
}

static int reune_protegida(void *arg)
{
    as_scope ambito;

    as_shield_enter(&ambito, AS_FOREVER);
    return as_scope_leave(&ambito,
                          as_gather_each(duerme, arg, 2, sizeof(struct durmiente), NULL));
}

PRUEBA_CASO(conf_shield, shield_gather)
{
    struct durmiente d[] = {{.ms = 100}, {.ms = 150}};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, reune_protegida, d);
    turnos(1);
    as_cancel(t);
    BIEN(as_await(t));
    cr_assert(d[0].corte == 0 && d[1].corte == 0 && d[1].acabo);
    cierra(&grupo);
}

static int duerme_protegida(void *arg)
{
    as_scope ambito;

    as_shield_enter(&ambito, AS_FOREVER);
    return as_scope_leave(&ambito, duerme(arg));
}

static int reune_dos_protegidas(void *arg)
{
    return as_gather_each(duerme_protegida, arg, 2, sizeof(struct durmiente), NULL);
}

PRUEBA_CASO(conf_shield, gather_shield)
{
    struct durmiente d[] = {{.ms = 100}, {.ms = 150}};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, reune_dos_protegidas, d);
    turnos(2);
    as_cancel(t);
    BIEN(as_await(t)); /* la cancelaron, pero no cortó a ninguna: está todo hecho */
    cr_assert(d[0].corte == 0 && d[1].corte == 0 && d[1].acabo);
    cr_assert_eq(as_now(), 150u);
    cierra(&grupo);
}
