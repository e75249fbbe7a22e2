#include <stdio.h>
#include <ucontext.h>

enum { MESAS = 2 };

struct corrutina {
    ucontext_t contexto; /* por dónde iba: sus registros */
    const char *nombre;
    int platos, terminada;
    _Alignas(16) char pila[64 * 1024];
};

static ucontext_t bucle; /* por dónde iba el bucle */
static struct corrutina *actual;

static void suspender(void)
{
    swapcontext(&actual->contexto, &bucle);
}

static void reanudar(struct corrutina *c)
{
    actual = c;
    swapcontext(&bucle, &c->contexto);
}

static void atender_mesa(void)
{
    for (int i = 1; i <= actual->platos; i++) {
        printf("%s: plato %d a la cocina\n", actual->nombre, i);
        suspender();
        printf("%s: plato %d servido\n", actual->nombre, i);
    }
    actual->terminada = 1;
}

static void preparar(struct corrutina *c)
{
    getcontext(&c->contexto);
    c->contexto.uc_stack.ss_sp = c->pila;
    c->contexto.uc_stack.ss_size = sizeof c->pila;
    c->contexto.uc_link = &bucle; /* adónde ir al terminar */
    makecontext(&c->contexto, atender_mesa, 0);
}

int main(void)
{
    static struct corrutina mesas[MESAS] = {
        {.nombre = "Mesa 1", .platos = 2},
        {.nombre = "Mesa 2", .platos = 1},
    };
    for (int i = 0; i < MESAS; i++)
        preparar(&mesas[i]);
    for (int vivas = MESAS, i = 0; vivas > 0; i = (i + 1) % MESAS) {
        if (mesas[i].terminada)
            continue;
        reanudar(&mesas[i]);
        vivas -= mesas[i].terminada;
    }
}
