/* abusa.c: un programa que le manda al banco más de lo que debería, por donde diga su primer
 * argumento. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MIB (1 << 20)

static char block[MIB];

/* Escribe `total` bytes repitiendo `text`. */
static int repeat(int fd, const char *text, size_t total)
{
    size_t length = strlen(text), used = 65536 / length * length;
    for (size_t i = 0; i < used; i++)
        block[i] = text[i % length];
    for (size_t n; total > 0; total -= n) {
        ssize_t wrote = write(fd, block, total < used ? total : used);
        if (wrote <= 0)
            return 1;
        n = (size_t)wrote;
    }
    return 0;
}

static int dial(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Manda lo que hay en `block` y espera algo de respuesta. */
static bool exchange(int fd, size_t size)
{
    static char answer[65536];
    for (size_t sent = 0; sent < size;) {
        ssize_t n = send(fd, block + sent, size - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        sent += (size_t)n;
    }
    return recv(fd, answer, sizeof answer, 0) > 0;
}

/* Peticiones de la forma que diga `mode`, por una conexión que se rehace si la cortan, y al
 * fallar diez veces seguidas se deja. */
static int ask(const char *mode, int port, int times)
{
    int fd = -1, failures = 0;
    for (int i = 0; i < times && failures < 10; i++) {
        size_t size;
        if (strcmp(mode, "publicar") == 0) {
            size = (size_t)sprintf(block,
                                   "POST /x HTTP/1.1\r\nContent-Length: %d\r\n\r\n",
                                   MIB - 1024) +
                   MIB - 1024;
        } else if (strcmp(mode, "cabeceras") == 0) {
            size = (size_t)sprintf(block, "GET /x HTTP/1.1\r\nX: %060000d\r\n\r\n", 7);
        } else if (strcmp(mode, "rutas") == 0) {
            size = (size_t)sprintf(block, "GET /%0*d HTTP/1.1\r\n\r\n", 100, i);
        } else { /* rutas que crecen al enseñarse */
            size = (size_t)sprintf(block, "GET /%060000d HTTP/1.1\r\n\r\n", i);
            memset(block + 20, 1, 50000);
        }
        if (fd < 0)
            fd = dial(port);
        bool fine = fd >= 0 && exchange(fd, size);
        failures = fine ? 0 : failures + 1;
        if (!fine && fd >= 0) {
            close(fd);
            fd = -1;
        }
    }
    return 0;
}

/* Conexiones abiertas a la vez desde varios procesos, cada una con casi 1 MiB de una petición
 * que no acaba. */
static _Noreturn void hang(int port, int size)
{
    for (int k = 0; k < 16; k++)
        if (fork() == 0) {
            sprintf(block, "POST /x HTTP/1.1\r\nContent-Length: %d\r\n\r\n", MIB - 1);
            for (int i = 0; i < 56; i++) {
                int fd = dial(port);
                for (int sent = 0; fd >= 0 && sent < size;) {
                    ssize_t n = send(fd, block + sent, (size_t)(size - sent),
                                     MSG_NOSIGNAL);
                    if (n <= 0)
                        break;
                    sent += (int)n;
                }
            }
            for (;;)
                pause();
        }
    for (;;)
        pause();
}

/* Conexiones de usar y tirar. */
static int knock(int port, int times)
{
    for (int i = 0; i < times; i++) {
        int fd = dial(port);
        if (fd < 0)
            return 0;
        close(fd);
    }
    return 0;
}

/* A quien se conecte le manda `text` hasta `mebibytes`. */
static int serve(const char *text, int mebibytes)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&at, size) < 0 || listen(listener, 8) < 0 ||
        getsockname(listener, (struct sockaddr *)&at, &size) < 0)
        return 1;
    dprintf(1, "abierto: 127.0.0.1:%d\n", ntohs(at.sin_port));
    int fd = accept(listener, NULL, NULL);
    repeat(fd, text, (size_t)mebibytes * MIB);
    close(fd);
    for (;;)
        pause();
}

static void *sleep_forever(void *nothing)
{
    for (;;)
        pause();
    return nothing;
}

/* Los hilos que se pidan, y aborta si no caben, como libuv. Con `stay` no se va: quien vigila
 * desde fuera mira de vez en cuando. */
static int threads(int wanted, bool stay)
{
    pthread_t id;
    for (int i = 0; i < wanted; i++)
        if (pthread_create(&id, NULL, sleep_forever, NULL) != 0)
            abort();
    printf("%d hilos\n", wanted);
    while (stay)
        pause();
    return 0;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "nada";
    int a = argc > 2 ? atoi(argv[2]) : 0, b = argc > 3 ? atoi(argv[3]) : 0;
    if (strcmp(mode, "repetir") == 0) /* TEXTO KIB */
        return repeat(1, argv[2], (size_t)b * 1024);
    if (strcmp(mode, "colgar") == 0)
        hang(a, b);
    if (strcmp(mode, "llamar") == 0)
        return knock(a, b);
    if (strcmp(mode, "servir") == 0) /* TEXTO MIB */
        return serve(argv[2], b);
    if (strcmp(mode, "hilos") == 0)
        return threads(a, b);
    return ask(mode, a, b);
}
