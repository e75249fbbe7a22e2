/* Direcciones de red: buscarlas y escribirlas. */
#ifndef ASINC_STREAM_ADDRESS_H
#define ASINC_STREAM_ADDRESS_H

#include "io/resolve.h"

#include <sys/socket.h>

enum { AS__ADDRESS_SIZE = 128 }; /* cabe la ruta de un socket Unix, de 108 como mucho */

/* ¿Pueden ser una máquina y un puerto? 0 o UV_EINVAL, explicado. */
int as__address_check(const char *host, int port);

/*
 * Llena `addresses` con las direcciones TCP de `host`. Solo suspende si hay que preguntar
 * por un nombre. Quien llama las libera. 0, UV_EINVAL, UV_ECANCELED, UV_EAI_*; y explica el error.
 */
int as__address_find(const char *host, int port, struct as__addresses *addresses);

/* Prepara la de un socket Unix: 0 o UV_ENAMETOOLONG, que explica. */
struct sockaddr_un;
int as__address_unix(const char *path, struct sockaddr_un *address);

/* Escribe una dirección; "" si no tiene nada que decir. Devuelve `text`. */
const char *as__address_text(const struct sockaddr *address, socklen_t size,
                             char text[AS__ADDRESS_SIZE]);

/* El puerto, o 0. */
int as__address_port(const struct sockaddr *address);

/* ¿Llega a `listening` una conexión hecha desde esta máquina a `target`? */
bool as__address_reaches(const struct sockaddr *target, const struct sockaddr *listening);

/* El tamaño de una dirección TCP según su familia. */
socklen_t as__address_size(const struct sockaddr *address);

#endif
