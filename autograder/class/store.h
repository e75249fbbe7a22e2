/* La base de datos de una clase: SALIDA/clase.db, de SQLite.
 *
 * Guarda lo que costó conseguir (calificaciones) y lo que escribió una persona (ajustes). Todo
 * lo demás, las notas y los informes, se calcula cada vez a partir de ella: marks.h.
 *
 * Cada calificación que termina se guarda en su propia transacción, con WAL y synchronous=FULL:
 * cuando cl_store_result vuelve, ni un `kill -9` ni un corte de luz la borran. Quien solo lee
 * puede abrir la base mientras otro califica.
 *
 * El esquema, `PRAGMA user_version` = CL_STORE_VERSION. Las fechas son UTC, ISO 8601
 * («2026-11-22T21:00:00Z»).
 *
 *   alumno      quién está en la clase
 *     alumno    PK; el nombre con que se le nombra en todas partes: «Pérez Gil Ana»
 *     correo    o NULL
 *     numero    el de la lista o, sin lista, el de la plataforma (Moodle: el de la última entrega;
 *               Gradescope: el «sid»); o NULL
 *     en_lista  1 si está en la lista de la clase
 *
 *   entrega     qué entregó cada cual de cada laboratorio; sin fila, no entregó
 *     alumno, lab   PK; `lab` es el de lab.json: «07»
 *     estado    'entregada', o 'rechazada': no hay nada que compilar y vale 0
 *     clave     de `resultado` y de `fuente`; NULL si está rechazada
 *     motivo    por qué se rechazó, para quien entrega; NULL si no
 *     avisos    lista JSON de frases para quien entrega; '[]' si no hay
 *     carpeta   la de ENTREGAS, entera
 *     origen    el archivo o la carpeta de ENTREGAS de donde salió
 *     fecha     cuándo se entregó, o NULL si no se sabe, y entonces no llega tarde
 *     fecha_de  quién la dice: 'alumnos.csv', 'gradescope', 'moodle' o 'archivo'; NULL sin fecha
 *     numero    el de la entrega en la plataforma, o NULL
 *     plataforma    'carpeta', 'moodle', 'gradescope' o 'canvas'
 *
 *   resultado   qué sacó lo entregado; una fila por clave, aunque la compartan varios
 *     clave     PK; SHA-256 en hexadecimal de las fuentes, la suite, lo que da el laboratorio,
 *               el corrector y el compilador: key.h
 *     lab
 *     estado    'calificado', o 'no_calificado': falló el corrector, la nota está por saber y
 *               se intenta otra vez en la próxima ejecución
 *     puntos, maximo, sin_calificar   del laboratorio; NULL si el corrector no dejó nada
 *     json      el resultados.json de asinc-grade, entero, o NULL
 *     motivo    de qué murió el corrector, o NULL
 *     intentos  ejecuciones en que se probó
 *     segundos  lo que tardó la última
 *     terminado cuándo acabó
 *     repetir   1 si se ha pedido calificarlo de nuevo; mientras, vale este
 *
 *   fuente      los archivos que se calificaron, tal cual
 *     clave, nombre   PK
 *     contenido BLOB
 *     dado      1 si es de los que da el laboratorio y venía cambiado: no se usó
 *
 *   ajuste      la última palabra de quien enseña; ninguna calificación lo borra
 *     alumno, lab   PK; puede no haber entrega
 *     puntos    la nota que manda, ya sin descuentos, o NULL: solo hay comentario
 *     motivo    por qué, o NULL si solo hay comentario
 *     comentario    para quien entrega, o NULL
 *     puesto    cuándo
 *
 *   identidad   la lista de la clase: de quién es cada nombre y cada número
 *     columna, valor, alumno   PK; «moodle», «12345», «Pérez Gil Ana»
 *
 *   sin_identificar   lo que la lista no sabe de quién es, de cada carpeta y laboratorio
 *     carpeta, lab, origen     PK
 *     columna, nombre, valor, correo   lo que se sabe, y la columna de la lista en que falta
 *
 *   prorroga    hasta cuándo puede entregar alguien, en vez de la fecha de curso.json
 *     alumno, lab   PK
 *     hasta     con su zona, como en curso.json
 *     de        'alumnos.csv', 'nota', 'moodle' o 'gradescope'; las dos primeras mandan
 *
 *   historia    lo que ha cambiado, y cuándo; history.h
 *     n         PK, por orden
 *     cuando, alumno, lab
 *     que       'entrega', 'ajuste', 'prorroga' o 'nota'
 *     fila      lo que pasó a ser, en JSON; de una entrega, también su resultado; de una nota, los puntos
 *               que quedan con su retraso, si no son los del resultado. NULL: se quitó
 *   ahora, ultima   vistas: lo mismo de lo que hay en la base, y lo último apuntado de cada cosa
 *
 *   opcion      cómo se quieren las notas, que se dice una vez
 *     nombre    PK; 'csv', 'anonimo' o 'apuntado'
 *     valor     'excel' o 'normal'; 'si' o 'no'; hasta qué `n` de la historia llegan las notas escritas
 *
 *   escrito     lo que se ha escrito en SALIDA: solo eso se sustituye o se borra
 *     ruta      PK; desde SALIDA: «alumnos», «alumnos/ana.html»
 */
