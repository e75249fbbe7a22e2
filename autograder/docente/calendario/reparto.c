/* Qué va cada semana. */
#include "base/memory.h"
#include "docente/calendario/plan.h"

#include <limits.h>
#include <stdlib.h>

enum {
    LONG_COURSE = 10
}; /* semanas desde las que se respira: la última no trae capítulo */

/* Pone detrás de los ya puestos los que pide `needs`, o todos; cuántos van puestos. */
static size_t take(struct plan_chapter *out, size_t n, struct plan *plan,
                   const bool *needs)
{
    for (size_t i = 0; i < plan->n_chapters; i++) {
        struct plan_chapter *c = &plan->chapters[i];
        if (!c->title || (needs && !needs[c->number]))
            continue;
        out[n++] = *c;
        c->title = NULL;
    }
    return n;
}

static void sort_chapters(struct plan *plan)
{
    struct plan_chapter *out = ag_alloc(plan->n_chapters, sizeof *out);
    size_t n = 0;
    for (size_t i = 0; i < plan->n_labs; i++)
        n = take(out, n, plan, plan->labs[i].needs);
    take(out, n, plan, NULL);
    free(plan->chapters);
    plan->chapters = out;
}

/* Parte los capítulos en `groups` tramos seguidos de modo que la suma de los cuadrados de sus minutos
 * sea mínima: es lo que los deja más parejos. best[g][i] es la de los `i` primeros en `g` tramos, y
 * from[g][i], dónde empieza el último. */
static void partition(struct plan *plan, size_t groups)
{
    size_t n = plan->n_chapters, width = n + 1;
    long long *best = ag_alloc((groups + 1) * width, sizeof *best);
    size_t *from = ag_alloc((groups + 1) * width, sizeof *from);
    for (size_t i = 0; i < (groups + 1) * width; i++)
        best[i] = LLONG_MAX;
    best[0] = 0;
    for (size_t g = 1; g <= groups; g++)
        for (size_t i = g; i <= n; i++) {
            long long minutes = 0;
            for (size_t k = i; k-- >= g;) {
                minutes += plan->chapters[k].read + plan->chapters[k].practice;
                long long before = best[(g - 1) * width + k];
                if (before != LLONG_MAX &&
                    before + minutes * minutes < best[g * width + i]) {
                    best[g * width + i] = before + minutes * minutes;
                    from[g * width + i] = k;
                }
            }
        }
    for (size_t g = groups, end = n; g > 0; g--) {
        size_t start = from[g * width + end];
        for (size_t i = start; i < end; i++)
            plan->chapters[i].week = (int)g;
        end = start;
    }
    free(best);
    free(from);
}

int plan_week_of(const struct plan *plan, int number)
{
    for (size_t i = 0; i < plan->n_chapters; i++)
        if (plan->chapters[i].number == number)
            return plan->chapters[i].week;
    return 0;
}

/* Se abre cuando se ha dado el último capítulo que pide, y hay una o dos semanas para hacerlo; dos no
 * se entregan la misma semana si caben. */
static void place_labs(struct plan *plan)
{
    int time = plan->weeks >= LONG_COURSE ? 2 : 1, last = 0;
    for (size_t i = 0; i < plan->n_labs; i++) {
        struct plan_lab *l = &plan->labs[i];
        for (int n = 0; n <= PLAN_MAX_CHAPTER; n++)
            if (l->needs[n] && plan_week_of(plan, n) > l->opens)
                l->opens = plan_week_of(plan, n);
        l->due = l->opens + time > last ? l->opens + time : last + 1;
        if (l->due == last)
            l->due++;
        if (l->due > plan->weeks)
            l->due = plan->weeks;
        last = l->due;
    }
}

void plan_share(struct plan *plan, int weeks)
{
    size_t groups = (size_t)(weeks >= LONG_COURSE ? weeks - 1 : weeks);
    plan->weeks = weeks;
    sort_chapters(plan);
    partition(plan, groups < plan->n_chapters ? groups : plan->n_chapters);
    place_labs(plan);
}
