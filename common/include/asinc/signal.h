/*
 * Señales del sistema: Ctrl+C, SIGTERM, SIGHUP...
 *
 * Un manejador de señal interrumpe el programa en cualquier punto y casi nada puede
 * hacerse dentro de él. Aquí una señal es algo que una tarea espera, como un mensaje:
 *
 *     as_signals *senales;
 *     int rc = as_signals_open((int[]){SIGTERM, SIGHUP}, 2, &senales);
 *     while ((rc = as_signals_wait(senales)) == SIGHUP)
 *         recarga_configuracion();
 *     as_signals_close(senales);
 *
 * Mientras está abierto no se pierde ninguna, tampoco entre una espera y la siguiente. Eso
 * sí, varias iguales seguidas pueden llegar como una sola: así son las señales.
 */
#ifndef ASINC_SIGNAL_H
#define ASINC_SIGNAL_H

#include <signal.h>

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

typedef struct as_signals as_signals;

/*
 * Desde ahora recoge las `count` señales de `signums`, que dejan de tener su efecto de
 * siempre. Deja en `*signals` el receptor, que cierras con as_signals_close, o NULL. 0,
 * UV_EBUSY si otro receptor recoge ya alguna, UV_EINVAL si alguna no se puede recoger
 * (SIGKILL, SIGSTOP, SIGCHLD y los fallos del propio programa: SIGSEGV, SIGBUS, SIGFPE,
 * SIGILL), UV_ENOMEM. No suspende.
 *
 * Con SIGINT entre ellas, Ctrl+C deja de cancelar la tarea principal hasta que cierres el
 * receptor: todos te llegan a ti.
 * Equivale a trio.open_signal_receiver(...) y a loop.add_signal_handler(...).
 */
int as_signals_open(const int *signums, size_t count, as_signals **signals) AS_MUST_CHECK;

/*
 * Suspende hasta que llegue una de sus señales y devuelve su número; si ya llegaron
 * varias, primero la que llegó antes. UV_ECANCELED; UV_EBUSY si otra tarea está esperando.
 * Mientras espera, el reloj virtual va como el real. Equivale a
 * async for signum in receiver.
 */
int as_signals_wait(as_signals *signals) AS_MUST_CHECK;

/*
 * Cierra y libera el receptor; NULL no hace nada. Las señales vuelven a tener el efecto
 * que tenían, salvo las que entretanto recibieron otro, que se queda; las que llegaron y nadie
 * recogió se olvidan. Si una tarea está esperando, aborta. No suspende.
 */
void as_signals_close(as_signals *signals);

AS_DECLARATIONS_END

#endif
