/* Qué peldaño de la caja (enum box_rung) admite este sistema, y cómo se le llama. */
#ifndef BOX_RUNG_H
#define BOX_RUNG_H

#include "box/box.h"

/* «no», «ya-aislado», «minima», «parcial» o «completa»: lo que se escribe en CAJA= y en el informe. */
const char *box_rung_name(enum box_rung rung);

/* Lo mismo con su tilde, para una frase: «la caja mínima». */
const char *box_rung_title(enum box_rung rung);

/* El peldaño que se llama así; sin nombre (NULL), o con uno que no existe, el más alto. */
enum box_rung box_rung_named(const char *name);

/* Lo que le falta, en español, para acabar una frase: «el programa ...». NULL si nada. */
const char *box_rung_lacks(enum box_rung rung);

/* Prueba de verdad, con ese `uid` si eres root, y deja en `rung` el peldaño más alto que
 * funciona sin pasar de `highest`. No baja de BOX_MINIMAL: si ninguno funciona, o falta
 * bubblewrap, que se instala, devuelve < 0; y -EAGAIN si lo que falta, memoria, procesos o sitio, quizá lo
 * haya luego. En `why`, por qué no pudo ser `highest` y el
 * remedio; vacío si lo fue. */
int box_choose(enum box_rung highest, uid_t uid, gid_t gid, enum box_rung *rung,
               char *why, size_t size);

#endif
