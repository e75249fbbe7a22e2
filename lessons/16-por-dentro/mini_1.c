/* Un planificador que pregunta a todas, a todas horas. */
#include <ucontext.h>

#include "../01-por-que-asincronia/servicios.h"

struct corrutina {
    ucontext_t registros;
    const struct servicio *servicio;
    int terminada;
    _Alignas(16) char pila[64 * 1024];
};

static ucontext_t bucle;
static struct corrutina *actual;

/* [dormir] */
static void dormir(int ms)
{
    double fin = ahora() + ms / 1000.0;

    while (ahora() < fin)
        swapcontext(&actual->registros, &bucle); /* aún no me toca */
}
/* [/dormir] */

static void consultar(void)
{
    dormir(actual->servicio->ms);
    printf("%s: todo bien\n", actual->servicio->nombre);
    actual->terminada = 1;
}

static void preparar(struct corrutina *c, const struct servicio *s)
{
    c->servicio = s;
    getcontext(&c->registros);
    c->registros.uc_stack.ss_sp = c->pila;
    c->registros.uc_stack.ss_size = sizeof c->pila;
    c->registros.uc_link = &bucle;
    makecontext(&c->registros, consultar, 0);
}

/* [turnos] */
static int repartir_turnos(struct corrutina *corrutinas)
{
    int vueltas = 0, vivas = SERVICIOS;

    while (vivas > 0) {
        for (int i = 0; i < SERVICIOS; i++) {
            if (corrutinas[i].terminada)
                continue;
            actual = &corrutinas[i];
            swapcontext(&bucle, &actual->registros);
            if (actual->terminada)
                vivas--;
        }
        vueltas++;
    }
    return vueltas;
}
/* [/turnos] */

int main(void)
{
    static struct corrutina corrutinas[SERVICIOS];
    double inicio = ahora();

    for (int i = 0; i < SERVICIOS; i++)
        preparar(&corrutinas[i], &servicios[i]);
    int vueltas = repartir_turnos(corrutinas);
    double duro = ahora() - inicio;
    double trabajo = (double)clock() / CLOCKS_PER_SEC;
    printf("duró %.1f s; %s de mil vueltas; el procesador, %s\n", duro,
           vueltas > 1000 ? "más" : "menos",
           trabajo > duro / 10 ? "ocupado" : "libre");
    return 0;
}
