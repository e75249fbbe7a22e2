#include "core/coro.h"

#include <stdlib.h>

#include "core/sanitizer.h"

/*
 * Dos formas de saltar. La de ensamblador (jump.S) cuesta unos 10 ns; ucontext, unos 250,
 * porque glibc guarda la máscara de señales con una llamada al sistema. ucontext queda para
 * otros procesadores y para probar que no dependemos del ensamblador (-DAS_UCONTEXT).
 */
#if !defined(AS_UCONTEXT) && !defined(__x86_64__) && !defined(__aarch64__)
#define AS_UCONTEXT
#endif

#ifdef AS_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef AS_TSAN
#include <sanitizer/tsan_interface.h>
#include <signal.h>
#include <time.h>
#endif

/* Las funciones que cruzan de una pila a otra no pueden tener variables vigiladas: ASan
 * ya ha soltado la pila falsa de quien se va cuando todavía corren. */
#define AS_CROSSING                                                                      \
    __attribute__((no_sanitize("address", "thread", "undefined"), noinline))

/* ---- El salto ----------------------------------------------------------------------- */

#ifdef AS_UCONTEXT

#include <ucontext.h>

static void jump(struct as__coro *from, struct as__coro *to)
{
    swapcontext(from->sp, to->sp);
}

static void first_step(unsigned high, unsigned low);

static void prepare(struct as__coro *co)
{
    /* makecontext solo pasa enteros: el puntero viaja partido en dos. */
    uintptr_t address = (uintptr_t)co;
    ucontext_t *context = co->sp;

    getcontext(context);
    context->uc_stack.ss_sp = co->stack->base;
    context->uc_stack.ss_size = co->stack->size - sizeof *context;
    context->uc_link = NULL;
    makecontext(context, (void (*)(void))first_step, 2, (unsigned)(address >> 32),
                (unsigned)address);
}

#else

/* En jump.S. */
void as__jump(void **save_sp, void *to_sp);
void as__first_jump(void);

/* Dónde deja as__jump cada cosa, en palabras desde la cima. */
#if defined(__x86_64__)
enum { FRAME = 9, SLOT_FLOAT = 0, SLOT_ARG = 4, SLOT_FN = 3, SLOT_RETURN = 7 };

static uintptr_t float_modes(void)
{
    uint32_t mxcsr;
    uint16_t control;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(control));
    return mxcsr | (uintptr_t)control << 32;
}

#else
enum { FRAME = 22, SLOT_FLOAT = 20, SLOT_ARG = 0, SLOT_FN = 1, SLOT_RETURN = 11 };

static uintptr_t float_modes(void)
{
    uintptr_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return fpcr;
}
#endif

static void jump(struct as__coro *from, struct as__coro *to)
{
    as__jump(&from->sp, to->sp);
}

static void first_step(struct as__coro *co);

/* Deja la pila como si la corrutina se hubiera parado justo antes de empezar. */
static void prepare(struct as__coro *co)
{
    uintptr_t top = ((uintptr_t)co->stack->base + co->stack->size) & ~(uintptr_t)15;
    uintptr_t *frame = (uintptr_t *)top - FRAME - (FRAME & 1);

    for (int i = 0; i < FRAME; i++)
        frame[i] = 0;
    frame[SLOT_FLOAT] = float_modes();
    frame[SLOT_ARG] = (uintptr_t)co;
    frame[SLOT_FN] = (uintptr_t)first_step;
    frame[SLOT_RETURN] = (uintptr_t)as__first_jump;
    co->sp = frame;
}

#endif

/* ---- Los avisos a las herramientas -------------------------------------------------- */

#ifdef AS_TSAN
/* TSan guarda cada señal para la corrutina en que llegó, y se la entrega en la próxima llamada
 * que vigila, como time(). Si entre una y otra se saltara a otra corrutina, se perdería. */
static _Thread_local sigset_t signals_before;

AS_CROSSING static void hold_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &signals_before);
    (void)time(NULL);
}
#endif

AS_CROSSING static void before_switch(struct as__coro *from, struct as__coro *to,
                                      bool last)
{
    (void)from, (void)to, (void)last;
#ifdef AS_ASAN
    /* NULL al irse para siempre: ASan libera la pila falsa de `from`. */
    __sanitizer_start_switch_fiber(last ? NULL : &from->asan_fake_stack, to->asan_bottom,
                                   to->asan_size);
#endif
#ifdef AS_TSAN
    hold_signals();
    __tsan_switch_to_fiber(to->tsan_fiber, 0);
#endif
}

AS_CROSSING static void after_switch(struct as__coro *self)
{
    (void)self;
#ifdef AS_TSAN
    pthread_sigmask(SIG_SETMASK, &signals_before, NULL);
#endif
#ifdef AS_ASAN
    const void *bottom;
    size_t size;
    __sanitizer_finish_switch_fiber(self->asan_fake_stack, &bottom, &size);
    /* La primera llegada desde el hilo revela dónde está su pila. */
    if (self->back && !self->back->stack) {
        self->back->asan_bottom = bottom;
        self->back->asan_size = size;
    }
#endif
}

/* ---- La interfaz -------------------------------------------------------------------- */

void as__coro_init_thread(struct as__coro *self)
{
    *self = (struct as__coro){0};
#ifdef AS_UCONTEXT
    static _Thread_local ucontext_t context;
    self->sp = &context;
#endif
#ifdef AS_TSAN
    self->tsan_fiber = __tsan_get_current_fiber();
#endif
}

void as__coro_init(struct as__coro *co, struct as__stack *stack, void (*entry)(void *),
                   void *arg)
{
    *co = (struct as__coro){.stack = stack, .entry = entry, .arg = arg};
    co->asan_bottom = stack->base;
    co->asan_size = stack->size;
    co->tsan_fiber = stack->tsan_fiber;
#ifdef AS_UCONTEXT
    co->sp = stack->base + stack->size - sizeof(ucontext_t);
#endif
    prepare(co);
}

AS_CROSSING void as__coro_switch(struct as__coro *from, struct as__coro *to)
{
    to->back = from;
    before_switch(from, to, false);
    jump(from, to);
    after_switch(from);
}

AS_CROSSING __attribute__((noreturn)) static void leave(struct as__coro *self)
{
    before_switch(self, self->back, true);
    jump(self, self->back);
    abort(); /* nadie vuelve a una corrutina terminada */
}

#ifdef AS_UCONTEXT
AS_CROSSING static void first_step(unsigned high, unsigned low)
{
    struct as__coro *co = (struct as__coro *)((uintptr_t)high << 32 | low);
#else
AS_CROSSING static void first_step(struct as__coro *co)
{
#endif
    after_switch(co);
    co->entry(co->arg);
    leave(co);
}
