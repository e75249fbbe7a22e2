/*
 * ¿Descansa el programa mientras no tiene nada que hacer?
 */
#include "harness/internal.h"

enum { LOOKS = 9, TRIES = 3 };

static int never(void *unused)
{
    (void)unused;
    return 0;
}

/*
 * El procesador gastado engaña en los dos sentidos. Con la máquina cargada, quien no para
 * apenas lo consigue: si gasta algo sin llegar a lo inadmisible, se le mira más rato. Y una
 * máquina virtual a la que le quitan el suyo se lo apunta a quien estuviera en marcha: quien
 * se pasa tiene que pasarse siempre que se le mira. A quien espera no le afecta, y por eso `ms`
 * no se alarga en una máquina lenta: a quien hay que mirar más rato se le ve.
 */
void hs_expect_rest(struct hs_program *p, int ms)
{
    int64_t spent, most;
    double lasted;
    int tries = 0;
    do {
        double since = hs_now();
        int64_t before = hs_usage(p).cpu_ms;
        int looks = 0;
        do {
            hs__lock();
            hs__wait(never, NULL, (int)(ms / hs__factor()));
            hs__unlock();
            spent = hs_usage(p).cpu_ms - before;
            lasted = hs_now() - since;
            most = 30 + (int64_t)(lasted / 50);
        } while (spent > most / 4 && spent <= most && ++looks < LOOKS);
    } while (spent > most && ++tries < TRIES);
    hs_step("En %.0f ms ha gastado %lld ms de procesador", lasted, (long long)spent);
    hs_expect_at_most(
        hs_format(
            "el procesador gastado en %.0f ms de espera, en milisegundos,: ¿pregunta "
            "sin parar en vez de dormir hasta que haya algo?",
            lasted),
        most, spent);
}
