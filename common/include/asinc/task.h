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
 * La cancelación es un nivel, no un golpe: en un ámbito cancelado, toda función que suspende
 * cede el turno una vez y devuelve UV_ECANCELED sin hacer nada, aunque lo que le pides ya
 * esté listo, hasta que sales del ámbito. Solo as_group_leave, as_gather y las funciones que
 * cierran algo llegan siempre hasta el final.
 *
 * Suspenden las funciones que lo dicen; las demás, no. «Suspende» es que puede ceder el turno,
 * aunque esta vez no tenga que esperar: cede quien lleva muchas operaciones seguidas, y quien
 * está cancelado. Lo que otra tarea pueda cambiar, míralo después y no antes.
 */
#ifndef ASINC_TASK_H
#define ASINC_TASK_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* ---- Ámbitos ------------------------------------------------------------------------ */

#define AS_FOREVER ((int64_t)-1) /* sin plazo */

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
    bool caught;     /* al salir, se quedó con su propia cancelación */
} as_scope;

/*
 * Entra en un ámbito con un plazo de `ms` milisegundos (AS_FOREVER o negativo: sin plazo;
 * 0: ya vencido). El ámbito empieza de nuevo: si lo cancelaron antes de entrar, se olvida. No
 * falla. Equivale a entrar en async with asyncio.timeout(...).
 */
void as_scope_enter(as_scope *scope, int64_t ms);

/*
 * Entra en un ámbito protegido: no hereda las cancelaciones de fuera. Es para limpiezas que
 * deben terminar aunque cancelen la tarea; dales siempre un plazo. Lo demás, como
 * as_scope_enter. Equivale a asyncio.shield(...) y a CancelScope(shield=True) de trio.
 */
void as_shield_enter(as_scope *scope, int64_t ms);

/*
 * Sale del ámbito; cada enter necesita su leave, en orden inverso. `rc` es como acabó lo
 * de dentro, y se devuelve tal cual salvo si es UV_ECANCELED por culpa de este ámbito:
 * UV_ETIMEDOUT si venció su plazo, 0 si llamaste a as_scope_cancel. Si lo de dentro
 * terminó antes de enterarse del plazo, gana su resultado. Equivale a salir del async with.
 */
int as_scope_leave(as_scope *scope, int rc);

/*
 * Después de as_scope_leave: true si lo de dentro acabó en UV_ECANCELED y la culpa era de este
 * ámbito, porque venció su plazo o porque llamaste a as_scope_cancel. Así distingues su
 * UV_ETIMEDOUT de otro que venía de dentro, y el 0 de una cancelación del 0 de un final
 * normal. Equivale a expired() de asyncio.timeout y a cancelled_caught de trio.
 */
bool as_scope_cancelled_caught(const as_scope *scope);

/*
 * Cancela lo que ocurre dentro del ámbito, que debe estar abierto. Puede llamarse desde otra tarea
 * o desde un callback. Equivale a scope.cancel() de trio.
 */
void as_scope_cancel(as_scope *scope);

/*
 * true si en el punto actual la tarea está cancelada, sea por quien sea: por as_cancel, por el
 * plazo de un ámbito o, en el cuerpo de un grupo, por el error de una de sus tareas. Es para
 * cálculos largos que no llaman a nada que suspenda, y para después de lo que llega siempre hasta
 * el final y no dice si entretanto cancelaron: as_group_leave, as_gather y cerrar algo. Equivale a
 * asyncio.current_task().cancelling() > 0.
 */
bool as_cancelled(void);

/* ---- Grupos ------------------------------------------------------------------------- */

typedef struct as_group {
    struct as_scope scope;
    struct as__link tasks;
    struct as__link joiner;
    as_task *owner; /* quien lo abrió */
    size_t alive;
    int error;    /* el primer error de una tarea */
    char *detail; /* su explicación */
    bool open, keep_going, child_cancelled;
} as_group;

/*
 * Abre un grupo en la tarea actual. No falla. Equivale a entrar en
 * async with asyncio.TaskGroup().
 */
void as_group_enter(as_group *group);

/*
 * Desde ahora, el error de una tarea del grupo no cancela a sus hermanas; as_group_leave
 * devuelve el primero igualmente. Sin pareja en asyncio.
 */
void as_group_keep_going(as_group *group);

/*
 * Suspende hasta que terminen todas las tareas del grupo, también las que otra cree en él
 * mientras tanto, y lo cierra. `rc` es como acabó el cuerpo: si es negativo, antes cancela a
 * las que sigan vivas. Devuelve el primer error de una tarea (su explicación pasa a quien
 * cierra) o, si no hubo, `rc`, también si es positivo. Una tarea que termina con
 * UV_ECANCELED no cuenta como error; pero si además quien cierra está cancelado desde fuera del
 * grupo, no se hizo todo, y lo que se devuelve en vez de un `rc` bueno es UV_ECANCELED. Si todas
 * llegaron al final se devuelve `rc`, aunque lo hayan cancelado: ver as_cancelled.
 *
 * Llámala siempre en la función que abrió el grupo, también en los caminos de error: el
 * grupo es una variable suya, y las tareas seguirían usándola después de muerta. No se deja
 * cancelar: nadie sale de un grupo dejando tareas vivas. Antes de volver deja que lean el
 * resultado las tareas que esperaban a alguna del grupo y que corran sus callbacks; después,
 * los as_task del grupo dejan de existir. Salir dos veces, o antes de salir de lo que abriste
 * dentro, aborta con una explicación. Equivale a salir del async with.
 */
int as_group_leave(as_group *group, int rc) AS_MUST_CHECK;

/*
 * Cancela a todas las tareas del grupo y al cuerpo que lo abrió. Equivale a
 * nursery.cancel_scope.cancel() de trio.
 */
