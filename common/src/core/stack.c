#include "core/stack.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/sanitizer.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(low, high) 0
#define VALGRIND_STACK_DEREGISTER(id)      ((void)(id))
#endif

#ifdef AS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif

#ifdef AS_TSAN
#include <sanitizer/tsan_interface.h>
#endif

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

enum {
    /* La guarda es generosa porque no cuesta memoria. Con -fstack-clash-protection ningún
     * marco salta por encima de ella. */
    GUARD_BYTES = 16 * 1024,
    SLAB_STACKS = 64,
    SLAB_BYTES = 32 * 1024 * 1024, /* como mucho, salvo que una sola pila ya sea mayor */
    MAX_WARM = 1024                /* pilas libres que conservan su memoria */
};

/* Un bloque de pilas contiguas: una llamada al sistema en vez de sesenta y cuatro. */
struct as__slab {
    struct as__slab *next;
    char *low;
    size_t bytes;
    size_t count, used; /* pilas que caben y pilas estrenadas */
    struct as__stack stacks[];
};

void as__stack_pool_init(struct as__stack_pool *pool, size_t stack_size, bool guard)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    *pool = (struct as__stack_pool){
        .stack_size = (stack_size + page - 1) / page * page,
        .guard = guard ? GUARD_BYTES : 0,
    };
}

