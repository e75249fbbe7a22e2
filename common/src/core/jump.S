/*
 * El salto de una pila a otra, ver coro.c:
 *
 *     void as__jump(void **save_sp, void *to_sp);
 *
 * Guarda en la pila lo que la convención de llamada obliga a conservar, apunta en *save_sp
 * dónde quedó, y recupera lo mismo de la otra pila. La primera vez que se salta a una corrutina
 * se llega a as__first_jump, con los registros que dejó prepare().
 *
 * Está en un archivo de ensamblador, y no dentro de coro.c, para no prometer nada: al compilar C
 * con -fcf-protection, como hacen Ubuntu y Fedora, cada objeto declara que admite la pila de
 * sombra de Intel CET, y estos saltos no la admiten. Este no lo declara, y con que uno calle el
 * sistema ya no se la pone al programa.
 */

#if defined(__x86_64__)

/* rbx, rbp, r12-r15 y los modos de coma flotante son de quien llama (System V AMD64). */
        .text
        .globl  as__jump
        .hidden as__jump
        .type   as__jump, @function
        .p2align 4
as__jump:
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        subq    $8, %rsp
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp
        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        addq    $8, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        /* Con ret, el procesador esperaría volver a quien llamó y fallaría cada vez. */
        popq    %rcx
        jmpq    *%rcx
        .size   as__jump, . - as__jump

        .globl  as__first_jump
        .hidden as__first_jump
        .type   as__first_jump, @function
as__first_jump:
        .cfi_startproc
        .cfi_undefined rip      /* aquí acaban las trazas de pila */
        movq    %r12, %rdi
        callq   *%r13
        ud2
        .cfi_endproc
        .size   as__first_jump, . - as__first_jump

#elif defined(__aarch64__)

/* x19-x30, d8-d15 y los modos de coma flotante son de quien llama (AAPCS64). */
        .text
        .globl  as__jump
        .hidden as__jump
        .type   as__jump, %function
        .p2align 4
as__jump:
        sub     sp, sp, #176
        stp     x19, x20, [sp, #0]
        stp     x21, x22, [sp, #16]
        stp     x23, x24, [sp, #32]
        stp     x25, x26, [sp, #48]
        stp     x27, x28, [sp, #64]
        stp     x29, x30, [sp, #80]
        stp     d8, d9, [sp, #96]
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]
        mrs     x9, fpcr
        str     x9, [sp, #160]
        mov     x9, sp
        str     x9, [x0]
        mov     sp, x1
        ldr     x9, [sp, #160]
        msr     fpcr, x9
        ldp     x19, x20, [sp, #0]
        ldp     x21, x22, [sp, #16]
        ldp     x23, x24, [sp, #32]
        ldp     x25, x26, [sp, #48]
        ldp     x27, x28, [sp, #64]
        ldp     x29, x30, [sp, #80]
        ldp     d8, d9, [sp, #96]
        ldp     d10, d11, [sp, #112]
        ldp     d12, d13, [sp, #128]
        ldp     d14, d15, [sp, #144]
        add     sp, sp, #176
        ret
        .size   as__jump, . - as__jump

        .globl  as__first_jump
        .hidden as__first_jump
        .type   as__first_jump, %function
as__first_jump:
        .cfi_startproc
        .cfi_undefined x30      /* aquí acaban las trazas de pila */
        mov     x0, x19
        blr     x20
        brk     #1
        .cfi_endproc
        .size   as__first_jump, . - as__first_jump

#endif

        .section .note.GNU-stack, "", %progbits /* sin pila ejecutable */
