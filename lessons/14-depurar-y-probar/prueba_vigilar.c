/* Un día entero de panel, en milisegundos. */
#include "vigilar.h"
#include <criterion/criterion.h>

/* [correr] */
enum { MINUTO = 60000, DIA = 24 * 60 * MINUTO };

/* Ejecuta `fn` con el reloj virtual y exige que acabe bien. */
static void correr(as_fn *fn)
{
    as_options opciones = {.clock = AS_CLOCK_VIRTUAL};

    cr_assert_eq(as_run_options(fn, NULL, &opciones), 0);
}
/* [/correr] */

TestSuite(vigilar, .timeout = 60);

/* [dia] */
static int vigilar_un_dia(void *arg)
{
    (void)arg;
    struct panel panel = {.ronda_ms = 700};
    as_scope dia;

    as_scope_enter(&dia, DIA);
    int rc = as_scope_leave(&dia, vigilar(&panel));
    cr_expect_eq(rc, UV_ETIMEDOUT);
    cr_expect_eq(panel.rondas, 2880);
    cr_expect_eq(panel.ultima, DIA - CADA_MS);
    return 0;
}

Test(vigilar, da_2880_rondas_en_un_dia)
{
    correr(vigilar_un_dia);
}
/* [/dia] */

/* [lenta] */
static int vigilar_despacio(void *arg)
{
    (void)arg;
    struct panel panel = {.ronda_ms = 45000};
    as_scope rato;

    as_scope_enter(&rato, 10 * MINUTO);
    int rc = as_scope_leave(&rato, vigilar(&panel));
    cr_expect_eq(rc, UV_ETIMEDOUT);
    cr_expect_eq(panel.rondas, 14);
    return 0;
}

Test(vigilar, una_ronda_lenta_no_se_solapa_con_la_siguiente)
{
    correr(vigilar_despacio);
}
/* [/lenta] */

/* [cancelar] */
static int cancelar_a_mitad(void *arg)
{
    (void)arg;
    struct panel panel = {.ronda_ms = 700};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "vigilar", vigilar, &panel);
    cr_expect_eq(as_wait_all_blocked(), 0);
    cr_expect_eq(panel.rondas, 1); /* está a mitad de la primera */
    if (tarea)
        as_cancel(tarea);
    cr_expect_eq(as_await(tarea), UV_ECANCELED);
    return as_group_leave(&grupo, 0);
}

Test(vigilar, se_va_en_cuanto_la_cancelan)
{
    correr(cancelar_a_mitad);
}
/* [/cancelar] */
