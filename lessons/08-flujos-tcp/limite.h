/* Cuántos descriptores puede tener abiertos el programa. */
#ifndef LIMITE_H
#define LIMITE_H

#include <sys/resource.h>

/* [limite] */
/* El sistema da 1024 y deja pedir más, hasta un máximo. */
static inline void pedir_descriptores(void)
{
    struct rlimit limite;

    if (getrlimit(RLIMIT_NOFILE, &limite) == 0) {
        limite.rlim_cur = limite.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limite);
    }
}
/* [/limite] */

#endif
