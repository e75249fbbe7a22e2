/* test_tasks.py: la tarea y su cancelación. */
#include "conformidad.h"

TestSuite(conf_task, .timeout = 60);

PRUEBA_CASO(conf_task, task_basics)
{
    struct durmiente d = {.rc = 3};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, duerme, &d);
    cr_assert_not(as_task_done(t), "solo está apuntada");
    DA(as_await(t), 3);
    cr_assert(as_task_done(t));
    DA(as_await(t), 3);
    cierra(&grupo);
}

static int se_espera(void *arg)
{
    (void)arg;
    return as_await(as_current_task());
}

PRUEBA_CASO(conf_task, task_awaits_on_itself)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, se_espera, NULL);
    DA(as_await(t), UV_EINVAL);
    DA(as_group_leave(&grupo, 0), UV_EINVAL);
}

PRUEBA_CASO(conf_task, bare_create_named_task)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *con = as_spawn(&grupo, "nombre", nada, NULL);
    as_task *sin = as_spawn(&grupo, NULL, nada, NULL);
    cr_assert_str_eq(as_task_name(con), "nombre");
    cr_assert_eq(strncmp(as_task_name(sin), "tarea-", 6), 0, "es %s", as_task_name(sin));
    cierra(&grupo);
}

static int se_mira_cancelada(void *arg)
{
    bool *vistas = arg;

    vistas[0] = as_cancelled();
    int rc = as_sleep(10000);
    vistas[1] = as_cancelled();
    return rc;
}

PRUEBA_CASO(conf_task, cancelling)
{
    bool vistas[2] = {true, false};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, se_mira_cancelada, vistas);
    BIEN(as_sleep(10));
    as_cancel(t);
    as_cancel(t); /* repetirlo no cambia nada */
    cr_assert_not(as_task_done(t));
    DA(as_await(t), UV_ECANCELED);
    cr_assert(!vistas[0] && vistas[1]);
    cierra(&grupo);
}

/* uncancel(): aquí no se deshace; lo que se puede cancelar y seguir va en un ámbito. */
static int sigue_tras_su_ambito(void *arg)
{
    as_scope *ambito = arg;

    as_scope_enter(ambito, AS_FOREVER);
    BIEN(as_scope_leave(ambito, as_sleep(10000)));
    cr_assert_not(as_cancelled());
    return as_sleep(10000);
}

PRUEBA_CASO(conf_task, uncancel_basic)
{
    as_scope ambito;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, sigue_tras_su_ambito, &ambito);
    BIEN(as_sleep(10));
    as_scope_cancel(&ambito);
    BIEN(as_sleep(10));
    cr_assert_not(as_task_done(t), "la primera cancelación la recogió el ámbito");
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cierra(&grupo);
}

static int pide_con_plazo(int64_t ms, int64_t plazo_ms)
{
    as_scope plazo;

    as_scope_enter(&plazo, plazo_ms);
    int rc = as_scope_leave(&plazo, as_sleep(ms));
    BIEN(as_yield()); /* lo de fuera no está cancelado */
    cr_assert_not(as_cancelled());
    return rc;
}

PRUEBA_CASO(conf_task, uncancel_structured_blocks)
{
    DA(pide_con_plazo(10000, 100), UV_ETIMEDOUT);
    DA(pide_con_plazo(0, 10000), 0);
}

PRUEBA_CASO(conf_task, cancel)
{
    struct durmiente d = {.ms = 10000, .rc = 12};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, duerme, &d);
    turnos(1);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cr_assert(as_task_done(t));
    as_cancel(t); /* ya acabada: no hace nada */
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(as_now(), 0u);
    cierra(&grupo);
}

static int falla_si_la_cancelan(void *arg)
{
    as_task *dentro = arg;
    int rc = as_await(dentro);

    return rc == UV_ECANCELED ? as_error_set(UV_EINVAL, "cancelada") : rc;
}

PRUEBA_CASO(conf_task, cancellation_exception_context)
{
    struct durmiente d = {.ms = 10000};
    as_group grupo;

    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    as_task *dentro = crea(&grupo, duerme, &d);
    as_task *t = crea(&grupo, falla_si_la_cancelan, dentro);
    turnos(1);
    as_cancel(dentro);
    int rc = as_await(t);
    DA(rc, UV_EINVAL);
    cr_assert_str_eq(as_error_text(rc), "cancelada");
    DA(as_group_leave(&grupo, 0), UV_EINVAL);
}

