/* La cronología de una prueba: qué vio el banco y cuándo, para dibujarlo. No decide nada. */
#ifndef GR_CHRONICLE_READ_H
#define GR_CHRONICLE_READ_H

#include <jansson.h>

/* Copia de la que dejó la suite, con todo comprobado y los textos limpios; NULL si no está o
 * algo de ella no se entiende: sin dibujo, el veredicto es el mismo.
 *
 *   {"fin": 5200.5, "omitidos": 0, "carriles": [
 *     {"clase": "ruta", "nombre": "/abc", "sucesos": [
 *       {"ms": 12.5, "hasta": 40.1, "tono": "normal", "texto": "GET: contestada con 200"}]}]}
 *
 * Los tiempos son milisegundos desde que arrancó el primer programa. Un suceso con «hasta» es
 * un tramo y sin él un punto. Con «cuantos», dice cuántos debían verse a la vez. */
json_t *gr_chronicle_read(const json_t *raw);

#endif
