#include "prueba.h"

#include <fenv.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/stack.h"

TestSuite(coro, .timeout = 60);

/* ---- Lo que cada tarea conserva ----------------------------------------------------- */

static int redondea_hacia_arriba(void *arg)
{
    volatile double uno = 1, tres = 3;
    double *resultado = arg;

    fesetround(FE_UPWARD);
    BIEN(as_yield());
    resultado[0] = uno / tres;
    return 0;
}

static int redondea_normal(void *arg)
{
    volatile double uno = 1, tres = 3;
    double *resultado = arg;

    BIEN(as_yield());
    resultado[1] = uno / tres;
    return 0;
}

static int dos_redondeos(void *arg)
{
    as_call llamadas[] = {{redondea_hacia_arriba, arg, NULL},
                          {redondea_normal, arg, NULL}};

    return as_gather(llamadas, 2, NULL);
}

PRUEBA(coro, el_modo_de_coma_flotante_es_de_cada_tarea)
{
    volatile double uno = 1, tres = 3;
    double resultado[2] = {0};

#ifdef PRUEBA_VALGRIND
    cr_skip_test("valgrind no emula los modos de redondeo");
#endif
    CORRE(dos_redondeos, resultado, 0);
    cr_assert_eq(resultado[1], uno / tres);
    cr_assert_gt(resultado[0], resultado[1]);
}

static long suma_hasta(int n)
{
    volatile char relleno[64] = {0};

    if (n == 0)
        return relleno[0];
    BIEN(as_yield());
    return n + suma_hasta(n - 1);
}

static int suma(void *arg)
{
    long *total = arg;

    *total = suma_hasta((int)*total);
    return 0;
}

static int cien_sumas(void *arg)
{
    long *totales = arg;

    for (int i = 0; i < 100; i++)
        totales[i] = 50 + i;
    return as_gather_each(suma, totales, 100, sizeof *totales, NULL);
}

PRUEBA(coro, se_suspende_dentro_de_llamadas_anidadas)
{
    long totales[100];

    CORRE(cien_sumas, totales, 0);
    for (long i = 0; i < 100; i++)
        cr_assert_eq(totales[i], (50 + i) * (51 + i) / 2);
}

/* LeakSanitizer debe ver un bloque que solo conoce la pila de una tarea parada. Se le
 * pregunta desde un callback: mientras corre una tarea, no mira la pila del hilo. */
static int guarda_bloque(void *arg)
{
    char *volatile bloque = malloc(100);

    BIEN(as_future_wait(arg, NULL));
    free(bloque);
    return 0;
}

static void busca_fugas(as_future *futuro, void *arg)
{
    (void)futuro, (void)arg;
    SIN_FUGAS();
}

static int busca_fugas_con_tarea_parada(void *arg)
{
    as_future futuro, ahora;
    as_group grupo;

    (void)arg;
    as_future_init(&futuro);
    as_future_init(&ahora);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "guardiana", guarda_bloque, &futuro);
    BIEN(as_yield());
    cr_assert_eq(as_future_add_done_callback(&ahora, busca_fugas, NULL), 0);
    as_future_set_result(&ahora, NULL);
    BIEN(as_yield());
    as_future_set_result(&futuro, NULL);
    return as_group_leave(&grupo, rc);
}

PRUEBA(coro, la_pila_de_una_tarea_parada_no_es_una_fuga)
{
    CORRE(busca_fugas_con_tarea_parada, NULL, 0);
}

/* ---- Desbordar la pila -------------------------------------------------------------- */

static int cae(volatile int n)
{
    volatile char relleno[4000];

    relleno[0] = (char)n;
    relleno[3999] = (char)(n < 1000000 ? cae(n + 1) : 0);
    return relleno[0] + relleno[3999];
}

static int sin_fondo(void *arg)
{
    (void)arg;
    return cae(0);
}

static int lanza_sin_fondo(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "sin-fondo", sin_fondo, NULL);
    return as_group_leave(&grupo, rc);
}

static void corre_sin_fondo(void)
{
    as_run_options(lanza_sin_fondo, NULL, &(as_options){.stack_size = 128 * 1024});
}

PRUEBA(coro, un_desbordamiento_nombra_a_la_tarea)
{
    static char salida[65536];
    int estado = en_otro_proceso(corre_sin_fondo, salida, sizeof salida);

    cr_assert(strstr(salida, "la tarea «sin-fondo» desbordó su pila de 128 KiB"),
              "dijo: %s", salida);
#if !defined(PRUEBA_ASAN) && !defined(__SANITIZE_THREAD__)
    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGSEGV);
#else
    cr_assert(!WIFEXITED(estado) || WEXITSTATUS(estado) != 0);
