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

#include "harness.h"
#include <stdarg.h>
#include <stdio.h>

/* ------------------------------------------------------------------------- stage.c */

void hs__lock(void);
void hs__unlock(void);
void hs__notify(void); /* algo cambió; con el cerrojo tomado */
void hs__sleep(void);  /* suelta el cerrojo hasta el próximo aviso */

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
    const char *(*stop)(struct hs__part *part); /* para y libera; avería propia, o NULL */
    struct hs__part *next;
};
void hs__join(struct hs__part *part); /* los últimos en llegar se paran antes */
void hs__poll(void);
bool hs__all_ended(void);   /* hubo programas y ya no queda ninguno en marcha */
bool hs__any_program(void); /* ya se arrancó alguno; solo el hilo de la prueba */
void hs__report_parts(struct hs__lines *lines);
const char *hs__stop_parts(void);

/* Memoria que dura hasta el final de la prueba; solo desde su hilo. */
void *hs__keep(size_t size);
const char *hs__keep_text(const char *text, size_t length);
void hs__free_kept(void);

/* Sin memoria no hay prueba que valga: avisan y abortan en vez de fallar. */
void *hs__alloc(size_t size);
void *hs__grow(void *old, size_t size);

/* ------------------------------------------------------------------------- clock.c */

void hs__clock_start(const struct hs_test *test);
double hs__factor(void);          /* lo lenta que va la máquina, de 1 a 10 */
double hs__recalibrate(void);     /* vuelve a medir; el factor nunca baja */
double hs__deadline(void);        /* fin del plazo de la prueba, como hs_now() */
double hs__latest_deadline(void); /* el mismo, si la máquina fuera lo más lenta posible */

/* -------------------------------------------------------------------------- text.c */

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

/*
 * Copia apta para una terminal: escapa los caracteres de control y los que cambian el
 * sentido de la escritura, y sustituye lo que no es UTF-8. Toma como mucho `max` bytes y
 * dice cuántos faltan. Hay que liberarla.
 */
char *hs__clean(const char *text, size_t length, size_t max);
char *hs__vformat(const char *format, va_list args); /* hay que liberarla */

/* Los dos textos y la primera diferencia, marcada. */
void hs__add_difference(struct hs__lines *lines, const char *expected, const char *got);

/* "SIGSEGV (violación de segmento)" */
const char *hs__signal_words(int signal);

/* ------------------------------------------------------------------------- story.c */

void hs__checked(void); /* la prueba comprobó algo */

#endif
