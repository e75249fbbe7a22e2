/* Ocho maneras de estropear la calificación de al lado, entregadas como si fueran el laboratorio 01 de
 * mentira. QUE, del 0 al 7: procesos | hilos | vigilancias de inotify | memoria compartida sin mapa |
 * tuberías llenas | vigilancias de epoll | sockets llenos | temporizadores y avisos pendientes. Sigue
 * hasta que lo paran. */
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
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef QUE
#define QUE 0
#endif

static void *dormir(void *nada)
{
    for (;;)
        pause();
    return nada;
}

static void repartirse(int cuantos)
{
    for (int i = 0; i < cuantos; i++)
        if (fork() == 0)
            return;
}

static void vigilar(void)
{
    char nombre[64];
    for (;;) {
        int fd = inotify_init();
        if (fd < 0)
            dormir(NULL);
        for (int i = 0; i < 20000; i++) {
            snprintf(nombre, sizeof nombre, "v%d-%d", getpid(), i % 200);
            close(open(nombre, O_CREAT | O_WRONLY, 0600));
            inotify_add_watch(fd, nombre, IN_MODIFY);
        }
    }
}

static void compartir(void)
{
    for (;;) {
        char *p = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0);
        if (p == MAP_FAILED)
            dormir(NULL);
        memset(p, 'x', 16 << 20);
        munmap(p + 4096, (16 << 20) - 4096);
    }
}

static void entubar(void)
{
    static char bloque[65536];
    int t[2];
    repartirse(50);
    while (pipe2(t, O_NONBLOCK) == 0) {
        fcntl(t[1], F_SETPIPE_SZ, 1 << 20);
        while (write(t[1], bloque, sizeof bloque) > 0)
            ;
    }
    dormir(NULL);
}

static void esperar_muchos(void)
{
    repartirse(300);
    int e[30], f[30];
    for (int i = 0; i < 30; i++) {
        e[i] = epoll_create1(0);
        f[i] = eventfd(0, 0);
    }
    for (int i = 0; i < 30; i++)
        for (int j = 0; j < 30; j++)
            epoll_ctl(e[i], EPOLL_CTL_ADD, f[j],
                      &(struct epoll_event){.events = EPOLLIN});
    dormir(NULL);
}

static void llenar_sockets(void)
{
    static char bloque[65536];
    int par[2];
    repartirse(60);
    while (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, par) == 0)
        for (int k = 0; k < 2; k++)
            while (write(par[k], bloque, sizeof bloque) > 0)
                ;
    dormir(NULL);
}

static void avisar(void)
{
    struct sigevent aviso = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    timer_t uno;
    sigset_t todas;
    sigfillset(&todas);
    sigprocmask(SIG_BLOCK, &todas, NULL);
    repartirse(40);
    while (timer_create(CLOCK_MONOTONIC, &aviso, &uno) == 0)
        ;
    while (sigqueue(getpid(), SIGRTMIN, (union sigval){0}) == 0)
        ;
    dormir(NULL);
}

int main(void)
{
    pthread_t hilo;
    switch (QUE) {
    case 0:
        for (;;)
            if (fork() < 0)
                usleep(1000);
    case 1:
        repartirse(2);
        while (pthread_create(&hilo, NULL, dormir, NULL) == 0 || errno == EAGAIN)
            ;
        dormir(NULL);
        break;
    case 2:
        vigilar();
        break;
    case 3:
        compartir();
        break;
    case 4:
        entubar();
        break;
    case 5:
        esperar_muchos();
        break;
    case 6:
        llenar_sockets();
        break;
    default:
        avisar();
    }
}