void as_group_cancel(as_group *group);

/* ---- Tareas ------------------------------------------------------------------------- */

/*
 * Crea en `group` una tarea que ejecutará `fn(arg)`; solo la apunta: correrá cuando la
 * actual se suspenda. `name` se copia (31 bytes como mucho; NULL: "tarea-N") y aparece en
 * los diagnósticos. Devuelve la tarea, o NULL si falta memoria. La tarea es del grupo, vive
 * hasta que se sale de él y no hay que liberarla; lo que sí debes cerrar, como un cliente
 * HTTP, su constructor te lo deja en un puntero. Si el grupo no está abierto, aborta con una
 * explicación.
 *
 * Una tarea creada corre siempre, así que `arg` es suyo desde entonces. Si la cancelan antes
 * de que empiece, empieza cancelada: su primera espera devuelve UV_ECANCELED y ella libera
 * lo que recibió. Si no hay memoria para su pila, también empieza cancelada; y si por eso
 * termina con UV_ECANCELED, su resultado es UV_ENOMEM.
 *
 * Equivale a tg.create_task(fn(arg), name=name); que la cancelada empiece es de trio.
 */
as_task *as_spawn(as_group *group, const char *name, as_fn *fn, void *arg) AS_MUST_CHECK;

/*
 * Como as_spawn, pero no te da la tarea, que se libera sola al terminar. Es lo adecuado
 * para un servidor que crea una por cliente durante días. Devuelve 0, o UV_ENOMEM y `arg`
 * sigue siendo tuyo. Equivale a nursery.start_soon(fn, arg) de trio.
 */
int as_start_soon(as_group *group, const char *name, as_fn *fn, void *arg) AS_MUST_CHECK;

/*
 * Suspende hasta que `task` termine y devuelve lo que devolvió su función (un error trae
 * su explicación, ver as_error_text), o UV_ECANCELED si cancelan a quien espera; `task`
 * sigue entonces su camino. Puede esperarse varias veces. UV_EINVAL si una tarea se
 * espera a sí misma; UV_ENOMEM si `task` es NULL, y así basta con comprobar aquí lo que
 * devolvió as_spawn. Equivale a await task.
 */
int as_await(as_task *task) AS_MUST_CHECK;

/*
 * Suspende hasta que termine alguna de las `n` tareas y devuelve su posición en el vector;
 * si al llamarla ya hay varias terminadas, la que esté antes. UV_ECANCELED si cancelan a
 * quien espera, UV_EINVAL si n es 0, UV_ENOMEM si falta memoria o alguna es NULL.
 * Equivale a asyncio.wait(..., FIRST_COMPLETED).
 */
ssize_t as_wait_any(as_task *const *tasks, size_t n) AS_MUST_CHECK;

/*
 * Pide a `task` que termine: desde ahora sus esperas devuelven UV_ECANCELED, también la
 * primera si aún no había empezado. Equivale a task.cancel().
 */
void as_cancel(as_task *task);

/* true si `task` terminó. Equivale a task.done(). */
bool as_task_done(const as_task *task);

/*
 * El futuro que se cumple cuando `task` termina, con lo que devolvió su función. Es de la
 * tarea y vive lo que ella; no lo cumplas tú. Sin pareja en asyncio, donde una tarea ya es
 * un futuro.
 */
struct as_future *as_task_future(as_task *task);

/* El nombre de una tarea; es suyo y vive lo que ella. Equivale a task.get_name(). */
const char *as_task_name(const as_task *task);

/* La tarea que está corriendo; NULL desde un callback o fuera del bucle. Equivale a
 * asyncio.current_task(). */
as_task *as_current_task(void);

/* ---- Muchas a la vez ---------------------------------------------------------------- */

/* Una llamada pendiente: lo que en Python sería la corrutina `fn(arg)`. */
typedef struct {
    as_fn *fn;
    void *arg;
    const char *name; /* puede ser NULL */
} as_call;

/* Cómo terminó una de ellas. */
typedef struct {
    int rc;         /* lo que devolvió */
    char text[252]; /* si es un error, as_error_text(rc), cortado si no cabe; si no, "" */
} as_outcome;

/*
 * Ejecuta las `n` llamadas a la vez, cada una en su tarea, y suspende hasta que terminan.
 *
 * Con `outcomes` NULL, el primer error cancela a las demás y es lo que se devuelve, con su
 * explicación; 0 si todas fueron bien. UV_ECANCELED es aquí un error como otro: quien
 * reúne no puede dar por hecho lo que no se hizo.
 *
 * Con `outcomes` (de `n` casillas), ninguna se cancela, cada resultado queda en la suya y
 * se devuelve cuántas fallaron: equivale a return_exceptions=True.
 *
 * Todas corren siempre, así que lo que reciben es suyo: si quien las pide está cancelado,
 * antes o después de que empiecen, corren canceladas, como con as_spawn. Se devuelve entonces
 * UV_ECANCELED si eso corta alguna; si todas llegaron al final, vale lo que hicieron. Solo con
 * UV_ENOMEM puede haber llamadas que no empezaron: su casilla queda en UV_ECANCELED.
 *
 * Equivale a await asyncio.gather(...).
 */
int as_gather(const as_call *calls, size_t n, as_outcome *outcomes) AS_MUST_CHECK;

/*
 * Como as_gather con la misma función para cada elemento de un vector: la llamada i
 * recibe la dirección `(char *)items + i * size`, como en qsort.
 * Equivale a await asyncio.gather(*[fn(x) for x in items]).
 */
int as_gather_each(as_fn *fn, void *items, size_t n, size_t size,
                   as_outcome *outcomes) AS_MUST_CHECK;

AS_DECLARATIONS_END

#endif
