/* reach.c: a qué puertos puede conectarse el programa de esta prueba donde la red es de todas.
 *
 * Son los que tiene abiertos la prueba misma, que se ven en sus descriptores, y los de los
 * procesos que dice (PostgreSQL). Los de las demás pruebas no son suyos. */
#include "harness/internal.h"
#include <dirent.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

static int *ports;
static size_t count, lent; /* los `lent` primeros son de otros procesos */

static void note(int port)
{
    for (size_t i = 0; i < count; i++)
        if (ports[i] == port)
            return;
    ports = ag_grow(ports, count + 1, sizeof *ports);
    ports[count++] = port;
}

void hs__reach_also(int port)
{
    count = lent;
    note(port);
    lent = count;
}

/* El de un socket sin conectar: los conectados son de clientes del banco. */
static void note_socket(int fd)
{
    struct sockaddr_in at = {0}, peer;
    socklen_t size = sizeof at, peer_size = sizeof peer;
    if (getsockname(fd, (struct sockaddr *)&at, &size) == 0 && at.sin_family == AF_INET &&
        at.sin_port != 0 && getpeername(fd, (struct sockaddr *)&peer, &peer_size) < 0)
        note(ntohs(at.sin_port));
}

const int *hs__reach(size_t *n)
{
    count = lent;
    DIR *own = opendir("/proc/self/fd");
    for (struct dirent *e; own && (e = readdir(own));)
        if (e->d_name[0] != '.')
            note_socket(atoi(e->d_name));
    if (own)
        closedir(own);
    *n = count;
    return ports;
}
