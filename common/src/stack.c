#include "stack.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(low, high) 0
#define VALGRIND_STACK_DEREGISTER(id)      ((void)(id))
#endif

#if defined(__SANITIZE_ADDRESS__)
#define AS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AS_ASAN 1
#endif
#endif
#ifdef AS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif

/* La guarda es generosa porque no cuesta memoria: solo una entrada en el mapa del
 * proceso. Con -fstack-clash-protection ningún marco salta por encima de ella. */
enum { GUARD_BYTES = 64 * 1024, MAX_FREE = 1024 };

void as__stack_pool_init(struct as__stack_pool *pool, size_t stack_size, bool guard)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    *pool = (struct as__stack_pool){
        .stack_size = (stack_size + page - 1) / page * page,
        .guard = guard,
    };
}

static struct as__stack *stack_map(size_t size, size_t guard)
{
    char *low = mmap(NULL, guard + size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (low == MAP_FAILED)
        return NULL;
    if (guard && mprotect(low, guard, PROT_NONE) != 0) {
        munmap(low, guard + size);
        return NULL;
    }

    /* La ficha de la pila ocupa su parte más alta: no hace falta otro malloc. */
    char *high = low + guard + size;
    struct as__stack *stack = (struct as__stack *)(high - sizeof *stack);
    stack->base = low + guard;
    stack->size = size - sizeof *stack;
    stack->guard = guard;
    stack->valgrind_id = VALGRIND_STACK_REGISTER(stack->base, stack->base + stack->size);
#ifdef AS_ASAN
    /* Sin esto LeakSanitizer no ve los punteros de una corrutina parada. */
    __lsan_register_root_region(stack->base, size);
#endif
    return stack;
}

static void stack_unmap(struct as__stack *stack)
{
    char *low = stack->base - stack->guard;
    size_t size = stack->size + sizeof *stack;

    VALGRIND_STACK_DEREGISTER(stack->valgrind_id);
#ifdef AS_ASAN
    __lsan_unregister_root_region(stack->base, size);
#endif
    munmap(low, size + stack->guard);
}

void as__stack_pool_destroy(struct as__stack_pool *pool)
{
    while (pool->free) {
        struct as__stack *stack = pool->free;
        pool->free = stack->next;
        stack_unmap(stack);
    }
    pool->free_count = 0;
}

struct as__stack *as__stack_acquire(struct as__stack_pool *pool)
{
    struct as__stack *stack = pool->free;

    if (!stack)
        return stack_map(pool->stack_size, pool->guard ? GUARD_BYTES : 0);
    pool->free = stack->next;
    pool->free_count--;
    return stack;
}

void as__stack_release(struct as__stack_pool *pool, struct as__stack *stack)
{
    if (pool->free_count >= MAX_FREE) {
        stack_unmap(stack);
        return;
    }
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
        write_number((stack->size + sizeof *stack) / 1024);
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
    this_thread = NULL;
    pthread_mutex_lock(&users_lock);
    if (--users == 0)
        sigaction(SIGSEGV, &previous_action, NULL);
    pthread_mutex_unlock(&users_lock);
    if (trap->alt) {
        sigaltstack(&trap->previous_alt, NULL);
        free(trap->alt);
    }
    free(trap);
}
