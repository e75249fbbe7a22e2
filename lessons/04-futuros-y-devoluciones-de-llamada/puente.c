/* Una biblioteca de callbacks, y la función que la hace suspender. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [horno] */
/* Un horno de callbacks: vuelve enseguida y llama a `listo` después. */
struct hornada {
    as_timer reloj;
    void (*listo)(const char *pan, void *dato);
    void *dato;
};

static void horno_pita(void *arg)
{
    struct hornada *h = arg;

    h->listo("hogaza", h->dato);
}

static void hornear(struct hornada *h,
                    void (*listo)(const char *, void *), void *dato)
{
    h->listo = listo;
    h->dato = dato;
    as_call_later(&h->reloj, 500, horno_pita, h);
}
/* [/horno] */

/* [puente] */
static void cumplir(const char *pan, void *dato)
{
    /* un futuro no guarda const */
    as_future_set_result(dato, (void *)pan);
}

static int pedir_pan(const char **pan)
{
    struct hornada hornada;
    as_future resguardo;
    void *resultado;

    as_future_init(&resguardo);
    hornear(&hornada, cumplir, &resguardo);
    int rc = as_future_wait(&resguardo, &resultado);
    if (rc < 0) {
        as_timer_cancel(&hornada.reloj); /* que no llame a nadie */
        return rc;
    }
    *pan = resultado;
    return 0;
}
/* [/puente] */

static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();
    const char *pan;

    /* [principal] */
    for (int i = 1; i <= 2; i++) {
        int rc = pedir_pan(&pan);
        if (rc < 0)
            return rc;
        printf("%d ms: %s número %d\n", (int)(as_now() - inicio), pan,
               i);
    }
    /* [/principal] */
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
