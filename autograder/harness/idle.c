/* idle.c: cuándo no va a llegar ya lo que se espera. */
#include "harness/internal.h"

/* Quien no hace nada en todo este rato, o en esta parte del plazo si es más, espera algo que nadie le
 * va a dar. Ninguna prueba cuenta con que el programa se quede más tiempo quieto en una espera. */
#define QUIET_MS   1000
#define QUIET_PART 0.6
/* Menos que esto, en pasos de 10 ms, no es hacer nada. */
#define NOTHING_MS 10
/* Quien gasta esto sin que se vea nada da vueltas: a quien trabaja se le ve. */
#define SPIN_MS 600

static void start(struct hs__idle *idle, double now, int64_t spent)
{
    *idle = (struct hs__idle){.since = now,
                              .worked = now,
                              .looked = now,
                              .spent = spent,
                              .at_start = spent,
                              .events = hs__events(),
                              .started = true};
}

bool hs__hopeless(struct hs__idle *idle, int ms, bool overdue)
{
    double quiet = ms * QUIET_PART > QUIET_MS ? ms * QUIET_PART : QUIET_MS;
    if (idle->started && hs_now() - idle->looked < HS__IDLE_LOOK_MS - 1)
        return false; /* cada aviso despierta, y medir no es gratis */
    hs__unlock();
    int64_t spent = hs__spent();
    hs__lock();
    double now = hs_now();
    /* Si ni este hilo despierta a su hora, que los demás no hagan nada no dice nada de ellos. */
    bool starved = idle->started && now - idle->looked > 5 * HS__IDLE_LOOK_MS;
    idle->looked = now;
    if (!idle->started || spent < 0 || starved || hs__events() != idle->events) {
        start(idle, now, spent);
        return false;
    }
    if (overdue && spent - idle->at_start >= SPIN_MS && now - idle->since >= QUIET_MS)
        return true;
    if (spent - idle->spent > NOTHING_MS) {
        idle->spent = spent;
        idle->worked = now;
    }
    return now - idle->worked >= quiet;
}
