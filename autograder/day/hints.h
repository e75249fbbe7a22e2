/* Las pistas de un laboratorio, labs/NN-nombre/pistas.md, como las lee `make hint`.
 *
 * Una pista es un apartado plegado: su título está en `<summary>N. Título</summary>`. El que se
 * llama «Prueba a prueba» no lleva número: es una lista, y cada punto dice de qué pruebas habla,
 * qué pista les sirve y, detrás de los dos puntos, la función y la idea que les falta:
 *
 *     - `muchas_urls`, `no_deriva` (pista 3): el cliente atiende a cien a la vez...
 */
#ifndef DAY_HINTS_H
#define DAY_HINTS_H

#include "grader/grader.h"

#include <stddef.h>

/* Lo que el corrector vio en un programa y explica por sí solo que falle. Las tres pistas son
 * entonces de eso, y no de la prueba. */
struct day_cause {
    const char *mark; /* lo que dice el fallo */
    const char *read; /* la sección que lo explica */
    const char *what; /* la segunda pista: qué pasa */
    const char *mend; /* y la tercera: dónde mirar */
};

/* NULL si el fallo no dice ninguna, o no hay fallo. */
const struct day_cause *day_cause_of(const char *failure);

/* Cuántas hay de cada prueba: dónde se aprende, la pista que le toca y la última. */
enum { DAY_HINTS = 3 };

struct day_hints {
    char *text; /* pistas.md entero */
    char *path;
};

/* 0, o -1 con el motivo. */
int day_hints_load(struct day_hints *h, const char *dir, struct gr_error *err);
void day_hints_free(struct day_hints *h);

/* Qué pista numerada le toca a una prueba; 0 si nadie la nombra. En `*last`, si no es NULL,
 * deja la función y la idea, en memoria nueva. */
int day_hint_of(const struct day_hints *h, const char *test, char **last);

/* Escribe la pista `number`: su título y su texto. -1 si no la hay. */
int day_hint_put(const struct gr_screen *s, const struct day_hints *h, int number);

/* Escribe Markdown como texto: párrafos partidos donde acabe la línea, sin destinos de enlaces,
 * y los bloques de código tal cual. */
void day_markdown_put(const struct gr_screen *s, const char *text, size_t length);

#endif
