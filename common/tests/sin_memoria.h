/*
 * Hacer que la memoria falle justo en la petición número n, para cada n: así se recorren
 * todos los caminos de «no hay memoria», también los de libuv, libcurl y la biblioteca de C.
 *
 * Los sanitizers y valgrind traen su propio malloc, y entonces no se puede.
 */
#ifndef SIN_MEMORIA_H
#define SIN_MEMORIA_H

#include "prueba.h"

/* false: con esta herramienta malloc no se puede interceptar. */
bool sin_memoria_se_puede(void);

#define EXIGE_SIN_MEMORIA()                                                              \
    do {                                                                                 \
        if (!sin_memoria_se_puede())                                                     \
            cr_skip_test("con esta herramienta malloc no se puede interceptar");         \
    } while (0)

enum {
    SM_TODOS_LOS_HILOS = 1, /* cuentan también las peticiones de otros hilos */
    SM_DESDE_AHI = 2        /* falla la n y todas las siguientes, no solo esa */
};

/* La petición número `n` desde ahora, y contando solo este hilo, fallará. */
void sin_memoria_en(long n, unsigned como);

/* Todo vuelve a su sitio. Devuelve cuántas peticiones fallaron. */
long sin_memoria_fin(void);

/*
 * Ejecuta `caso` con un fallo en la petición 1, la 2... hasta que acaba sin que falle
 * ninguna. Cada vez debe devolver 0 o UV_ENOMEM y no dejar memoria sin liberar; la última,
 * 0. Debe pasar al menos por `minimo` peticiones. `caso` no puede usar cr_assert, que
 * pide memoria.
 */
void sin_memoria_recorre(int (*caso)(void), unsigned como, long minimo);

/* Como la anterior, admitiendo otros errores: donde quien responde es otro programa o el
 * otro extremo, la falta de memoria puede verse como que se fue. UV_ETIMEDOUT no: nadie debe
 * quedarse esperando. */
void sin_memoria_recorre_tolerante(int (*caso)(void), unsigned como, long minimo);

#endif
