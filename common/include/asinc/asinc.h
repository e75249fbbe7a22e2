/*
 * asinc: las ideas de asyncio en C, sobre libuv.
 *
 * Esta cabecera las incluye todas. El manual de cada función está en la suya, y este es un
 * buen orden para leerlas:
 *
 *   error.h    lo que devuelve una función que falla, y cómo contarlo
 *   loop.h     arrancar el bucle, el tiempo, ceder el turno, llamar más tarde, Ctrl+C
 *   task.h     tareas, grupos, ámbitos con plazo, muchas llamadas a la vez
 *   future.h   un resultado que todavía no existe; callbacks
 *   sync.h     cerrojos, semáforos, eventos, condiciones y barreras
 *   queue.h    colas
 *   stream.h   flujos de bytes y servidores: TCP, sockets de Unix, tuberías, la terminal
 *   file.h     archivos y directorios
 *   process.h  otros programas
 *   signal.h   señales
 *   work.h     trabajo en otro hilo
 *   threadsafe.h  hablarle al bucle desde otro hilo
 *   http.h     el cliente HTTP
 *   web.h      el servidor HTTP
 *   pg.h       PostgreSQL
 *   retry.h    reintentar lo que falla
 *   rate.h     hacer algo tantas veces por segundo y no más
 *   args.h     la línea de órdenes
 *   log.h      el registro
 *   debug.h    qué hace el programa por dentro
 *
 * Cómo se acaba con cada cosa lo dice el verbo:
 *
 *   as_x_close    lo que está abierto o en marcha: un flujo, un archivo, un proceso, un
 *                 cliente. Deja de trabajar y se libera; el puntero ya no vale. Algunas
 *                 suspenden, porque cerrar puede llevar tiempo. NULL no hace nada.
 *                 as_queue_close es la excepción: solo impide que entre más.
 *   as_x_destroy  lo que vive en una variable tuya y guarda dentro otra memoria: una cola,
 *                 un limitador. Suelta lo de dentro; la variable es tuya.
 *   as_x_clear    la struct tuya que llenó una llamada: una respuesta, la salida de un
 *                 proceso. Suelta lo que trae y la deja a ceros, lista para otra llamada.
 *   as_x_free     un resultado opaco. Solo libera memoria. NULL no hace nada.
 *   as_x_release  lo prestado, que pasa a quien lo espera: un cerrojo, una plaza de un
 *                 semáforo, una conexión.
 *   as_x_leave    un ámbito o un grupo en que entraste.
 *   free          los textos y vectores sueltos: lo dice la función que los da.
 *
 * Lo demás que vive en una variable tuya (cerrojos, semáforos, eventos, barreras, futuros) no
 * guarda otra memoria: basta con que nadie lo esté usando. A un futuro que no se cumplió se le
 * retiran antes sus callbacks, y un as_timer pendiente se cancela.
 */
#ifndef ASINC_H
#define ASINC_H

#include <asinc/debug.h>
#include <asinc/error.h>
#include <asinc/future.h>
#include <asinc/loop.h>
#include <asinc/queue.h>
#include <asinc/sync.h>
#include <asinc/task.h>
#include <asinc/threadsafe.h>

#include <asinc/file.h>
#include <asinc/process.h>
#include <asinc/signal.h>
#include <asinc/stream.h>
#include <asinc/work.h>

#include <asinc/http.h>
#include <asinc/pg.h>
#include <asinc/web.h>

#include <asinc/args.h>
#include <asinc/log.h>
#include <asinc/rate.h>
#include <asinc/retry.h>

#endif
