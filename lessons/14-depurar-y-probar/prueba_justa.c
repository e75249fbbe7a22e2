/* Un plazo justo: la misma prueba, con el reloj real y con el virtual. */
#include <asinc/asinc.h>
#include <criterion/criterion.h>
#include <unistd.h>

/* [justa] */
static int consultar(void *arg)
{
    (void)arg;
    return as_sleep(90);
}

static int ocupar(void *arg)
{
    (void)arg;
    int rc = as_sleep(80);

    usleep(50 * 1000);
    return rc;
}

static int en_menos_de_100_ms(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {{.fn = consultar}, {.fn = ocupar}};
    uint64_t inicio = as_now();

    int rc = as_gather(llamadas, 2, NULL);
    cr_expect(as_now() - inicio < 100, "tardó 100 ms o más");
    return rc;
}
/* [/justa] */

static void correr(enum as_clock reloj)
{
    as_options opciones = {.clock = reloj};

    cr_assert_eq(as_run_options(en_menos_de_100_ms, NULL, &opciones),
                 0);
}

Test(justa, con_el_reloj_real, .timeout = 60)
{
    correr(AS_CLOCK_REAL);
}

Test(justa, con_el_reloj_virtual, .timeout = 60)
{
    correr(AS_CLOCK_VIRTUAL);
}
