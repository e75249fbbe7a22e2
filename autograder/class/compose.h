/* Una letra y su adorno, en un solo carácter: lo que un Mac escribe en dos y los demás en uno es lo mismo. */
#ifndef CL_COMPOSE_H
#define CL_COMPOSE_H

#include <stdint.h>

/* Junta en `text`, que es UTF-8, cada letra latina con los adornos que la siguen, como la forma NFC de Unicode. */
void cl_compose(char *text);

#endif
