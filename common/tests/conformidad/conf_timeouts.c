/* test_timeouts.py: el plazo de un ámbito. */
#include "conformidad.h"

TestSuite(conf_timeout, .timeout = 60);

/* Duerme dentro de un ámbito con plazo; deja dicho si venció él. */
static int duerme_con_plazo(int64_t plazo_ms, int64_t ms, bool *vencido)
{
    as_scope plazo;

    as_scope_enter(&plazo, plazo_ms);
    int rc = as_scope_leave(&plazo, as_sleep(ms));
    *vencido = as_scope_cancelled_caught(&plazo);
    return rc;
}

PRUEBA_CASO(conf_timeout, timeout_basic)
{
    bool vencido;

    DA(duerme_con_plazo(10, 10000, &vencido), UV_ETIMEDOUT);
    cr_assert(vencido);
    cr_assert_eq(as_now(), 10u);
}

/* asyncio.timeout_at: un instante se resta de as_now(). */
PRUEBA_CASO(conf_timeout, timeout_at_basic)
{
    bool vencido;

    BIEN(as_sleep(5));
    uint64_t instante = as_now() + 10;
    DA(duerme_con_plazo((int64_t)(instante - as_now()), 10000, &vencido), UV_ETIMEDOUT);
    cr_assert(vencido);
    cr_assert_eq(as_now(), instante);
}

/* Los dos vencen a la vez: el error es del de fuera. */
PRUEBA_CASO(conf_timeout, nested_timeouts)
{
    as_scope fuera, dentro;

    as_scope_enter(&fuera, 10);
    as_scope_enter(&dentro, 10);
    int rc = as_sleep(10000);
    cr_assert_eq(rc, UV_ECANCELED);
    rc = as_scope_leave(&dentro, rc);
    cr_assert(as_cancelled(), "sigue cancelada por el de fuera");
    cr_assert_eq(rc, UV_ECANCELED, "el de dentro no se lo queda");
    DA(as_scope_leave(&fuera, rc), UV_ETIMEDOUT);
    cr_assert(as_scope_cancelled_caught(&fuera));
    cr_assert_eq(as_now(), 10u);
}

PRUEBA_CASO(conf_timeout, waiter_cancelled)
{
    as_scope plazo;

    as_scope_enter(&plazo, 10);
    int rc = as_sleep(10000);
    cr_assert_eq(rc, UV_ECANCELED, "dentro es una cancelación");
    DA(as_scope_leave(&plazo, rc), UV_ETIMEDOUT);
}

PRUEBA_CASO(conf_timeout, timeout_not_called)
{
    bool vencido;

    BIEN(duerme_con_plazo(10000, 10, &vencido));
    cr_assert_not(vencido);
    cr_assert_eq(as_now(), 10u);
}

PRUEBA_CASO(conf_timeout, timeout_disabled)
{
    bool vencido;

    BIEN(duerme_con_plazo(AS_FOREVER, 10, &vencido));
    cr_assert_not(vencido);
    cr_assert_eq(as_now(), 10u);
}

PRUEBA_CASO(conf_timeout, timeout_zero)
{
    bool vencido;

    DA(duerme_con_plazo(0, 10000, &vencido), UV_ETIMEDOUT);
    cr_assert(vencido);
    cr_assert_eq(as_now(), 0u);
}

PRUEBA_CASO(conf_timeout, timeout_zero_sleep_zero)
{
    bool vencido;

    DA(duerme_con_plazo(0, 0, &vencido), UV_ETIMEDOUT);
    cr_assert(vencido);
    cr_assert_eq(as_now(), 0u);
}

PRUEBA_CASO(conf_timeout, timeout_in_the_past_sleep_zero)
{
    bool vencido;

    BIEN(duerme_con_plazo(-11, 0, &vencido)); /* negativo: sin plazo */
    cr_assert_not(vencido);
}

PRUEBA_CASO(conf_timeout, foreign_exception_passed)
{
    as_scope plazo;

    as_scope_enter(&plazo, 10);
    DA(as_scope_leave(&plazo, UV_ENOENT), UV_ENOENT);
    cr_assert_not(as_scope_cancelled_caught(&plazo));
}

