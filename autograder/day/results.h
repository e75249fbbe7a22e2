/* Lo que dejó la última calificación: build/informe/resultados.json. */
#ifndef DAY_RESULTS_H
#define DAY_RESULTS_H

#include "grader/grader.h"

#include <jansson.h>
#include <stdbool.h>

#define DAY_REPORT "build/informe"

/* Lo que se sabe de un laboratorio, o NULL si no se calificó lo que hay en labs/. Quien llama
 * lo libera con json_decref. `report` es la carpeta del informe. */
json_t *day_results_of(const char *report, const struct lab *lab);

/* ¿Se corrieron todas sus pruebas? */
bool day_results_whole(const json_t *result, const struct lab *lab);

/* ¿Cambió el laboratorio después de calificarlo? */
bool day_results_stale(const char *report, const struct lab *lab);

/* La primera prueba que no pasó sin que sea por esperar a otra; -1 si no hay ninguna. */
ssize_t day_first_failure(const json_t *result, const struct lab *lab);

/* Lo que dice el informe de una prueba: su veredicto y la línea «FALLO: ...» de su historia, sin
 * esa palabra. NULL si no está. */
const char *day_verdict_of(const json_t *result, const char *test);
const char *day_failure_of(const json_t *result, const char *test);

#endif
