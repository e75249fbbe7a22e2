/*
 * Un ejemplo en marcha, visto desde fuera: lo que dice, lo que se le manda y cómo acaba.
 */
#ifndef EJEMPLO_H
#define EJEMPLO_H

#include "prueba.h"

enum { SALIDA, ERRORES };

struct ejemplo {
    as_process *proceso;
    struct corriente {
        struct ejemplo *de;
        as_stream *flujo;
        char *texto; /* todo lo dicho hasta ahora, con un '\0' detrás */
        size_t largo;
        bool acabada;
    } corrientes[2];
    as_event novedad;
    as_group lectores;
};

/* Lanza el ejemplo argv[0] y empieza a recoger lo que dice. Muere con la prueba. */
void ejemplo_lanza(struct ejemplo *e, const char *const argv[]);

/* Espera a que lo haya dicho y devuelve desde dónde. */
const char *ejemplo_dice(struct ejemplo *e, int donde, const char *texto);

void ejemplo_recibe(struct ejemplo *e, int senal);

/* Espera a que acabe y exige que sea con ese código y sin quejas de los sanitizers. Lo que dijo
 * sigue en las corrientes hasta ejemplo_olvida. */
void ejemplo_acaba(struct ejemplo *e, int codigo);
void ejemplo_olvida(struct ejemplo *e);

/* La salida contiene, o no, este texto. */
#define DIJO(e, cual, dicho)                                                             \
    cr_assert_not_null(strstr((e)->corrientes[cual].texto, dicho),                       \
                       "no dijo «%s»:\n%s%s", dicho, (e)->corrientes[SALIDA].texto,      \
                       (e)->corrientes[ERRORES].texto)
#define NO_DIJO(e, cual, dicho)                                                          \
    cr_assert_null(strstr((e)->corrientes[cual].texto, dicho), "dijo «%s»:\n%s", dicho,  \
                   (e)->corrientes[cual].texto)

/* Ejecuta `fn` en la tarea principal. */
void en_el_bucle(as_fn *fn, void *arg);

/* ---- Un cliente que dice justo lo que se le manda ------------------------------------- */

as_stream *conecta(int puerto);
void manda(as_stream *s, const char *texto);

/* Lee hasta que haya llegado `texto`, y deja en `todo` lo que llegó hasta ahí. */
void hasta(as_stream *s, const char *texto, char *todo, size_t tamano);

/* Lee hasta que el otro cierra, y devuelve cuánto; lo que no cabe en `todo` se tira. */
size_t hasta_el_final(as_stream *s, char *todo, size_t tamano);

#endif
