/*
 * Una petición de HTTP/1.1 en bytes, sin red: dónde acaba su cabeza, qué dice y cómo viene
 * su cuerpo.
 *
 * Se lee al pie de la letra del RFC 9112. Delante de nosotros puede haber otro servidor que
 * reparta las peticiones: si los dos no entienden lo mismo dónde acaba una, alguien puede
 * colar otra en medio. Por eso no se arregla ni se adivina nada: lo que no sigue la gramática
 * se rechaza, y con ello la conexión, porque ya no se sabe dónde empieza lo siguiente.
 */
#ifndef ASINC_WEB_PARSE_H
#define ASINC_WEB_PARSE_H

#include <asinc/types.h>

/* ---- Líneas ------------------------------------------------------------------------- */

/* Cuántos bytes ocupa la primera línea, con su CR LF: 0 si no ha llegado entera, UV_EINVAL si
 * acaba en un LF solo o lleva un CR dentro. */
ssize_t as__line_size(const char *data, size_t size);

/* ---- La cabeza ---------------------------------------------------------------------- */

struct as__field {
    char *name, *value;
};

/* Hasta dónde se ha mirado una cabeza que aún no ha llegado entera. */
struct as__request_head_scan {
    size_t size;  /* bytes de las líneas enteras */
    size_t lines; /* cuántas son, sin contar las vacías que haya delante */
};

/*
 * Busca el final de la cabeza con que empieza `data`, desde donde lo dejó `scan`. Devuelve
 * cuántos bytes ocupa, con la línea vacía que la acaba; 0 si no ha llegado entera, o UV_EINVAL
 * si una línea no acaba como debe.
 */
ssize_t as__request_head_find(struct as__request_head_scan *scan, const char *data,
                              size_t size);

struct as__request_head {
    const char *method, *path; /* `path`, sin decodificar y sin la consulta */
    const char *query; /* lo de detrás de «?», sin decodificar; NULL si no hay */
    int minor;         /* 0 o 1: HTTP/1.0 o HTTP/1.1 */
    struct as__field *fields;
    size_t field_count;
    uint64_t length; /* Content-Length, o 0; si no cabe, UINT64_MAX */
    bool chunked;    /* el cuerpo viene a trozos */
    bool close;      /* el cliente no quiere seguir con la conexión */
    bool expects;    /* espera un 100 antes de enviar el cuerpo */
};

/*
 * Lee la cabeza entera que hay en `text`, de `size` bytes: lo leído apunta a ella, con un '\0'
 * detrás de cada pieza. En `fields` caben tantas cabeceras como líneas. Devuelve 0, o el
 * estado con que hay que rechazarla, y por qué en `*why`.
 */
int as__request_head_parse(struct as__request_head *head, char *text, size_t size,
                           struct as__field *fields, const char **why);

/* Lee una cabecera, «Nombre: valor», de la línea que acaba en `end`, donde pone un '\0'. */
bool as__field_parse(struct as__field *field, char *line, char *end);

/* ---- El cuerpo a trozos ------------------------------------------------------------- */

/* Empieza con {.around = lo que pueden ocupar las extensiones y el remolque}. */
struct as__chunked {
    enum {
        AS__CHUNK_SIZE,
        AS__CHUNK_DATA,
        AS__CHUNK_END,
        AS__TRAILER,
        AS__COMPLETE
    } part;
    uint64_t left; /* bytes de este trozo que faltan por llegar */
    size_t around;
};

/*
 * Lee la próxima pieza de `data`: una línea, o los datos de un trozo que hayan llegado, que
 * son los `*piece_size` bytes de `*piece`. Devuelve cuántos bytes ocupa: 0 si hacen falta más,
 * UV_EINVAL si no está bien escrito, UV_E2BIG si lo de alrededor no cabe. El cuerpo está
 * entero cuando `part` es AS__COMPLETE.
 */
ssize_t as__chunked_next(struct as__chunked *chunked, char *data, size_t size,
                         const char **piece, size_t *piece_size);

#endif
