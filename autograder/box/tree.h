/* El árbol de procesos que cuelga del runner, leído de /proc. */
#ifndef BOX_TREE_H
#define BOX_TREE_H

#include <stdbool.h>
#include <sys/types.h>

struct tree {
    long cpu_ms; /* de los vivos, de los hijos que ya esperaron y de los nuestros */
    long
        memory_kib; /* residente + intercambio + tablas de páginas + memoria compartida */
    int processes;  /* sin contar zombis ni el runner */
    int threads;
    pid_t *pids; /* los `processes` vivos; del árbol, se reutiliza en cada lectura */
    int capacity;
};

/* Lee el árbol de quien llama. Con `whole` son todos los procesos de /proc menos el
 * propio (un espacio de procesos para nosotros); si no, los descendientes. Si la suma
 * barata (RSS) pasa de `limit_kib`, se afina con PSS, que no cuenta dos veces las páginas
 * compartidas. 0, o -errno. */
int tree_read(struct tree *tree, bool whole, long limit_kib);

/* Descriptores abiertos de un proceso; -1 si no se puede saber. */
int tree_open_files(pid_t pid);

#endif
