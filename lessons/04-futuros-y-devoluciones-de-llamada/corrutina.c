/* Una corrutina en sesenta líneas, sin asinc. */
#include <stdio.h>
#include <ucontext.h>

enum { MESAS = 2 };

/* [estructura] */
struct corrutina {
    ucontext_t registros; /* por dónde iba */
    const char *nombre;
    int platos, terminada;
    char pila[64 * 1024];
};

static ucontext_t bucle; /* por dónde iba el bucle */
static struct corrutina *actual;
/* [/estructura] */

/* [saltos] */
static void suspender(void)
{
    swapcontext(&actual->registros, &bucle);
}

static void reanudar(struct corrutina *c)
{
    actual = c;
    swapcontext(&bucle, &c->registros);
}
/* [/saltos] */

/* [mesa] */
static void atender_mesa(void)
{
    for (int i = 1; i <= actual->platos; i++) {
        printf("%s: plato %d a la cocina\n", actual->nombre, i);
        suspender();
        printf("%s: plato %d servido\n", actual->nombre, i);
    }
    actual->terminada = 1;
}
/* [/mesa] */

/* [preparar] */
static void preparar(struct corrutina *c)
{
    getcontext(&c->registros);
    c->registros.uc_stack.ss_sp = c->pila;
    c->registros.uc_stack.ss_size = sizeof c->pila;
    c->registros.uc_link = &bucle; /* adónde ir al terminar */
    makecontext(&c->registros, atender_mesa, 0);
}
/* [/preparar] */

/* [turnos] */
int main(void)
{
    static struct corrutina mesas[MESAS] = {
        {.nombre = "mesa 1", .platos = 2},
        {.nombre = "mesa 2", .platos = 1},
    };
    int vivas = MESAS;

    for (int i = 0; i < MESAS; i++)
        preparar(&mesas[i]);
    while (vivas > 0) {
        for (int i = 0; i < MESAS; i++) {
            if (mesas[i].terminada)
                continue;
            reanudar(&mesas[i]);
            if (mesas[i].terminada)
                vivas--;
        }
    }
    return 0;
}
/* [/turnos] */
