#include "day/hints.h"

#include <string.h>

#define MEMORY                                                                            \
    "lessons/14-depurar-y-probar/README.md#memoria-ajena",                                \
        "El programa usó memoria que no era suya, o un puntero sin valor, y el sistema " \
        "lo mató. Repite la prueba con `SANITIZE=1` al final de la orden: dice en qué " \
        "línea tuya fue.",                                                                \
        "En esa línea, mira de dónde viene el puntero: si quien lo dio pudo fallar y "  \
        "dar "                                                                            \
        "`NULL`, si lo que señala sigue vivo cuando la tarea lo usa (una variable "      \
        "local "                                                                          \
        "de la función que la lanzó quizá ya no) y si el índice está dentro."

/* Por orden: vale la primera cuya marca esté en el fallo. Las marcas son frases de
 * harness/program/cause.c, de exit.c y de tasks.c. */
static const struct day_cause causes[] = {
    {"murió por SIGSEGV", MEMORY},
    {"murió por SIGBUS", MEMORY},
    {"murió por SIGABRT", MEMORY},
    {"se paró al ver un error suyo",
     "lessons/14-depurar-y-probar/README.md#el-modo-de-depuración",
     "Lo que va entre comillas lo dijo la biblioteca antes de parar el programa: qué "
     "regla "
     "suya no se cumplió, y en qué tarea. No es una casualidad de la máquina: pasa "
     "siempre.",
     "Busca en el manual de esa función lo que pide a quien la llama. Lo corriente es "
     "salir por un `return` sin pasar por `as_group_leave` o `as_scope_leave`, o usar "
     "algo "
     "después de cerrarlo."},
    {"da vueltas", "lessons/01-por-que-asincronia/README.md#preguntar-sin-parar",
     "Un bucle pregunta una y otra vez sin esperar entre vuelta y vuelta. Busca un "
     "`while` "
     "o un `for` del que se pueda dar otra vuelta sin pasar por ninguna llamada que "
     "suspenda la tarea.",
     "Dentro del bucle, mira lo que devuelve la llamada que debía esperar: si falla "
     "enseguida, con un código negativo, y el bucle sigue, la vuelta siguiente tampoco "
     "espera. Con ese código se sale del bucle; y si no hay ninguna, falta un "
     "`as_sleep`."},
    {"salto de línea", "lessons/08-flujos-tcp/README.md#olvidar-el-salto-de-línea",
     "Dos líneas salieron juntas, o la última no se acabó: a un `printf` le falta el "
     "`\\n` "
     "del final.",
     "Mira los caminos menos corrientes: la línea de un `ERROR`, la del final, la que se "
     "escribe en dos veces. Cada línea lleva su `\\n`, y uno solo."},
    {"bloquea el bucle", "lessons/03-corrutinas-y-tareas/README.md#bloquear-el-hilo",
     "Todas las tareas comparten un solo hilo: mientras una calcula mucho, o llama a "
     "algo "
     "que para el hilo (`sleep`, `usleep`, `read`, `curl_easy_perform`), no avanza "
     "ninguna otra. El fallo dice qué tarea fue.",
     "Cambia esa llamada por la que solo suspende a su tarea: `as_sleep` en vez de "
     "`sleep`, y la de asinc en vez de la del sistema. Si es un cálculo largo, "
     "`as_work` lo lleva a otro hilo."},
    {"interbloqueo", "lessons/06-sincronizacion/README.md#un-abrazo-mortal",
     "Cada tarea espera algo que solo puede darle otra que también espera. Si el fallo "
     "dice el ciclo, léelo despacio: quién tiene qué, y qué le falta.",
     "Rompe el ciclo: toma los cerrojos siempre en el mismo orden, suéltalos antes de "
     "esperar a otra tarea y comprueba que `as_queue_get` tiene a alguien vivo que ponga "
     "algo."},
    {"se quedaron esperando", "lessons/14-depurar-y-probar/README.md#parado-y-sin-ciclo",
     "El programa no está ocupado: espera algo que nadie le envía. El fallo dice qué "
     "espera cada tarea. De cada una pregúntate quién tenía que dárselo, y si aún podía.",
     "Empieza por la última tarea de la lista, que las primeras suelen esperarla a ella. "
     "Si lee, quizá pide más de lo que el otro manda; si espera un permiso o una cola, "
     "alguien salió por el camino del error sin `as_semaphore_release` o sin poner "
     "nada."},
};

const struct day_cause *day_cause_of(const char *failure)
{
    for (size_t i = 0; failure && i < sizeof causes / sizeof *causes; i++)
        if (strstr(failure, causes[i].mark))
            return &causes[i];
    return NULL;
}
