/* La misma prueba, con un panel que deriva. */
#include <asinc/asinc.h>
#include <criterion/criterion.h>

enum { CADA_MS = 30000, DIA = 24 * 3600 * 1000 };

struct panel {
    int rondas;
    uint64_t ultima;
};

/* [vigilar] */
static int vigilar(struct panel *p)
{
    uint64_t inicio = as_now();
    int rc = 0;

    while (rc == 0) {
        p->ultima = as_now() - inicio;
        p->rondas++;
        rc = as_sleep(700); /* la ronda */
        if (rc == 0)
            rc = as_sleep(CADA_MS);
    }
    return rc;
}
/* [/vigilar] */

static int vigilar_un_dia(void *arg)
{
    (void)arg;
    struct panel panel = {0};
    as_scope dia;

    as_scope_enter(&dia, DIA);
    int rc = as_scope_leave(&dia, vigilar(&panel));
    cr_expect_eq(rc, UV_ETIMEDOUT);
    cr_expect_eq(panel.rondas, 2880, "en un día dio %d rondas",
                 panel.rondas);
    return 0;
}

/* [minuto] */
static int vigilar_un_minuto(void *arg)
{
    (void)arg;
    struct panel panel = {0};
    as_scope minuto;

    as_scope_enter(&minuto, 60000);
    int rc = as_scope_leave(&minuto, vigilar(&panel));
    cr_expect_eq(rc, UV_ETIMEDOUT);
    cr_expect_eq(panel.rondas, 2);
    return 0;
}
/* [/minuto] */

static void correr(as_fn *funcion)
{
    as_options opciones = {.clock = AS_CLOCK_VIRTUAL};

    cr_assert_eq(as_run_options(funcion, NULL, &opciones), 0);
}

Test(vigilar, da_dos_rondas_en_un_minuto, .timeout = 60)
{
    correr(vigilar_un_minuto);
}

Test(vigilar, da_2880_rondas_en_un_dia, .timeout = 60)
{
    correr(vigilar_un_dia);
}
