/* Las opciones de una orden: «--nombre», o «--nombre VALOR». */
#ifndef AG_OPTIONS_H
#define AG_OPTIONS_H

#include <stdbool.h>

/* Una lleva `flag`, y al darla queda a true; otra `text`, y queda ahí su valor, que es de `argv`. */
struct ag_option {
    const char *name;
    bool *flag;
    const char **text;
};

/* Lee las de `argv`; la última de `options` no tiene nombre. NULL, o qué está mal, en memoria nueva. */
char *ag_options(int argc, char **argv, const struct ag_option *options);

#endif