#endif
}

static int puntero_nulo(void *arg)
{
    volatile int *volatile nulo = NULL;

    (void)arg;
    return *nulo; /* NOLINT(clang-analyzer-core.NullDereference): de eso se trata */
}

static void corre_puntero_nulo(void)
{
    as_run(puntero_nulo, NULL);
}

PRUEBA(coro, otra_violacion_de_segmento_sigue_su_curso)
{
    static char salida[65536];
    int estado = en_otro_proceso(corre_puntero_nulo, salida, sizeof salida);

    cr_assert_null(strstr(salida, "desbordó"));
    cr_assert(!WIFEXITED(estado) || WEXITSTATUS(estado) != 0);
}

/* ---- Muchas ------------------------------------------------------------------------- */

struct aparcadas {
    as_future salida;
    size_t n, corrieron, llegaron;
    int rc;
};

static int aparca(void *arg)
{
    struct aparcadas *a = arg;

    a->corrieron++;
    a->llegaron += !as_cancelled();
    return as_future_wait(&a->salida, NULL);
}

static int aparca_muchas(void *arg)
{
    struct aparcadas *a = arg;
    as_group grupo;
    int rc = 0;

    as_future_init(&a->salida);
    as_group_enter(&grupo);
    for (size_t i = 0; i < a->n && rc == 0; i++)
        rc = as_start_soon(&grupo, NULL, aparca, a);
    while (rc == 0 && a->llegaron < a->n) /* la primera sin pila cancela el grupo */
        rc = as_yield();
    as_future_set_result(&a->salida, NULL);
    a->rc = as_group_leave(&grupo, rc);
    return strstr(as_error_text(a->rc), "vm.max_map_count") ? 1 : 0;
}

#if defined(__SANITIZE_THREAD__)
enum {
    MUCHAS = 300,
    MUCHISIMAS = 600
}; /* TSan tarda un milisegundo en preparar cada pila */
#elif defined(PRUEBA_LIGERA)
enum { MUCHAS = 2000, MUCHISIMAS = 4000 }; /* aquí cada tarea cuesta mucho más */
#else
enum { MUCHAS = 30000, MUCHISIMAS = 100000 };
#endif

PRUEBA(coro, treinta_mil_tareas_con_guarda)
{
    struct aparcadas a = {.n = MUCHAS};

    CORRE(aparca_muchas, &a, 0);
    cr_assert_eq(a.rc, 0);
    cr_assert_eq(a.llegaron, a.n);
}

PRUEBA(coro, cien_mil_tareas_sin_guarda)
{
    struct aparcadas a = {.n = MUCHISIMAS};

    cr_assert_eq(as_run_options(aparca_muchas, &a, &(as_options){.no_stack_guard = true}),
                 0);
    cr_assert_eq(a.rc, 0);
    cr_assert_eq(a.llegaron, a.n);
}

/* ---- Cuando el sistema no da más ------------------------------------------------------ */

#ifndef PRUEBA_LIGERA

static void limita_memoria(size_t bytes)
{
    cr_assert_eq(setrlimit(RLIMIT_AS, &(struct rlimit){bytes, bytes}), 0);
}

PRUEBA(coro, sin_memoria_para_pilas_hay_un_error_claro)
{
    struct aparcadas a = {.n = 20000};

    limita_memoria(2UL << 30);
    CORRE(aparca_muchas, &a, 1);
    cr_assert_eq(a.rc, UV_ENOMEM);
    cr_assert_lt(a.llegaron, a.n);
    cr_assert_gt(a.llegaron, 1000u);
    cr_assert_eq(a.corrieron, a.n, "quien no tuvo pila también corre, cancelada");
}

static size_t limite_de_mapas(void)
{
    size_t limite = 65530;
    FILE *f = fopen("/proc/sys/vm/max_map_count", "r");

    if (f) {
        if (fscanf(f, "%zu", &limite) != 1)
            limite = 65530;
        fclose(f);
    }
    return limite;
}

/* Lo que ocurre en un núcleo anterior a 6.13. */
PRUEBA(coro, con_mprotect_el_techo_son_los_mapas_del_proceso)
{
    struct as__stack_pool reserva;
    size_t n = 0, limite = limite_de_mapas();

    if (limite > 400000)
        cr_skip_test("vm.max_map_count es demasiado alto para alcanzarlo aquí");
    as__stack_pool_init(&reserva, 16 * 1024, true);
    reserva.guard_by_mprotect = true;
    while (as__stack_acquire(&reserva))
        cr_assert_leq(++n, limite / 2);
    cr_assert_gt(n, limite / 2 - 1000);
    as__stack_pool_destroy(&reserva);
}

#endif