#ifndef CL_STORE_H
#define CL_STORE_H

#include "grader/grader.h"

#include <stdbool.h>
#include <stddef.h>

#define CL_STORE_VERSION 5
#define CL_STORE_NAME    "clase.db"

struct cl_store;

/* Abre la base `dir`/clase.db; con `create`, la hace si no está. 0, o -1 con el motivo. */
int cl_store_open(struct cl_store **store, const char *dir, bool create,
                  struct gr_error *err);
void cl_store_close(struct cl_store *store);

/* ---- escribir: 0, o -1 con el motivo ---------------------------------------------- */

/* Varias escrituras que valen todas o ninguna. */
int cl_store_begin(struct cl_store *store, struct gr_error *err);
int cl_store_commit(struct cl_store *store, struct gr_error *err);
void cl_store_rollback(struct cl_store *store);

struct cl_student {
    const char *name, *email,
        *number; /* los dos últimos, o NULL: no cambian lo que haya */
};

int cl_store_student(struct cl_store *store, const struct cl_student *student,
                     struct gr_error *err);

struct cl_handed {
    const char *student, *lab;
    const char *key;   /* o NULL si se rechaza, y entonces `why` */
    const char *why;   /* o NULL */
    const char *notes; /* lista JSON */
    const char *folder, *origin;
    const char *date, *date_from; /* o NULL */
    const char *number;           /* o NULL */
    const char *platform;
};

int cl_store_handed(struct cl_store *store, const struct cl_handed *handed,
                    struct gr_error *err);

/* Olvida las entregas de un laboratorio que salieron de esa carpeta: se van a apuntar las que hay
 * ahora. */
int cl_store_forget(struct cl_store *store, const char *lab, const char *folder,
                    struct gr_error *err);

int cl_store_source(struct cl_store *store, const char *key, const char *name,
                    const void *data, size_t size, bool given, struct gr_error *err);

struct cl_result {
    const char *key, *lab;
    bool graded;               /* si no, falló el corrector */
    int points, max, ungraded; /* valen si hay `json` */
    const char *json;          /* o NULL */
    const char *why;           /* o NULL */
    double seconds;
};

/* Uno «no calificado» no sustituye a uno calificado, que no se vuelve a probar. */
int cl_store_result(struct cl_store *store, const struct cl_result *result,
                    struct gr_error *err);

/* Sustituye el ajuste que hubiera. `points` NULL: solo un comentario. */
int cl_store_override(struct cl_store *store, const char *student, const char *lab,
                      const double *points, const char *why, const char *comment,
                      struct gr_error *err);
int cl_store_drop_override(struct cl_store *store, const char *student, const char *lab,
                           struct gr_error *err);

/* ---- leer --------------------------------------------------------------------------- */

/* ¿Hay alguien que se llame así? 1, 0, o -1 con el motivo. */
int cl_store_has_student(struct cl_store *store, const char *name, struct gr_error *err);

/* Una clave entregada que no está calificada, y de quién es, o de uno de ellos. */
struct cl_pending {
    char *key, *lab, *student;
};

/* Las que hay, por orden de alumno, en memoria nueva: de la carpeta de ENTREGAS `folder`, o de
 * todas si es NULL, y del laboratorio `lab`, o de todos. */
int cl_store_pending(struct cl_store *store, const char *folder, const char *lab,
                     struct cl_pending **list, size_t *n, struct gr_error *err);
void cl_pending_free(struct cl_pending *list, size_t n);

/* Los laboratorios de los que hay alguna entrega o algún ajuste, en orden. Cada uno y la lista se
 * liberan con free. */
int cl_store_labs(struct cl_store *store, char ***labs, size_t *n, struct gr_error *err);

/* Llama a `each` por cada archivo de una clave. 0, lo que devolvió si no es 0, o -1. */
int cl_store_sources(struct cl_store *store, const char *key,
                     int (*each)(const char *name, const void *data, size_t size,
                                 void *context),
                     void *context, struct gr_error *err);

/* Lo que se sabe de una nota: una por alumno y laboratorio, haya entrega o no. Las cadenas
 * valen mientras dura la llamada. */
struct cl_row {
    const char *student, *email, *number; /* los dos últimos, o NULL */
    const char *lab;
    const char *state; /* de la entrega, o NULL si no hay */
    const char *why, *notes, *origin, *date, *date_from, *delivery, *platform;
    const char *canvas;                   /* su número en Canvas, o NULL */
    const char *extension, *extension_by; /* su prórroga y quién la dice, o NULL */
    const char *key;
    const char *result; /* estado del resultado, o NULL si aún no lo hay */
    int points, max, ungraded;
    const char *json, *result_why;
    double seconds;
    bool has_override, has_points; /* hay ajuste; y pone puntos */
    double override_points;
    const char *override_why, *comment;
};

/* Llama a `each` por cada alumno y cada laboratorio de `labs`, por orden de nombre y de
 * laboratorio. Si `each` no devuelve 0, para. 0, lo que devolvió, o -1 con el motivo. */
int cl_store_rows(struct cl_store *store, const char *const *labs, size_t n,
                  int (*each)(const struct cl_row *row, void *context), void *context,
                  struct gr_error *err);

#endif
