/*
 * Señales que alguien recoge en lugar de su efecto de siempre: Ctrl+C y SIGUSR1 el bucle, y las
 * que pida un programa, as_signals.
 *
 * Un manejador de señal es del proceso entero, y puede correr en cualquier hilo y en cualquier
 * punto. Aquí está el único de la biblioteca: quien recoge una señal se apunta, y el manejador
 * solo se lo dice. No es el de libuv por dos razones: el suyo apunta cada señal en una tubería
 * que, con el bucle ocupado, se llena y pierde las siguientes; y al soltarla no devuelve el
 * efecto que tenía.
 */
#ifndef ASINC_CAUGHT_H
#define ASINC_CAUGHT_H

#include <signal.h>
#include <stdatomic.h>

#include <asinc/types.h>

struct as__caught {
    /* Llegó. Corre dentro del manejador: solo lo que una señal permite. */
    void (*arrived)(struct as__caught *caught);
    /* La recoge el bucle por su cuenta: solo si nadie le había puesto otro efecto, la cede a
     * quien la pida después, y si la recogen varios bucles, llega a todos. */
    bool for_the_loop;

    int signum; /* 0: no está apuntado */
    struct sigaction before;
    _Atomic(struct as__caught *) below; /* quien la recogía antes */
};

/*
 * Apunta a `caught`, con los dos primeros campos puestos, para recoger `signum`. UV_EBUSY si la
 * recoge otro; UV_EINVAL si el sistema no deja.
 */
int as__caught_take(struct as__caught *caught, int signum);

/*
 * Devuelve a la señal el efecto que tenía, salvo que entretanto alguien le pusiera otro: ese
 * se queda. Al volver, ningún manejador mira ya `caught`. Si no estaba apuntado, nada.
 */
void as__caught_give_back(struct as__caught *caught);

#endif
