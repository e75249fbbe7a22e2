/* Abusar de los archivos: descriptores | grande | llenar RUTA | sueltos (llenar archivos ya
 * borrados) | hondo (llenar al fondo de muchas carpetas) | muchos DIR | tapados DIR (muchos, en
 * una carpeta que después no deja mirar) | atributos DIR (llenar sin un solo byte de contenido) |
 * setuid | ajeno RUTA (todo lo que se le puede hacer a un archivo de fuera) | trampas DIR (deja en
 * DIR todo lo que confundiría a quien lea después). */
#include "limite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

static long llenar(const char *ruta, long tope, bool abierto)
{
    static char bloque[64 * 1024];
    int fd = open(ruta, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0)
        return -1;
    long total = 0;
    ssize_t n;
    while (total < tope && (n = write(fd, bloque, sizeof bloque)) > 0)
        total += n;
    if (!abierto)
        close(fd);
    return total;
}

static void sueltos(void)
{
    for (int i = 0; i < 12; i++) {
        llenar("suelto", 8L << 20, true);
        unlink("suelto");
    }
    dormir(TOPE_SEGUNDOS);
}

static void hondo(void)
{
    static char nombre[200];
    memset(nombre, 'n', sizeof nombre - 1);
    for (int i = 0; i < 40; i++)
        if (mkdir(nombre, 0755) < 0 || chdir(nombre) < 0)
            exit(9);
    for (int i = 0; i < 12; i++) {
        snprintf(nombre, sizeof nombre, "f%d", i);
        if (llenar(nombre, 8L << 20, false) < 8L << 20)
            puts("no cabe");
    }
    fflush(stdout);
    dormir(TOPE_SEGUNDOS);
}

static void intento(const char *nombre, long rc)
{
    if (rc >= 0)
        printf("conseguido: %s\n", nombre);
}

/* setxattr como la dan los núcleos nuevos; falla donde no la haya. */
static long atributo_nuevo(int dir, const char *ruta, const char *nombre,
                           const void *valor, unsigned n)
{
    struct {
        uint64_t valor;
        uint32_t n, modo;
    } datos = {(uintptr_t)valor, n, 0};
    return syscall(463, dir, ruta, 0, nombre, &datos, sizeof datos);
}

static void ajeno(const char *ruta)
{
    struct timespec antiguo[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    intento("leer", open(ruta, O_RDONLY));
    intento("escribir", open(ruta, O_WRONLY));
    intento("vaciar", truncate(ruta, 0));
    intento("permisos", chmod(ruta, 0));
    intento("permisos de lejos", fchmodat(AT_FDCWD, ruta, 0, 0));
    intento("dueño", chown(ruta, getuid(), getgid()));
    intento("dueño de lejos", fchownat(AT_FDCWD, ruta, getuid(), getgid(), 0));
    intento("fechas", utimensat(AT_FDCWD, ruta, antiguo, 0));
    intento("fechas a la antigua", utimes(ruta, NULL));
    intento("atributos", setxattr(ruta, "user.x", "y", 1, 0));
    intento("atributos de otro modo", atributo_nuevo(AT_FDCWD, ruta, "user.x", "y", 1));
    intento("copia por enlace", link(ruta, "copia"));
    intento("llevárselo", rename(ruta, "copia"));
    intento("cambiarlo", renameat2(AT_FDCWD, ".", AT_FDCWD, ruta, RENAME_EXCHANGE));
    intento("borrar", unlink(ruta));
    int fd = open(ruta, O_PATH);
    char por_numero[40];
    snprintf(por_numero, sizeof por_numero, "/proc/self/fd/%d", fd);
    if (fd >= 0)
        intento("permisos por su número", chmod(por_numero, 0));
    puts("fin");
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

/* Hasta 100000 archivos vacíos en una carpeta. */
static void muchos(const char *dir)
{
    char nombre[32];
    if (chdir(dir) < 0)
        exit(9);
    for (int i = 0; i < 100000; i++) {
        snprintf(nombre, sizeof nombre, "f%d", i);
        if (close(open(nombre, O_WRONLY | O_CREAT, 0644)) < 0)
            break;
    }
    dormir(TOPE_SEGUNDOS);
}

/* Detrás de una carpeta cerrada, por donde no se puede pasar a contarlos. */
static void tapados(const char *dir)
{
    char nombre[32];
    int fd = chdir(dir) == 0 && mkdir("t", 0700) == 0 && mkdir("t/t", 0700) == 0
                 ? open("t/t", O_RDONLY)
                 : -1;
    int puerta = open("t", O_RDONLY);
    for (int i = 0; fd >= 0 && fchmod(puerta, 0) == 0 && i < 100000; i++) {
        snprintf(nombre, sizeof nombre, "f%d", i);
        if (close(openat(fd, nombre, O_WRONLY | O_CREAT, 0644)) < 0)
            break;
    }
    dormir(TOPE_SEGUNDOS);
}

static void atributos(const char *dir)
{
    static char valor[4000];
    char nombre[32];
    int puestos = 0;
    int fd = chdir(dir) == 0 ? open("a", O_WRONLY | O_CREAT, 0644) : -1;
    for (int i = 0; fd >= 0 && i < 1000; i++) {
        snprintf(nombre, sizeof nombre, "user.n%d", i);
        puestos += fsetxattr(fd, nombre, valor, sizeof valor, 0) == 0;
        puestos += atributo_nuevo(AT_FDCWD, "a", nombre, valor, sizeof valor) == 0;
    }
    printf("%d atributos\n", puestos);
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
        printf("%ld\n", llenar("grande", 64L << 20, false));
    } else if (strcmp(modo, "llenar") == 0) {
        long n = llenar(ruta, 64L << 20, false);
        printf("%ld %s\n", n, n < 0 ? strerror(errno) : "");
        fflush(stdout);
        if (n == 64L << 20)
            dormir(TOPE_SEGUNDOS); /* sin tope de disco: que se vea */
    } else if (strcmp(modo, "sueltos") == 0) {
        sueltos();
    } else if (strcmp(modo, "hondo") == 0) {
        hondo();
    } else if (strcmp(modo, "ajeno") == 0) {
        ajeno(ruta);
    } else if (strcmp(modo, "muchos") == 0) {
        muchos(ruta);
    } else if (strcmp(modo, "tapados") == 0) {
        tapados(ruta);
    } else if (strcmp(modo, "atributos") == 0) {
        atributos(ruta);
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