PRUEBA_CASO(conf_task, cancel_with_message_before_starting_task)
{
    struct durmiente d = {.ms = 10000};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, duerme, &d);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(d.empezo, 1, "empieza, ya cancelada");
    cr_assert_eq(d.corte, 1);
    cierra(&grupo);
}

static int cede_dos_veces(void *arg)
{
    (void)arg;
    int rc = as_yield();
    return rc < 0 ? rc : as_yield();
}

PRUEBA_CASO(conf_task, cancel_yield)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, cede_dos_veces, NULL);
    turnos(1);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cierra(&grupo);
}

PRUEBA_CASO(conf_task, cancel_inner_future)
{
    as_future f;
    as_group grupo;

    as_future_init(&f);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, espera_futuro, &f);
    turnos(1);
    BIEN(as_future_cancel(&f));
    DA(as_await(t), UV_ECANCELED);
    cierra(&grupo);
}

PRUEBA_CASO(conf_task, cancel_both_task_and_inner_future)
{
    as_future f;
    as_group grupo;

    as_future_init(&f);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, espera_futuro, &f);
    turnos(1);
    BIEN(as_future_cancel(&f));
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cr_assert(as_task_done(t));
    cierra(&grupo);
}

/* Tres futuros, uno tras otro; lo que hace si la cancelan en el segundo. */
struct tres {
    as_future f[3];
    bool insiste;
};

static void tres_init(struct tres *t, bool insiste)
{
    for (int i = 0; i < 3; i++)
        as_future_init(&t->f[i]);
    t->insiste = insiste;
}

static int espera_los_tres(void *arg)
{
    struct tres *t = arg;

    BIEN(as_future_wait(&t->f[0], NULL));
    int rc = as_future_wait(&t->f[1], NULL);
    if (rc == UV_ECANCELED && t->insiste)
        rc = as_future_wait(&t->f[2], NULL);
    else if (rc == UV_ECANCELED)
        rc = 42;
    return rc;
}

PRUEBA_CASO(conf_task, cancel_task_catching)
{
    struct tres tres;
    as_group grupo;

    tres_init(&tres, false);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, espera_los_tres, &tres);
    turnos(1);
    BIEN(as_future_set_result(&tres.f[0], NULL));
    turnos(1);
    as_cancel(t);
    DA(as_await(t), 42);
    cr_assert_not(as_future_done(&tres.f[1]));
    cierra(&grupo);
}

PRUEBA_CASO(conf_task, cancel_task_ignoring)
{
    struct tres tres;
    as_group grupo;

    tres_init(&tres, true);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, espera_los_tres, &tres);
    turnos(1);
    BIEN(as_future_set_result(&tres.f[0], NULL));
    turnos(1);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED); /* la tercera espera también */
    cierra(&grupo);
}

static int se_cancela_y_duerme(void *arg)
{
    (void)arg;
    as_cancel(as_current_task());
    return as_sleep(100);
}

PRUEBA_CASO(conf_task, cancel_current_task)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, se_cancela_y_duerme, NULL);
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(as_now(), 0u);
    cierra(&grupo);
}

static int se_cancela_y_acaba(void *arg)
{
    (void)arg;
    as_cancel(as_current_task());
    return 12;
}

PRUEBA_CASO(conf_task, cancel_at_end)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, se_cancela_y_acaba, NULL);
    DA(as_await(t), 12); /* lo que devolvió no se pierde */
    cierra(&grupo);
}

static int se_cancela_y_espera(void *arg)
{
    as_cancel(as_current_task());
    return as_await(arg);
}

PRUEBA_CASO(conf_task, cancel_awaited_task)
{
    struct durmiente d = {.ms = 50, .rc = 7};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *dentro = crea(&grupo, duerme, &d);
    as_task *t = crea(&grupo, se_cancela_y_espera, dentro);
    DA(as_await(t), UV_ECANCELED);
    DA(as_await(dentro), 7); /* esperarla no es ser su dueña */
    cierra(&grupo);
}

