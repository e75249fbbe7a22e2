/* Los informes: la terminal, resultados.json y la página. */
#ifndef GR_REPORT_H
#define GR_REPORT_H

#include "grader/job.h"
#include "grader/screen.h"

#include <stdio.h>

/* Lo que se sabe de la calificación, con la forma de resultados.json. Es de quien llama. */
json_t *gr_results(const struct gr_job *jobs, size_t n, const struct gr_config *cfg,
                   int64_t elapsed_ms);

/* Escribe DIR/resultados.json y, con `page`, DIR/index.html, cada uno de una vez: quien los lea nunca
 * ve medio archivo. */
int gr_report_files(const json_t *results, const char *dir, bool page,
                    struct gr_error *err);

/* Escribe en la salida lo que un guion pregunta de los resultados que hay en `path`:
 *
 *   total          puntos, máximo y sin calificar
 *   laboratorios   de cada uno: número, puntos y máximo
 *   pruebas        de cada una: laboratorio, nombre y veredicto
 *   peldano        la caja
 *   veredicto      el de una prueba, en el archivo que deja el banco
 */
int gr_report_plain(const char *path, const char *what, struct gr_error *err);

/* La página, solo con lo que dicen los resultados. */
void gr_report_html(FILE *out, const json_t *results);

/* ---- la terminal ----------------------------------------------------------------- */

const char *gr_result_mark(const struct gr_result *result);
const char *gr_verdict_color(const struct gr_screen *s, enum gr_verdict v);

/* ---- sus partes ------------------------------------------------------------------ */

/* El informe entero: dónde está cada laboratorio, las primeras historias, el total y el
 * siguiente paso. */
void gr_report_term(FILE *out, const struct gr_job *jobs, size_t n,
                    const struct gr_config *cfg, int64_t elapsed_ms);

/* Quién contó la memoria, en una frase sin punto: si hubo o no grupo de control. */
const char *gr_memory_law(bool group);

/* Un laboratorio: sus etapas, y las pruebas de la siguiente; con `all`, todas; con `brief`,
 * ninguna. */
void gr_report_lab(const struct gr_screen *s, const struct gr_job *job,
                   const struct gr_config *cfg);

/* Varios: una línea para cada uno. */
void gr_report_labs(const struct gr_screen *s, const struct gr_job *jobs, size_t n);

/* Las historias de las primeras que no pasaron, y cuáles son las demás; con `brief`, solo la de
 * la primera. */
void gr_report_stories(const struct gr_screen *s, const struct gr_job *jobs, size_t n,
                       const struct gr_config *cfg);

/* La historia de una prueba que no pasó. */
void gr_report_story(FILE *out, const struct gr_job *job, const struct gr_result *result);

/* La línea de tiempo de una prueba, en unas pocas filas. */
void gr_report_line(const struct gr_screen *s, const json_t *chronicle);

/* Un solo paso que dar ahora, con el archivo que abrir y la orden que teclear. */
void gr_report_next(FILE *out, const struct gr_job *jobs, size_t n,
                    const struct gr_config *cfg);

/* El trabajo del que habla el siguiente paso: el primero empezado y sin acabar o, si no lo
 * hay, el que pide leer menos. NULL si todo está bien. */
const struct gr_job *gr_next_job(const struct gr_job *jobs, size_t n);

/* ¿Sigue como el esqueleto: sin un punto y con algún TODO? */
bool gr_job_untouched(const struct gr_job *job);

#endif
