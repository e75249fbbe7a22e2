/* La solución del laboratorio 01 de mentira, que además usa de todo lo que el núcleo reparte por
 * usuario. Si algo le falta, no saluda. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Sin usuario propio, quien llena las suyas deja a los demás con las más pequeñas que hay. */
#ifndef TUBERIA
#define TUBERIA 65536
#endif

static void exigir(int bien, const char *que)
{
    if (bien)
        return;
    perror(que);
    exit(1);
}

static void *nada(void *arg)
{
    return arg;
}

int main(int argc, char **argv)
{
    struct sigevent aviso = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    timer_t reloj;
    pthread_t hilos[20];
    int par[2], t[2];
    int vigia = inotify_init(), espera = epoll_create1(0), suceso = eventfd(0, 0);
    /* En la caja no lo hay, y eso no lo hace ningún vecino. */
    exigir((vigia >= 0 && inotify_add_watch(vigia, ".", IN_CREATE) >= 0) ||
               errno == EPERM,
           "inotify");
    exigir(epoll_ctl(espera, EPOLL_CTL_ADD, suceso,
                     &(struct epoll_event){.events = EPOLLIN}) == 0,
           "epoll");
    exigir(timer_create(CLOCK_MONOTONIC, &aviso, &reloj) == 0, "timer");
    exigir(pipe(t) == 0 && fcntl(t[1], F_GETPIPE_SZ) >= TUBERIA, "pipe");
    exigir(socketpair(AF_UNIX, SOCK_STREAM, 0, par) == 0 && write(par[0], "x", 1) == 1,
           "socket");
    for (int i = 0; i < 20; i++)
        exigir(pthread_create(&hilos[i], NULL, nada, NULL) == 0, "hilo");
    for (int i = 0; i < 20; i++)
        pthread_join(hilos[i], NULL);
    for (int i = 0; i < 5; i++) {
        pid_t hijo = fork();
        exigir(hijo >= 0, "fork");
        if (hijo == 0)
            _exit(0);
        waitpid(hijo, NULL, 0);
    }
    char *mucho = malloc(64 << 20);
    exigir(mucho != NULL, "malloc");
    memset(mucho, 'x', 64 << 20);
    free(mucho);
    for (int i = 1; i < argc; i++)
        printf("hola %s\n", argv[i]);
    timer_delete(reloj);
    return 0;
}
