/*
 * record.h: líneas que van llegando de algún sitio, sea la salida de un programa o una
 * conexión, y cómo se buscan. Todo con el cerrojo del banco tomado, salvo abrir y cerrar
 * una búsqueda.
 */
#ifndef HS_RECORD_H
#define HS_RECORD_H

#include "harness/internal.h"
#include <regex.h>

/* Las líneas llegadas, por orden; puede haber varias entradas en un mismo registro. */
struct hs__record {
    int lane; /* dónde se apuntan sus líneas, para dibujarlas */
    struct hs_line **lines;
    size_t count;
};

/* Los bytes que llegan por una entrada. */
struct hs__intake {
    char *bytes;
    size_t length, capacity;
    size_t max;        /* los que se guardan; 0 = los que admita la prueba */
    const char *full;  /* con más de `max`, en qué falla la prueba */
    size_t line_start; /* dónde empieza la línea a medias */
};

/* Apunta una línea entera. */
void hs__add_line(struct hs__record *record, enum hs_stream stream, const char *text,
                  size_t length, bool newline);
/* Guarda `n` bytes y apunta las líneas que completan, mientras quepan. */
void hs__take_bytes(struct hs__record *record, struct hs__intake *in,
                    enum hs_stream stream, const char *bytes, size_t n);
/* No llegará más: lo que quede a medias es la última línea. */
void hs__take_end(struct hs__record *record, struct hs__intake *in,
                  enum hs_stream stream);
void hs__record_free(struct hs__record *record);

/* Una búsqueda preparada: la expresión compilada y lo ya mirado, para no repetirlo. */
struct hs__search {
    const struct hs__record *record;
    const struct hs_match *match;
    regex_t regex;
    int wanted, found;
    size_t looked;
    const struct hs_line *line; /* la última hallada */
};

/* Busca `wanted` líneas; `record` y `match` deben durar más que la búsqueda. */
void hs__search_open(struct hs__search *s, const struct hs__record *record,
                     const struct hs_match *match, int wanted);
/* Avanza por las líneas nuevas; cierto cuando ya están todas. */
bool hs__search_advance(struct hs__search *s);
void hs__search_close(struct hs__search *s);

/* Abre, avanza y cierra: las que hay ahora, hasta `wanted`. Toma el cerrojo. */
struct hs__search hs__search_now(const struct hs__record *record,
                                 const struct hs_match *match, int wanted);

/* Cómo se lee lo que se busca: «una línea con "a" y "b"». */
const char *hs__match_words(const struct hs_match *match);

/* «VERBO 2 veces QUÉ y DONE 1 vez»; si no hay ninguna, «VERBO QUÉ y no DONE». `done` va
 * en femenino, que son líneas: "debía escribir" y "la ha escrito". */
const char *hs__lack_words(const char *verb, const char *done,
                           const struct hs_match *match, int wanted, int found);

/* Para el informe: las líneas [from, to), y lo que quedó sin salto. */
void hs__show_lines(struct hs__lines *out, const struct hs__record *record, size_t from,
                    size_t to, size_t max_bytes);
void hs__show_rest(struct hs__lines *out, const struct hs__intake *in,
                   enum hs_stream stream, size_t max_bytes);

#endif
