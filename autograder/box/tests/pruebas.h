/* Lo que comparten las pruebas de la caja. */
#ifndef PRUEBAS_H
#define PRUEBAS_H

#include "box/capture.h"
#include "box/outer.h"
#include "box/rung.h"

#include <criterion/criterion.h>

#define ARGS(...) ((char *const[]){__VA_ARGS__, NULL})

/* Un ataque de tests/ataques ya terminado. */
struct caso {
    struct box_result fin;
    struct box_output salida;
};

/* Ruta de un archivo de la zona de pruebas (la del propio programa). Búfer estático. */
const char *zona(const char *nombre);

/* El peldaño que se prueba: el de la variable ASINC_BOX. */
enum box_rung peldano(void);

/* Termina bien una prueba que no dice nada del peldaño en que se está. */
#define SOLO(condicion, porque)                                                          \
    do {                                                                                 \
        if (!(condicion))                                                                \
            cr_skip_test(porque);                                                        \
    } while (0)

/* Opciones listas para ese ataque, con 20 s de reloj. */
struct box_options ataque(const char *nombre, char *const *args);

/* Lo ejecuta y recoge hasta 1 MiB de salida; aborta la prueba si no se pudo empezar. */
struct caso correr(const struct box_options *opciones);
void soltar(struct caso *caso);

/* Directorio temporal nuevo, vacío. Búfer estático. */
const char *carpeta_nueva(void);

/* Lee de `fd` hasta ver `texto` o el final; dice si lo vio. */
bool leer_hasta(int fd, const char *texto);

/* Procesos vivos fuera de la caja cuya orden contiene `marca`. Cada prueba lleva la suya, como
 * un argumento más: corren varias a la vez. */
int vivos(const char *marca);

#define ESPERA_SALIDA(caso, texto)                                                       \
    cr_assert(strstr((caso).salida.out, (texto)) != NULL,                                \
              "falta «%s» en la salida:\n%serrores:\n%s", (texto), (caso).salida.out,    \
              (caso).salida.err)
#define ESPERA_SIN(caso, texto)                                                          \
    cr_assert(strstr((caso).salida.out, (texto)) == NULL,                                \
              "sobra «%s» en la salida:\n%s", (texto), (caso).salida.out)
#define ESPERA_LIMITE(caso, cual)                                                        \
    cr_assert((caso).fin.kind == BOX_LIMIT && (caso).fin.limit == (cual),                \
              "clase %d, límite «%s», señal %d, detalle «%s»", (caso).fin.kind,          \
              box_limit_name((caso).fin.limit), (caso).fin.signal, (caso).fin.detail)
#define ESPERA_CODIGO(caso, n)                                                           \
    cr_assert((caso).fin.kind == BOX_EXITED && (caso).fin.code == (n),                   \
              "clase %d, código %d, señal %d, límite «%s», detalle «%s»\n%s",            \
              (caso).fin.kind, (caso).fin.code, (caso).fin.signal,                       \
              box_limit_name((caso).fin.limit), (caso).fin.detail, (caso).salida.err)

#endif
