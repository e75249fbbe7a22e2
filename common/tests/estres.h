/* El mundo de test_estres.c, y un paso al azar con cada cosa que hay en él (estres.c). */
#ifndef ESTRES_H
#define ESTRES_H

#include "prueba.h"

enum { CERROJOS = 4, SEMAFOROS = 3, COLAS = 4, TOPE = 3, PARTES = 3 };

struct cerrojo {
    as_lock lock;
    bool ocupado;
    uint64_t boleto, ultimo; /* en qué orden se pidió, y el último que entró */
};

struct semaforo {
    as_semaphore semaforo;
    size_t permisos, dentro;
    uint64_t boleto, ultimo;
};

/* Las pares tienen un solo consumidor, y en ellas se mira el orden. */
struct cola {
    as_queue cola;
    long puestos, sacados;
    uint64_t serie, ultima;
};

struct mundo {
    uint64_t azar;
    unsigned semilla;
    long por_nacer, nacidas, acabadas;
    struct cerrojo cerrojos[CERROJOS];
    struct semaforo semaforos[SEMAFOROS];
    struct cola colas[COLAS];
    as_lock de_la_condicion;
    bool condicion_ocupada;
    as_condition condicion;
    as_event evento;
    as_barrier barrera;
    long pasaron[PARTES]; /* con cada número */
    long llamadas_puestas, llamadas_hechas, llamadas_quitadas;
    long avisos_puestos, avisos_hechos;
};

/* En el que se está: uno cada vez. */
extern struct mundo *m;

#define EXIGE(condicion)                                                                 \
    cr_assert(condicion, "con ASINC_SEMILLA=%u, tras %ld tareas", m->semilla, m->nacidas)

/* Un número de 0 a n - 1, siempre el mismo con la misma semilla. */
unsigned azar(unsigned n);

/* Hace algo al azar con algo al azar. 0, o UV_ECANCELED si la cancelan. */
int paso_suelto(void);

/* La tarea que saca de la cola `arg` hasta que la cierran. */
int consumidora(void *arg);

#endif
