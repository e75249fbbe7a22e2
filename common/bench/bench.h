/*
 * Lo que comparten las medidas escritas en C.
 *
 * Cada programa mide una cosa una vez y escribe sus cifras en la salida, una por línea:
 * `clave valor`. Repetir, comparar y juzgar es de bench.sh.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

enum { BENCH_CONNECTIONS = 100, BENCH_BODY = 1024 }; /* las de HTTP y de eco */

/* Un instante: el reloj y la CPU que llevaba gastada el proceso, en nanosegundos. */
struct bench_mark {
    uint64_t wall, cpu;
};

struct bench_mark bench_now(void);

/* Lo que pasó desde `start`. */
struct bench_mark bench_since(struct bench_mark start);

/* KiB que ocupa el proceso en memoria, con las tablas de páginas que paga el núcleo. */
double bench_resident_kib(void);

/* Escribe una cifra. */
void bench_figure(const char *key, double value);

/* Las dos cifras de una medida de HTTP: peticiones por segundo y CPU de cada una. */
void bench_http_figures(struct bench_mark spent, long requests);

/* El argumento `index` como entero positivo; si no lo es, explica el uso y sale con 2. */
long bench_argument(int argc, char **argv, int index, const char *usage);

#endif
