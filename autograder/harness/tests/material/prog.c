/* prog.c: un programa pequeño que se porta como diga su primer argumento. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static void goodbye(int signal)
{
    (void)signal;
    static const char text[] = "adiós\n";
    if (write(1, text, sizeof text - 1) < 0)
        _exit(1);
    _exit(3);
}

/* Acaba y deja un hijo, que dura ms más que él; con 0, hasta que lo maten. */
static void leave_child(int ms)
{
    int end[2];
    char never;
    if (pipe(end) < 0 || fork() != 0)
        exit(0);
    close(end[1]);
    while (read(end[0], &never, 1) > 0)
        ;
    if (ms == 0)
        pause();
    usleep((useconds_t)ms * 1000);
    _exit(0);
}

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Espera sin fin; al despedirse apunta, como asinc, lo que esperaba cada tarea. */
static int wait_traced(void)
{
    static const char *const names[] = {"principal", "lectora", "pronta"};
    static const char *const waits[] = {"a las tareas de su grupo",
                                        "datos de una conexión", "un plazo"};
    sigset_t goodbye;
    int got;
    sigemptyset(&goodbye);
    sigaddset(&goodbye, SIGINT);
    sigprocmask(SIG_BLOCK, &goodbye, NULL);
    double from = microseconds();
    printf("listo\n");
    fflush(stdout);
    sigwait(&goodbye, &got);
    FILE *f = getenv("AS_TRACE") ? fopen(getenv("AS_TRACE"), "w") : NULL;
    for (int i = 0; f && i < 3; i++) {
        fprintf(f, "{\"ph\":\"M\",\"tid\":%d,\"name\":\"thread_name\",", i);
        fprintf(f, "\"args\":{\"name\":\"%s\"}},\n", names[i]);
        double to = i < 2 ? microseconds() : from + 1; /* la tercera acabó enseguida */
        fprintf(f, "{\"ph\":\"X\",\"tid\":%d,\"cat\":\"%s\",", i,
                i == 1 ? "fuera" : "espera");
        fprintf(f, "\"name\":\"%s\",\"ts\":%.3f,\"dur\":%.3f},\n", waits[i], from,
                to - from);
    }
    return f ? fclose(f) : 1;
}

static int echo(void)
{
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        printf("eco: %s", line);
        fflush(stdout);
    }
    return 0;
}

/* Cada lectura, entre corchetes; los ceros, como puntos. */
static int show(const char *path, size_t size, int reads)
{
    char bytes[4096];
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return 1;
    for (ssize_t n; reads-- > 0 && (n = read(fd, bytes, size)) > 0;) {
        for (ssize_t i = 0; i < n; i++)
            bytes[i] = bytes[i] ? bytes[i] : '.';
        printf("[%.*s]\n", (int)n, bytes);
        fflush(stdout);
    }
    return 0;
}

static int save(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        return 1;
    return 0;
}

static void ready(void)
{
    puts("listo");
    fflush(stdout);
}

static void flood(void)
{
    for (;;)
        if (puts("inundo la salida con la misma línea") < 0)
            exit(1);
}

/* Errores de memoria que el compilador no debe ver ni quitar. */
static void misuse(bool use)
{
    char *volatile memory = malloc(10);
    if (use) {
        free(memory);
        *memory = 1;
    }
    memory = NULL;
}

/* Contesta a cada lectura con lo que leyó; algunas palabras mandan hacer otra cosa. Falso
 * si la conexión se acabó. */
static bool answer(int fd)
{
    static char text[4096], flood[1 << 20];
    struct linger now = {.l_onoff = 1};
    ssize_t n = read(fd, text, sizeof text - 1);
    if (n <= 0)
        return dprintf(1, n == 0 ? "se fue\n" : "lo cortaron\n") < 0;
    text[n] = '\0';
    if (strcmp(text, "adiós\n") == 0)
        return dprintf(fd, "adiós\nsin salto") < 0;
    if (strcmp(text, "corta\n") == 0) {
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        return false;
    }
    if (strcmp(text, "inunda\n") == 0) {
        memset(flood, 'x', sizeof flood);
        for (size_t i = 1023; i < sizeof flood; i += 1024)
            flood[i] = '\n';
        return send(fd, flood, sizeof flood, 0) > 0;
    }
    return dprintf(fd, "leo %zd: %s%s", n, text, text[n - 1] == '\n' ? "" : "|\n") > 0;
}

static int serve(const char *host, bool quiet)
{
    static struct pollfd fds[1024];
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    int count = 1;
    inet_pton(AF_INET, host, &at.sin_addr);
    fds[0] = (struct pollfd){socket(AF_INET, SOCK_STREAM, 0), POLLIN, 0};
    if (bind(fds[0].fd, (struct sockaddr *)&at, size) < 0 || listen(fds[0].fd, 128) < 0 ||
        getsockname(fds[0].fd, (struct sockaddr *)&at, &size) < 0)
        return 1;
    dprintf(1, quiet ? "abierto: %s %d\n" : "abierto: %s:%d\n", host, ntohs(at.sin_port));
    for (;;) {
        poll(fds, (nfds_t)count, -1);
        for (int i = count - 1; i > 0; i--)
            if (fds[i].revents && !answer(fds[i].fd)) {
                close(fds[i].fd);
                fds[i] = fds[--count];
            }
        if (fds[0].revents && count < 1024)
            fds[count++] = (struct pollfd){accept(fds[0].fd, NULL, NULL), POLLIN, 0};
    }
}

static void *sleep_forever(void *nothing)
{
    for (;;)
        pause();
    return nothing;
}