PRUEBA_CASO(conf_timeout, foreign_exception_on_timeout)
{
    struct durmiente d = {.ms = 1000, .al_cortar = UV_EIO};
    as_scope plazo;

    as_scope_enter(&plazo, 10);
    DA(as_scope_leave(&plazo, duerme(&d)), UV_EIO);
    cr_assert_eq(d.corte, 1);
    cr_assert_not(as_scope_cancelled_caught(&plazo));
}

struct con_plazo {
    as_scope plazo;
    int rc;
    bool vencido;
};

static int se_cancela_dentro(void *arg)
{
    struct con_plazo *c = arg;

    as_scope_enter(&c->plazo, 10000);
    as_cancel(as_current_task());
    c->rc = as_scope_leave(&c->plazo, as_sleep(10000));
    c->vencido = as_scope_cancelled_caught(&c->plazo);
    return c->rc;
}

PRUEBA_CASO(conf_timeout, foreign_cancel_doesnt_timeout_if_not_expired)
{
    struct con_plazo c = {.rc = 1};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, se_cancela_dentro, &c);
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(c.rc, UV_ECANCELED);
    cr_assert_not(c.vencido);
    cr_assert_eq(as_now(), 0u);
    cierra(&grupo);
}

static int vence_dentro(void *arg)
{
    (void)arg;
    bool vencido;
    DA(duerme_con_plazo(1, 10000, &vencido), UV_ETIMEDOUT);
    cr_assert_not(as_cancelled(), "fuera del ámbito ya no lo está");
    return 7;
}

PRUEBA_CASO(conf_timeout, outer_task_is_not_cancelled)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, vence_dentro, NULL);
    DA(as_await(t), 7);
    cr_assert(as_task_done(t));
    cierra(&grupo);
}

/* Ocupa el hilo de verdad hasta que el reloj ande `ms`: no cede el turno. */
static void acapara(uint64_t ms)
{
    uint64_t hasta = as_now() + ms;

    while (as_now() < hasta)
        ;
}

/* Con el reloj real: acaparar el hilo hace vencer también el de fuera. */
static int anidados_y_ocupado(void *arg)
{
    as_scope fuera, dentro;

    (void)arg;
    as_scope_enter(&fuera, 2);
    as_scope_enter(&dentro, 3600000);
    acapara(10);
    int rc = as_sleep(3600000);
    DA(as_scope_leave(&dentro, rc), UV_ECANCELED);
    DA(as_scope_leave(&fuera, UV_ECANCELED), UV_ETIMEDOUT);
    return 0;
}

PRUEBA(conf_timeout, nested_timeouts_concurrent)
{
    BIEN(as_run(anidados_y_ocupado, NULL));
}

/* false si la máquina fue tan lenta que venció el de fuera antes de salir del de dentro. */
static bool vence_uno_y_luego_otro(int64_t plazo)
{
    as_scope fuera, dentro;
    uint64_t inicio = as_now();

    as_scope_enter(&fuera, plazo);
    as_scope_enter(&dentro, 1);
    acapara(10);
    int rc = as_scope_leave(&dentro, as_sleep(3600000));
    bool a_tiempo = rc == UV_ETIMEDOUT;
    if (a_tiempo)
        rc = as_sleep(3600000);
    else
        cr_assert_geq(as_now() - inicio, (uint64_t)plazo);
    DA(rc, UV_ECANCELED);
    DA(as_scope_leave(&fuera, rc), UV_ETIMEDOUT);
    return a_tiempo;
}

static int de_dentro_a_fuera(void *arg)
{
    int64_t plazo = 30;

    (void)arg;
    while (!vence_uno_y_luego_otro(plazo))
        plazo *= 2;
    return 0;
}

PRUEBA(conf_timeout, nested_timeouts_loop_busy)
{
    BIEN(as_run(de_dentro_a_fuera, NULL));
}

/* El de dentro se abre al limpiar, ya vencido el de fuera: protegido, o vence con él. */
PRUEBA_CASO(conf_timeout, nested_timeout_in_finally)
{
    as_scope fuera, limpieza;

    as_scope_enter(&fuera, 10);
    int rc = as_sleep(1000);
    DA(rc, UV_ECANCELED);
    as_shield_enter(&limpieza, 10);
    DA(as_scope_leave(&limpieza, as_sleep(10000)), UV_ETIMEDOUT);
    cr_assert_eq(as_now(), 20u);
    DA(as_scope_leave(&fuera, rc), UV_ETIMEDOUT);
}
