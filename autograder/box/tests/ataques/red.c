/* Buscar salida a la red: interfaces | familias | salir | conectar PUERTO | servir PUERTO. */
#include "limite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
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
    } else if (strcmp(modo, "servir") == 0) {
        struct sockaddr_in a = direccion("127.0.0.1", puerto);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        printf("%s\n", estado(bind(fd, (struct sockaddr *)&a, sizeof a)));
    }
}
