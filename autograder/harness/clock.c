/* clock.c: el tiempo de la prueba y lo lenta que va la máquina. */
#include "base/clock.h"
#include "harness/internal.h"
#include <sched.h>
#include <stdlib.h>

#define TEST_SECONDS   30
#define SLOWEST        10.0
#define LONGEST_MS     ((HS_CRITERION_LIMIT - 50) * 1e3)
#define PROBE_CHUNKS   4
#define PROBE_TURNS    400000 /* vueltas que una máquina normal da en PROBE_CHUNK_MS */
#define PROBE_CHUNK_MS 1.0

static double origin; /* ms del reloj monótono al empezar la prueba */
static double factor = 1;
static int seconds = TEST_SECONDS;

double hs_now(void)
{
    return ag_ms() - origin;
}

double hs__moment(double ms)
{
    return ms - origin;
}

/*
 * Un trabajo fijo, cediendo el procesador entre trozos: si otros lo quieren, la medida
 * incluye lo que tarda en volver, que es lo mismo que le pasa al programa probado.
 */
static double measure(void)
{
    double start = ag_ms();
    for (int chunk = 0; chunk < PROBE_CHUNKS; chunk++) {
        uint64_t x = 88172645463325252u;
        for (int i = 0; i < PROBE_TURNS; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            __asm__ volatile("" : "+r"(x)); /* que el compilador no lo adivine */
        }
        sched_yield();
    }
    return (ag_ms() - start) / (PROBE_CHUNKS * PROBE_CHUNK_MS);
}

double hs__recalibrate(void)
{
    double now = measure();
    if (now > SLOWEST)
        now = SLOWEST;
    if (now > factor)
        factor = now;
    return factor;
}

double hs__factor(void)
{
    return factor;
}

int hs_ms(int n)
{
    return (int)(n * factor + 0.5);
}

/* Quien depura el programa, y no la máquina, es lento: ASINC_PATIENCE multiplica los plazos. */
static double patience(void)
{
    const char *text = getenv("ASINC_PATIENCE");
    double times = text ? strtod(text, NULL) : 1;
    return times > 1 ? times : 1;
}

static double at_most(double ms)
{
    return ms < LONGEST_MS ? ms : LONGEST_MS;
}

double hs__deadline(void)
{
    return at_most(seconds * 1e3 * factor);
}

double hs__latest_deadline(void)
{
    return at_most(seconds * 1e3 * SLOWEST * patience());
}

void hs__clock_start(const struct hs_test *test)
{
    origin = ag_ms();
    factor = patience();
    seconds = test->segundos > 0 ? test->segundos : TEST_SECONDS;
    if (seconds * 1e3 * SLOWEST > LONGEST_MS)
        hs_broken(".segundos = %d: Criterion mataría la prueba antes", test->segundos);
    hs__recalibrate();
}
