/* Olvida, entre trozo y trozo, el precio que estaba a medias. */
#include <asinc/asinc.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* [sumar] */
static int sumar_trozo(const char *bytes, size_t n)
{
    int total = 0, precio = 0;

    for (size_t i = 0; i < n; i++) {
        if (isdigit((unsigned char)bytes[i])) {
            precio = 10 * precio + (bytes[i] - '0');
        } else {
            total += precio;
            precio = 0;
        }
    }
    return total + precio;
}
/* [/sumar] */

static int sumar(as_file *archivo, size_t tamano)
{
    char trozo[64];
    int total = 0;
    ssize_t n;

    while ((n = as_file_read(archivo, trozo, tamano)) > 0)
        total += sumar_trozo(trozo, (size_t)n);
    if (n == 0)
        printf("en trozos de %d bytes: %d\n", (int)tamano, total);
    return (int)n;
}

static int escribir(as_file *archivo, size_t tamano)
{
    (void)tamano;
    return as_file_writef(archivo, "120\n250\n90\n");
}

static int con_archivo(const char *modo, int usar(as_file *, size_t),
                       size_t tamano)
{
    as_file *archivo;

    int rc = as_file_open("cuenta.txt", modo, &archivo);
    if (rc < 0)
        return rc;
    rc = usar(archivo, tamano);
    int cierre = as_file_close(archivo);
    return rc < 0 ? rc : cierre;
}

static int principal(void *arg)
{
    (void)arg;
    static const size_t tamanos[] = {64, 6, 4};

    int rc = con_archivo("w", escribir, 0);
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = con_archivo("r", sumar, tamanos[i]);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
