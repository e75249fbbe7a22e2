/*
 * 3 · Arreglar · 8 minutos
 * Un programa que muere el cuarto día.
 *
 * Cada diez minutos copia un mensaje de una conexión a otra. A veces falla la
 * segunda conexión, y a veces la copia. Haz que llegue a fin de mes: hay dos caminos
 * que no devuelven lo que pidieron. No cambies `conectar` ni `copiar`, que hacen de
 * red.
 */
#include <asinc/asinc.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CADA_MS = 10 * 60 * 1000, VECES = 30 * 24 * 6 };

static int conectar(int vez, int cada)
{
    return vez % cada == 0 ? UV_ECONNREFUSED
                           : open("/dev/null", O_RDWR);
}

static int copiar(int vez)
{
    return vez % 11 == 0 ? UV_ECONNRESET : as_sleep(30);
}

/* 0, o el error que la detuvo. */
static int pasar(int vez)
{
    int origen = conectar(vez, 13);
    if (origen < 0)
        return origen;

    int destino = conectar(vez, 7);
    if (destino < 0)
        return destino;

    int rc = copiar(vez);
    if (rc < 0)
        return rc;
    close(destino);
    close(origen);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int fallos = 0;

    for (int vez = 1; vez <= VECES; vez++) {
        if (pasar(vez) < 0)
            fallos++;
        int rc = as_sleep(CADA_MS);
        if (rc < 0)
            return rc;
    }
    printf("un mes: %d copias, %d fallos\n", VECES, fallos);
    return 0;
}

int main(void)
{
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){64, 64});
    return as_run(principal, NULL) < 0;
}
