/* De quién es una entrega, por el nombre con que llegó. */
#ifndef CL_NAMES_H
#define CL_NAMES_H

#include <stdbool.h>

enum cl_platform { CL_PLAIN, CL_MOODLE, CL_GRADESCOPE, CL_CANVAS };

/* «carpeta», «moodle», «gradescope» o «canvas». */
const char *cl_platform_name(enum cl_platform platform);

/* Las cadenas son memoria nueva. */
struct cl_name {
    enum cl_platform platform;
    char
        *student; /* «Pérez Gil Ana»; en Gradescope, el número hasta que se lea su YAML */
    char *number; /* el de la plataforma, o NULL */
    char *file;   /* si va en el nombre, el del archivo entregado, o NULL */
    bool late;    /* Canvas dice que llegó tarde */
};

/* Entiende los nombres de estas cuatro maneras:
 *   Moodle      «Pérez Gil Ana_12345_assignsubmission_file_», carpeta o principio de archivo
 *   Gradescope  carpeta «submission_12345»
 *   Canvas      archivo «perezana_12345_678901_monitor.c», o «perezana_LATE_12345_...»
 *   cualquiera  carpeta, o archivo sin su extensión: «ana_perez.zip»
 * Lo que no es UTF-8 se lee como Windows-1252, que es lo que suele ser. */
struct cl_name cl_name_parse(const char *entry, bool is_dir);
void cl_name_free(struct cl_name *name);

/* ¿Termina como un archivo comprimido o empaquetado? */
bool cl_is_archive(const char *name);

/* ¿Lo crean solos el sistema, un editor o el compilador, y no se entrega? Vale para el nombre
 * de un archivo o el de una carpeta, y entonces para todo lo que tiene dentro. */
bool cl_is_junk(const char *name);

/* Bytes de una entrega como texto que se puede enseñar y comparar, cada letra junta con sus adornos, en memoria
 * nueva. */
char *cl_text(const char *bytes);

/* Un nombre de archivo para `text`, distinto para cada uno, en memoria nueva. */
char *cl_file_name(const char *text);

#endif
