/* Directorios y archivos, también los que llenó un programa en el que no confiamos.
 *
 * 0 o más si va bien; si no, -errno. Ninguna función imprime. */
#ifndef AG_DIR_H
#define AG_DIR_H

#include <stddef.h>
#include <sys/types.h>

/* Dónde van los archivos de usar y tirar: TMPDIR si es una ruta absoluta; si no, /tmp. */
const char *ag_tmp(void);

/* Crea ahí un directorio nuevo, solo nuestro, que se llama NOMBRE-XXXXXX. Su ruta queda en
 * `*path`, en memoria nueva; NULL si falla. */
int ag_temp_dir(const char *name, char **path);

/* Crea los directorios que falten hasta el último «/» de `path`: con «a/b/», también b. */
int ag_make_parents(const char *path, mode_t mode);

/* Borra un árbol sin seguir enlaces ni salir de su sistema de archivos, aunque le hayan
 * quitado los permisos. */
void ag_remove_tree(const char *path);

/* MiB que caben aún donde está `path`; 0 si casi no caben más archivos. */
long ag_room_mib(const char *path);

/* Abre `name`, relativo al directorio abierto `dir`, sin seguir enlaces ni salir de él ni de
 * su sistema de archivos. El descriptor, o -errno: -ELOOP, hay un enlace; -EXDEV, se sale. */
int ag_open_beneath(int dir, const char *name, int flags, mode_t mode);

/* Lee `name` bajo el directorio `dir`, que puede estar lleno de trampas: lo abre con
 * ag_open_beneath, no se bloquea en una FIFO y solo acepta archivos normales de hasta `max`
 * bytes. 0 con `*data` (acabado en '\0', se libera con free) y `*size`. Además de los códigos
 * de abrir: -ENOTDIR, `dir` es un enlace o no es un directorio; -EINVAL no es un archivo normal;
 * -EFBIG es demasiado grande. */
int ag_read_file(const char *dir, const char *name, size_t max, char **data,
                 size_t *size);

/* Lo mismo, pero de uno más largo toma los primeros `max` bytes. */
int ag_read_start(const char *dir, const char *name, size_t max, char **data,
                  size_t *size);

/* Escribe los `size` bytes, en las veces que hagan falta. */
int ag_write(int fd, const void *bytes, size_t size);

#endif
