/* files.h: un directorio prestado, por dentro. Lo comparten files.c, que guarda los
 * directorios, fifo.c, que pone tuberías en ellos, y program.c, que los da a los programas. */
#ifndef HS_FILES_H
#define HS_FILES_H

#include "box/box.h"
#include "harness/internal.h"

#define HS__MAX_DIRS 9 /* ocho de la prueba y uno del banco */

struct hs_dir {
    struct hs__part part;
    const char *name; /* como lo ve el programa */
    char *host;       /* dónde está de verdad */
    int fd;           /* O_PATH */
    bool writable;
};

/* Todos los directorios de la prueba, como los quiere la caja. */
size_t hs__binds(struct box_bind binds[HS__MAX_DIRS]);

/* Uno del banco, del que no se cuenta nada. */
struct hs_dir *hs__dir_hidden(const char *name);

#endif
