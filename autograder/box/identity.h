/* Usuarios que nadie más tiene mientras dura algo: en BOX_ISOLATED, una ejecución; en los demás peldaños,
 * empezando como root, una calificación.
 *
 * Son números sin nombre, por debajo de 65536 para que los haya también donde el contenedor tiene
 * su propio espacio de usuarios. De cada pareja, el primero es el del programa y el segundo el de
 * su verdugo. Cada una se reserva cerrando un byte de un archivo de IDENTITY_DIR: quien muere la suelta.
 *
 * 0 o más si va bien; si no, -errno. */
#ifndef BOX_IDENTITY_H
#define BOX_IDENTITY_H

#include <stdbool.h>
#include <sys/types.h>

#define IDENTITY_DIR "/run/asinc-caja"

/* El grupo de las ejecuciones que se prestan carpetas: las de una misma calificación. */
#define IDENTITY_GROUP "ASINC_GROUP"

/* Siendo root, deja lista IDENTITY_DIR. */
int identity_prepare(void);

/* Reserva una pareja y deja en `id` el usuario del programa. El descriptor que la guarda: se suelta
 * cuando lo han cerrado todos. */
int identity_claim(uid_t *id);

/* Siendo root, cambia a `uid`/`gid` sin vuelta atrás, como ag_drop, pero con los permisos de arrancar
 * programas con esos usuarios y prestarles carpetas. Los hereda lo que ejecute. */
int identity_drop(uid_t uid, gid_t gid);

/* Con esos permisos: pasa a ser ese usuario y los pierde todos. */
int identity_become(uid_t uid, gid_t gid);

/* Lo mismo, para matar lo que sea de ese usuario sin que él pueda devolver el golpe. */
int identity_become_executioner(uid_t uid, gid_t gid);

/* Echa a quien quedara de antes y se pone sus ojos: se le puede mirar en /proc como si fuéramos él, y
 * él a nosotros no. */
int identity_move_in(uid_t uid, gid_t group);

/* De su verdugo: mata todo lo suyo, de una vez, y borra lo que dejara donde escribe cualquiera. */
void identity_erase(uid_t uid);

/* Da una carpeta recién hecha, y lo que hay en ella, a `uid`. */
int identity_give(const char *path, uid_t uid);

/* Le da una tubería o una terminal, para que pueda abrirla también por su nombre. */
void identity_give_end(int fd, uid_t uid);

/* Donde escribe cualquiera: la llama con cada cosa que hay ahí suya. */
void identity_each_file(uid_t uid, void (*each)(void *context, const char *path),
                        void *context);

/* La presta a las ejecuciones del grupo, la primera vez que se le pide. */
int identity_lend(const char *path, gid_t group, bool writable);

/* Lo prestado deja de poder cambiarse, también lo que pusieron en ello: vuelve a ser nuestro. */
int identity_reclaim(const char *path);

#endif
