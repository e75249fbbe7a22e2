/* Llenar la memoria, de 16 en 16 MiB, y decir cuánto se consiguió: malloc | hijos (20 procesos
 * de 32 MiB) | memfd | sysv | oculta (mapa compartido soltado con MADV_DONTNEED: no sale en
 * ningún RSS) | opaca (lo mismo, sin dejarse mirar) | tablas (páginas de cero muy separadas: solo gastan tablas de páginas). */
#include "limite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

#define PASO (16L << 20)

static int es_oculta(const char *modo)
{
    return strcmp(modo, "oculta") == 0 || strcmp(modo, "opaca") == 0;
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

int main(int argc, char **argv)
{
    const char *modo = argc > 1 ? argv[1] : "malloc";
    long tope = TOPE_MIB;
    if (strcmp(modo, "tablas") == 0)
        return tablas();
    if (strcmp(modo, "hijos") == 0) {
        tope = 32;
        for (int i = 0; i < 19; i++)
            if (fork() == 0)
                break;
    }
    if (strcmp(modo, "opaca") == 0)
        prctl(PR_SET_DUMPABLE, 0);
    long mib = 0;
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
}
