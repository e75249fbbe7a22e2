/* Un lab.json sin errores, para las pruebas de quien lo lee y de quien lo usa. */
#ifndef COURSE_TESTS_BUENO_H
#define COURSE_TESTS_BUENO_H

#include "course/lab.h"

/* Con las pruebas «una», «dos» y «tres»: una en cada etapa, y cada una requiere la anterior. */
extern const char good_lab[];

/* Carga `text` como si fuera el lab.json de 07-monitor. NULL, o el motivo, en memoria nueva. */
char *load_text(struct lab *lab, const char *text);

#endif
