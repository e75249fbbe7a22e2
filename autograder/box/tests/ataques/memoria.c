/* Llenar la memoria, de 16 en 16 MiB, y decir cuánto se consiguió: malloc | hijos (20 procesos
 * de 32 MiB) | memfd | sysv | oculta (mapa compartido soltado con MADV_DONTNEED: no sale en
 * ningún RSS) | opaca (lo mismo, desde una copia suya que no se puede
 * leer, y así no se deja mirar) | reparto (lo mismo, entre ocho procesos
 * que por separado no pasan de nada) | zombi (la pide un hilo cuando el principal ya acabó) |
 * tablas (páginas de cero muy separadas: solo gastan tablas de páginas) | mapas (decenas de miles
 * de mapas de una página, que heredan sus hijos) | sockets (llenos y sin leer, en muchos
 * procesos). */
#include "limite.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

#define PASO (16L << 20)

static int es_oculta(const char *modo)
{
    return strcmp(modo, "oculta") == 0 || strcmp(modo, "opaca") == 0 ||
           strcmp(modo, "reparto") == 0;
}

static void *pedir(const char *modo)
{
    if (strcmp(modo, "memfd") == 0) {
        int fd = memfd_create("ataque", 0);
        if (fd < 0 || ftruncate(fd, PASO) < 0)
            return NULL;
        void *p = mmap(NULL, PASO, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        return p == MAP_FAILED ? NULL : p;
    }
    if (strcmp(modo, "sysv") == 0) {
        int id = shmget(IPC_PRIVATE, PASO, 0600);
        void *p = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
        return p == (void *)-1 ? NULL : p;
    }
    if (es_oculta(modo)) {
        void *p = mmap(NULL, PASO, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                       0);
        return p == MAP_FAILED ? NULL : p;
    }
    return malloc(PASO);
}

/* Lo que ocupan es del núcleo: ni una página es suya. */
static int mapas(void)
{
    const long pagina = sysconf(_SC_PAGESIZE), cuantos = 30000;
    char *p = mmap(NULL, 2 * cuantos * pagina, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return 1;
    for (long i = 0; i < cuantos; i++)
        if (mprotect(p + 2 * i * pagina, pagina, PROT_READ) < 0)
            return 1;
    for (int i = 0; i < 8 && fork() > 0; i++)
        ;
    dormir(TOPE_SEGUNDOS);
    return 0;
}

static int sockets(void)
{
    static char bloque[64 * 1024];
    int par[2];
    for (int i = 0; i < 80; i++)
        if (fork() == 0) {
            while (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, par) == 0)
                for (int k = 0; k < 2; k++)
                    while (write(par[k], bloque, sizeof bloque) > 0)
                        ;
            break;
        }
    dormir(TOPE_SEGUNDOS);
    return 0;
}

static int tablas(void)
{
    /* Una página leída de cada 2 MiB: 4 KiB de tabla por cada una. */
    const long total = 512L << 30;
    volatile char *p = mmap(NULL, total, PROT_READ,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return 1;
    for (long i = 0; i < total / (2 << 20); i++) {
        (void)p[i * (2 << 20)];
        if (i % 4096 == 0)
            dormir(0.05);
    }
    puts("entero");
    dormir(TOPE_SEGUNDOS);
    return 0;
}

static void *llenar(void *arg)
{
    const char *modo = arg;
    long mib = 0, tope = TOPE_MIB;
    if (strcmp(modo, "hijos") == 0)
        tope = 32;
    if (strcmp(modo, "reparto") == 0)
        tope = 96;
    for (; mib < tope; mib += PASO >> 20) {
        char *p = pedir(modo);
        if (!p)
            break;
        memset(p, 'x', PASO);
        if (es_oculta(modo))
            madvise(p, PASO, MADV_DONTNEED);
    }
    printf("%ld MiB\n", mib);
    fflush(stdout);
    if (mib > 0)
        dormir(TOPE_SEGUNDOS);
    return NULL;
}

static void multiplicarse(int hijos)
{
    for (int i = 0; i < hijos; i++)
        if (fork() == 0)
            return;
}

/* El núcleo no deja mirar a quien ejecuta lo que no puede leer. Si no se puede, sigue igual. */
static void volverse_opaco(const char *nombre)
{
    static char bloque[64 * 1024];
    int de = open("/proc/self/exe", O_RDONLY);
    int a = open("copia", O_WRONLY | O_CREAT, 0111);
    for (ssize_t n; (n = read(de, bloque, sizeof bloque)) > 0;)
        if (write(a, bloque, (size_t)n) != n)
            return;
    close(a);
    if (prctl(PR_SET_DUMPABLE, 0) == 0)
        puts("prctl");
    execl("copia", nombre, "oculta", NULL);
}

int main(int argc, char **argv)
{
    char *modo = argc > 1 ? argv[1] : "malloc";
    pthread_t hilo;
    if (strcmp(modo, "tablas") == 0)
        return tablas();
    if (strcmp(modo, "mapas") == 0)
        return mapas();
    if (strcmp(modo, "sockets") == 0)
        return sockets();
    if (strcmp(modo, "hijos") == 0)
        multiplicarse(19);
    if (strcmp(modo, "reparto") == 0)
        multiplicarse(7);
    if (strcmp(modo, "opaca") == 0)
        volverse_opaco(argv[0]);
    if (strcmp(modo, "zombi") == 0 && pthread_create(&hilo, NULL, llenar, modo) == 0)
        pthread_exit(NULL);
    llenar(modo);
}
