/* Abusar de los archivos: descriptores | grande | llenar RUTA | muchos | setuid | raiz |
 * trampas DIR (deja en DIR todo lo que confundiría a quien lea después). */
#include "limite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long llenar(const char *ruta, long tope)
{
    static char bloque[64 * 1024];
    int fd = open(ruta, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0)
        return -1;
    long total = 0;
    ssize_t n;
    while (total < tope && (n = write(fd, bloque, sizeof bloque)) > 0)
        total += n;
    close(fd);
    return total;
}

static void trampas(const char *dir)
{
    if (chdir(dir) < 0)
        exit(9);
    int bien = 1;
    bien &= symlink("/etc/passwd", "enlace") == 0;
    bien &= symlink("/etc", "subdir") == 0;
    bien &= mkfifo("fifo", 0644) == 0;
    bien &= mkdir("carpeta", 0755) == 0;
    int fd = open("enorme", O_WRONLY | O_CREAT, 0644);
    bien &= fd >= 0 && ftruncate(fd, 15L << 20) == 0;
    fd = open("bueno.txt", O_WRONLY | O_CREAT, 0644);
    bien &= fd >= 0 && write(fd, "hola", 4) == 4;
    puts(bien ? "puestas" : "no se pudo");
}

int main(int argc, char **argv)
{
    const char *modo = argc > 1 ? argv[1] : "", *ruta = argc > 2 ? argv[2] : ".";
    if (strcmp(modo, "descriptores") == 0) {
        int hechos = 0;
        while (hechos < 1000 && open("/dev/null", O_RDONLY) >= 0)
            hechos++;
        printf("%d %s\n", hechos, strerror(errno));
    } else if (strcmp(modo, "grande") == 0) {
        printf("%ld\n", llenar("grande", 64L << 20));
    } else if (strcmp(modo, "llenar") == 0) {
        long n = llenar(ruta, 64L << 20);
        printf("%ld %s\n", n, n < 0 ? strerror(errno) : "");
    } else if (strcmp(modo, "muchos") == 0) {
        char nombre[32];
        for (int i = 0; i < 100000; i++) {
            snprintf(nombre, sizeof nombre, "f%d", i);
            if (close(open(nombre, O_WRONLY | O_CREAT, 0644)) < 0)
                break;
        }
        dormir(TOPE_SEGUNDOS);
    } else if (strcmp(modo, "setuid") == 0) {
        int fd = open("x", O_RDWR | O_CREAT, 0644);
        printf("chmod %d fchmod %d creat %d openat %d mkdir %d normal %d\n",
               chmod("x", 04755), fchmod(fd, 02755), creat("y", 06755),
               openat(AT_FDCWD, "z", O_CREAT | O_WRONLY, 04755), mkdir("d", 02755),
               chmod("x", 0755));
    } else if (strcmp(modo, "trampas") == 0) {
        trampas(ruta);
    }
}
