/*
 * ¿Viene de este mismo programa la conexión que acaba de llegar?
 *
 * Quien se conecta apunta su socket en el registro de su bucle, y quien acepta busca en él el
 * que tiene por dirección local la del recién llegado. Lo usan los flujos por los dos lados, el
 * cliente HTTP y el servidor HTTP. De la respuesta depende el tiempo virtual: no puede saltar
 * mientras se espera a alguien de fuera, y debe saltar si quien tiene que contestar es una
 * tarea de aquí que duerme.
 */
#ifndef ASINC_DIAL_H
#define ASINC_DIAL_H

#include <asinc/stream.h>

/* Una conexión que hace este programa. En memoria de quien la hace, a cero. */
struct as__dial {
    struct as__link link; /* en loop->dialing, hasta que la acepten aquí */
    int fd;
    uint64_t cookie;   /* el socket, que `fd` puede acabar siendo otro: ver libcurl */
    as_stream *stream; /* NULL: no es de un flujo */
};

/* La apunta. */
void as__dial_add(struct as__dial *dial, int fd);

/* La quita, si sigue apuntada; antes de cerrar el socket. */
void as__dial_remove(struct as__dial *dial);

/* La que está en `address`, que sale del registro, o NULL si viene de fuera. */
struct as__dial *as__dial_take(const char *address);

#endif
