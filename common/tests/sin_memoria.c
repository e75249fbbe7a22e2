#include "sin_memoria.h"

#include <ares.h>
#include <dlfcn.h>
#include <stdatomic.h>

enum { MAXIMO = 20000 };

static atomic_long hasta_fallar, fallos;
static unsigned modo;
static _Thread_local bool mi_hilo;

#if defined(PRUEBA_ASAN) || defined(__SANITIZE_THREAD__) || defined(PRUEBA_VALGRIND)
bool sin_memoria_se_puede(void)
{
    return false;
}

static long vivas(void)
{
    return 0;
}
#else
bool sin_memoria_se_puede(void)
{
    return true;
}

void *__libc_malloc(size_t tamano);
void *__libc_calloc(size_t n, size_t tamano);
void *__libc_realloc(void *antes, size_t tamano);
void *__libc_memalign(size_t alineado, size_t tamano);
void __libc_free(void *p);

static atomic_long sin_liberar;

static long vivas(void)
{
    return atomic_load(&sin_liberar);
}

static bool es_de(const void *quien, const char *biblioteca)
{
    Dl_info info;

    return dladdr(quien, &info) && info.dli_fname && strstr(info.dli_fname, biblioteca);
}

/* c-ares 1.34, si le falta al leer /etc/hosts, libera dos veces lo mismo (ares_hosts_file.c). */
static bool es_de_cares_nueva(const void *quien)
{
    int version;

    ares_version(&version);
    return version >= 0x012200 && es_de(quien, "libcares");
}

static bool toca_fallar(const void *quien)
{
    if (atomic_load_explicit(&hasta_fallar, memory_order_relaxed) == 0 ||
        (!mi_hilo && !(modo & SM_TODOS_LOS_HILOS)) || es_de_cares_nueva(quien))
        return false;
    long queda = atomic_fetch_sub(&hasta_fallar, 1) - 1;
    if (queda > 0)
        return false;
    /* En 1, la siguiente también falla; en 0 ya no se cuenta. */
    atomic_store(&hasta_fallar, modo & SM_DESDE_AHI ? 1 : 0);
    atomic_fetch_add(&fallos, 1);
    errno = ENOMEM;
    return true;
}

static void *cuenta(void *p)
{
    if (p)
        atomic_fetch_add_explicit(&sin_liberar, 1, memory_order_relaxed);
    return p;
}

/* Si no puede ampliar su tabla de descriptores, lo único que libuv pide con realloc, libuv
 * llama a abort: no es un error que una biblioteca sobre él pueda dar. */
static bool es_de_libuv(const void *quien)
{
    return es_de(quien, "libuv");
}

void *malloc(size_t tamano)
{
    return toca_fallar(__builtin_return_address(0)) ? NULL
                                                    : cuenta(__libc_malloc(tamano));
}

void *calloc(size_t n, size_t tamano)
{
    return toca_fallar(__builtin_return_address(0)) ? NULL
                                                    : cuenta(__libc_calloc(n, tamano));
}

void *realloc(void *antes, size_t tamano)
{
    if (atomic_load_explicit(&hasta_fallar, memory_order_relaxed) > 0 &&
        !es_de_libuv(__builtin_return_address(0)) &&
        toca_fallar(__builtin_return_address(0)))
        return NULL;
    void *p = __libc_realloc(antes, tamano);
    if (!antes)
        cuenta(p);
    else if (!p && tamano == 0)
        atomic_fetch_sub(&sin_liberar, 1);
    return p;
}

void *memalign(size_t alineado, size_t tamano)
{
    return toca_fallar(__builtin_return_address(0))
               ? NULL
               : cuenta(__libc_memalign(alineado, tamano));
}

void *aligned_alloc(size_t alineado, size_t tamano)
{
    return memalign(alineado, tamano);
}

int posix_memalign(void **p, size_t alineado, size_t tamano)
{
    void *q = memalign(alineado, tamano);

    if (!q)
        return ENOMEM;
    *p = q;
    return 0;
}

void free(void *p)
{
    if (p)
        atomic_fetch_sub_explicit(&sin_liberar, 1, memory_order_relaxed);
    __libc_free(p);
}
#endif

void sin_memoria_en(long n, unsigned como)
{
    modo = como;
    mi_hilo = true;
    atomic_store(&fallos, 0);
    atomic_store(&hasta_fallar, n);
}

long sin_memoria_fin(void)
{
    atomic_store(&hasta_fallar, 0);
    mi_hilo = false;
    return atomic_load(&fallos);
}

/* Devuelve si falló alguna petición; en `*quedan`, cuánto dejó `caso` sin liberar. */
static bool intenta(int (*caso)(void), long n, unsigned como, int *rc, long *quedan)
{
    long antes = vivas();

    sin_memoria_en(n, como);
    *rc = caso();
    bool fallo = sin_memoria_fin() > 0;
    *quedan = vivas() - antes;
    return fallo;
}

static void recorre(int (*caso)(void), unsigned como, long minimo, bool tolerante)
{
    long n = 0, quedan;
    bool fallo = true;
    int rc;

    /* Lo que se prepara una vez por programa (los hilos de libuv, entre otras cosas). */
    cr_assert_eq(rc = caso(), 0, "con memoria, %s", as_error_text(rc));
    while (fallo) {
        fallo = intenta(caso, ++n, como, &rc, &quedan);
        /* Lo que la biblioteca de C se guarda para siempre no vuelve a salir; una fuga, sí. */
        for (int vez = 0; quedan > 0 && vez < 2; vez++)
            intenta(caso, n, como, &rc, &quedan);
        cr_assert_leq(quedan, 0, "n = %ld: %ld reservas sin liberar", n, quedan);
        cr_assert(rc == 0 || (fallo && (rc == UV_ENOMEM ||
                                        (tolerante && rc < 0 && rc != UV_ETIMEDOUT))),
                  "n = %ld: %d, %s", n, rc, as_error_text(rc));
        cr_assert_lt(n, MAXIMO);
    }
    cr_assert_gt(n, minimo, "solo %ld reservas: ¿se interceptan?", n);
}

void sin_memoria_recorre(int (*caso)(void), unsigned como, long minimo)
{
    recorre(caso, como, minimo, false);
}

void sin_memoria_recorre_tolerante(int (*caso)(void), unsigned como, long minimo)
{
    recorre(caso, como, minimo, true);
}
