/* El cierre de una tienda: resta dos archivos que no hace falta que quepan. */
#include <asinc/asinc.h>
#include <ctype.h>
#include <stdio.h>

enum { VENTAS = 100000, TROZO = 64 * 1024 };

/* [trozo] */
struct suma {
    long total;  /* de los precios que ya acabaron */
    long precio; /* el que se está leyendo */
};

static void sumar_trozo(struct suma *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (isdigit((unsigned char)bytes[i])) {
            s->precio = 10 * s->precio + (bytes[i] - '0');
        } else {
            s->total += s->precio;
            s->precio = 0;
        }
    }
}
/* [/trozo] */

/* [sumar] */
static int sumar(as_file *archivo, long *total)
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
/* [/sumar] */

/* [restar] */
static int restar(as_file *ventas, as_file *anuladas)
{
    long vendido, anulado;

    int rc = sumar(ventas, &vendido);
    if (rc == 0)
        rc = sumar(anuladas, &anulado);
    if (rc == 0)
        printf("%ld - %ld = %ld céntimos\n", vendido, anulado,
               vendido - anulado);
    return rc;
}
/* [/restar] */

/* La revisar_bien de cierre_1.c. */
static int revisar(const char *ruta, const char *ruta_anuladas)
{
    as_file *ventas, *anuladas;

    int rc = as_file_open(ruta, "r", &ventas);
    if (rc < 0)
        return rc;
    rc = as_file_open(ruta_anuladas, "r", &anuladas);
    if (rc < 0)
        goto sin_anuladas;
    rc = restar(ventas, anuladas);
    as_file_close(anuladas);
sin_anuladas:
    as_file_close(ventas);
    return rc;
}

static int escribir_lineas(as_file *archivo)
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

static int escribir_ventas(void)
{
    static const char anuladas[] = "250\n120\n90\n";
    as_file *archivo;

    int rc = as_file_open("ventas.txt", "w", &archivo);
    if (rc < 0)
        return rc;
    rc = escribir_lineas(archivo);
    int cierre = as_file_close(archivo);
    if (rc < 0 || cierre < 0)
        return rc < 0 ? rc : cierre;
    return as_file_write_all("anuladas.txt", anuladas,
                             sizeof anuladas - 1);
}

static int principal(void *arg)
{
    (void)arg;
    struct stat info;

    int rc = escribir_ventas();
    if (rc == 0)
        rc = as_file_stat("ventas.txt", &info);
    if (rc < 0)
        return rc;
    printf("%d ventas: un archivo de %d KiB, en trozos de %d\n", VENTAS,
           (int)(info.st_size / 1024), TROZO / 1024);
    return revisar("ventas.txt", "anuladas.txt");
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "cierre_2: %s\n", as_error_text(rc));
    return rc < 0;
}
