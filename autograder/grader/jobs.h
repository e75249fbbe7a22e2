/* Correr los trabajos y recoger, con desconfianza, lo que dejan. */
#ifndef GR_JOBS_H
#define GR_JOBS_H

#include "grader/job.h"
#include "grader/stage.h"

/* ---- jobs.c ---------------------------------------------------------------------- */

/* Desde aquí, Ctrl+C espera a que gr_jobs_run lo atienda: nunca queda a medias la zona
 * privada. Se llama antes de crearla. */
void gr_jobs_hold_signals(void);

/* Corre todos los trabajos, varios a la vez. Código de salida: GR_EXIT_OK, GR_EXIT_INTERRUPT
 * si llegó Ctrl+C (ya no queda nada corriendo) o GR_EXIT_FAILURE, con el motivo en `err`. */
int gr_jobs_run(struct gr_stage *stage, const struct gr_config *cfg, struct gr_job *jobs,
                size_t n, struct gr_error *err);

/* ---- collect.c, score.c ---------------------------------------------------------- */

/* Recoge los resultados de un trabajo terminado y le pone veredicto y puntos. */
void gr_collect(struct gr_job *job);

/* Aplica `requiere`, suma y decide el veredicto del laboratorio. */
void gr_score(struct gr_job *job);

#endif
