/* Enterarse de que se guardó un archivo.
 *
 * libuv avisa cuando el sistema avisa. Donde no avisa, que es lo que pasa en los discos de
 * Windows vistos desde WSL o en los de la red, se pregunta por las fechas cada poco; y donde
 * avisa también, más despacio, por si acaso. */
#ifndef DAY_FILES_H
#define DAY_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct day_files {
    struct day_folder *folders;
    size_t n;
    uv_timer_t ask;
    bool blind; /* hay alguna carpeta de la que el sistema no avisa */
    void (*changed)(void *arg);
    void *arg;
};

/* Vigila las carpetas `dirs`, que tienen que durar lo que `f`. Llama a `changed` cada vez que en
 * una puede haber cambiado un .c o un .h: varias por cada vez que se guarda, y alguna de más. Con
 * `ask`, sin los avisos del sistema. */
void day_files_open(struct day_files *f, uv_loop_t *loop, const char *const *dirs,
                    size_t n, bool ask, void (*changed)(void *arg), void *arg);
/* Después hay que dejar que el bucle cierre lo suyo. */
void day_files_close(struct day_files *f);
void day_files_free(struct day_files *f);

/* Un número que depende de los nombres y el contenido de los .c y .h de una carpeta. */
uint64_t day_files_print(const char *dir);

/* El último que se guardó, en memoria nueva; NULL si no hay ninguno. */
char *day_files_newest(const char *dir);

#endif
