/* test_runners.py y test_threads.py: arrancar el bucle, y salir a otro hilo. */
#include "conformidad.h"

#include <unistd.h>

TestSuite(conf_runner, .timeout = 60);
TestSuite(conf_thread, .timeout = 60);

/* ---- run ---------------------------------------------------------------------------- */

static int da_42(void *arg)
{
    (void)arg;
    BIEN(as_yield());
    return 42;
}

PRUEBA(conf_runner, asyncio_run_return)
{
    DA(as_run(da_42, NULL), 42);
    DA(as_run(da_42, NULL), 42); /* y otra vez, con otro bucle */
}

static int falla(void *arg)
{
    (void)arg;
    BIEN(as_yield());
    return as_error_set(UV_EINVAL, "spam");
}

PRUEBA(conf_runner, asyncio_run_raises)
{
    int rc = as_run(falla, NULL);

    DA(rc, UV_EINVAL);
    cr_assert_str_eq(as_error_text(rc), "spam");
}

static int corre_dentro(void *arg)
{
    (void)arg;
    return as_run(da_42, NULL);
}

PRUEBA(conf_runner, asyncio_run_from_running_loop)
{
    DA(as_run(corre_dentro, NULL), UV_EBUSY);
}

/* Deja una tarea a medias: salir del grupo con un error la cancela y la espera. */
static int deja_una_a_medias(void *arg)
{
    as_group grupo;

    as_group_enter(&grupo);
    crea(&grupo, duerme, arg);
    BIEN(as_yield());
    return as_group_leave(&grupo, UV_EPIPE);
}

PRUEBA(conf_runner, asyncio_run_cancels_hanging_tasks)
{
    struct durmiente d = {.ms = 100000};

    DA(as_run(deja_una_a_medias, &d), UV_EPIPE);
    cr_assert(d.acabo && d.corte == 1);
}

/* ---- Ctrl+C ------------------------------------------------------------------------- */

static int cede_hasta_que_la_cancelen(void *arg)
{
    int rc = 0;

    (void)arg;
    kill(getpid(), SIGINT);
    while (rc == 0)
        rc = as_yield();
    return rc;
}

PRUEBA(conf_runner, interrupt_call_soon)
{
    DA(as_run(cede_hasta_que_la_cancelen, NULL), UV_ECANCELED);
}

/* La que duerme está para que no sea un interbloqueo: alguien podría cumplir el futuro. */
static int se_interrumpe_esperando(void *arg)
{
    struct durmiente d = {.ms = 3600000};
    as_group grupo;

    as_group_enter(&grupo);
    crea(&grupo, duerme, &d);
    BIEN(as_yield());
    kill(getpid(), SIGINT);
    int rc = as_group_leave(&grupo, espera_futuro(arg));
    cr_assert_eq(d.corte, 1);
    return rc;
}

PRUEBA(conf_runner, interrupt_wait)
{
    as_future f;

    as_future_init(&f);
    DA(as_run(se_interrumpe_esperando, &f), UV_ECANCELED);
    cr_assert_not(as_future_done(&f));
}

/* ---- to_thread ---------------------------------------------------------------------- */

static int suma(void *arg)
{
    const int *n = arg;

    return n[0] + n[1];
}

static int no_puede(void *arg)
{
    (void)arg;
    return UV_ERANGE;
}

PRUEBA_CASO(conf_thread, to_thread)
{
    int n[] = {40, 2};

    DA(as_work(suma, n), 42);
}

PRUEBA_CASO(conf_thread, to_thread_exception)
{
    DA(as_work(no_puede, NULL), UV_ERANGE);
}

static int cuenta(void *arg)
{
    __atomic_add_fetch((int *)arg, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static int cuenta_en_un_hilo(void *arg)
{
    return as_work(cuenta, *(int **)arg);
}

PRUEBA_CASO(conf_thread, to_thread_once)
{
    int veces = 0;

    BIEN(as_work(cuenta, &veces));
    cr_assert_eq(veces, 1);
}

PRUEBA_CASO(conf_thread, to_thread_concurrent)
{
    int veces = 0;
    int *args[10];

    for (int i = 0; i < 10; i++)
        args[i] = &veces;
    BIEN(as_gather_each(cuenta_en_un_hilo, args, 10, sizeof *args, NULL));
    cr_assert_eq(veces, 10);
}
