/* Sacar de una entrega los archivos que interesan, sin fiarse de ella.
 *
 * Un archivo comprimido lo lee un proceso aparte, que no puede abrir nada, ni crear procesos, ni
 * pasar de un tope de memoria y de procesador (seccomp, setrlimit y, si empezó como root, otro
 * usuario): recibe el archivo abierto y cuenta por una tubería lo que encuentra. Nunca se
 * escribe en el disco nada con el nombre que traía. Una carpeta se recorre sin seguir enlaces. */
#ifndef CL_UNPACK_H
#define CL_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

/* Un archivo de los que se buscan. */
struct cl_file {
    char *path; /* dentro de la entrega: «07-monitor/monitor.c» */
    char *data; /* acabado en '\0'; NULL si no se puede aceptar */
    size_t size;
    char *why;      /* por qué no: «es un enlace»... */
    bool was_utf16; /* venía en UTF-16, y se ha pasado a UTF-8 */
};

/* Lo que hay en una entrega. */
struct cl_bag {
    struct cl_file *files; /* los que se buscan, se acepten o no */
    size_t n;
    char **others; /* rutas de algunos de los demás, para explicarse */
    size_t n_others;
    char *refused; /* por qué no se pudo leer entera, o NULL */
    char *fault;   /* qué le falló a quien la lee, y no a quien entrega, o NULL */
    time_t
        newest; /* la fecha más nueva, en una carpeta, de lo que se leyó de ella; o 0 */
};

struct cl_limits {
    size_t archive_bytes;  /* de un archivo comprimido, como llega */
    size_t unpacked_bytes; /* desempaquetado, de lo que se busca */
    size_t files;          /* archivos de los que se buscan */
    uid_t uid;             /* con quién se lee, si somos root */
    gid_t gid;
};

/* Los nombres, sin carpeta, de los archivos que se buscan. */
struct cl_wanted {
    const char **names;
    size_t n;
    bool
        lone; /* se busca uno solo: un .c entregado suelto es él, se llame como se llame */
};

/* ¿Es `name` el archivo que debía llamarse `wanted`, aunque no del todo? «MONITOR.C», «monitor (1).c»,
 * «monitor-2.c», «monitor - copia.c». */
bool cl_is_like(const char *name, const char *wanted);
/* ¿Acaba en .c? */
bool cl_is_c(const char *name);

/* Añade a `bag` lo que hay en `path`: una carpeta, un archivo comprimido o un archivo suelto,
 * que quien entrega llamó `name`. Lo comprimido que haya dentro se abre si fuera no está lo que
 * se busca. Si algo no se puede leer, queda dicho en `bag->refused`. */
void cl_unpack(const char *path, const char *name, const struct cl_wanted *wanted,
               const struct cl_limits *limits, struct cl_bag *bag);
void cl_bag_free(struct cl_bag *bag);

/* ---- bag.c: lo que usan quienes lo llenan -------------------------------------------- */

#define CL_MAX_SOURCE                                                                    \
    (1u << 20) /* bytes de un archivo, los mismos que acepta make grade */
#define CL_MAX_OTHERS 8
#define CL_MAX_NESTED 8 /* archivos comprimidos dentro de otro que se abren */

/* Lo que se pasa por memoria nueva (`data`, `why`) queda suyo. De `data` y `why`, uno es NULL. */
void cl_bag_add(struct cl_bag *bag, const char *path, char *data, size_t size, char *why);
void cl_bag_other(struct cl_bag *bag, const char *path);
/* Solo cuenta el primer motivo. */
void cl_bag_refuse(struct cl_bag *bag, char *why);
void cl_bag_fault(struct cl_bag *bag, char *why);

enum cl_kind { CL_IGNORED, CL_WANTED, CL_NESTED, CL_OTHER };

/* Qué es, por su ruta, un archivo de una entrega. */
enum cl_kind cl_kind_of(const char *path, const struct cl_wanted *wanted);

/* La ruta de un archivo como la escribió quien empaquetó, con «/» y sin «./», en memoria nueva.
 * En `*why`, por qué no se acepta (memoria nueva), o NULL. */
char *cl_path_of(const char *raw, char **why);

/* ---- archive.c, jail.c ----------------------------------------------------------------- */

/* Lee el archivo comprimido abierto en `fd`. */
void cl_archive_read(int fd, const char *name, const struct cl_wanted *wanted,
                     const struct cl_limits *limits, struct cl_bag *bag);

/* Lo que cuenta por la tubería quien lo lee: esta cabecera, la ruta y los datos. */
enum cl_frame_kind {
    CL_FRAME_FILE,
    CL_FRAME_BAD,
    CL_FRAME_OTHER,
    CL_FRAME_REFUSED,
    CL_FRAME_END
};
struct cl_frame {
    unsigned kind;
    unsigned path, data; /* bytes */
};

/* Código con que sale si no se pudo encerrar: lo que no cuente no es culpa de la entrega. */
#define CL_JAIL_BROKEN 71

/* Quita a este proceso todo menos calcular ese tiempo y usar lo que tiene abierto. 0, o -errno. */
int cl_jail_enclose(unsigned cpu_seconds);

/* Ejecuta `work` en un proceso encerrado, y da lo que escriba en su salida, hasta `max` bytes, en memoria
 * nueva; NULL si no acaba bien, a tiempo y con eso. */
char *cl_jail_run(void (*work)(const void *context), const void *context, size_t max,
                  const struct cl_limits *limits);

/* En el proceso aparte: lee el archivo de la entrada y cuenta por la salida. No vuelve. */
_Noreturn void cl_jail_read(const char *name, const struct cl_wanted *wanted,
                            const struct cl_limits *limits);

#endif
