/* test_futures.py. */
#include "conformidad.h"

TestSuite(conf_future, .timeout = 60);

PRUEBA_CASO(conf_future, initial_state)
{
    as_future f, g;

    as_future_init(&f);
    cr_assert_not(as_future_done(&f));
    DA(as_future_result(&f, NULL), UV_EAGAIN);
    as_future_init(&g);
    BIEN(as_future_cancel(&g));
    cr_assert(as_future_done(&g));
    DA(as_future_result(&g, NULL), UV_ECANCELED);
}

PRUEBA_CASO(conf_future, cancel)
{
    as_future f;

    as_future_init(&f);
    BIEN(as_future_cancel(&f));
    cr_assert(as_future_done(&f));
    DA(as_future_result(&f, NULL), UV_ECANCELED);
    DA(as_future_set_result(&f, NULL), UV_EALREADY);
    DA(as_future_set_error(&f, UV_EIO), UV_EALREADY);
    DA(as_future_cancel(&f), UV_EALREADY);
}

PRUEBA_CASO(conf_future, result)
{
    as_future f;
    void *valor = NULL;

    as_future_init(&f);
    DA(as_future_result(&f, &valor), UV_EAGAIN);
    BIEN(as_future_set_result(&f, "42"));
    cr_assert(as_future_done(&f));
    BIEN(as_future_result(&f, &valor));
    cr_assert_str_eq(valor, "42");
    DA(as_future_set_result(&f, NULL), UV_EALREADY);
    DA(as_future_set_error(&f, UV_EIO), UV_EALREADY);
    DA(as_future_cancel(&f), UV_EALREADY);
}

PRUEBA_CASO(conf_future, exception)
{
    as_future f;

    as_future_init(&f);
    BIEN(as_future_set_error(&f, UV_EIO));
    cr_assert(as_future_done(&f));
    DA(as_future_result(&f, NULL), UV_EIO);
    DA(as_future_set_result(&f, NULL), UV_EALREADY);
    DA(as_future_set_error(&f, UV_EPIPE), UV_EALREADY);
    DA(as_future_cancel(&f), UV_EALREADY);
    DA(as_future_wait(&f, NULL), UV_EIO);
}

/* set_exception con lo que no es una excepción: aquí, con lo que no es un error. */
PRUEBA_CASO(conf_future, exception_class)
{
    as_future f;

    as_future_init(&f);
    DA(as_future_set_error(&f, 0), UV_EINVAL);
    DA(as_future_set_error(&f, 7), UV_EINVAL);
    cr_assert_not(as_future_done(&f));
}

PRUEBA_CASO(conf_future, yield_from_twice)
{
    as_future f;
    void *valor = NULL;

    as_future_init(&f);
    BIEN(as_future_set_result(&f, "dos veces"));
    BIEN(as_future_wait(&f, NULL));
    BIEN(as_future_wait(&f, &valor));
    cr_assert_str_eq(valor, "dos veces");
}

PRUEBA_CASO(conf_future, set_result_unless_cancelled)
{
    as_future f;

    as_future_init(&f);
    BIEN(as_future_cancel(&f));
    DA(as_future_set_result(&f, "tarde"), UV_EALREADY);
    DA(as_future_result(&f, NULL), UV_ECANCELED);
}

/* ---- BaseFutureDoneCallbackTests ---------------------------------------------------- */

struct bolsa {
    struct diario diario;
    as_future futuro;
};

static void echa_42(as_future *f, void *arg)
{
    (void)f;
    anota(arg, "42 ");
}

static void echa_17(as_future *f, void *arg)
{
    (void)f;
    anota(arg, "17 ");
}

static void echa_100(as_future *f, void *arg)
{
    (void)f;
    anota(arg, "100 ");
}

static void bolsa_init(struct bolsa *b)
{
    *b = (struct bolsa){0};
    as_future_init(&b->futuro);
}

static void pide(struct bolsa *b, as_future_fn *fn)
{
    BIEN(as_future_add_done_callback(&b->futuro, fn, &b->diario));
}

static int retira(struct bolsa *b, as_future_fn *fn)
{
    return (int)as_future_remove_done_callback(&b->futuro, fn, &b->diario);
}

static void pide_los_tres(struct bolsa *b)
{
    bolsa_init(b);
    pide(b, echa_42);
    pide(b, echa_17);
    pide(b, echa_100);
}

