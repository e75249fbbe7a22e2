/* Los informes: la terminal, resultados.json y la página. */
#ifndef GR_REPORT_H
#define GR_REPORT_H

#include "grader/job.h"

#include <stdio.h>

/* Lo que se sabe de la calificación, con la forma de resultados.json. Es de quien llama. */
json_t *gr_results(const struct gr_job *jobs, size_t n, const struct gr_config *cfg,
                   int64_t elapsed_ms);

/* Escribe DIR/resultados.json y DIR/index.html, cada uno de una vez: quien los lea nunca ve
 * medio archivo. */
int gr_report_files(const json_t *results, const char *dir, struct gr_error *err);

/* La página, solo con lo que dicen los resultados. */
void gr_report_html(FILE *out, const json_t *results);

/* ---- la terminal ----------------------------------------------------------------- */

/* Estilos de terminal; vacíos si la salida no es una terminal o hay NO_COLOR. */
struct gr_style {
    const char *bold, *dim, *good, *bad, *warn, *off;
};
struct gr_style gr_style_for(FILE *out);

/* Dónde se escribe, y con qué margen: sin él, si `out` es memoria. */
struct gr_screen {
    FILE *out;
    size_t cols;
    struct gr_style style;
};
struct gr_screen gr_screen_for(FILE *out);

/* ¿Se ven bien ahí los bloques con que se dibuja? Con LANG=C, no. */
bool gr_screen_blocks(void);

/* Escribe `text` en líneas de hasta `cols` columnas: la primera tras `first`, las demás
 * tras tantos espacios como ocupa. No parte palabras ni líneas que empiezan por espacio. */
void gr_text_wrap(FILE *out, const char *first, const char *text, size_t cols);

/* `left` a la izquierda, tras `mark`, que va de ese color; y `right` pegado al margen derecho
 * de su primera línea. */
void gr_put_row(const struct gr_screen *s, const char *mark, const char *left,
                const char *right, const char *color);

const char *gr_result_mark(const struct gr_result *result);
const char *gr_verdict_color(const struct gr_screen *s, enum gr_verdict v);
const char *gr_points_word(int points); /* «punto» o «puntos» */

/* ---- sus partes ------------------------------------------------------------------ */

/* El informe entero: dónde está cada laboratorio, las primeras historias, el total y el
 * siguiente paso. */
void gr_report_term(FILE *out, const struct gr_job *jobs, size_t n,
                    const struct gr_config *cfg, int64_t elapsed_ms);

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
 * hay, el primero sin empezar. NULL si todo está bien. */
const struct gr_job *gr_next_job(const struct gr_job *jobs, size_t n);

/* ¿Sigue como el esqueleto: sin un punto y con algún TODO? */
bool gr_job_untouched(const struct gr_job *job);

#endif
