/* esperas.c: quien espera se entera de lo que pasa mientras mira a otra parte. */
#include "harness/internal.h"
#include <criterion/criterion.h>

HS_SUITE(esperas)

/* Quien participa y, justo cuando se le mide, hace lo que se espera. */
struct medido {
    struct hs__part part;
    bool llego;
};

static int64_t llega_al_medirlo(struct hs__part *part)
{
    struct medido *m = (struct medido *)part;
    hs__lock();
    m->llego = true;
    hs__notify();
    hs__unlock();
    return 0;
}

static const char *nada_que_parar(struct hs__part *part)
{
    (void)part;
    return NULL;
}

static int ha_llegado(void *arg)
{
    return ((struct medido *)arg)->llego;
}

HS_TEST(esperas, lo_que_pasa_al_medir_no_se_pierde)
{
    enum { VECES = 20 };
    static struct medido m = {
        .part = {.spent = llega_al_medirlo, .stop = nada_que_parar}};
    hs__join(&m.part);
    double inicio = hs_now();
    for (int i = 0; i < VECES; i++) {
        hs__lock();
        m.llego = false;
        int llego = hs__wait(ha_llegado, &m, 5000);
        hs__unlock();
        hs_expect(llego == 1, "llegó");
    }
    /* Quien se pierde un aviso no vuelve a mirar hasta la próxima vez. */
    double ms = hs_now() - inicio;
    hs_expect(ms < VECES * HS__IDLE_LOOK_MS / 2.0, "%d esperas tardaron %.0f ms", VECES,
              ms);
}
