/* test_tasks.py: gather. */
#include "conformidad.h"

TestSuite(conf_gather, .timeout = 60);

/* Cada llamada espera su futuro. */
struct reunion {
    as_future f[6];
    as_outcome finales[6];
    size_t n;
    bool con_casillas;
};

static int reune(void *arg)
{
    struct reunion *r = arg;

    return as_gather_each(espera_futuro, r->f, r->n, sizeof *r->f,
                          r->con_casillas ? r->finales : NULL);
}

/* Empieza a reunir en una tarea aparte, y espera a que todas estén esperando. */
static as_task *empieza(as_group *grupo, struct reunion *r, size_t n, bool con_casillas)
{
    *r = (struct reunion){.n = n, .con_casillas = con_casillas};
    for (size_t i = 0; i < n; i++)
        as_future_init(&r->f[i]);
    as_group_enter(grupo);
    as_group_keep_going(grupo);
    as_task *t = crea(grupo, reune, r);
    turnos(3);
    return t;
}

/* Se cumplen en desorden, y hasta la última no acaba. */
static void en_desorden(struct reunion *r, as_task *t)
{
    BIEN(as_future_set_result(&r->f[1], NULL));
    BIEN(as_future_set_result(&r->f[0], NULL));
    turnos(3);
    cr_assert_not(as_task_done(t));
    BIEN(as_future_set_result(&r->f[2], NULL));
    BIEN(as_await(t));
}

PRUEBA_CASO(conf_gather, success)
{
    struct reunion r;
    as_group grupo;
    as_task *t = empieza(&grupo, &r, 3, false);

    en_desorden(&r, t);
    cierra(&grupo);
}

PRUEBA_CASO(conf_gather, result_exception_success)
{
    struct reunion r;
    as_group grupo;
    as_task *t = empieza(&grupo, &r, 3, true);

    en_desorden(&r, t);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(r.finales[i].rc, 0);
    cierra(&grupo);
}

PRUEBA_CASO(conf_gather, one_exception)
{
    struct reunion r;
    as_group grupo;
    as_task *t = empieza(&grupo, &r, 5, false);

    BIEN(as_future_set_result(&r.f[0], NULL));
    BIEN(as_future_set_error(&r.f[1], UV_ERANGE));
    DA(as_await(t), UV_ERANGE); /* las demás, canceladas, no retienen a nadie */
    cr_assert_not(as_future_done(&r.f[2]));
    DA(as_group_leave(&grupo, 0), UV_ERANGE);
}

PRUEBA_CASO(conf_gather, return_exceptions)
{
    struct reunion r;
    as_group grupo;
    as_task *t = empieza(&grupo, &r, 4, true);

    BIEN(as_future_set_result(&r.f[1], NULL));
    BIEN(as_future_set_error(&r.f[2], UV_ERANGE));
    BIEN(as_future_set_result(&r.f[0], NULL));
    turnos(3);
    cr_assert_not(as_task_done(t));
    BIEN(as_future_set_error(&r.f[3], UV_EIO));
    DA(as_await(t), 2);
    cr_assert(r.finales[0].rc == 0 && r.finales[1].rc == 0);
    cr_assert(r.finales[2].rc == UV_ERANGE && r.finales[3].rc == UV_EIO);
    cierra(&grupo);
}

PRUEBA_CASO(conf_gather, constructor_empty_sequence_use_running_loop)
{
    BIEN(as_gather(NULL, 0, NULL));
    cr_assert_eq(as_now(), 0u);
}

PRUEBA_CASO(conf_gather, one_cancellation)
{
    struct reunion r;
    as_group grupo;
    as_task *t = empieza(&grupo, &r, 5, false);

    BIEN(as_future_set_result(&r.f[0], NULL));
    BIEN(as_future_cancel(&r.f[1]));
    DA(as_await(t), UV_ECANCELED);
    cr_assert_not(as_future_done(&r.f[2]));
    cierra(&grupo);
}

