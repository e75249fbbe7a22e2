#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/task_internal.h"

struct gather {
    as_group group;
    int first_error; /* de las llamadas, y solo si nadie pidió casillas */
};

/* Una llamada en curso y la casilla que espera su resultado. */
struct slot {
    struct gather *gather;
    as_call call;
    as_outcome *outcome;
};

/* Corta donde empieza un carácter: el texto es UTF-8. */
static void copy_text(char *to, size_t size, const char *text)
{
    size_t n = strlen(text);

    if (n >= size) {
        n = size - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
            n--;
    }
    memcpy(to, text, n);
    to[n] = '\0';
}

static void note(as_outcome *outcome, int rc, const char *text)
{
    outcome->rc = rc;
    copy_text(outcome->text, sizeof outcome->text, text);
}

static int run_slot(void *arg)
{
    struct slot *slot = arg;
    struct gather *gather = slot->gather;

    int rc = slot->call.fn(slot->call.arg);
    if (slot->outcome) {
        note(slot->outcome, rc, rc < 0 ? as_error_text(rc) : "");
        return rc == UV_ECANCELED ? rc : 0; /* el error ya está donde lo van a mirar */
    }
    /* Para un grupo, la tarea cancelada no ha fallado; quien reúne necesita saberlo. */
    if (rc < 0 && gather->first_error == 0) {
        gather->first_error = rc;
        as__scope_spread_cancel(&gather->group.scope, false);
    }
    return rc;
}

static int count_failures(const as_outcome *outcomes, size_t n)
{
    int failures = 0;

    for (size_t i = 0; i < n; i++)
        failures += outcomes[i].rc < 0;
    return failures;
}

/* Adopta `slots`. */
static int gather_slots(struct slot *slots, size_t n, as_outcome *outcomes,
                        const void *site)
{
    struct gather gather = {.first_error = 0};
    int spawned = 0, looked = as__checkpoint();

    if (n == 0) { /* sin llamadas que se enteren de la cancelación, se dice aquí */
        free(slots);
        return looked;
    }

    as_group_enter(&gather.group);
    for (size_t i = 0; i < n && spawned == 0; i++) {
        slots[i].gather = &gather;
        spawned = as__start_soon(&gather.group, slots[i].call.name, run_slot, &slots[i],
                                 site);
    }
    int rc = as_group_leave(&gather.group, spawned);
    free(slots);

    if (spawned < 0)
        return spawned;
    if (gather.first_error == UV_ECANCELED)
        return as__error(UV_ECANCELED); /* al salir del grupo no trae palabras */
    if (gather.first_error < 0)
        return gather.first_error;
    return rc < 0 || !outcomes ? rc : count_failures(outcomes, n);
}

static struct slot *new_slots(size_t n, as_outcome *outcomes)
{
    struct slot *slots = calloc(n ? n : 1, sizeof *slots);

    for (size_t i = 0; slots && outcomes && i < n; i++) {
        note(&outcomes[i], UV_ECANCELED, as_strerror(UV_ECANCELED));
        slots[i].outcome = &outcomes[i];
    }
    return slots;
}

int as_gather(const as_call *calls, size_t n, as_outcome *outcomes)
{
    as__task_required("as_gather");

    struct slot *slots = new_slots(n, outcomes);
    if (!slots)
        return as__error(UV_ENOMEM);
    for (size_t i = 0; i < n; i++)
        slots[i].call = calls[i];
    return gather_slots(slots, n, outcomes, __builtin_return_address(0));
}

int as_gather_each(as_fn *fn, void *items, size_t n, size_t size, as_outcome *outcomes)
{
    as__task_required("as_gather_each");

    struct slot *slots = new_slots(n, outcomes);
    if (!slots)
        return as__error(UV_ENOMEM);
    for (size_t i = 0; i < n; i++)
        slots[i].call = (as_call){.fn = fn, .arg = (char *)items + i * size};
    return gather_slots(slots, n, outcomes, __builtin_return_address(0));
}
