/* test_waitfor.py: esperar una tarea o una función con un plazo. */
#include "conformidad.h"

TestSuite(conf_waitfor, .timeout = 60);

/* wait_for(f(arg), ms): la función misma, dentro de un ámbito. */
static int con_plazo(int64_t ms, as_fn *fn, void *arg)
{
    as_scope plazo;

    as_scope_enter(&plazo, ms);
    return as_scope_leave(&plazo, fn(arg));
}

/* wait_for(tarea, ms): si vence, cancela la tarea y espera a que termine. */
static int espera_y_cancela(as_task *tarea, int64_t ms)
{
    as_scope plazo, final;

    as_scope_enter(&plazo, ms);
    int rc = as_scope_leave(&plazo, as_await(tarea));
    if (rc != UV_ETIMEDOUT && rc != UV_ECANCELED)
        return rc;
    as_cancel(tarea);
    as_shield_enter(&final, AS_FOREVER);
    int suyo = as_scope_leave(&final, as_await(tarea));
    return suyo == UV_ECANCELED ? rc : suyo;
}

/* Duerme 200 ms aunque la cancelen. */
static int terca(void *arg)
{
    as_scope protegida;

    as_shield_enter(&protegida, AS_FOREVER);
    int rc = as_scope_leave(&protegida, as_sleep(200));
    *(bool *)arg = rc == 0;
    return rc;
}

static int terca_con_plazo_largo(void *arg)
{
    return con_plazo(400, terca, arg);
}

PRUEBA_CASO(conf_waitfor, asyncio_wait_for_cancelled)
{
    bool acabo = false;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, terca_con_plazo_largo, &acabo);
    turnos(1);
    as_cancel(t);
    BIEN(as_await(t));
    cr_assert(acabo);
    cr_assert_eq(as_now(), 200u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_waitfor, asyncio_wait_for_timeout)
{
    bool acabo = false;

    BIEN(con_plazo(100, terca, &acabo));
    cr_assert(acabo);
    cr_assert_eq(as_now(), 200u);
}

PRUEBA_CASO(conf_waitfor, wait_for_timeout_less_then_0_or_0_future_done)
{
    as_future futuro;
    void *valor = NULL;

    as_future_init(&futuro);
    as_future_set_result(&futuro, "hecho");
    DA(con_plazo(0, espera_futuro, &futuro), UV_ETIMEDOUT); /* esperarlo ya es tarde */
    BIEN(as_future_result(&futuro, &valor));
    cr_assert_str_eq(valor, "hecho");
    cr_assert_eq(as_now(), 0u);
}

PRUEBA_CASO(conf_waitfor, wait_for_timeout_less_then_0_or_0_coroutine_do_not_started)
{
    struct durmiente d = {.ms = 0};

    DA(con_plazo(0, duerme, &d), UV_ETIMEDOUT);
    cr_assert_eq(d.empezo, 1, "empieza, ya cancelada");
    cr_assert_eq(d.corte, 1);
    cr_assert_eq(as_now(), 0u);
}

PRUEBA_CASO(conf_waitfor, wait_for_timeout_less_then_0_or_0)
{
    struct durmiente d = {.ms = 10000};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, duerme, &d);
    turnos(1);
    cr_assert_eq(d.empezo, 1);
    DA(espera_y_cancela(t, 0), UV_ETIMEDOUT);
    cr_assert(as_task_done(t) && d.corte == 1);
    cr_assert_eq(as_now(), 0u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_waitfor, wait_for)
{
    struct durmiente d = {.ms = 10000};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, duerme, &d);
    DA(espera_y_cancela(t, 100), UV_ETIMEDOUT);
    cr_assert(as_task_done(t) && d.corte == 1);
    cr_assert_eq(as_now(), 100u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_waitfor, wait_for_blocking)
{
    struct durmiente d = {.ms = 50, .rc = 7};

    DA(con_plazo(AS_FOREVER, duerme, &d), 7);
}

static int cumple_luego(void *arg)
{
    BIEN(as_sleep(100));
    return as_future_set_result(arg, "bien");
}

PRUEBA_CASO(conf_waitfor, wait_for_race_condition)
{
    as_future futuro;
    as_group grupo;

    as_future_init(&futuro);
    as_group_enter(&grupo);
    crea(&grupo, cumple_luego, &futuro);
    BIEN(con_plazo(200, espera_futuro, &futuro));
    cr_assert_eq(as_now(), 100u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_waitfor, wait_for_cancellation_race_condition)
{
    struct durmiente d = {.ms = 1000, .al_cortar = 1};

    DA(con_plazo(10, duerme, &d), 1);
    cr_assert_eq(d.corte, 1);
}

PRUEBA_CASO(conf_waitfor, wait_for_waits_for_task_cancellation)
{
    struct durmiente d = {.ms = 10000, .despide = 1};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, duerme, &d);
    DA(espera_y_cancela(t, 1), UV_ETIMEDOUT);
    cr_assert(d.acabo);
    cr_assert_eq(as_now(), 2u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_waitfor, wait_for_waits_for_task_cancellation_w_timeout_0)
{
    struct durmiente d = {.ms = 10000, .despide = 1};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, duerme, &d);
    BIEN(as_sleep(1));
    DA(espera_y_cancela(t, 0), UV_ETIMEDOUT);
    cr_assert(d.acabo);
    cr_assert_eq(as_now(), 2u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_waitfor, wait_for_reraises_exception_during_cancellation)
{
    struct durmiente d = {.ms = 200, .al_cortar = UV_EIO};

    DA(con_plazo(1, duerme, &d), UV_EIO);
    cr_assert_eq(as_now(), 1u);
}

/* Dentro no se deja cancelar; la que la espera, sí. */
struct espera {
    as_task *dentro;
    int rc;
};

static int espera_con_plazo(void *arg)
{
    struct espera *e = arg;
    as_scope plazo;

    as_scope_enter(&plazo, 100);
    e->rc = as_scope_leave(&plazo, as_await(e->dentro));
    return e->rc;
}

PRUEBA_CASO(conf_waitfor, wait_for_self_cancellation)
{
    struct durmiente d = {.ms = 300, .rc = 42};
    struct espera e = {.rc = 1};
    as_group grupo;

    as_group_enter(&grupo);
    e.dentro = crea(&grupo, duerme, &d);
    as_task *t = crea(&grupo, espera_con_plazo, &e);
    BIEN(as_sleep(50));
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(as_now(), 50u);
    DA(as_await(e.dentro), 42);
    cierra(&grupo);
}

static int duerme_sin_plazo(void *arg)
{
    return con_plazo(AS_FOREVER, duerme, arg);
}

static int duerme_con_un_minuto(void *arg)
{
    return con_plazo(60000, duerme, arg);
}

static void cancela_a_quien_espera(as_fn *fn)
{
    struct durmiente d = {.ms = 600000};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, fn, &d);
    turnos(1);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(d.corte, 1, "lo de dentro también se cancela");
    cr_assert_eq(as_now(), 0u);
    cierra(&grupo);
}

PRUEBA_CASO(conf_waitfor, cancel_blocking_wait_for)
{
    cancela_a_quien_espera(duerme_sin_plazo);
}

PRUEBA_CASO(conf_waitfor, cancel_wait_for)
{
    cancela_a_quien_espera(duerme_con_un_minuto);
}
