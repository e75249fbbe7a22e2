/*
 * El cliente que mide a todos los servidores de eco, con epoll y sin biblioteca alguna:
 * cien conexiones, y en cada una un mensaje de 64 bytes que va y vuelve.
 *
 * Arranca él mismo el servidor, que escribe su puerto en la salida. Si el servidor acaba
 * antes de hacerlo, sale con su mismo código: así dice que no está instalado.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

enum { MESSAGE = 64 };

struct connection {
    int fd;
    unsigned char sent[MESSAGE], got[MESSAGE];
    size_t size; /* bytes en got */
};

static struct connection connections[BENCH_CONNECTIONS];
static int poller;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "echo_client: %s: %s\n", what, errno ? strerror(errno) : "no vale");
    exit(1);
}

/* Arranca el servidor, que muere con este proceso, y espera a saber su puerto. */
static pid_t start_server(char **command, int *port)
{
    int ends[2], status = 0;

    if (pipe(ends) < 0)
        fail("pipe");
    pid_t server = fork();
    if (server < 0)
        fail("fork");
    if (server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(command[0], command);
        fprintf(stderr, "echo_client: %s: %s\n", command[0], strerror(errno));
        _exit(127);
    }
    close(ends[1]);
    FILE *says = fdopen(ends[0], "r");
    if (!says)
        fail("fdopen");
    if (fscanf(says, "%d", port) != 1) {
        fprintf(stderr, "echo_client: %s no dijo su puerto\n", command[0]);
        fclose(says); /* si sigue vivo, al escribir se entera */
        kill(server, SIGKILL);
        waitpid(server, &status, 0);
        exit(WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : 1);
    }
    fclose(says);
    return server;
}

static void connect_all(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };

    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0)
        fail("epoll_create1");
    for (int i = 0; i < BENCH_CONNECTIONS; i++) {
        struct connection *c = &connections[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0)
            fail("al conectar");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) < 0)
            fail("epoll_ctl");
    }
}

/* Cada mensaje es distinto: un eco de otro, o de otra conexión, se nota. */
static void ask(struct connection *c, long number)
{
    memcpy(c->sent, &number, sizeof number);
    c->size = 0;
    if (send(c->fd, c->sent, MESSAGE, MSG_NOSIGNAL) != MESSAGE)
        fail("al enviar");
}

/* true si el eco ya está entero. */
static int answered(struct connection *c)
{
    ssize_t n = recv(c->fd, c->got + c->size, MESSAGE - c->size, MSG_DONTWAIT);

    if (n == 0)
        errno = ECONNRESET;
    if (n <= 0)
        fail("al recibir");
    c->size += (size_t)n;
    if (c->size < MESSAGE)
        return 0;
    errno = 0;
    if (memcmp(c->sent, c->got, MESSAGE) != 0)
        fail("el eco");
    return 1;
}

static void round_trips(long total)
{
    long asked = 0;

    for (; asked < BENCH_CONNECTIONS && asked < total; asked++)
        ask(&connections[asked], asked);
    for (long done = 0; done < total;) {
        struct epoll_event events[BENCH_CONNECTIONS];
        int n = epoll_wait(poller, events, BENCH_CONNECTIONS, -1);
        if (n < 0)
            fail("epoll_wait");
        for (int i = 0; i < n; i++) {
            if (!answered(events[i].data.ptr))
                continue;
            done++;
            if (asked < total)
                ask(events[i].data.ptr, asked++);
        }
    }
}

static double clock_us(clockid_t id)
{
    struct timespec now;

    if (clock_gettime(id, &now) < 0)
        fail("clock_gettime");
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
    static const char usage[] = "echo_client VUELTAS SERVIDOR [ARGUMENTO...]";
    long trips = bench_argument(argc, argv, 1, usage);
    clockid_t server_cpu;
    int port;

    if (argc < 3) {
        fprintf(stderr, "Uso: %s\n", usage);
        return 2;
    }
    pid_t server = start_server(argv + 2, &port);
    if ((errno = clock_getcpuclockid(server, &server_cpu)) != 0)
        fail("clock_getcpuclockid");
    connect_all(port);
    round_trips(BENCH_CONNECTIONS); /* que haya aceptado a todos antes de medir */

    double spent = clock_us(server_cpu);
    struct bench_mark start = bench_now();
    round_trips(trips);
    bench_figure("eco", (double)trips / ((double)bench_since(start).wall / 1e9));
    bench_figure("eco_cpu", (clock_us(server_cpu) - spent) / (double)trips);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    return 0;
}
