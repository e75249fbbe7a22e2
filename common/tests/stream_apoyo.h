/* Lo común a las pruebas de los flujos. */
#ifndef STREAM_APOYO_H
#define STREAM_APOYO_H

#include "prueba.h"

/* Dos flujos TCP unidos entre sí, los dos en este programa. */
struct pareja {
    as_stream *a, *b;
};

void pareja_abre(struct pareja *p);

/* Cierra los que no sean NULL. */
void pareja_cierra(struct pareja *p);

/* Escribe un texto y exige que se acepte. */
void escribe(as_stream *s, const char *texto);

/* Lee hasta el final o hasta llenar; deja el texto y devuelve cuánto. */
size_t lee_todo(as_stream *s, char *texto, size_t tamano);

/* Lee y exige que llegue justo `esperado`. */
void llega(as_stream *s, const char *esperado);

/* Llena un flujo cuyo otro extremo no lee, hasta que escribir más haría esperar. Devuelve
 * cuánto se escribió. */
size_t atasca(as_stream *s);

/* El descriptor libre más bajo, contando ya los que libuv se reserva con el primer flujo. */
int descriptor_libre(void);

/* Un cliente de fuera: sockets bloqueantes, en su hilo o en su proceso. Devuelve el fd. */
int conecta_de_fuera(int puerto);

#endif
