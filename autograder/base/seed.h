/* La semilla de los datos al azar de una calificación, escrita con cifras y letras. */
#ifndef AG_SEED_H
#define AG_SEED_H

enum { AG_SEED_MAX = 64 };

/* Una nueva, de 128 bits: del azar que ve un programa no se puede sacar probando. 0, o -errno
 * si el sistema no da números al azar. */
int ag_seed_new(char seed[static AG_SEED_MAX + 1]);

#endif
