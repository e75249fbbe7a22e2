/* El corrector como biblioteca: esto, y nada más, es lo que ven de él la clase y el día. */
#ifndef GR_GRADER_H
#define GR_GRADER_H

#include "grader/config.h"      /* con quién y en qué caja se califica */
#include "grader/diag.h"        /* lo útil de lo que dijo gcc */
#include "grader/error.h"       /* cómo se cuenta un error y cómo se acaba */
#include "grader/html.h"        /* escribir una página sin que nada ajeno se cuele */
#include "grader/labs_load.h"   /* los laboratorios */
#include "grader/next.h"        /* qué laboratorio toca */
#include "grader/report_page.h" /* un laboratorio calificado, en una página */
#include "grader/screen.h"      /* la terminal */
#include "grader/stage.h"       /* dónde está lo compilado */

#endif
