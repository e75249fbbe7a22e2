/* Memoria que el núcleo guarda para un proceso y que no sale en su RSS. Dice cuánto consiguió:
 * pagina (mapas compartidos de los que se suelta todo menos una página) | vmsplice (páginas propias
 * dentro de tuberías, y se sueltan) | tuberias (llenas, las que quepan) | reglas (Landlock) | filtros (seccomp) | cerrojos (de POSIX, en
 * un archivo) | pocos_cerrojos (mil) | abiertos (los mismos, de archivo abierto) | tcp (sockets que crecen solos, y nadie
 * lee) | huerfanos (conexiones que nadie acepta, cerradas por quien las hizo) | vigias [N] (de
 * inotify, las que deje) | puertos (todos los libres) | tomar [N] (tantos, 300) |
 * tomar_escondido (los mismos, sin el primer hilo) | atender (300 conexiones por un puerto) | temporizadores | nietos (gasta procesador en
 * procesos que nadie espera) | abiertos_por_un_hijo (25 descriptores). */
#include "limite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PASO (16L << 20)

static void decir(long cuanto, const char *que)
{
    printf("%ld %s\n", cuanto, que);
    fflush(stdout);
    if (cuanto > 0)
        dormir(2); /* de sobra para que se vea */
}

static void pagina(void)
{
    long mib = 0;
    for (; mib < TOPE_MIB; mib += PASO >> 20) {
        char *p = mmap(NULL, PASO, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                       0);
        if (p == MAP_FAILED)
            break;
        memset(p, 'x', PASO);
        munmap(p + 4096, PASO - 4096);
    }
    decir(mib, "MiB");
}

/* De una vez, y por tanto mayor de lo que la caja cuenta por mapa. */
static void de_una_vez(void)
{
    long mib = 0;
    for (; mib < TOPE_MIB; mib += 64) {
        char *p = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0);
        if (p == MAP_FAILED)
            break;
        memset(p, 'x', 64 << 20);
        munmap(p + 4096, (64 << 20) - 4096);
    }
    decir(mib, "MiB");
}

static void por_tuberia(void)
{
    long kib = 0;
    int t[2];
    while (kib < TOPE_MIB * 1024L && pipe(t) == 0) {
        for (;;) {
            char *p = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            memset(p, 'x', 2 << 20);
            struct iovec parte = {p, 2 << 20};
            ssize_t n = vmsplice(t[1], &parte, 1, SPLICE_F_NONBLOCK);
            munmap(p, 2 << 20);
            if (n <= 0)
                break;
            kib += n / 1024;
        }
    }
    decir(kib / 1024, "MiB");
}

/* Llenas hasta el borde, en tantos procesos como quepan. */
static void llenar_tuberias(void)
{
    static char bloque[64 << 10];
    long *kib = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                     0);
    for (int hijo = 0; hijo < 500; hijo++)
        if (fork() == 0) {
            int t[2];
            while (pipe2(t, O_NONBLOCK) == 0)
                for (ssize_t n; (n = write(t[1], bloque, sizeof bloque)) > 0;)
                    __atomic_add_fetch(kib, n / 1024, 5);
            dormir(TOPE_SEGUNDOS);
            _exit(0);
        }
    for (long antes = -1; antes != *kib; dormir(1))
        antes = *kib;
    decir(*kib / 1024, "MiB");
}

static void reglas(void)
{
    struct landlock_ruleset_attr todo = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE};
    long cuantas = 0;
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (; cuantas < 50; cuantas++) {
        long fd = syscall(SYS_landlock_create_ruleset, &todo, sizeof todo, 0);
        if (fd < 0)
            break;
        close((int)fd);
    }
    decir(cuantas, "reglas");
}

