/* Buscar salida a la red: interfaces | familias | salir | conectar PUERTO | servir PUERTO |
 * robar PUERTO (escuchar donde escucha otro) | alcanzar PUERTO (conectar de todas las maneras) | unix RUTA (conectar) | abstracto NOMBRE. */
#include "limite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sched.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static const char *estado(long rc)
{
    return rc >= 0 ? "PERMITIDO" : strerrorname_np(errno);
}

static struct sockaddr_in direccion(const char *ip, int puerto)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)puerto)};
    inet_pton(AF_INET, ip, &a.sin_addr);
    return a;
}

static void intento(const char *nombre, long rc)
{
    if (rc >= 0)
        printf("conseguido: %s\n", nombre);
}

static void alcanzar(int puerto)
{
    struct sockaddr_in a = direccion("127.0.0.1", puerto);
    const struct sockaddr *aqui = (struct sockaddr *)&a;
    struct iovec dato = {"x", 1};
    struct msghdr m = {
        .msg_name = &a, .msg_namelen = sizeof a, .msg_iov = &dato, .msg_iovlen = 1};
    struct mmsghdr varios = {.msg_hdr = m};
    int uno = 1, fd;
    intento("tcp", connect(socket(AF_INET, SOCK_STREAM, 0), aqui, sizeof a));
    intento("mptcp", connect(socket(AF_INET, SOCK_STREAM, 262), aqui, sizeof a));
    intento("smc", connect(socket(AF_INET, SOCK_STREAM, 256), aqui, sizeof a));
    fd = socket(AF_INET, SOCK_STREAM, 0);
    intento("sendto", sendto(fd, "x", 1, MSG_FASTOPEN, aqui, sizeof a));
    fd = socket(AF_INET, SOCK_STREAM, 0);
    intento("sendmsg", sendmsg(fd, &m, MSG_FASTOPEN));
    fd = socket(AF_INET, SOCK_STREAM, 0);
    intento("sendmmsg", sendmmsg(fd, &varios, 1, MSG_FASTOPEN));
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &uno, sizeof uno) == 0)
        intento("conexión aplazada", connect(fd, aqui, sizeof a) + write(fd, "x", 1));
    puts("fin");
}

int main(int argc, char **argv)
{
    const char *modo = argc > 1 ? argv[1] : "";
    int puerto = argc > 2 ? atoi(argv[2]) : 0;
    if (strcmp(modo, "interfaces") == 0) {
        struct if_nameindex *lista = if_nameindex();
        for (int i = 0; lista && lista[i].if_name; i++)
            printf("%s ", lista[i].if_name);
    } else if (strcmp(modo, "familias") == 0) {
        printf("vsock %s\n", estado(socket(AF_VSOCK, SOCK_STREAM, 0)));
        printf("packet %s\n", estado(socket(AF_PACKET, SOCK_RAW, 0)));
        printf("alta %s\n", estado(socket(AF_MAX + 3, SOCK_STREAM, 0)));
        printf("raw %s\n", estado(socket(AF_INET, SOCK_RAW, 1)));
        printf("unix %s\n", estado(socket(AF_UNIX, SOCK_STREAM, 0)));
        printf("inotify %s\n", estado(inotify_add_watch(inotify_init(), ".", IN_CREATE)));
        printf("inet %s\n", estado(socket(AF_INET6, SOCK_STREAM, 0)));
        printf("userns %s\n", estado(unshare(CLONE_NEWUSER)));
        printf("clone %s\n", estado(syscall(SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0)));
        printf("io_uring %s\n", estado(syscall(SYS_io_uring_setup, 1, NULL)));
        printf("bpf %s\n", estado(syscall(SYS_bpf, 0, NULL, 0)));
        printf("keyctl %s\n", estado(syscall(SYS_keyctl, 0, 0, 0, 0, 0)));
        printf("tiocsti %s\n", estado(ioctl(0, TIOCSTI, "x")));
    } else if (strcmp(modo, "salir") == 0) {
        struct sockaddr_in a = direccion("203.0.113.1", 80);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        printf("%s\n", estado(connect(fd, (struct sockaddr *)&a, sizeof a)));
    } else if (strcmp(modo, "conectar") == 0) {
        struct sockaddr_in a = direccion("127.0.0.1", puerto);
        char texto[64] = "";
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0 &&
            read(fd, texto, sizeof texto - 1) >= 0)
            printf("recibido %s\n", texto);
        else
            printf("%s\n", strerrorname_np(errno));
    } else if (strcmp(modo, "unix") == 0 || strcmp(modo, "abstracto") == 0) {
        struct sockaddr_un a = {.sun_family = AF_UNIX};
        int oculto = strcmp(modo, "abstracto") == 0;
        strncpy(a.sun_path + oculto, argv[2], sizeof a.sun_path - 2);
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                                  (size_t)oculto + strlen(argv[2]));
        printf("%s\n", estado(fd < 0 ? fd : connect(fd, (struct sockaddr *)&a, n)));
    } else if (strcmp(modo, "robar") == 0) {
        struct sockaddr_in a = direccion("127.0.0.1", puerto);
        int fd = socket(AF_INET, SOCK_STREAM, 0), uno = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &uno, sizeof uno);
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &uno, sizeof uno);
        printf("%s\n", estado(bind(fd, (struct sockaddr *)&a, sizeof a)));
    } else if (strcmp(modo, "alcanzar") == 0) {
        signal(SIGPIPE, SIG_IGN);
        alcanzar(puerto);
    } else if (strcmp(modo, "servir") == 0) {
        struct sockaddr_in a = direccion("127.0.0.1", puerto);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        printf("%s\n", estado(bind(fd, (struct sockaddr *)&a, sizeof a)));
    }
}
