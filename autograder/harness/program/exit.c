/* exit.c: esperar a que un programa acabe, y decir cómo acabó. */
#include "harness/program/program.h"

const char *hs_exit_words(struct hs_exit end)
{
    if (end.asan)
        return "lo paró el detector de errores de memoria";
    if (end.exited)
        return hs_format("salió con código %d", end.code);
    if (end.limit)
        return hs_format("la caja lo mató: pasó su límite de %s", end.limit);
    if (end.signal && end.crowded)
        return hs_format("llegó al máximo de %ld hilos y procesos, no pudo crear otro y "
                         "murió por %s",
                         box_limits_default().processes, hs__signal_words(end.signal));
    if (end.signal)
        return hs_format("murió por %s", hs__signal_words(end.signal));
    return "lo paró el corrector";
}

static int end_check(void *arg)
{
    struct hs_program *p = arg;
    hs__check_health(p);
    return p->ended && p->output[HS_OUT].fd < 0 && p->output[HS_ERR].fd < 0;
}

struct hs_exit hs_wait_exit(struct hs_program *p, int ms)
{
    hs__checked();
    hs__lock();
    if (!hs__wait(end_check, p, ms))
        hs__fail_waiting(ms, "el programa debía terminar%s y sigue en marcha",
                         p->signalled >= 0 ? " tras la señal" : "");
    struct hs_exit end = p->end;
    hs__unlock();
    hs_step("El programa %s", hs_exit_words(end));
    return end;
}

struct hs_exit hs_expect_exit(struct hs_program *p, int code, int ms)
{
    struct hs_exit end = hs_wait_exit(p, ms);
    if (!end.exited || end.asan || end.code != code)
        hs_fail("el programa debía salir con código %d y %s", code, hs_exit_words(end));
    return end;
}