static void filtros(void)
{
    struct sock_filter nada[64];
    for (int i = 0; i < 64; i++)
        nada[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog programa = {64, nada};
    long cuantos = 0;
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    while (cuantos < 100 &&
           (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &programa) == 0 ||
            syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &programa) == 0))
        cuantos++;
    decir(cuantos, "filtros");
}

static void cerrojos(int orden, long maximo)
{
    int fd = open("cerrado", O_RDWR | O_CREAT, 0600);
    long cuantos = 0;
    for (; cuantos < maximo; cuantos++) {
        struct flock uno = {.l_type = F_WRLCK, .l_start = 2 * cuantos, .l_len = 1};
        if (fcntl(fd, orden, &uno) < 0)
            break;
    }
    decir(cuantos, "cerrojos");
}

static int escuchar(struct sockaddr_in *a)
{
    socklen_t n = sizeof *a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    *a = (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)a, sizeof *a) < 0 || listen(fd, 4096) < 0 ||
        getsockname(fd, (struct sockaddr *)a, &n) < 0)
        exit(3);
    return fd;
}

/* Llena un socket hasta que no admita más en un rato. Lo escrito. */
static long llenar(int fd)
{
    static char bloque[256 * 1024];
    long total = 0;
    for (int veces = 0; veces < 40;) {
        ssize_t n = send(fd, bloque, sizeof bloque, MSG_DONTWAIT);
        if (n > 0)
            total += n, veces = 0;
        else
            veces++, usleep(500);
    }
    return total;
}

static void tcp(int huerfanos)
{
    long *total = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                       0);
    struct sockaddr_in a;
    int puerta = escuchar(&a);
    for (int hijo = 0; hijo < 8; hijo++)
        if (fork() == 0) {
            for (int i = 0; i < (huerfanos ? 60 : 25); i++) {
                int fd = socket(AF_INET, SOCK_STREAM, 0);
                if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) < 0)
                    break;
                if (!huerfanos && accept(puerta, NULL, NULL) < 0)
                    break;
                __atomic_add_fetch(total, llenar(fd), 5);
                if (huerfanos)
                    close(fd);
            }
            dormir(TOPE_SEGUNDOS);
            _exit(0);
        }
    long antes = -1;
    for (int quieto = 0; quieto < 20; dormir(0.1)) {
        quieto = *total == antes ? quieto + 1 : 0;
        antes = *total;
    }
    decir(*total >> 20, "MiB");
}

static void vigias(long cuantas)
{
    int instancias = 0, fd = inotify_init();
    long puestas = 0, sin_sitio = 0;
    char nombre[32];
    for (long i = 0; puestas < cuantas && sin_sitio < 3; i++) {
        snprintf(nombre, sizeof nombre, "/proc/self/fdinfo/%ld", i % 3);
        if (i % 3 == 0) {
            int otra = inotify_init();
            if (otra < 0 && errno == EMFILE)
                sin_sitio++;
            if (otra >= 0)
                fd = otra, instancias++;
        }
        if (inotify_add_watch(fd, nombre, IN_OPEN) < 0) {
            printf("vigía: %s\n", strerror(errno));
            break;
        }
        puestas++;
    }
    printf("%d instancias\n", instancias);
    decir(puestas, "vigías");
}

static void puertos(void)
{
    long *total = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                       0);
    for (int hijo = 0; hijo < 700; hijo++)
        if (fork() == 0) {
            struct sockaddr_in a = {.sin_family = AF_INET};
            a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            for (int fd; (fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0;)
                if (bind(fd, (struct sockaddr *)&a, sizeof a) == 0)
                    __atomic_add_fetch(total, 1, 5);
                else
                    break;
            dormir(TOPE_SEGUNDOS);
            _exit(0);
        }
    dormir(2);
    decir(*total, "puertos");
}

static void tomar(long cuantos)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    long tomados = 0;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int fd; tomados < cuantos && (fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0;
         tomados++)
        if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0)
            break;
    decir(tomados, "puertos");
}

