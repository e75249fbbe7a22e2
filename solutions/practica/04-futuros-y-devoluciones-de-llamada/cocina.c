/*
 * 4 · Construir · 15 minutos
 * Un puente: de una función con callback a una que suspende.
 *
 * `cafetera` es de otra biblioteca: vuelve enseguida y, más tarde, llama a
 * `listo(tazas, dato)`; si no queda café, llama con un número negativo. Escribe
 * `hacer_cafe`, que suspende hasta entonces y devuelve las tazas, o UV_EIO si no
 * quedaba café. Usa un futuro; el número cabe en una variable tuya.
 *
 * Si cancelan a quien espera, nadie debe llamar después a tu función:
 * as_timer_cancel(&pedido.reloj) quita el pedido.
 */
#include <asinc/asinc.h>
#include <stdio.h>

struct pedido {
    as_timer reloj;
    int tazas;
    void (*listo)(int tazas, void *dato);
    void *dato;
};

static void pita(void *arg)
{
    struct pedido *p = arg;

    p->listo(p->tazas <= 4 ? p->tazas : -1, p->dato);
}

static void cafetera(struct pedido *p, int tazas, void (*listo)(int, void *), void *dato)
{
    *p = (struct pedido){.tazas = tazas, .listo = listo, .dato = dato};
    as_call_later(&p->reloj, 3000, pita, p);
}

struct espera {
    as_future listo;
    int tazas;
};

static void anotar(int tazas, void *dato)
{
    struct espera *e = dato;

    e->tazas = tazas;
    as_future_set_result(&e->listo, NULL);
}

static int hacer_cafe(int tazas)
{
    struct pedido pedido;
    struct espera espera;

    as_future_init(&espera.listo);
    cafetera(&pedido, tazas, anotar, &espera);
    int rc = as_future_wait(&espera.listo, NULL);
    if (rc < 0) {
        as_timer_cancel(&pedido.reloj);
        return rc;
    }
    return espera.tazas < 0 ? UV_EIO : espera.tazas;
}

static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();

    printf("%d tazas a los ", hacer_cafe(2));
    printf("%d s\n", (int)(as_now() - inicio) / 1000);
    printf("diez tazas: %s\n", as_error_text(hacer_cafe(10)));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
