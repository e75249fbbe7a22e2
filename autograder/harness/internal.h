/*
 * internal.h: lo que comparten las piezas del banco.
 *
 * Hay un solo cerrojo y una sola condición para todo el banco: cada hilo (los lectores de
 * los programas, los servidores) apunta lo que ve con el cerrojo tomado y avisa; el hilo
 * de la prueba espera en hs__wait. Así una espera puede mirar a la vez el programa y el
 * servidor, y ninguna necesita preguntar cada cierto tiempo.
 */
#ifndef HS_INTERNAL_H
#define HS_INTERNAL_H

#include "base/memory.h"
#include "base/text.h"
#include "harness/harness.h"
#include <stdarg.h>
#include <stdio.h>

/* ------------------------------------------------------------------------- parts.c */

void hs__lock(void);
void hs__unlock(void);
void hs__notify(void); /* algo cambió; con el cerrojo tomado */
void hs__wake(void);   /* que miren por si acaso, aunque quizá no haya cambiado nada */
void hs__sleep(void);  /* suelta el cerrojo hasta el próximo aviso */
void hs__sleep_until(double limit); /* o hasta entonces, como hs_now() */

/*
 * Espera, con el cerrojo tomado, a que `check` devuelva algo distinto de cero, y lo
 * devuelve. Cero si vence el plazo nominal o el de la prueba. Si ya acabaron todos los
 * programas solo queda por llegar lo que venga de camino, y el plazo se acorta.
 */
int hs__wait(int (*check)(void *arg), void *arg, int ms);

/* Falla por lo que no llegó: «mal» si el programa ya no puede hacerlo, «tiempo» si no le
 * dio tiempo. Suelta el cerrojo. */
_Noreturn void hs__fail_waiting(int ms, const char *format, ...) HS_PRINTF(2, 3);

/* Quien participa en una prueba. El hilo de la prueba llama a todo, y a `poll` y `ended`
 * con el cerrojo tomado. */
struct hs__lines;
struct hs__part {
    void (*poll)(struct hs__part *part); /* al despertar; NULL si no hace falta */
    int (*ended)(struct hs__part *part); /* es un programa: ¿acabó?; NULL si no lo es */
    void (*report)(struct hs__part *part, struct hs__lines *lines); /* qué vio */
    void (*trace)(
        struct hs__part *part); /* apunta en la cronología lo que sabe; NULL si nada */
    /* Apunta qué hizo cada tarea hasta ese instante, si lo sabe; quizá tenga que despedirlo. */
    void (*tasks)(struct hs__part *part, double until);
    const char *(*stop)(struct hs__part *part); /* para y libera; avería propia, o NULL */
    /* El error de memoria que acabó con él, con palabras, o NULL; NULL si no es programa. */
    const char *(*alarm)(struct hs__part *part);
    /* Lo que se ve en él que explica por sí solo que la prueba falle, o NULL; `late` si algo no
     * llegó a tiempo. */
    const char *(*cause)(struct hs__part *part, bool late);
    /* El procesador gastado, en milisegundos, o -1 si no se sabe; NULL si no es programa. Sin el
     * cerrojo. */
    int64_t (*spent)(struct hs__part *part);
    bool outside; /* trabaja por su cuenta, sin que aquí se vea: una base de datos */
    struct hs__part *next;
};
void hs__join(struct hs__part *part); /* los últimos en llegar se paran antes */
void hs__poll(void);
bool hs__all_ended(void);   /* hubo programas y ya no queda ninguno en marcha */
bool hs__any_program(void); /* ya se arrancó alguno; solo el hilo de la prueba */
void hs__report_parts(struct hs__lines *lines);
void hs__trace_parts(void);
void hs__tasks_parts(double until);
/* Qué esperaba entonces cada tarea, en una frase; NULL si no se sabe o no esperaba ninguna. */
const char *hs__tasks_waits(void);
const char *hs__alarm(void);      /* la del primer programa que la dé, o NULL */
const char *hs__cause(bool late); /* lo mismo */
/* Con los sanitizadores se vería en qué línea falló. */
bool hs__wants_sanitizer(void);
int64_t hs__spent(void); /* el de todos los programas; -1 si alguno no lo dice */
/* Cuántas cosas han pasado, con el cerrojo tomado: las que se avisan y las que no despiertan a nadie. */
unsigned hs__events(void);
void hs__progress(void);
const char *hs__stop_parts(void);

