/* Lo común a las pruebas de los procesos. */
#ifndef PROCESS_APOYO_H
#define PROCESS_APOYO_H

#include "prueba.h"

/* Los argumentos para que el intérprete ejecute `texto`. */
#define ORDEN(texto) ((const char *[]){"sh", "-c", texto, NULL})

/* Las tres, por tuberías. */
extern const as_process_options tuberias;

/* Lanza un proceso y exige que se pueda. */
as_process *lanza(const char *const argv[], const as_process_options *opciones);

#endif
