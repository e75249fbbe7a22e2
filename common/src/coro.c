#include "coro.h"

#include <stdlib.h>

#include "sanitizer.h"

/*
 * Dos formas de saltar. La de ensamblador cuesta unos 10 ns; ucontext, unos 250, porque
 * glibc guarda la máscara de señales con una llamada al sistema. ucontext queda para
 * otros procesadores, para probar que no dependemos del ensamblador (-DAS_UCONTEXT) y
 * para cuando la pila de sombra de Intel CET esté activa, que no admite saltos a mano.
 */
#if defined(__CET__) && (__CET__ & 2)
#define AS_UCONTEXT
#endif
#if !defined(AS_UCONTEXT) && !defined(__x86_64__) && !defined(__aarch64__)
#define AS_UCONTEXT
#endif

#ifdef AS_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef AS_TSAN
#include <sanitizer/tsan_interface.h>
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

void as__jump(void **save_sp, void *to_sp);
void as__first_jump(void);

#if defined(__x86_64__)
/* rbx, rbp, r12-r15 y los modos de coma flotante son de quien llama (System V AMD64). */
__asm__(".text\n"
        ".globl as__jump\n"
        ".hidden as__jump\n"
        ".type as__jump, @function\n"
        ".p2align 4\n"
        "as__jump:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    subq $8, %rsp\n"
        "    stmxcsr (%rsp)\n"
        "    fnstcw 4(%rsp)\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    ldmxcsr (%rsp)\n"
        "    fldcw 4(%rsp)\n"
        "    addq $8, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size as__jump, . - as__jump\n"
        ".globl as__first_jump\n"
        ".hidden as__first_jump\n"
        ".type as__first_jump, @function\n"
        "as__first_jump:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined rip\n" /* aquí acaban las trazas de pila */
        "    movq %r12, %rdi\n"
        "    callq *%r13\n"
        "    ud2\n"
        "    .cfi_endproc\n"
        ".size as__first_jump, . - as__first_jump\n");

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
/* x19-x30 y d8-d15 son de quien llama (AAPCS64). */
__asm__(".text\n"
        ".globl as__jump\n"
        ".hidden as__jump\n"
        ".type as__jump, %function\n"
        ".p2align 4\n"
        "as__jump:\n"
        "    sub sp, sp, #176\n"
        "    stp x19, x20, [sp, #0]\n"
        "    stp x21, x22, [sp, #16]\n"
        "    stp x23, x24, [sp, #32]\n"
        "    stp x25, x26, [sp, #48]\n"
        "    stp x27, x28, [sp, #64]\n"
        "    stp x29, x30, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mrs x9, fpcr\n"
        "    str x9, [sp, #160]\n"
        "    mov x9, sp\n"
        "    str x9, [x0]\n"
        "    mov sp, x1\n"
        "    ldr x9, [sp, #160]\n"
        "    msr fpcr, x9\n"
        "    ldp x19, x20, [sp, #0]\n"
        "    ldp x21, x22, [sp, #16]\n"
        "    ldp x23, x24, [sp, #32]\n"
        "    ldp x25, x26, [sp, #48]\n"
        "    ldp x27, x28, [sp, #64]\n"
        "    ldp x29, x30, [sp, #80]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    add sp, sp, #176\n"
        "    ret\n"
        ".size as__jump, . - as__jump\n"
        ".globl as__first_jump\n"
        ".hidden as__first_jump\n"
        ".type as__first_jump, %function\n"
        "as__first_jump:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined x30\n" /* aquí acaban las trazas de pila */
        "    mov x0, x19\n"
        "    blr x20\n"
        "    brk #1\n"
        "    .cfi_endproc\n"
        ".size as__first_jump, . - as__first_jump\n");

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
    __tsan_switch_to_fiber(to->tsan_fiber, 0);
#endif
}

AS_CROSSING static void after_switch(struct as__coro *self)
{
    (void)self;
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
#ifdef AS_TSAN
    co->tsan_fiber = __tsan_create_fiber(0);
#endif
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

AS_CROSSING void as__coro_exit(struct as__coro *from, struct as__coro *to)
{
    to->back = from;
    before_switch(from, to, true);
    jump(from, to);
    abort(); /* nadie vuelve a una corrutina terminada */
}

void as__coro_destroy(struct as__coro *co)
{
    (void)co;
#ifdef AS_TSAN
    if (co->stack && co->tsan_fiber)
        __tsan_destroy_fiber(co->tsan_fiber);
    co->tsan_fiber = NULL;
#endif
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
    abort(); /* entry acaba con as__coro_exit */
}