/* ------------------------------------------------------------------------ bounds.c */

enum hs__bound { HS__BYTES, HS__LINES, HS__REQUESTS, HS__CONNECTIONS };

/* ¿Caben estos `n` más? Si no, hay que tirarlos. Con el cerrojo tomado. */
bool hs__allow(enum hs__bound bound, size_t n);
/* El programa pasó un tope, y la prueba fallará con estas palabras. Con el cerrojo tomado. */
void hs__exceed(const char *format, ...) HS_PRINTF(1, 2);
/* Falla si se pasó alguno. Con el cerrojo tomado; si falla, lo suelta. */
void hs__check_bounds(void);

/* -------------------------------------------------------------------------- keep.c */

/* Memoria a cero que dura hasta el final de la prueba; solo desde su hilo. */
void *hs__keep(size_t size);
const char *hs__keep_text(const char *text, size_t length);
const char *hs__keep_vformat(const char *format, va_list args);
void hs__free_kept(void);

/* ------------------------------------------------------------------------- clock.c */

void hs__clock_start(const struct hs_test *test);
void hs__random_start(const struct hs_test *test);
double hs__factor(void);          /* lo lenta que va la máquina, de 1 a 10 */
double hs__recalibrate(void);     /* vuelve a medir; el factor nunca baja */
double hs__moment(double ms);     /* un instante del reloj monótono, como hs_now() */
double hs__deadline(void);        /* fin del plazo de la prueba, como hs_now() */
double hs__latest_deadline(void); /* el mismo, si la máquina fuera lo más lenta posible */

/* ------------------------------------------------------------------------- shown.c */

struct hs__lines {
    char **items;
    size_t count;
};
void hs__add(struct hs__lines *lines, const char *format, ...) HS_PRINTF(2, 3);
void hs__add_text(struct hs__lines *lines, const char *prefix, const char *text,
                  size_t length);
/* Segundos con coma y esos decimales: "0,250" */
const char *hs__seconds(double ms, int decimals);
void hs__lines_free(struct hs__lines *lines);

/* Los dos textos y la primera diferencia, marcada. */
void hs__add_difference(struct hs__lines *lines, const char *expected, const char *got);

/* Los dos textos, uno de ellos vacío. */
void hs__add_both(struct hs__lines *lines, const char *expected, const char *got);

/* "1 byte", "2 bytes" */
const char *hs__count(long long n, const char *one, const char *many);

/* "SIGSEGV (violación de segmento)" */
const char *hs__signal_words(int signal);

/* ------------------------------------------------------------------------- needs.c */

/* El nombre de la prueba que tiene que pasar antes que esta y ya se sabe que no pasa, o NULL. */
const char *hs__need_failed(void);
void hs__needs_start(const char *test);

/* -------------------------------------------------------------------------- idle.c */

/*
 * ¿Merece la pena seguir esperando? No, si en todo un rato los programas no han hecho nada y no ha
 * llegado nada; ni si, pasado el plazo, no han hecho más que gastar procesador.
 */
struct hs__idle {
    double since, looked, worked;
    int64_t spent, at_start;
    unsigned events;
    bool started;
};
/* En una espera de `ms` nominales. Con el cerrojo tomado, que suelta un momento. Llámese cada
 * HS__IDLE_LOOK_MS o más a menudo. */
bool hs__hopeless(struct hs__idle *idle, int ms, bool overdue);
enum { HS__IDLE_LOOK_MS = 200 };

/* ------------------------------------------------------------------ program/reach.c */

/* A qué puertos se conecta el programa que se arranque ahora: los de esta prueba. Del banco
 * hasta la próxima llamada. */
const int *hs__reach(size_t *n);
void hs__reach_also(int port); /* y el de un proceso suyo */

/* ------------------------------------------------------------------------- story.c */

void hs__checked(void); /* la prueba comprobó algo */

#endif
