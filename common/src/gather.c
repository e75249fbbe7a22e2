#include <stdlib.h>

#include "task_internal.h"

/* Una llamada en curso y la casilla que espera su resultado. */
struct slot {
    as_call call;
    int *status;
};

static int run_slot(void *arg)
{
    struct slot *slot = arg;

    int rc = slot->call.fn(slot->call.arg);
    if (!slot->status)
        return rc;
    *slot->status = rc;
    return rc == UV_ECANCELED ? rc : 0; /* el error ya está donde lo van a mirar */
}

static int count_failures(const int *status, size_t n)
{
    int failures = 0;

    for (size_t i = 0; i < n; i++)
        failures += status[i] < 0;
    return failures;
}

/* Adopta `slots`. */
static int gather_slots(struct slot *slots, size_t n, int *status, const void *site)
{
    as_group group;
    int spawned = 0;

    as_group_enter(&group, 0);
    for (size_t i = 0; i < n && spawned == 0; i++)
        spawned = as__start_soon(&group, slots[i].call.name, run_slot, &slots[i], site);
    int rc = as_group_leave(&group, spawned);
    free(slots);

    if (spawned < 0)
        return spawned;
    if (!status)
        return rc;
    if (group.child_cancelled && as_cancelled())
        return UV_ECANCELED;
    return count_failures(status, n);
}

static struct slot *new_slots(size_t n, int *status)
{
    struct slot *slots = calloc(n ? n : 1, sizeof *slots);

    for (size_t i = 0; slots && status && i < n; i++) {
        status[i] = UV_ECANCELED;
        slots[i].status = &status[i];
    }
    return slots;
}

int as_gather(const as_call *calls, size_t n, int *status)
{
    as__task_required("as_gather");

    struct slot *slots = new_slots(n, status);
    if (!slots)
        return UV_ENOMEM;
    for (size_t i = 0; i < n; i++)
        slots[i].call = calls[i];
    return gather_slots(slots, n, status, __builtin_return_address(0));
}

int as_gather_each(as_fn *fn, void *items, size_t n, size_t size, int *status)
{
    as__task_required("as_gather_each");

    struct slot *slots = new_slots(n, status);
    if (!slots)
        return UV_ENOMEM;
    for (size_t i = 0; i < n; i++)
        slots[i].call = (as_call){.fn = fn, .arg = (char *)items + i * size};
    return gather_slots(slots, n, status, __builtin_return_address(0));
}
