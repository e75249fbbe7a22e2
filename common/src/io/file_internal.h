/* Lo común a los archivos que tratan con archivos:
 *
 *   file.c        el archivo abierto: leer, escribir, líneas
 *   file_whole.c  leer y escribir uno entero
 *   file_path.c   nombres y directorios
 */
#ifndef ASINC_FILE_INTERNAL_H
#define ASINC_FILE_INTERNAL_H

#include <asinc/file.h>

#include "io/offload.h"

/* El código del último fallo del sistema. Es de `errno`: solo dentro de un encargo, o justo
 * tras una llamada que no suspende. */
static inline int as__sys_error(void)
{
    return uv_translate_sys_error(errno);
}

/* Explica que no se pudo hacer algo («leer») con `path`, si `rc` es un error que lo merezca,
 * y devuelve `rc`. */
int as__file_error(int rc, const char *doing, const char *path);

/* Escribe en `fd` los `size` bytes de `data`. 0 o un error. Para un encargo. */
int as__write_fully(int fd, const void *data, size_t size);

#endif
