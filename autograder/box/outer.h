/* La caja exterior, donde corre quien corrige. La hay en BOX_PARTIAL y en BOX_FULL. */
#ifndef BOX_OUTER_H
#define BOX_OUTER_H

#include "box/box.h"

/* Cierto dentro de una exterior: la variable ASINC_OUTER está y no hay más red que `lo`. */
bool box_inside_outer(void);

/* Ejecuta `argv` (argv[0] es la ruta de un programa; para reentrar, la tuya) dentro de una
 * exterior y espera. Hereda descriptores 0, 1 y 2 y el entorno, más ASINC_OUTER=1. El sistema
 * de archivos es el de fuera, salvo /tmp y /dev/shm, que nacen vacíos; del /tmp de fuera solo
 * se conserva el directorio de argv[0], si cuelga de él: deja ahí todo lo que haga falta.
 * Con BOX_FULL tiene además su propio espacio de procesos; con BOX_PARTIAL lo que quede de
 * `argv` cuando acabe es cosa de quien llama.
 * Muere si muere el hilo que llama. SIGINT, SIGTERM y SIGHUP se le pasan, y mientras tanto
 * quien llama no muere por ellas: puede limpiar después.
 * Como root pasa antes a `uid`/`gid` con ag_drop; `uid` 0 da -EPERM. Sin ser root, `uid` y
 * `gid` se ignoran.
 * 0 con el estado de waitpid en `status` (si bwrap no pudo hacer la caja, su código 1: haz
 * antes box_choose); < 0 si no se pudo ni empezar. */
int box_outer_run(char *const *argv, enum box_rung rung, uid_t uid, gid_t gid,
                  int *status);

/* Da una red nueva, con solo lo, a este hilo y a cuanto arranque después: ningún puerto suyo se
 * ve desde otra. Solo dentro de una exterior y una vez, porque el proceso se queda sin los
 * permisos con que se hace. 0, o -errno (-EPERM: no estás dentro). */
int box_new_network(void);

/* Reparte lo que el núcleo da por usuario: a todas las cajas de esta exterior juntas, una parte. Solo
 * dentro de una, antes de la primera; donde no se puede, nada cambia. */
void box_ration(void);

#endif
