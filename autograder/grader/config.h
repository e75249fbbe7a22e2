/* Con quién y en qué caja se califica. */
#ifndef GR_CONFIG_H
#define GR_CONFIG_H

#include "box/rung.h"
#include "grader/job.h"

/* Elige en `cfg` el usuario del juez y el peldaño más alto que se pueda hasta `highest`. Como
 * root el juez corre con un usuario que es solo de esta calificación. Con `aloud` escribe en los
 * errores los avisos que haya. 0, o -1 con el motivo. */
int gr_configure(struct gr_config *cfg, enum box_rung highest, bool aloud,
                 struct gr_error *err);

/* Sube los descriptores de esta terminal hasta los que piden esos laboratorios. 0, o -1 con el motivo,
 * que nombra el que no cabe y qué hacer. */
int gr_lift_files(const struct labs *labs, struct gr_error *err);

/* En un sitio ya aislado (BOX_ISOLATED), 0 si los programas no pueden entrar en esa carpeta; si
 * pueden, -1 con el motivo y el remedio. En los demás peldaños, 0. */
int gr_check_closed(const struct gr_config *cfg, const char *path, struct gr_error *err);

#endif
