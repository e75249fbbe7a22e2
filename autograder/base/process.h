/* Procesos: dejar de ser root y esperar a un hijo. */
#ifndef AG_PROCESS_H
#define AG_PROCESS_H

#include <sys/types.h>

/* Siendo root, cambia a `uid`/`gid` sin vuelta atrás (grupos, NO_NEW_PRIVS); si no, no hace
 * nada. 0, -EPERM si `uid` es root, o -errno. */
int ag_drop(uid_t uid, gid_t gid);

/* Espera a que acabe ese hijo y devuelve su estado, como waitpid; -1 si no es hijo. */
int ag_wait(pid_t pid);

/* Lo que llega por `fd` hasta que se cierra, acabado en '\0' y en memoria nueva. De más de `max` bytes
 * se queda con los primeros. */
char *ag_read_all(int fd, size_t max);

/* Mata a todos los hijos, también a los adoptados por ser «subreaper», hasta que no queda ninguno
 * de ellos ni de los suyos. */
void ag_kill_children(void);

#endif
