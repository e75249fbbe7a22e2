/* Lo que comparten las pruebas de las piezas del corrector. */
#ifndef GR_TESTS_UNIT_H
#define GR_TESTS_UNIT_H

#include "grader/manifest.h"

/* Un manifiesto sin errores, con las pruebas «una», «dos» y «tres»: una en cada etapa, y cada
 * una requiere la anterior. */
extern const char good_lab[];

/* Carga `text` como si fuera el lab.json de 07-monitor. */
int load_text(struct gr_lab *lab, const char *text, struct gr_error *err);

#endif
