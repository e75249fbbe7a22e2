/*
 * Esperar y despertar: el único camino por el que una tarea se para y sigue.
 *
 * Quien quiere esperar pone un as__wait en su pila, lo cuelga de la fuente (un futuro, un
 * plazo, una transferencia) y llama a as__suspend. La fuente despierta con as__wake; la
 * cancelación, con as__interrupt. Los dos despegan antes todas las esperas de la tarea:
 * así nadie la despierta dos veces y ninguna fuente se queda con un puntero a una pila
 * que ya cambió. La idea es la de dill_clause, de libdill.
 */
#ifndef ASINC_WAIT_H
#define ASINC_WAIT_H

#include <asinc/types.h>

struct as__wait {
    struct as__link link; /* en la lista de la fuente */
    as_task *task;
    const char *what;        /* qué se espera, para los diagnósticos */
    as_task *const *blocker; /* dónde mirar quién debe actuar; NULL: no se sabe */
    /* Se despega de la fuente. Debe poder llamarse aunque ya no esté en ella. */
    void (*detach)(struct as__wait *wait);
};

/* Prepara una espera de la tarea actual; detach NULL: basta con salir de la lista. */
void as__wait_init(struct as__wait *wait, const char *what,
                   void (*detach)(struct as__wait *));

/*
 * Suspende la tarea actual hasta que despierten una de sus esperas. Devuelve el estado
 * que dio quien despertó, o UV_ECANCELED; `which`, si no es NULL, recibe cuál fue. Si la
 * tarea ya estaba cancelada, despega las esperas, cede el turno y vuelve: quien no hace caso
 * de UV_ECANCELED no congela a las demás.
 */
int as__suspend(struct as__wait *const *waits, size_t n, size_t *which);

/* Lo mismo con una sola espera. */
int as__suspend_one(struct as__wait *wait);

/* Espera que ninguna cancelación interrumpe: solo para cierres que deben completarse. */
void as__suspend_shielded(struct as__wait *wait);

/*
 * El saludo de toda función que puede suspender aunque esta vez no le haga falta. Si la tarea
 * está cancelada, cede el turno y devuelve UV_ECANCELED. También lo cede tras muchas
 * operaciones seguidas sin suspenderse, o tras mucho tiempo, para que un productor y un
 * consumidor que nunca se esperan no acaparen el hilo.
 */
int as__checkpoint(void);

/* Despierta a la tarea de `wait`; si otra fuente ya lo hizo, no hace nada. */
void as__wake(struct as__wait *wait, int status);

/* ---- Listas de espera: de quien más lleva a quien menos ------------------------------ */

/* Espera en `waiters`; lo demás, como as__suspend_one. */
int as__wait_on(struct as__link *waiters, const char *what);

/* Lo mismo, sin dejarse cancelar. */
void as__wait_on_shielded(struct as__link *waiters, const char *what);

/* Despierta con `status` a la primera y la devuelve; NULL si no espera nadie. */
as_task *as__wake_first(struct as__link *waiters, int status);

/* Despierta con `status` a todas las que esperan ahora. */
void as__wake_all(struct as__link *waiters, int status);

/* ------------------------------------------------------------------------------------- */

/* Interrumpe la espera de una tarea con UV_ECANCELED, si está en una cancelable. */
void as__interrupt(as_task *task);

#endif
