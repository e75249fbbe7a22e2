/* El árbol de procesos que cuelga del runner, leído de /proc. */
#ifndef BOX_TREE_H
#define BOX_TREE_H

#include <stdbool.h>
#include <sys/types.h>

struct tree {
    pid_t ignored;      /* un hijo nuestro que no cuenta, o 0 */
    bool trusted;       /* no hay memoria escondida que buscar */
    bool own_network;   /* los sockets que se ven son de esta prueba: cuentan */
    bool own_processes; /* en /proc no hay más procesos que los suyos y el nuestro */
    bool kernel_counts; /* la memoria que no se ve ya la acota un grupo de control */
    double deadline_ms; /* si se pasa leyendo, se deja con -ETIME; 0 = sin prisa */
    long cpu_ms; /* de los vivos, de los hijos que ya esperaron y de los nuestros */
    /* Residente + intercambio + tablas de páginas + memoria compartida + mapas y sockets, si son
     * muchos. */
    long memory_kib;
    int processes; /* sin contar zombis ni el runner */
    int threads;
    int sockets; /* los abiertos, si no hay red propia en la que contarlos; si no, 0 */
    pid_t
        *pids; /* los `processes` vivos, de menor a mayor; se reutiliza en cada lectura */
    int capacity;
};

/* Lee el árbol de quien llama. Con `whole` son todos los procesos de /proc menos el
 * propio (un espacio de procesos para nosotros); si no, los descendientes. Si la suma
 * barata (RSS) pasa de `limit_kib`, se afina con PSS, que no cuenta dos veces las páginas
 * compartidas. 0, o -errno. */
int tree_read(struct tree *tree, bool whole, long limit_kib);

/* Mata a todos los descendientes de quien llama que se vean ahora. 0, o -errno. */
int tree_kill(struct tree *tree);

/* Descriptores abiertos de todos los procesos de la última lectura; -1 si los de alguno no se pueden
 * saber. */
int tree_open_files(const struct tree *tree);

/* El último pid dado en este espacio de procesos: se dan en orden, uno a cada proceso o hilo. 0 si no
 * consta. */
long tree_last_pid(void);

#endif
