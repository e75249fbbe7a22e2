/* Una corrutina que da un número cada vez que se la reanuda. */
#include <stdio.h>
#include <ucontext.h>

static ucontext_t fuera, dentro;
static char pila[64 * 1024];
static int valor;

static void contar(void)
{
    int paso = 1;

    for (;;) {
        valor += paso;
        paso *= 2;
        swapcontext(&dentro, &fuera);
        puts("otra vez");
    }
}

int main(void)
{
    getcontext(&dentro);
    dentro.uc_stack.ss_sp = pila;
    dentro.uc_stack.ss_size = sizeof pila;
    makecontext(&dentro, contar, 0);
    for (int i = 0; i < 3; i++) {
        swapcontext(&fuera, &dentro);
        printf("van %d\n", valor);
    }
    return 0;
}
