/* El interior de una tarea, para los demás archivos de la biblioteca. */
#ifndef ASINC_TASK_INTERNAL_H
#define ASINC_TASK_INTERNAL_H

#include "core/loop_internal.h"
#include "core/wait.h"

enum { AS__NAME_SIZE = 32 };

struct as_task {
    struct as__job resume; /* el trabajo que la hace correr */
    struct as__coro coro;
    as_fn *fn;
    void *arg;
    as_group *group;               /* NULL en la tarea principal */
    struct as__link in_group;      /* en group->tasks, mientras tenga asidero */
    struct as__link in_loop;       /* en loop->tasks, mientras viva */
    as_scope root;                 /* su propio ámbito: el que cancela as_cancel */
    as_scope *scope;               /* el ámbito en que está ahora */
    struct as__link in_scope;      /* en scope->tasks */
    struct as__wait *const *waits; /* NULL si no está esperando */
    size_t wait_count;
    size_t woken_by;
    int wake_status;
    unsigned streak; /* operaciones seguidas sin suspenderse, ver as__checkpoint */
    as_future done;
    int result;
    char *detail;                 /* su última explicación... */
    int detail_error;             /* ...y de qué error es */
    size_t locks;                 /* cuántos cerrojos tiene, ver sync.c */
    void (*ended)(as_task *task); /* se llama cuando termina; NULL: a nadie le importa */
    bool started, exited, detached;
    bool shielded; /* su espera no se deja cancelar */
    bool no_stack; /* no hubo memoria para la suya: nació cancelada */
    bool in_io;    /* espera algo de fuera del programa */
    bool looked;   /* alguien vio cómo terminó */
    char name[AS__NAME_SIZE];

    /* Para observe.h. */
    uint64_t id;
    const void *site; /* dónde se creó */
    uint64_t resumed_ns, parked_ns;
    const char *parked_what;
    bool parked, parked_io;
};

/* Crea una tarea apuntada en `group` (NULL: la principal) sin ponerla en marcha. `site` es
 * la dirección del código que la pidió. */
as_task *as__task_new(as_group *group, const char *name, as_fn *fn, void *arg,
                      const void *site);

/* as_start_soon para quien lo llama en nombre de otro. */
int as__start_soon(as_group *group, const char *name, as_fn *fn, void *arg,
                   const void *site);
void as__task_free(as_task *task);

/* La que abrió su grupo; NULL si no es de ninguno. */
static inline as_task *as__task_parent(const as_task *task)
{
    return task->group ? task->group->owner : NULL;
}

/* Un error de programación del que no se puede seguir: lo explica y aborta. */
void as__misuse(const char *function, const char *why) __attribute__((noreturn));

/* La tarea actual; si no hay, explica el error de quien llamó a `function` y aborta. */
as_task *as__task_required(const char *function);

/* Cumple un futuro con un estado cualquiera, también positivo. */
int as__future_set_status(as_future *future, int status);

/* Espera con `wait`, ya preparada, a que se cumpla. Cancelada, no vuelve a tocar el futuro:
 * puede haber muerto. */
static inline int as__future_join(as_future *future, struct as__wait *wait)
{
    as__list_append(&future->waiters, &wait->link);
    int rc = as__suspend_one(wait);
    if (rc == 0)
        future->woken--;
    return rc;
}

/* Cumplido, si alguien tiene aún que mirarlo: una tarea recién despertada o un callback. */
bool as__future_in_use(const as_future *future);

/* Guarda la explicación con que terminó la tarea principal, para quien llamó a as_run. */
void as__detail_keep(int error, const char *detail);

/* Olvida la explicación que la tarea actual tenga de `error`, si tiene alguna. */
void as__detail_forget(int error);

/*
 * Todo error que nace sin palabras propias pasa por aquí: olvida la explicación que la tarea
 * tuviera de otro anterior con el mismo código, y lo devuelve. Lo que no es un error pasa igual.
 */
static inline int as__error(int rc)
{
    if (rc < 0)
        as__detail_forget(rc);
    return rc;
}

/* Pasa la explicación de un error a la tarea actual. Con NULL olvida la que hubiera: ese
 * error no tiene más palabras que las de as_strerror. */
void as__detail_adopt(int error, const char *detail);

/* La explicación que tiene una tarea de `error`; NULL si ninguna. */
const char *as__task_detail(const as_task *task, int error);

/* La que tiene la tarea actual (fuera del bucle, el último as_run); "" si ninguna. */
const char *as__error_detail(int error);

/* Engancha un ámbito bajo `parent` (puede ser NULL), y lo suelta. */
void as__scope_link(as_scope *scope, as_scope *parent, bool shield);
void as__scope_unlink(as_scope *scope);

/* Cancela un ámbito y lo de dentro sin que conste como decisión suya; con
 * `through_shields`, también lo protegido: el último recurso ante un interbloqueo. */
void as__scope_spread_cancel(as_scope *scope, bool through_shields);

/* Detiene el plazo de un ámbito y devuelve cuánto le quedaba, en ns (0: no tenía, o ya venció); y
 * lo pone otra vez en marcha. */
uint64_t as__scope_pause(as_scope *scope);
void as__scope_resume(as_scope *scope, uint64_t left_ns);

/* ¿Le quedan a la tarea actual más de `ms` hasta que venza el plazo de alguno de sus ámbitos? */
bool as__scope_allows(int64_t ms);

/* La tarea de un grupo terminó: apunta su error y avisa a quien lo cierra. */
void as__group_child_done(as_group *group, as_task *task);

#endif
