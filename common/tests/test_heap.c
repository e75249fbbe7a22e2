#include "prueba.h"

#include "core/heap.h"

TestSuite(heap, .timeout = 60);

enum { N = 2000 };

static void no_suena(struct as__timer *timer)
{
    (void)timer;
}

static bool en_orden(const struct as__timer *a, const struct as__timer *b)
{
    return a->deadline_ns < b->deadline_ns ||
           (a->deadline_ns == b->deadline_ns && a->sequence < b->sequence);
}

PRUEBA(heap, sale_en_orden_aunque_se_quiten_del_medio)
{
    static struct as__timer plazos[N];
    struct as__heap heap = {0};
    size_t quedan = N;

    srand(7);
    for (size_t i = 0; i < N; i++) {
        plazos[i].deadline_ns = (uint64_t)(rand() % 300);
        plazos[i].sequence = i;
        plazos[i].fire = no_suena;
        as__heap_insert(&heap, &plazos[i]);
    }
    for (size_t i = 0; i < N; i += 3) {
        as__heap_remove(&heap, &plazos[i]);
        plazos[i].fire = NULL;
        quedan--;
    }
    const struct as__timer *anterior = NULL;
    while (heap.root) {
        struct as__timer *timer = heap.root;
        cr_assert(as__timer_pending(timer), "salió uno que ya se había quitado");
        cr_assert(!anterior || en_orden(anterior, timer));
        as__heap_remove(&heap, timer);
        anterior = timer;
        quedan--;
    }
    cr_assert_eq(quedan, 0);
}
