/* El esquema de la base y cómo se llega a él desde el de una versión anterior. Lo cuenta store.h. */
#include "class/store_sql.h"

static const char first[] =
    "CREATE TABLE alumno("
    "  alumno TEXT PRIMARY KEY, correo TEXT, numero TEXT) STRICT, WITHOUT ROWID;"
    "CREATE TABLE entrega("
    "  alumno TEXT NOT NULL REFERENCES alumno, lab TEXT NOT NULL,"
    "  estado TEXT NOT NULL CHECK(estado IN ('entregada', 'rechazada')),"
    "  clave TEXT, motivo TEXT, avisos TEXT NOT NULL, carpeta TEXT NOT NULL,"
    "  origen TEXT NOT NULL,"
    "  fecha TEXT, fecha_de TEXT, numero TEXT,"
    "  PRIMARY KEY(alumno, lab),"
    "  CHECK((clave IS NULL) = (estado = 'rechazada')),"
    "  CHECK((motivo IS NULL) = (estado = 'entregada'))) STRICT, WITHOUT ROWID;"
    "CREATE TABLE resultado("
    "  clave TEXT PRIMARY KEY, lab TEXT NOT NULL,"
    "  estado TEXT NOT NULL CHECK(estado IN ('calificado', 'no_calificado')),"
    "  puntos INTEGER, maximo INTEGER, sin_calificar INTEGER, json TEXT, motivo TEXT,"
    "  intentos INTEGER NOT NULL, segundos REAL NOT NULL, terminado TEXT NOT NULL,"
    "  CHECK((json IS NULL) = (puntos IS NULL))) STRICT, WITHOUT ROWID;"
    "CREATE TABLE fuente("
    "  clave TEXT NOT NULL, nombre TEXT NOT NULL, contenido BLOB NOT NULL,"
    "  dado INTEGER NOT NULL, PRIMARY KEY(clave, nombre)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE ajuste("
    "  alumno TEXT NOT NULL REFERENCES alumno, lab TEXT NOT NULL,"
    "  puntos REAL, motivo TEXT, comentario TEXT, puesto TEXT NOT NULL,"
    "  PRIMARY KEY(alumno, lab),"
    "  CHECK((puntos IS NULL) = (motivo IS NULL))) STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = 1;";

/* De la versión 1 a la 2: qué archivos de SALIDA son nuestros. De los de antes no quedó apuntado. */
static const char written[] =
    "CREATE TABLE escrito(ruta TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = 2;";

/* De la 2 a la 3: la lista de la clase, de dónde vino cada entrega y las prórrogas. */
static const char roster[] =
    "ALTER TABLE alumno ADD COLUMN en_lista INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE entrega ADD COLUMN plataforma TEXT;"
    "UPDATE entrega SET plataforma = fecha_de WHERE fecha_de IN ('moodle', 'gradescope');"
    "CREATE TABLE identidad("
    "  columna TEXT NOT NULL, valor TEXT NOT NULL COLLATE NOCASE,"
    "  alumno TEXT NOT NULL REFERENCES alumno,"
    "  PRIMARY KEY(columna, valor, alumno)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX identidad_valor ON identidad(valor);"
    "CREATE TABLE sin_identificar("
    "  carpeta TEXT NOT NULL, lab TEXT NOT NULL, origen TEXT NOT NULL,"
    "  columna TEXT NOT NULL, nombre TEXT NOT NULL, valor TEXT, correo TEXT,"
    "  PRIMARY KEY(carpeta, lab, origen)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE prorroga("
    "  alumno TEXT NOT NULL REFERENCES alumno, lab TEXT NOT NULL, hasta TEXT NOT NULL,"
    "  de TEXT NOT NULL, PRIMARY KEY(alumno, lab)) STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = 3;";

/* De la 3 a la 4: la historia de cada nota, y calificarla de nuevo. */
static const char history[] =
    "ALTER TABLE resultado ADD COLUMN repetir INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE historia("
    "  n INTEGER PRIMARY KEY, cuando TEXT NOT NULL, alumno TEXT NOT NULL,"
    "  lab TEXT NOT NULL, que TEXT NOT NULL, fila TEXT) STRICT;"
    "CREATE INDEX historia_de ON historia(alumno, lab, que, n);"
    "CREATE VIEW ahora AS"
    " SELECT e.alumno, e.lab, 'entrega' AS que, json_object("
    "  'estado', e.estado, 'clave', e.clave, 'motivo', e.motivo, 'avisos', e.avisos,"
    "  'carpeta', e.carpeta, 'origen', e.origen, 'fecha', e.fecha,"
    "  'fecha_de', e.fecha_de, 'numero', e.numero, 'plataforma', e.plataforma,"
    "  'resultado', r.estado, 'puntos', r.puntos, 'maximo', r.maximo) AS fila"
    "  FROM entrega e LEFT JOIN resultado r ON r.clave = e.clave"
    " UNION ALL SELECT alumno, lab, 'ajuste', json_object("
    "  'puntos', puntos, 'motivo', motivo, 'comentario', comentario, 'puesto', puesto)"
    "  FROM ajuste"
    " UNION ALL SELECT alumno, lab, 'prorroga', json_object('hasta', hasta, 'de', de)"
    "  FROM prorroga;"
    "CREATE VIEW ultima AS SELECT alumno, lab, que, fila FROM historia h"
    "  WHERE NOT EXISTS (SELECT 1 FROM historia WHERE alumno = h.alumno AND lab = h.lab"
    "  AND que = h.que AND n > h.n);"
    "PRAGMA user_version = 4;";

/* De la 4 a la 5: cómo se quieren las notas. */
static const char options[] = "CREATE TABLE opcion(nombre TEXT PRIMARY KEY, valor TEXT "
                              "NOT NULL) STRICT, WITHOUT ROWID;"
                              "PRAGMA user_version = 5;";

const char *cl_schema_step(int version)
{
    static const char *const steps[CL_STORE_VERSION] = {first, written, roster, history,
                                                        options};
    return steps[version];
}
