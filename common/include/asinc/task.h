/*
 * Tareas, grupos y ámbitos.
 *
 * Una tarea es una función que puede suspenderse: cuando espera, cede el hilo a las
 * demás. Toda tarea vive en un grupo, y salir de un grupo espera a todas sus tareas: así
 * ninguna queda huérfana y puedes prestarles variables locales. El primer error cancela
 * a las hermanas.
 *
 * Un ámbito acota lo que ocurre dentro: le pone un plazo, lo cancela o lo protege de una
 * cancelación de fuera. Ninguna función de asinc lleva su propio tiempo límite: se lo da
 * el ámbito en que la llamas.
 *
 * La cancelación es un nivel, no un golpe: en un ámbito cancelado, toda función que
 * suspende devuelve UV_ECANCELED sin hacer nada, hasta que sales de él.
 */
#ifndef ASINC_TASK_H
#define ASINC_TASK_H

#include <asinc/types.h>

/* ---- Ámbitos ------------------------------------------------------------------------ */

#define AS_FOREVER ((int64_t)-1) /* sin plazo */

enum { AS_SHIELD = 1 }; /* el ámbito no hereda las cancelaciones de fuera */

typedef struct as_scope {
    struct as_scope *parent;
    struct as__link sibling;  /* en parent->children */
    struct as__link children; /* ámbitos abiertos dentro de este */
    struct as__link tasks;    /* tareas cuyo ámbito actual es este */
    struct as__timer timer;
    bool shield;
    bool own_cancel; /* lo cancelaron a él */
    bool expired;    /* lo canceló su plazo */
    bool cancelled;  /* cancelado de hecho: por sí mismo o por un ámbito de fuera */
} as_scope;

/*
 * Entra en un ámbito con un plazo de `ms` milisegundos (AS_FOREVER o negativo: sin plazo;
 * 0: ya vencido). `flags`: 0 o AS_SHIELD, para limpiezas que deben terminar aunque
 * cancelen la tarea (dale entonces un plazo). No suspende ni falla. Equivale a
 * asyncio.timeout(...) y, con AS_SHIELD, a asyncio.shield(...).
 */
void as_scope_enter(as_scope *scope, int64_t ms, unsigned flags);

/*
 * Sale del ámbito; cada enter necesita su leave, en orden inverso. `rc` es como acabó lo
 * de dentro, y se devuelve tal cual salvo si es UV_ECANCELED por culpa de este ámbito:
 * UV_ETIMEDOUT si venció su plazo, 0 si llamaste a as_scope_cancel. Si lo de dentro
 * terminó antes de enterarse del plazo, gana su resultado. No suspende.
 */
int as_scope_leave(as_scope *scope, int rc);

/* Cancela lo que ocurre dentro del ámbito. Puede llamarse desde otra tarea o desde un
 * callback. No suspende. */
void as_scope_cancel(as_scope *scope);

/*
 * true si en el punto actual la tarea está cancelada; úsalo en cálculos largos que no
 * llaman a nada que suspenda. No suspende.
 */
bool as_cancelled(void);

/* ---- Grupos ------------------------------------------------------------------------- */

enum { AS_KEEP_GOING = 1 }; /* el error de una tarea no cancela a sus hermanas */

typedef struct as_group {
    struct as_scope scope;
    struct as__link tasks;
    struct as__link joiner;
    as_task *owner; /* quien lo abrió */
    size_t alive;
    int error;    /* el primer error de una tarea */
    char *detail; /* su explicación */
    bool keep_going, child_cancelled;
} as_group;

/*
 * Abre un grupo en la tarea actual. `flags`: 0 o AS_KEEP_GOING. No suspende
 * ni falla. Equivale a async with asyncio.TaskGroup().
 */
void as_group_enter(as_group *group, unsigned flags);

/*
 * Espera a todas las tareas del grupo y lo cierra. `rc` es como acabó el cuerpo: si es
 * negativo, antes cancela a las que sigan vivas. Devuelve el primer error de una tarea
 * (su explicación pasa a quien cierra) o, si no hubo, `rc`, también si es positivo. Una
 * tarea que termina con UV_ECANCELED no cuenta como error.
 *
 * Llámala siempre en la función que abrió el grupo, también en los caminos de error: el
 * grupo es una variable suya, y las tareas seguirían usándola después de muerta. Suspende,
 * y no se deja cancelar: nadie sale de un grupo dejando tareas vivas. Después, los as_task
 * del grupo dejan de existir.
 */
