/*
 * El cierre de doscientas tiendas sin ventas anuladas, que se deja archivos
 * abiertos. Con un argumento cualquiera, la versión que los cierra.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <sys/resource.h>

enum { TIENDAS = 200, DESCRIPTORES = 64 };

/* Se escribe en cierre_2.c: hoy no hay ninguna venta que restar. */
static int restar(as_file *ventas, as_file *anuladas)
{
    (void)ventas, (void)anuladas;
    return 0;
}

/* [mal] */
static int revisar(const char *ruta, const char *ruta_anuladas)
{
    as_file *ventas, *anuladas;

    int rc = as_file_open(ruta, "r", &ventas);
    if (rc < 0)
        return rc;
    rc = as_file_open(ruta_anuladas, "r", &anuladas);
    if (rc < 0)
        return rc; /* no hay anuladas */
    rc = restar(ventas, anuladas);
    as_file_close(anuladas);
    as_file_close(ventas);
    return rc;
}
/* [/mal] */

/* [bien] */
static int revisar_bien(const char *ruta, const char *ruta_anuladas)
{
    as_file *ventas, *anuladas;

    int rc = as_file_open(ruta, "r", &ventas);
    if (rc < 0)
        return rc; /* nada que devolver */
    rc = as_file_open(ruta_anuladas, "r", &anuladas);
    if (rc < 0)
        goto sin_anuladas;
    rc = restar(ventas, anuladas);
    as_file_close(anuladas);
sin_anuladas:
    as_file_close(ventas);
    return rc;
}
/* [/bien] */

static bool con_cuidado; /* cuál de las dos */

static int escribir_ventas(void)
{
    as_file *ventas;

    int rc = as_file_open("ventas.txt", "w", &ventas);
    if (rc < 0)
        return rc;
    rc = as_file_writef(ventas, "120\n");
    int cierre = as_file_close(ventas);
    return rc < 0 ? rc : cierre;
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    int sin_anuladas = 0;

    int rc = escribir_ventas();
    while (rc == 0 && sin_anuladas < TIENDAS) {
        rc = con_cuidado ? revisar_bien("ventas.txt", "anuladas.txt")
                         : revisar("ventas.txt", "anuladas.txt");
        if (rc == UV_ENOENT) {
            sin_anuladas++;
            rc = 0; /* es lo normal: no se anuló ninguna */
        }
    }
    if (rc < 0)
        printf("tras unas %d: %s\n", sin_anuladas / 10 * 10,
               as_error_text(rc));
    else
        printf("%d tiendas sin anuladas\n", sin_anuladas);
    return 0;
}
/* [/principal] */

int main(int argc, char **argv)
{
    (void)argv;
    struct rlimit limite = {DESCRIPTORES, DESCRIPTORES};

    con_cuidado = argc > 1;
    if (setrlimit(RLIMIT_NOFILE, &limite) != 0)
        return 1;
    return as_run(principal, NULL) < 0;
}
