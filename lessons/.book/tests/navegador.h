/* Lo que comparten las pruebas del libro en un navegador: cada una es una función, y mira `b`. */
#ifndef BOOK_NAVEGADOR_H
#define BOOK_NAVEGADOR_H

#include "webdriver.h"

extern struct browser *b;

/* Escribe cómo fue una prueba, y devuelve `good`. */
__attribute__((format(printf, 2, 3))) bool check(bool good,
                                                 const char *name, ...);
/* Escribe un valor detrás de una prueba que falla. */
void explain(json_t *value);
/* Que un trozo de JavaScript devuelva true: ahora, o antes de diez segundos. */
void holds(const char *name, const char *script);
void becomes(const char *name, const char *script);
/* Va a una página del libro. */
void open_page(const char *page);
/* Ejecuta algo en la página. */
void run(const char *script);
/* La página impresa («print») o en pantalla (""); los guiones, apagados o no. */
void media(const char *kind);
void without_script(bool off);
/* La página abierta: que quepa en un teléfono, ya de su ancho; que no tenga barreras de acceso
 * en un tema, si se dio axe-core. */
void fits_a_phone(const char *page);
void no_barriers(const char *page, const char *scheme);

/* portada.c: lo primero que se ve, el mapa y volver adonde se estaba. */
void cover(void);

/* predecir.c: decidir lo que saldrá antes de verlo. */
void predicting(void);

/* referencia.c: cada función de la biblioteca, y cómo se llega a ella. */
void reference(void);
/* Abre el buscador y escribe unas palabras. */
void search(const char *words);

#endif