static int slab_new(struct as__stack_pool *pool)
{
    size_t stride = pool->guard + pool->stack_size;
    size_t count = SLAB_BYTES / stride;

    count = count < 1 ? 1 : count > SLAB_STACKS ? SLAB_STACKS : count;
    struct as__slab *slab = calloc(1, sizeof *slab + count * sizeof *slab->stacks);
    if (!slab)
        return -1;
    slab->low = mmap(NULL, count * stride, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (slab->low == MAP_FAILED) {
        free(slab);
        return -1;
    }
    slab->bytes = count * stride;
    slab->count = count;
    slab->next = pool->slabs;
    pool->slabs = slab;
    return 0;
}

static int forbid(struct as__stack_pool *pool, char *low)
{
    if (!pool->guard)
        return 0;
    if (!pool->guard_by_mprotect) {
        if (madvise(low, pool->guard, MADV_GUARD_INSTALL) == 0)
            return 0;
        pool->guard_by_mprotect = true; /* el núcleo no lo conoce */
    }
    return mprotect(low, pool->guard, PROT_NONE);
}

static struct as__stack *stack_new(struct as__stack_pool *pool)
{
    if ((!pool->slabs || pool->slabs->used == pool->slabs->count) && slab_new(pool) < 0)
        return NULL;
    struct as__slab *slab = pool->slabs;
    char *low = slab->low + slab->used * (pool->guard + pool->stack_size);
    if (forbid(pool, low) != 0)
        return NULL;

    struct as__stack *stack = &slab->stacks[slab->used++];
    *stack = (struct as__stack){
        .base = low + pool->guard, .size = pool->stack_size, .guard = pool->guard};
    stack->valgrind_id = VALGRIND_STACK_REGISTER(stack->base, stack->base + stack->size);
#ifdef AS_ASAN
    /* Sin esto LeakSanitizer no ve los punteros de una corrutina parada. */
    __lsan_register_root_region(stack->base, stack->size);
#endif
#ifdef AS_TSAN
    stack->tsan_fiber = __tsan_create_fiber(0);
#endif
    return stack;
}

static void slab_free(struct as__slab *slab)
{
    for (size_t i = 0; i < slab->used; i++) {
        VALGRIND_STACK_DEREGISTER(slab->stacks[i].valgrind_id);
#ifdef AS_ASAN
        __lsan_unregister_root_region(slab->stacks[i].base, slab->stacks[i].size);
#endif
#ifdef AS_TSAN
        __tsan_destroy_fiber(slab->stacks[i].tsan_fiber);
#endif
    }
    munmap(slab->low, slab->bytes);
    free(slab);
}

void as__stack_pool_destroy(struct as__stack_pool *pool)
{
    while (pool->slabs) {
        struct as__slab *slab = pool->slabs;
        pool->slabs = slab->next;
        slab_free(slab);
    }
    pool->free = NULL;
    pool->free_count = 0;
}

struct as__stack *as__stack_acquire(struct as__stack_pool *pool)
{
    struct as__stack *stack = pool->free;

    if (!stack)
        return stack_new(pool);
    pool->free = stack->next;
    pool->free_count--;
    return stack;
}

void as__stack_release(struct as__stack_pool *pool, struct as__stack *stack)
{
    /* Tras un pico de tareas, lo que sobra devuelve su memoria y guarda su sitio. */
    if (pool->free_count >= MAX_WARM)
        madvise(stack->base, stack->size, MADV_DONTNEED);
#ifdef AS_ASAN
    /* La marca de «variable fuera de ámbito» sobrevive en la pila: hay que borrarla. */
    ASAN_UNPOISON_MEMORY_REGION(stack->base, stack->size);
#endif
    stack->next = pool->free;
    pool->free = stack;
    pool->free_count++;
}

/* ---- El aviso de desbordamiento ----------------------------------------------------- */

enum { ALT_BYTES = 64 * 1024 };

struct as__overflow_trap {
    as__running_stack_fn *running;
    stack_t previous_alt;
    void *alt;
};

static _Thread_local struct as__overflow_trap *this_thread;

/* El manejador es del proceso entero; los bucles, uno por hilo. */
static pthread_mutex_t users_lock = PTHREAD_MUTEX_INITIALIZER;
static int users;
static struct sigaction previous_action;

static void write_text(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static void write_number(size_t number)
{
    char digits[24], *p = digits + sizeof digits - 1;

    *p = '\0';
    do
        *--p = (char)('0' + number % 10);
    while (number /= 10);
    write_text(p);
}

/* Dentro de una señal solo puede llamarse a write y poco más. */
static void on_segv(int signum, siginfo_t *info, void *context)
{
    (void)context;
    const char *name = NULL;
    const struct as__stack *stack = this_thread ? this_thread->running(&name) : NULL;
    const char *address = info->si_addr;

    if (stack && address >= stack->base - stack->guard && address < stack->base) {
        write_text("asinc: la tarea «");
        write_text(name);
        write_text("» desbordó su pila de ");
        write_number(stack->size / 1024);
        write_text(
            " KiB.\nPasa las variables grandes a malloc, revisa la recursión o pide "
            "más pila con as_options.stack_size.\n");
    }
    /* Al volver, la instrucción se repite y la señal sigue su curso anterior. */
    sigaction(signum, &previous_action, NULL);
}

struct as__overflow_trap *as__overflow_trap_install(as__running_stack_fn *running)
{
    struct as__overflow_trap *trap = calloc(1, sizeof *trap);
    if (!trap)
        return NULL;
    trap->running = running;

    sigaltstack(NULL, &trap->previous_alt);
    if (trap->previous_alt.ss_flags & SS_DISABLE) {
        trap->alt = malloc(ALT_BYTES);
        if (!trap->alt) {
            free(trap);
            return NULL;
        }
        stack_t alt = {.ss_sp = trap->alt, .ss_size = ALT_BYTES};
        sigaltstack(&alt, NULL);
    }

    pthread_mutex_lock(&users_lock);
    if (users++ == 0) {
        struct sigaction action = {.sa_sigaction = on_segv,
                                   .sa_flags = SA_SIGINFO | SA_ONSTACK};
        sigemptyset(&action.sa_mask);
        sigaction(SIGSEGV, &action, &previous_action);
    }
    pthread_mutex_unlock(&users_lock);
    this_thread = trap;
    return trap;
}

void as__overflow_trap_remove(struct as__overflow_trap *trap)
{
    struct sigaction now;

    this_thread = NULL;
    pthread_mutex_lock(&users_lock);
    sigaction(SIGSEGV, NULL, &now);
    if (--users == 0 && now.sa_sigaction == on_segv)
        sigaction(SIGSEGV, &previous_action, NULL);
    pthread_mutex_unlock(&users_lock);
    if (trap->alt) {
        sigaltstack(&trap->previous_alt, NULL);
        free(trap->alt);
    }
    free(trap);
}
