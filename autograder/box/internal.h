/* Lo que comparten los archivos de la biblioteca de la caja. Nada de esto es público. */
#ifndef BOX_INTERNAL_H
#define BOX_INTERNAL_H

#include "box.h"

#include <stdint.h>

/* Lista de cadenas acabada en NULL, para argv y envp. Tras un fallo de memoria no crece
 * más y `failed` lo recuerda: se comprueba una vez, al final. */
struct strings {
    char **items;
    size_t count, capacity;
    bool failed;
};
__attribute__((format(printf, 2, 3))) void box__add(struct strings *list,
                                                    const char *format, ...);
void box__add_all(struct strings *list, const char *const *items); /* hasta NULL */
void box__strings_free(struct strings *list);

/* 0 si se puede arrancar con esas opciones; si no, lo que debe devolver box_start. */
int box__check(const struct box_options *options);

/* El entorno de siempre más el pedido, que puede sustituirlo. */
void box__env(struct strings *env, const struct box_options *options, const char *home);

/* Sin caja: directorio de trabajo temporal en el que cada bind es un enlace a su sitio. Si
 * falla a medias, `*dir` queda puesto para que lo borre quien llama. */
int box__work_dir(char **dir, const struct box_options *options);

int64_t box__now_ms(void);

/* Archivo en memoria con ese contenido, listo para leer desde el principio; < 0 = -errno.
 */
int box__memfd(const char *name, const void *data, size_t size);

/* Archivo en memoria con el filtro seccomp del programa, compilado a BPF; `shared` admite
 * la memoria compartida de System V. < 0 = -errno. */
int box__seccomp_fd(bool shared);

/* Descriptores que bwrap lee al montar la caja interior, después de los de wire.h. */
enum { BOX__SECCOMP_FD = 7, BOX__DATA_FD = 8, BOX__DATA_COUNT = 4 };

/* Añade a `argv` la orden bwrap completa de la caja interior, hasta el runner y el
 * programa. */
void box__profile(struct strings *argv, const struct box_options *options,
                  const struct strings *env);

/* Contenido de los archivos de /etc que se inventan; `data` recibe BOX__DATA_COUNT memfd.
 */
int box__profile_data(int data[BOX__DATA_COUNT]);

/* Añade la orden bwrap de la caja exterior, hasta «--». De /tmp solo se conserva `keep`. */
void box__outer_profile(struct strings *argv, const char *keep);

#endif
