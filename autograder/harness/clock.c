/* clock.c: el tiempo de la prueba, lo lenta que va la máquina y el azar repetible. */
#include "internal.h"
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define TEST_SECONDS   30
#define SLOWEST        10.0
#define PROBE_CHUNKS   4
#define PROBE_TURNS    400000 /* vueltas que una máquina normal da en PROBE_CHUNK_MS */
#define PROBE_CHUNK_MS 1.0

static double origin; /* ms del reloj monótono al empezar la prueba */
static double factor = 1;
static int seconds = TEST_SECONDS;
static uint64_t seed, state; /* la de la ejecución, y el generador de esta prueba */

static double monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

double hs_now(void)
{
    return monotonic_ms() - origin;
}

/*
 * Un trabajo fijo, cediendo el procesador entre trozos: si otros lo quieren, la medida
 * incluye lo que tarda en volver, que es lo mismo que le pasa al programa probado.
 */
static double measure(void)
{
    double start = monotonic_ms();
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
    return (monotonic_ms() - start) / (PROBE_CHUNKS * PROBE_CHUNK_MS);
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

double hs__deadline(void)
{
    return seconds * 1e3 * factor;
}

double hs__latest_deadline(void)
{
    return seconds * 1e3 * SLOWEST;
}

static uint64_t next(uint64_t *s) /* splitmix64 */
{
    uint64_t z = *s += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void start_random(const char *test)
{
    const char *text = getenv("ASINC_SEED");
    char *end = NULL;
    errno = 0;
    if (text && *text)
        seed = strtoull(text, &end, 10);
    if (!end || *end || errno || *text == '-') {
        if (end)
            hs_broken("ASINC_SEED=«%s» no es un número entero sin signo", text);
        uint32_t fresh = 0;
        if (getrandom(&fresh, sizeof fresh, 0) != sizeof fresh)
            hs_broken("el sistema no da números al azar: %s", strerror(errno));
        seed = fresh;
    }
    /* Mezclar el nombre hace que repetir una prueba sola dé lo mismo que en la suite. */
    state = seed;
    for (; *test; test++)
        state = (state ^ (unsigned char)*test) * 0x100000001b3u;
}

void hs__clock_start(const struct hs_test *test)
{
    origin = monotonic_ms();
    factor = 1;
    seconds = test->segundos > 0 ? test->segundos : TEST_SECONDS;
    start_random(test->nombre);
    if (hs__latest_deadline() > (HS_CRITERION_LIMIT - 50) * 1e3)
        hs_broken(".segundos = %d: Criterion mataría la prueba antes", test->segundos);
    hs__recalibrate();
}

uint64_t hs_seed(void)
{
    return seed;
}

uint64_t hs_random(uint64_t n)
{
    if (n == 0)
        hs_broken("hs_random(0) no tiene respuesta");
    uint64_t limit = UINT64_MAX - UINT64_MAX % n, r;
    do
        r = next(&state);
    while (r >= limit); /* sin sesgo hacia los primeros */
    return r % n;
}

int hs_random_between(int minimum, int maximum)
{
    if (minimum > maximum)
        hs_broken("hs_random_between(%d, %d) está al revés", minimum, maximum);
    return minimum + (int)hs_random((uint64_t)((int64_t)maximum - minimum) + 1);
}

const char *hs_random_name(void)
{
    static unsigned count; /* el sufijo hace imposible repetir */
    char name[11];
    int length = hs_random_between(4, 8);
    for (int i = 0; i < length; i++)
        name[i] = (char)('a' + hs_random(26));
    name[length] = (char)('a' + count / 26 % 26);
    name[length + 1] = (char)('a' + count % 26);
    count++;
    return hs__keep_text(name, (size_t)length + 2);
}

const char *hs_random_path(void)
{
    return hs_format("/%s", hs_random_name());
}
