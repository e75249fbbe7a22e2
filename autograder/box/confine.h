/* El encierro sin espacios de nombres: lo que un proceso se pone a sí mismo, para siempre y
 * para sus descendientes, antes de convertirse en el programa. */
#ifndef BOX_CONFINE_H
#define BOX_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

/* El Landlock que hace falta: el primero que impide mandar señales a los de fuera. */
enum { CONFINE_VERSION = 6 };

/* El Landlock del núcleo; < 0 = -errno si no lo hay. */
int confine_version(void);

/* Una parte del sistema de archivos. */
struct confine_root {
    const char *path;
    bool writable;
};

/* Quien la llama solo puede mandar señales a los que nazcan de él a partir de ahora, y a los
 * que se encierren después, con una de las dos de abajo, ni ellos a él. 0 o -errno. */
int confine_signals(void);

/* Ni señales, ni ptrace, ni /proc/PID/mem, ni sockets abstractos de quien quede fuera. 0 o
 * -errno. */
int confine_reach(void);

/* Adónde llega un programa. */
struct confine_limits {
    const struct confine_root *roots;
    size_t root_count;
    const int *ports; /* de TCP */
    size_t port_count;
};

/* Lo mismo; de los archivos solo `program`, lo que se dice, y de lectura /usr, /proc y lo poco de
 * /etc y /dev que se ve dentro de una caja; y conexiones TCP solo a esos puertos, en la máquina que
 * sea. Lo que esté en una parte escribible no se puede ejecutar. */
int confine_all(const struct confine_limits *limits, const char *program);

/* Carga el filtro seccomp que hay en ese descriptor. */
int confine_calls(int filter_fd);

#endif