static void describe_terminal(void)
{
    struct winsize size = {0};
    struct termios settings;
    for (int fd = 0; fd <= 2; fd++)
        printf("%d: %s\n", fd, isatty(fd) ? "terminal" : "otra cosa");
    printf("tcgetattr: %d\n", tcgetattr(1, &settings));
    ioctl(1, TIOCGWINSZ, &size);
    printf("%d x %d\n", size.ws_col, size.ws_row);
}

/* Reescribe su línea con cada línea que lee. */
static int redraw(void)
{
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        printf("\x1b[A\r\x1b[Kvale %s", line);
        fflush(stdout);
    }
    puts("\nfin");
    return 0;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "nada";
    int number = argc > 2 ? atoi(argv[2]) : 0;

    if (strcmp(mode, "salir") == 0)
        return number;
    if (strcmp(mode, "señal") == 0) {
        ready();
        signal(number, SIG_DFL);
        raise(number);
    }
    if (strcmp(mode, "segv") == 0) {
        ready();
        *(volatile int *)(argc > 99 ? &number : NULL) = 1;
    }
    if (strcmp(mode, "liberado") == 0 || strcmp(mode, "fuga") == 0)
        misuse(mode[0] == 'l');
    if (strcmp(mode, "vigilado") ==
        0) { /* lo que dirían ASan y la guardia de grader/guard.c */
        for (int i = 2; i < argc; i++)
            fprintf(stderr, "%s\n", argv[i]);
        _exit(99);
    }
    if (strcmp(mode, "inundar") == 0)
        flood();
    if (strcmp(mode, "esperar") == 0 || strcmp(mode, "esconderse") == 0) {
        if (mode[2] == 'c')
            prctl(PR_SET_DUMPABLE, 0);
        ready();
        for (;;)
            pause();
    }
    if (strcmp(mode, "callar") == 0) {
        printf("esto se queda en el búfer\n");
        for (;;)
            pause();
    }
    if (strcmp(mode, "girar") == 0) {
        ready();
        for (volatile unsigned i = 0;; i++)
            ;
    }
    if (strcmp(mode, "despedirse") == 0) {
        signal(SIGINT, goodbye);
        ready();
        for (;;)
            pause();
    }
    if (strcmp(mode, "traza") == 0)
        return wait_traced();
    if (strcmp(mode, "hijo") == 0)
        leave_child(number);
    if (strcmp(mode, "sin-salto") == 0)
        printf("primera\nla última no acaba");
    if (strcmp(mode, "sin-ningún-salto") == 0) {
        printf("una línea que no acaba");
        fflush(stdout);
        pause();
    }
    if (strcmp(mode, "pegadas") == 0)
        printf("LISTO uno.bin 10\nERROR dos.bin 404LISTO tres.bin 30\n");
    if (strcmp(mode, "interbloqueo") == 0) {
        fprintf(stderr, "asinc: interbloqueo: nada puede despertar a estas tareas.\n"
                        "  El ciclo: «uno» → «dos» → «uno»\n");
        return 1;
    }
    if (strcmp(mode, "asinc-aborta") == 0) {
        fprintf(stderr, "asinc: as_lock_release: el cerrojo es de otra tarea.\n");
        abort();
    }
    if (strcmp(mode, "errores") == 0) {
        fprintf(stderr, "va por stderr\n");
        printf("va por stdout\n");
    }
    if (strcmp(mode, "basura") == 0)
        fwrite("\x1b[31mrojo\x07\n\xff\xfe ñ \xe2\x80\xae\nun\0cero\n", 1, 30, stdout);
    if (strcmp(mode, "eco") == 0)
        return echo();
    if (strcmp(mode, "sordo") == 0) {
        close(0);
        ready();
        for (;;)
            pause();
    }
    if (strcmp(mode, "descriptores") == 0) {
        for (int i = 0; i < number; i++)
            if (open("/dev/null", O_RDONLY) < 0)
                return 1;
        ready();
        for (;;)
            pause();
    }
    if (strcmp(mode, "hilos") == 0) {
        pthread_t thread;
        for (int i = 0; i < number; i++)
            if (pthread_create(&thread, NULL, sleep_forever, NULL) != 0)
                return 1;
        ready();
        sleep_forever(NULL);
    }
    if (strcmp(mode, "servir") == 0)
        return serve(argc > 2 ? argv[2] : "127.0.0.1", argc > 3);
    if (strcmp(mode, "contar") == 0)
        for (int i = 1; i <= number; i++)
            printf("línea %d\n", i);
    if (strcmp(mode, "leer") == 0)
        return show(argv[2], (size_t)atoi(argv[3]), 1 << 20);
    if (strcmp(mode, "leer-poco") == 0)
        return show(argv[2], (size_t)atoi(argv[3]), 3);
    if (strcmp(mode, "escribir") == 0)
        return save(argv[2], argv[3]);
    if (strcmp(mode, "enlazar") == 0 && symlink(argv[2], argv[3]) == 0)
        puts("enlazado");
    if (strcmp(mode, "permisos") == 0)
        return chmod(argv[2], (mode_t)atoi(argv[3])) < 0;
    if (strcmp(mode, "llenar") == 0) {
        size_t size = (size_t)number << 20;
        char *volatile memory = malloc(size);
        memset(memory, 1, size);
    }
    if (strcmp(mode, "argumentos") == 0)
        for (int i = 2; i < argc; i++)
            printf("[%s]\n", argv[i]);
    if (strcmp(mode, "decir") == 0)
        for (int i = 2; i < argc; i++)
            fputs(argv[i], stdout);
    if (strcmp(mode, "terminal") == 0)
        describe_terminal();
    if (strcmp(mode, "redibujar") == 0)
        return redraw();
    if (strcmp(mode, "entorno") == 0)
        for (char **e = environ; *e; e++)
            puts(*e);
    return 0;
}