static void cumple_y_queda(struct bolsa *b, const char *esperado)
{
    DIARIO_ES(&b->diario, "");
    BIEN(as_future_set_result(&b->futuro, "foo"));
    DIARIO_ES(&b->diario, ""); /* nunca dentro de la llamada */
    turnos(1);
    DIARIO_ES(&b->diario, esperado);
    BIEN(as_future_result(&b->futuro, NULL));
}

PRUEBA_CASO(conf_future, callbacks_remove_first_callback)
{
    struct bolsa b;

    pide_los_tres(&b);
    DA(retira(&b, echa_42), 1);
    DA(retira(&b, echa_42), 0);
    cumple_y_queda(&b, "17 100 ");
}

PRUEBA_CASO(conf_future, callbacks_remove_first_and_second_callback)
{
    struct bolsa b;

    pide_los_tres(&b);
    DA(retira(&b, echa_42), 1);
    DA(retira(&b, echa_17), 1);
    DA(retira(&b, echa_42), 0);
    cumple_y_queda(&b, "100 ");
}

PRUEBA_CASO(conf_future, callbacks_remove_third_callback)
{
    struct bolsa b;

    pide_los_tres(&b);
    DA(retira(&b, echa_100), 1);
    DA(retira(&b, echa_100), 0);
    cumple_y_queda(&b, "42 17 ");
}

PRUEBA_CASO(conf_future, callbacks_invoked_on_set_result)
{
    struct bolsa b;

    bolsa_init(&b);
    pide(&b, echa_42);
    pide(&b, echa_17);
    cumple_y_queda(&b, "42 17 ");
}

PRUEBA_CASO(conf_future, callbacks_invoked_on_set_exception)
{
    struct bolsa b;

    bolsa_init(&b);
    pide(&b, echa_100);
    BIEN(as_future_set_error(&b.futuro, UV_EIO));
    turnos(1);
    DIARIO_ES(&b.diario, "100 ");
    DA(as_future_result(&b.futuro, NULL), UV_EIO);
}

PRUEBA_CASO(conf_future, remove_done_callback)
{
    struct bolsa b;

    bolsa_init(&b);
    pide(&b, echa_42);
    pide(&b, echa_17);
    DA(retira(&b, echa_17), 1);
    DA(retira(&b, echa_100), 0);
    pide(&b, echa_17);
    for (int i = 0; i < 5; i++)
        pide(&b, echa_42);
    DA(retira(&b, echa_42), 6);
    cumple_y_queda(&b, "17 ");
}

/* Un callback que, al correr, retira los que venían detrás. */
static void retira_a_los_demas(as_future *f, void *arg)
{
    (void)f;
    struct bolsa *b = arg;
    anota(&b->diario, "mut ");
    DA(retira(b, echa_17), 2);
}

PRUEBA_CASO(conf_future, schedule_callbacks_list_mutation_1)
{
    struct bolsa b;

    bolsa_init(&b);
    BIEN(as_future_add_done_callback(&b.futuro, retira_a_los_demas, &b));
    pide(&b, echa_17);
    pide(&b, echa_17);
    cumple_y_queda(&b, "mut ");
}

/* Un callback que, al correr, pide otro. */
static void pide_otro(as_future *f, void *arg)
{
    (void)f;
    struct bolsa *b = arg;
    anota(&b->diario, "mut ");
    pide(b, echa_100);
}

PRUEBA_CASO(conf_future, schedule_callbacks_list_mutation_2)
{
    struct bolsa b;

    bolsa_init(&b);
    BIEN(as_future_add_done_callback(&b.futuro, pide_otro, &b));
    pide(&b, echa_17);
    BIEN(as_future_set_result(&b.futuro, NULL));
    turnos(2);
    DIARIO_ES(&b.diario, "mut 17 100 ");
}

/* Se piden y se retiran unos mientras se retiran otros: nada se pierde ni se repite. */
PRUEBA_CASO(conf_future, remove_done_callbacks_list_mutation)
{
    struct bolsa b;

    bolsa_init(&b);
    pide(&b, echa_42);
    for (int i = 0; i < 63; i++)
        pide(&b, echa_17);
    DA(retira(&b, echa_17), 63);
    DA(retira(&b, echa_17), 0);
    pide(&b, echa_100);
    cumple_y_queda(&b, "42 100 ");
}