static void *tomar_en_un_hilo(void *nada)
{
    tomar(300);
    exit(0);
    return nada;
}

/* Con el primer hilo acabado el proceso parece muerto, y sin descriptores. */
static void tomar_escondido(void)
{
    pthread_t hilo;
    if (pthread_create(&hilo, NULL, tomar_en_un_hilo, NULL) != 0)
        exit(3);
    pthread_exit(NULL);
}

/* Muchas conexiones por un solo puerto, el suyo. */
static void atender(long cuantos)
{
    struct sockaddr_in a;
    int puerta = escuchar(&a);
    printf("puerto %d.\n", ntohs(a.sin_port));
    fflush(stdout);
    long aceptadas = 0;
    while (aceptadas < cuantos && accept(puerta, NULL, NULL) >= 0)
        aceptadas++;
    decir(aceptadas, "conexiones");
}

static void temporizadores(void)
{
    struct sigevent aviso = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    timer_t uno;
    long cuantos = 0;
    while (cuantos < 100000 && timer_create(CLOCK_MONOTONIC, &aviso, &uno) == 0)
        cuantos++;
    printf("%ld temporizadores\n", cuantos);
}

static void nietos(void)
{
    signal(SIGCHLD, SIG_IGN);
    for (double fin = segundos() + TOPE_SEGUNDOS; segundos() < fin; dormir(0.12))
        for (int i = 0; i < 2; i++)
            if (fork() == 0) {
                quemar(0.1);
                _exit(0);
            }
}

static void abiertos_por_un_hijo(void)
{
    int t[2];
    char c = 0;
    if (pipe(t) < 0)
        exit(1);
    if (fork() == 0) {
        for (int i = 0; i < 25; i++)
            if (open("/dev/null", O_RDONLY) < 0)
                exit(1);
        c = write(t[1], "x", 1) == 1;
        dormir(TOPE_SEGUNDOS);
        exit(c);
    }
    if (read(t[0], &c, 1) == 1)
        decir(1, "listo");
    dormir(TOPE_SEGUNDOS);
}

int main(int argc, char **argv)
{
    const char *modo = argc > 1 ? argv[1] : "pagina";
    if (strcmp(modo, "pagina") == 0)
        pagina();
    else if (strcmp(modo, "de_una_vez") == 0)
        de_una_vez();
    else if (strcmp(modo, "vmsplice") == 0)
        por_tuberia();
    else if (strcmp(modo, "tuberias") == 0)
        llenar_tuberias();
    else if (strcmp(modo, "reglas") == 0)
        reglas();
    else if (strcmp(modo, "filtros") == 0)
        filtros();
    else if (strcmp(modo, "cerrojos") == 0)
        cerrojos(F_SETLK, 20000);
    else if (strcmp(modo, "pocos_cerrojos") == 0)
        cerrojos(F_SETLK, 1000);
    else if (strcmp(modo, "abiertos") == 0)
        cerrojos(F_OFD_SETLK, 1000000);
    else if (strcmp(modo, "tcp") == 0)
        tcp(0);
    else if (strcmp(modo, "huerfanos") == 0)
        tcp(1);
    else if (strcmp(modo, "vigias") == 0)
        vigias(argc > 2 ? atol(argv[2]) : 1000000);
    else if (strcmp(modo, "puertos") == 0)
        puertos();
    else if (strcmp(modo, "tomar") == 0)
        tomar(argc > 2 ? atol(argv[2]) : 300);
    else if (strcmp(modo, "tomar_escondido") == 0)
        tomar_escondido();
    else if (strcmp(modo, "atender") == 0)
        atender(300);
    else if (strcmp(modo, "temporizadores") == 0)
        temporizadores();
    else if (strcmp(modo, "nietos") == 0)
        nietos();
    else if (strcmp(modo, "abiertos_por_un_hijo") == 0)
        abiertos_por_un_hijo();
    else
        return 2;
    return 0;
}