int as_group_leave(as_group *group, int rc) AS_MUST_CHECK;

/*
 * Cancela a todas las tareas del grupo y al cuerpo que lo abrió. No suspende.
 */
void as_group_cancel(as_group *group);

/* ---- Tareas ------------------------------------------------------------------------- */

/*
 * Crea en `group` una tarea que ejecutará `fn(arg)`; solo la apunta: correrá cuando la
 * actual se suspenda. `name` se copia (31 bytes como mucho; NULL: "tarea-N") y aparece en
 * los diagnósticos. Devuelve la tarea, que vive hasta cerrar el grupo, o NULL si falta
 * memoria. No suspende. Equivale a tg.create_task(fn(arg), name=name).
 */
as_task *as_spawn(as_group *group, const char *name, as_fn *fn, void *arg) AS_MUST_CHECK;

/*
 * Como as_spawn, pero sin asidero: la tarea se libera sola al terminar. Es lo adecuado
 * para un servidor que crea una por cliente durante días. Devuelve 0 o UV_ENOMEM.
 * Equivale a nursery.start_soon(fn, arg) de trio.
 */
int as_start_soon(as_group *group, const char *name, as_fn *fn, void *arg) AS_MUST_CHECK;

/*
 * Suspende hasta que `task` termine y devuelve lo que devolvió su función (un error trae
 * su explicación, ver as_error_detail), o UV_ECANCELED si cancelan a quien espera; `task`
 * sigue entonces su camino. Puede esperarse varias veces. UV_EINVAL si una tarea se
 * espera a sí misma; UV_ENOMEM si `task` es NULL, y así basta con comprobar aquí lo que
 * devolvió as_spawn. Equivale a await task.
 */
int as_await(as_task *task) AS_MUST_CHECK;

/*
 * Suspende hasta que termine alguna de las `n` tareas y devuelve su posición en el
 * vector; si hay varias terminadas, la primera. UV_ECANCELED si cancelan a quien espera,
 * UV_EINVAL si n es 0, UV_ENOMEM. Equivale a asyncio.wait(..., FIRST_COMPLETED).
 */
ssize_t as_wait_any(as_task *const *tasks, size_t n) AS_MUST_CHECK;

/*
 * Pide a `task` que termine: sus esperas devolverán UV_ECANCELED. Si aún no había
 * empezado, no llega a ejecutarse. No suspende. Equivale a task.cancel().
 */
void as_cancel(as_task *task);

/* true si `task` terminó. No suspende. Equivale a task.done(). */
bool as_task_done(const as_task *task);

/* El futuro con que se anuncia el final de `task`, para sus callbacks. No suspende. */
struct as_future *as_task_future(as_task *task);

/* El nombre de una tarea. No suspende. Equivale a task.get_name(). */
const char *as_task_name(const as_task *task);

/* La tarea que está corriendo; NULL desde un callback o fuera del bucle. No suspende.
 * Equivale a asyncio.current_task(). */
as_task *as_current_task(void);

/* ---- Muchas a la vez ---------------------------------------------------------------- */

/* Una llamada pendiente: lo que en Python sería la corrutina `fn(arg)`. */
typedef struct {
    as_fn *fn;
    void *arg;
    const char *name; /* puede ser NULL */
} as_call;

/*
 * Ejecuta las `n` llamadas a la vez, cada una en su tarea, y suspende hasta que terminan.
 *
 * Con `status` NULL, el primer error cancela a las demás y es lo que se devuelve; 0 si
 * todas fueron bien. Con `status` (de `n` enteros), ninguna se cancela, cada resultado
 * queda en su casilla y se devuelve cuántas fallaron: equivale a return_exceptions=True.
 * En los dos casos, UV_ECANCELED si cancelan a quien espera y UV_ENOMEM si falta memoria;
 * una llamada que no llegó a empezar deja UV_ECANCELED en su casilla.
 *
 * Equivale a await asyncio.gather(...).
 */
int as_gather(const as_call *calls, size_t n, int *status) AS_MUST_CHECK;

/*
 * Como as_gather con la misma función para cada elemento de un vector: la llamada i
 * recibe la dirección `(char *)items + i * size`, como en qsort.
 * Equivale a await asyncio.gather(*[fn(x) for x in items]).
 */
int as_gather_each(as_fn *fn, void *items, size_t n, size_t size,
                   int *status) AS_MUST_CHECK;

#endif
