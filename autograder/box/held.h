/* Lo que el núcleo guarda y no sale en la memoria de ningún proceso, contado en /proc. */
#ifndef BOX_HELD_H
#define BOX_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Lo que quepa de un archivo, acabado en '\0'; cuánto, o -errno. */
ssize_t held_read(const char *path, char *buf, size_t size);

/* El número de la línea `key` de un archivo como /proc/PID/status; 0 si no está. */
long held_field(const char *text, const char *key);

/* La memoria compartida de toda la máquina, en KiB; 0 si no consta. */
long held_shared_kib(void);

/* La de los sockets de este espacio de red, que se estima. */
long held_sockets_kib(void);

/* Los sockets que tienen abiertos esos procesos, hasta 4096. */
int held_sockets(const pid_t *pids, int count);

/* Los puertos que toman, como mucho: un socket es uno, salvo que el núcleo diga que es del puerto de
 * otro suyo, como las conexiones de un servidor. */
int held_ports(const pid_t *pids, int count);

/* ¿Tienen demasiados cerrojos de archivo? `pids` va de menor a mayor; a NULL, todos los que se ven son
 * suyos. */
bool held_locks(const pid_t *pids, int count);

#endif
