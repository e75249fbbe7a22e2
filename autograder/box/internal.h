/* Lo que comparten los archivos de la biblioteca de la caja. Nada de esto es público. */
#ifndef BOX_INTERNAL_H
#define BOX_INTERNAL_H

#include "box/box.h"

/* Lista de cadenas acabada en NULL, para argv y envp. */
struct strings {
    char **items;
    size_t count, capacity;
};
__attribute__((format(printf, 2, 3))) void box__add(struct strings *list,
                                                    const char *format, ...);
void box__add_all(struct strings *list, const char *const *items); /* hasta NULL */
void box__strings_free(struct strings *list);

/* 0 si se puede arrancar con esas opciones; si no, lo que debe devolver box_start. */
int box__check(const struct box_options *options);

/* El entorno de siempre más el pedido, que puede sustituirlo. */
void box__env(struct strings *env, const struct box_options *options, const char *home);

/* Sin bubblewrap: directorio de trabajo temporal en el que cada bind es un enlace a su sitio.
 * Si falla a medias, `*dir` queda puesto para que lo borre quien llama. */
int box__work_dir(char **dir, const struct box_options *options);

/* En BOX_ISOLATED, presta a su usuario las rutas de `binds`; en las demás no hace nada. */
int box__lend(const struct box_options *options);

/* Añade a `argv` la orden completa sin bubblewrap: el runner, qué partes del sistema de
 * archivos son del programa, y el programa. */
int box__plain(struct strings *argv, const struct box_options *options,
               const char *work_dir);

/* Archivo en memoria con ese contenido, listo para leer desde el principio; < 0 = -errno. */
int box__memfd(const char *name, const void *data, size_t size);

/* ¿Es un programa del sistema? Se usa donde está, y sus argumentos los ponemos nosotros. */
bool box__of_system(const struct box_options *options);

/* Archivo en memoria con el filtro seccomp del programa, compilado a BPF. < 0 = -errno. */
int box__seccomp_fd(const struct box_options *options);

/* Descriptores que bwrap lee al montar la caja interior, después de los de wire.h. */
enum { BOX__DATA_FD = 8, BOX__DATA_COUNT = 4 };

/* Añade el principio de la orden bwrap de una caja interior: lo que la aísla, menos la red, y
 * de dónde sale su /proc. Es lo que prueba box_choose. */
void box__isolation(struct strings *argv, enum box_rung rung);

/* Añade a `argv` la orden bwrap completa de la caja interior, hasta el runner y el
 * programa. */
void box__profile(struct strings *argv, const struct box_options *options,
                  const struct strings *env);

/* Contenido de los archivos de /etc que se inventan; `data` recibe BOX__DATA_COUNT memfd. */
int box__profile_data(int data[BOX__DATA_COUNT]);

/* Que lo que ejecute este proceso no herede los permisos de la exterior. */
void box__clear_ambient(void);

/* Añade la orden bwrap de la caja exterior, hasta «--». De /tmp solo se conserva `keep`. */
void box__outer_profile(struct strings *argv, enum box_rung rung, const char *keep);

/* Lanza `argv` como `uid`. `out` >= 0 recibe lo que escriba, en inglés. Devuelve el pid o -errno, que
 * incluye no haber podido cambiar de usuario o ejecutarlo. */
pid_t box__spawn(char *const *argv, uid_t uid, gid_t gid, int out);

#endif
