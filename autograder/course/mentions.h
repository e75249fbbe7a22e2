/* Lo que se dice de los laboratorios fuera de ellos: las tablas de las páginas de entrada, el camino de los
 * capítulos y lo que un editor da a elegir. Sale todo de los lab.json de los laboratorios del curso. */
#ifndef COURSE_MENTIONS_H
#define COURSE_MENTIONS_H

#include "course/lab.h"

/* Mira lo que hay de ello en la carpeta actual, o con `write` lo pone al día. Por cada cosa dice en la
 * salida qué archivo es y qué le pasa. 0, o 1 si algo no está al día o no se puede poner. */
int mentions_check(const struct labs *labs, bool write);

#endif