PRUEBA_CASO(conf_task, task_cancel_sleeping_task)
{
    struct durmiente d = {.ms = 5000000};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, duerme, &d);
    BIEN(as_sleep(100));
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(as_now(), 100u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_task, task_cancel_waiter_future)
{
    as_future f;
    as_group grupo;

    as_future_init(&f);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, espera_futuro, &f);
    turnos(1);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cr_assert_not(as_future_done(&f), "el futuro no es suyo y sigue pendiente");
    BIEN(as_future_set_result(&f, NULL));
    cierra(&grupo);
}

PRUEBA_CASO(conf_task, baseexception_during_cancel)
{
    struct durmiente d = {.ms = 10000, .al_cortar = UV_EFAULT};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, duerme, &d);
    turnos(1);
    as_cancel(t);
    cr_assert_not(as_task_done(t));
    DA(as_await(t), UV_EFAULT);
    DA(as_group_leave(&grupo, 0), UV_EFAULT);
}

/* ---- current_task ------------------------------------------------------------------- */

struct consulta {
    as_task *soy;
    as_future *espera, *cumple;
};

static int se_reconoce(void *arg)
{
    struct consulta *c = arg;

    cr_assert_eq(as_current_task(), c->soy);
    if (c->cumple != NULL && c->espera == NULL)
        return as_future_set_result(c->cumple, NULL);
    if (c->espera != NULL)
        BIEN(as_future_wait(c->espera, NULL));
    cr_assert_eq(as_current_task(), c->soy);
    return c->cumple != NULL ? as_future_set_result(c->cumple, NULL) : 0;
}

PRUEBA(conf_task, current_task_no_running_loop)
{
    cr_assert_null(as_current_task());
}

PRUEBA_CASO(conf_task, current_task)
{
    struct consulta c = {0};
    as_group grupo;

    as_group_enter(&grupo);
    c.soy = crea(&grupo, se_reconoce, &c);
    cr_assert_neq(as_current_task(), c.soy);
    cierra(&grupo);
}

PRUEBA_CASO(conf_task, current_task_with_interleaving_tasks)
{
    as_future f, g;
    struct consulta a = {NULL, &f, &g}, b = {NULL, NULL, &f}, c = {NULL, &g, NULL};
    as_group grupo;

    as_future_init(&f);
    as_future_init(&g);
    as_group_enter(&grupo);
    a.soy = crea(&grupo, se_reconoce, &a);
    c.soy = crea(&grupo, se_reconoce, &c);
    b.soy = crea(&grupo, se_reconoce, &b);
    cierra(&grupo);
    cr_assert(as_future_done(&f) && as_future_done(&g));
}

/* ---- Cómo se propaga ---------------------------------------------------------------- */

struct prueba_de_paso {
    as_future *espera;
    int dentro, fuera;
};

static int de_dentro(struct prueba_de_paso *p)
{
    int rc = as_future_wait(p->espera, NULL);

    p->dentro += rc == UV_ECANCELED;
    return rc;
}

static int de_fuera(void *arg)
{
    struct prueba_de_paso *p = arg;
    int rc = de_dentro(p);

    p->fuera += rc == UV_ECANCELED;
    return 0;
}

PRUEBA_CASO(conf_task, yield_future_passes_cancel)
{
    as_future f;
    struct prueba_de_paso p = {.espera = &f};
    as_group grupo;

    as_future_init(&f);
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, de_fuera, &p);
    turnos(1);
    as_cancel(t);
    BIEN(as_await(t));
    cr_assert(p.dentro == 1 && p.fuera == 1);
    cierra(&grupo);
}

static int espera_tarea(void *arg)
{
    return as_await(arg);
}

PRUEBA_CASO(conf_task, yield_wait_does_not_shield_cancel)
{
    as_future f;
    as_group grupo;

    as_future_init(&f);
    as_group_enter(&grupo);
    as_task *dentro = crea(&grupo, espera_futuro, &f);
    as_task *fuera = crea(&grupo, espera_tarea, dentro);
    turnos(1);
    as_cancel(fuera);
    DA(as_await(fuera), UV_ECANCELED);
    BIEN(as_future_set_result(&f, NULL));
    BIEN(as_await(dentro));
    cierra(&grupo);
}
