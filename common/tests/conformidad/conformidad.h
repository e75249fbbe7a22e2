/*
 * Lo común a las pruebas de conformidad: los casos que otros publicaron para asyncio, escritos
 * de nuevo con asinc. Qué pide cada uno, y si aquí es igual o por qué no, está en casos.md.
 */
#ifndef CONFORMIDAD_H
#define CONFORMIDAD_H

#include "prueba.h"

/* Una PRUEBA cuyo cuerpo corre en la tarea principal, con el reloj virtual. */
#define PRUEBA_CASO(suite, nombre)                                                       \
    static void suite##_##nombre##_cuerpo(void);                                         \
    static int suite##_##nombre##_principal(void *arg)                                   \
    {                                                                                    \
        (void)arg;                                                                       \
        suite##_##nombre##_cuerpo();                                                     \
        return 0;                                                                        \
    }                                                                                    \
    PRUEBA(suite, nombre)                                                                \
    {                                                                                    \
        CORRE(suite##_##nombre##_principal, NULL, 0);                                    \
    }                                                                                    \
    static void suite##_##nombre##_cuerpo(void)

/* Crea una tarea y exige que se pueda. */
as_task *crea(as_group *grupo, as_fn *fn, void *arg);

/* Sale de un grupo y exige que todas sus tareas acaben bien, o canceladas. */
void cierra(as_group *grupo);

/* Cede el turno `n` veces. */
void turnos(int n);

/* Exige que una llamada devuelva justo ese código. */
#define DA(llamada, codigo)                                                              \
    do {                                                                                 \
        int da_rc = (int)(llamada);                                                      \
        cr_assert_eq(da_rc, codigo, "%s: %s", #llamada, as_errname(da_rc));              \
    } while (0)

/* Una tarea que duerme y devuelve algo, y apunta lo que le pasa. */
struct durmiente {
    int ms, rc;        /* cuánto duerme, qué devuelve después */
    int al_cortar;     /* si la cancelan: 0 = UV_ECANCELED; otro = lo que devuelve */
    int64_t despide;   /* si la cancelan: lo que aún duerme, protegida */
    int empezo, corte; /* veces que empezó, veces que la cancelaron */
    bool acabo;
};

/* La función de un durmiente. */
int duerme(void *arg);

/* Espera un futuro (as_future *). */
int espera_futuro(void *arg);

/* No hace nada y devuelve 0. */
int nada(void *arg);

/* Espera para siempre: hasta que la cancelen. */
int espera_siempre(void *arg);

/* ---- Colas -------------------------------------------------------------------------- */

/* Los elementos son enteros disfrazados de puntero. */
#define COSA(n) ((void *)(intptr_t)(n))

/* Sacan y exigen que se pueda; la segunda, sin esperar. */
int saca(as_queue *cola);
int saca_ya(as_queue *cola);

/* Una tarea que saca (as_queue *), y su resultado es lo que sacó. */
int lectora(void *arg);

/* Una tarea que pone una cosa. */
struct puesta {
    as_queue *cola;
    int cosa;
    bool puesta;
};

int escritora(void *arg);

/* Una tarea que pone 0, 1, 2... */
struct tanda {
    as_queue *cola;
    int cuantas, puestas;
};

int pone_varias(void *arg);

/* ---- Mal uso ------------------------------------------------------------------------ */

/* Exige que `fn`, como tarea principal, aborte explicándolo con ese texto. */
void aborta_con(as_fn *fn, const char *explicacion);

#endif
