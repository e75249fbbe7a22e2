#include "prueba.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

TestSuite(loop_tiempo, .timeout = 60);

/* ---- Una tarea que trabaja y cede no deja sin turno a nadie -------------------------- */

/* Lo prometido: el bucle mira plazos y red en cuanto cambia el reloj grueso del sistema. Cuándo
 * cambia no se promete: si a la máquina virtual le quitan el procesador, tarda lo que tarde. Así
 * que las cotas cuentan pasos, y en cada uno cambia: dura al menos 5 ms del reloj de verdad, por
 * lenta que vaya la máquina, y hasta que el grueso se mueve. */
enum { PASO_MS = 5, TARDE = 2 };

static uint64_t reloj_grueso(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void trabaja_un_paso(void)
{
    uint64_t fin = uv_hrtime() + PASO_MS * 1000000, antes = reloj_grueso();

    while (uv_hrtime() < fin || reloj_grueso() == antes)
        ;
}

static int pasos_hasta_el_plazo(void *arg)
{
    int *pasos = arg, rc = 0;
    as_scope plazo;

    as_scope_enter(&plazo, 50);
    for (; rc == 0 && *pasos < 1000; ++*pasos) {
        trabaja_un_paso();
        rc = as_yield();
    }
    return as_scope_leave(&plazo, rc);
}

PRUEBA(loop_tiempo, el_plazo_alcanza_a_quien_trabaja_y_cede)
{
    int pasos = 0;

    cr_assert_eq(as_run(pasos_hasta_el_plazo, &pasos), UV_ETIMEDOUT);
    cr_assert_leq(pasos, 50 / PASO_MS + TARDE);
}

/* Tampoco hace falta ceder: basta con llamar a lo que puede suspender, aunque esta vez no
 * suspenda. Eso lo mira cada dieciséis llamadas. */
static int pasos_sin_ceder(void *arg)
{
    int *pasos = arg, rc = 0;
    as_queue cola;
    as_scope plazo;

    as_queue_init(&cola, 0);
    as_scope_enter(&plazo, 50);
    for (; rc == 0 && *pasos < 1000; ++*pasos) {
        trabaja_un_paso();
        rc = as_queue_put(&cola, pasos);
    }
    rc = as_scope_leave(&plazo, rc);
    as_queue_destroy(&cola);
    return rc;
}

PRUEBA(loop_tiempo, el_plazo_alcanza_a_quien_trabaja_y_no_llega_a_suspenderse)
{
    int pasos = 0;

    cr_assert_eq(as_run(pasos_sin_ceder, &pasos), UV_ETIMEDOUT);
    cr_assert_leq(pasos, 50 / PASO_MS + TARDE + 16);
}

struct reparto {
    int pasos;
    bool listo;
    int tubo[2];
};

static int trabaja_hasta_que(void *arg)
{
    struct reparto *r = arg;

    for (; !r->listo && r->pasos < 1000; r->pasos++) {
        trabaja_un_paso();
        DA_IGUAL(as_yield());
    }
    return 0;
}

static int duerme_poco(void *arg)
{
    int rc = as_sleep(10);

    ((struct reparto *)arg)->listo = true;
    return rc;
}

static int trabaja_y_duerme(void *arg)
{
    as_call llamadas[] = {{duerme_poco, arg, NULL}, {trabaja_hasta_que, arg, NULL}};

    return as_gather(llamadas, 2, NULL);
}

PRUEBA(loop_tiempo, quien_duerme_despierta_aunque_otra_trabaje)
{
    struct reparto r = {0};

    cr_assert_eq(as_run(trabaja_y_duerme, &r), 0);
    cr_assert_leq(r.pasos, 10 / PASO_MS + TARDE);
}

static int lee_del_tubo(void *arg)
{
    struct reparto *r = arg;
    as_stream *s;
    char byte;

    int rc = as_stream_open_fd(r->tubo[0], &s);
    cr_assert_eq(rc, 0);
    cr_assert_eq(write(r->tubo[1], "x", 1), 1);
    ssize_t n = as_read(s, &byte, 1);
    r->listo = true;
    as_stream_close(s);
    return n == 1 ? 0 : UV_EIO;
}

static int trabaja_y_lee(void *arg)
{
    as_call llamadas[] = {{lee_del_tubo, arg, NULL}, {trabaja_hasta_que, arg, NULL}};

    return as_gather(llamadas, 2, NULL);
}

PRUEBA(loop_tiempo, la_red_se_mira_aunque_otra_trabaje)
{
    struct reparto r = {0};

    cr_assert_eq(pipe2(r.tubo, O_CLOEXEC), 0);
    cr_assert_eq(as_run(trabaja_y_lee, &r), 0);
    cr_assert_leq(r.pasos, TARDE);
    close(r.tubo[1]);
}

/* Tampoco si antes todas iban deprisa: no se juzga por lo que tardaban. */
static int corre_y_luego_trabaja(void *arg)
{
    for (int i = 0; i < 2000; i++)
        DA_IGUAL(as_yield());
    return trabaja_hasta_que(arg);
}

static int corren_y_una_trabaja(void *arg)
{
    as_call llamadas[] = {{duerme_poco, arg, NULL}, {corre_y_luego_trabaja, arg, NULL}};

    return as_gather(llamadas, 2, NULL);
}

PRUEBA(loop_tiempo, aunque_antes_fuera_deprisa)
{
    struct reparto r = {0};

    cr_assert_eq(as_run(corren_y_una_trabaja, &r), 0);
    cr_assert_leq(r.pasos, 10 / PASO_MS + TARDE);
}

/* ---- Plazos que no caben -------------------------------------------------------------- */

static const int64_t enormes[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 1000000 + 1,
                                  INT64_MAX / 1000, INT64_C(18446744073710)};

static int duerme_casi_siempre(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < sizeof enormes / sizeof *enormes; i++) {
        as_scope plazo;
        as_scope_enter(&plazo, 5);
        cr_assert_eq(as_scope_leave(&plazo, as_sleep(enormes[i])), UV_ETIMEDOUT,
                     "as_sleep(%lld) volvió", (long long)enormes[i]);
    }
    return 0;
}

PRUEBA(loop_tiempo, dormir_una_eternidad_no_vuelve_enseguida)
{
    cr_assert_eq(as_run(duerme_casi_siempre, NULL), 0);
    CORRE(duerme_casi_siempre, NULL, 0);
}

static int plazo_eterno(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < sizeof enormes / sizeof *enormes; i++) {
        as_scope plazo;
        as_scope_enter(&plazo, enormes[i]);
        cr_assert_eq(as_scope_leave(&plazo, as_sleep(5)), 0, "%lld ms vencieron",
                     (long long)enormes[i]);
    }
    return 0;
}

PRUEBA(loop_tiempo, un_plazo_eterno_no_vence)
{
    cr_assert_eq(as_run(plazo_eterno, NULL), 0);
    CORRE(plazo_eterno, NULL, 0);
}

/* Con el reloj virtual y nada más que esperar, hasta la eternidad llega; y detrás el tiempo
 * sigue pasando. */
static int tras_la_eternidad(void *arg)
{
    (void)arg;
    cr_assert_eq(as_sleep(INT64_MAX), 0);
    uint64_t antes = as_now_ns();
    cr_assert_eq(as_sleep(7), 0);
    cr_assert_eq(as_now_ns() - antes, UINT64_C(7000000));
    return 0;
}

PRUEBA(loop_tiempo, el_reloj_virtual_pasa_de_la_eternidad)
{
    CORRE(tras_la_eternidad, NULL, 0);
}
