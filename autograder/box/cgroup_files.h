/* Lo que comparten los archivos de los grupos de control. Nada de esto es público. */
#ifndef BOX_CGROUP_FILES_H
#define BOX_CGROUP_FILES_H

#include "box/cgroup.h"

#include <stddef.h>

/* El principio del nombre de todos los nuestros, y el del que aparta a quien reparte. */
#define CGROUP_NAME  "asinc-"
#define CGROUP_ASIDE CGROUP_NAME "mando"

/* Un archivo entero, en memoria nueva; NULL si no se puede. */
char *cgroup__read(const char *path);

/* Escribe `text` en `dir/name`. 0 o -errno. Segura tras fork. */
int cgroup__write(const char *dir, const char *name, const char *text);

/* Las carpetas distintas de un grupo, sin repetir; devuelve cuántas. */
size_t cgroup__distinct(const struct cgroup *g, const char *out[CGROUP_KINDS]);

/* Activa memoria y procesos para los de dentro, y la CPU si se puede. 0 o -errno. */
int cgroup__enable(const char *dir);

#endif
