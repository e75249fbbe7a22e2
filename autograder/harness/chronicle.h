/*
 * chronicle.h: qué pasó en una prueba y cuándo, para dibujarlo.
 *
 * Un carril es un sitio en el que pasan cosas: un programa, una ruta del servidor, un cliente. En
 * él hay tramos, que empiezan y acaban, y puntos, que son de un instante. No decide nada: de la
 * prueba juzga la suite, y lo que no quepa aquí se cuenta y se tira.
 *
 * Tiene su propio cerrojo: se llama desde cualquier hilo, con el del banco tomado o sin él.
 */
#ifndef HS_CHRONICLE_H
#define HS_CHRONICLE_H

#include "harness/harness.h"
#include <jansson.h>

enum hs__kind {
    HS__PROGRAM, /* su vida, y las señales que recibe */
    HS__OUTPUT,  /* lo que escribe */
    HS__ROUTE,   /* peticiones a una ruta */
    HS__LINK,    /* conexiones del programa al servidor */
    HS__CLIENT,  /* una conexión de la prueba al programa */
    HS__PIPE,
    HS__FILE,
    HS__DATABASE,
    HS__TASK,   /* una tarea del programa: cuándo corrió y cuándo esperó */
    HS__WANTED, /* lo que debía verse, cuando la prueba lo sabe */
};

/* El último es de lo que espera. */
enum hs__tone { HS__PLAIN, HS__GOOD, HS__ODD, HS__BAD, HS__WAIT };

/* El cero es un tramo que no está en ninguna parte. */
struct hs__span {
    int lane;
    unsigned id;
};

/* El carril de esa clase y ese nombre, nuevo si no estaba. Cuando ya no caben más, el de «los
 * demás» de esa clase. */
int hs__lane(enum hs__kind kind, const char *name);

struct hs__span hs__span_begin(int lane, const char *format, ...) HS_PRINTF(2, 3);
/* Acaba ahora. Sin texto (NULL) conserva el suyo; sobre uno ya acabado no hace nada. */
void hs__span_end(struct hs__span *span, enum hs__tone tone, const char *text);
void hs__dot(int lane, enum hs__tone tone, const char *text, size_t length);

/* Lo que se sabe después, por una fecha que alguien apuntó: milisegundos como los de hs_now().
 * Antes de que arrancara el programa no se apunta. */
void hs__past(int lane, double from, double to, enum hs__tone tone, const char *text);
/* Una fecha del sistema, en milisegundos de Unix, como hs_now(). */
double hs__moment_of(double unix_ms);

/* Desde ahora, y hasta que acabe el tramo, debían verse `n` a la vez de lo que dice `what`. Si
 * ya se estaba esperando lo mismo no es otro tramo. */
struct hs__span hs__want_together(int n, const char *what);

/* Desde que empieza la vida del primer programa se cuentan los milisegundos. */
void hs__chronicle_origin(const struct hs__span *life);

/* Lo apuntado, para el resultado. Lo que siga abierto acaba ahora. */
json_t *hs__chronicle_json(void);
void hs__chronicle_free(void);

#endif
