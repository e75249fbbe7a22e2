/* Suma las ventas de un archivo que no hace falta que quepa. */
#include <asinc/asinc.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { VENTAS = 100000, TROZO = 64 * 1024 };

/* [sumar] */
struct suma {
    uint64_t total;  /* de los precios que ya acabaron */
    uint64_t precio; /* el que se está leyendo */
};

static void sumar_trozo(struct suma *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (isdigit((unsigned char)bytes[i])) {
            s->precio = 10 * s->precio + (uint64_t)(bytes[i] - '0');
        } else {
            s->total += s->precio;
            s->precio = 0;
        }
    }
}
/* [/sumar] */

/* [leer] */
static int leer_ventas(as_file *archivo, uint64_t *total)
{
    char trozo[TROZO];
    struct suma suma = {0};
    ssize_t n;

    while ((n = as_file_read(archivo, trozo, sizeof trozo)) > 0)
        sumar_trozo(&suma, trozo, (size_t)n);
    /* El último precio puede acabar donde acaba el archivo. */
    *total = suma.total + suma.precio;
    return (int)n;
}
/* [/leer] */

static int escribir_ventas(as_file *archivo)
{
    char lineas[16 * 1024];
    size_t usados = 0;
    int rc = 0;

    for (int i = 1; i <= VENTAS && rc == 0; i++) {
        usados += (size_t)snprintf(lineas + usados,
                                   sizeof lineas - usados, "%d\n", i);
        if (usados > sizeof lineas - 16 || i == VENTAS) {
            rc = as_file_write(archivo, lineas, usados);
            usados = 0;
        }
    }
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    uint64_t total = 0;
    as_file *archivo;
    struct stat info;

    int rc = as_file_open("ventas.txt", "w", &archivo);
    if (rc < 0)
        return rc;
    rc = escribir_ventas(archivo);
    int cierre = as_file_close(archivo);
    if (rc < 0 || cierre < 0)
        return rc < 0 ? rc : cierre;
    rc = as_file_open("ventas.txt", "r", &archivo);
    if (rc < 0)
        return rc;
    rc = leer_ventas(archivo, &total);
    as_file_close(archivo);
    if (rc == 0)
        rc = as_file_stat("ventas.txt", &info);
    if (rc == 0)
        printf("%d ventas, %d KiB: %" PRIu64 " céntimos\n", VENTAS,
               (int)(info.st_size / 1024), total);
    return rc;
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "caja: %s\n", as_error_text(rc));
    return rc < 0;
}