PRUEBA_CASO(conf_gather, result_exception_one_cancellation)
{
    struct reunion r;
    as_group grupo;
    as_task *t = empieza(&grupo, &r, 6, true);
    const int esperados[] = {0, UV_ERANGE, UV_ECANCELED, 0, UV_ECANCELED, UV_EIO};

    BIEN(as_future_set_result(&r.f[0], NULL));
    BIEN(as_future_set_error(&r.f[1], UV_ERANGE));
    BIEN(as_future_cancel(&r.f[2]));
    turnos(3);
    cr_assert_not(as_task_done(t));
    BIEN(as_future_set_result(&r.f[3], NULL));
    BIEN(as_future_cancel(&r.f[4]));
    BIEN(as_future_set_error(&r.f[5], UV_EIO));
    DA(as_await(t), 4);
    for (int i = 0; i < 6; i++)
        cr_assert_eq(r.finales[i].rc, esperados[i], "casilla %d", i);
    cierra(&grupo);
}

/* La misma llamada dos veces son dos llamadas. */
PRUEBA_CASO(conf_gather, duplicate_coroutines)
{
    struct durmiente abc = {.rc = 1}, def = {.rc = 2};
    as_call llamadas[] = {{duerme, &abc, NULL},
                          {duerme, &abc, NULL},
                          {duerme, &def, NULL},
                          {duerme, &abc, NULL}};
    as_outcome finales[4];

    BIEN(as_gather(llamadas, 4, finales));
    cr_assert(finales[0].rc == 1 && finales[1].rc == 1);
    cr_assert(finales[2].rc == 2 && finales[3].rc == 1);
    cr_assert_eq(abc.empezo, 3);
}

PRUEBA_CASO(conf_gather, cancellation_broadcast)
{
    struct reunion r;
    as_group grupo;
    as_task *t = empieza(&grupo, &r, 2, true);

    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cr_assert(r.finales[0].rc == UV_ECANCELED && r.finales[1].rc == UV_ECANCELED);
    cierra(&grupo);
}

static int falla_luego(void *arg)
{
    DA_IGUAL(as_future_wait(arg, NULL));
    return as_error_set(UV_EIO, "no se puede callar");
}

/* Fallan las dos, la segunda al cancelarla: el primero se devuelve y del segundo nadie se queja. */
PRUEBA_CASO(conf_gather, exception_marking)
{
    as_future f;

    as_future_init(&f);
    BIEN(as_future_set_result(&f, NULL));
    as_call llamadas[] = {{falla_luego, &f, NULL}, {falla_luego, &f, NULL}};
    int rc = as_gather(llamadas, 2, NULL);
    DA(rc, UV_EIO);
    cr_assert_str_eq(as_error_text(rc), "no se puede callar");
}

/* La cancelan cuando todas han acabado y solo falta que se entere. */
struct tarde {
    struct reunion r;
    as_task *t;
};

static void cancela_a_quien_reune(as_future *f, void *arg)
{
    (void)f;
    as_cancel(((struct tarde *)arg)->t);
}

PRUEBA_CASO(conf_gather, cancel_gather_1)
{
    struct tarde tarde;
    as_group grupo;

    tarde.t = empieza(&grupo, &tarde.r, 1, true);
    BIEN(as_future_add_done_callback(&tarde.r.f[0], cancela_a_quien_reune, &tarde));
    BIEN(as_future_set_result(&tarde.r.f[0], NULL));
    BIEN(as_await(tarde.t));
    cr_assert_eq(tarde.r.finales[0].rc, 0, "lo hecho, hecho está");
    cierra(&grupo);
}

/* Reúne una y otra vez con casillas: también así se entera de que la cancelan. */
static int reune_sin_parar(void *arg)
{
    struct durmiente d = {.ms = 50};
    as_call llamada = {duerme, &d, NULL};
    as_outcome final;
    int rc;

    (void)arg;
    do
        rc = as_gather(&llamada, 1, &final);
    while (rc >= 0 && as_now() < 1000);
    return rc;
}

PRUEBA_CASO(conf_gather, cancel_gather_2)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, reune_sin_parar, NULL);
    BIEN(as_sleep(220));
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    cr_assert_eq(as_now(), 220u);
    cierra(&grupo);
}
