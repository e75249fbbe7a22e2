#include <asinc/asinc.h>
#include <stdio.h>

/* [escribir] */
static int escribir_lineas(as_file *archivo)
{
    for (int i = 1; i <= 3; i++) {
        int rc = as_file_writef(archivo, "Línea %d\n", i);
        if (rc < 0)
            return rc;
        printf("Línea escrita: Línea %d\n", i);
        rc = as_sleep(100); /* una demora */
        if (rc < 0)
            return rc;
    }
    return 0;
}
/* [/escribir] */

/* [leer] */
static int leer_lineas(as_file *archivo)
{
    char linea[80];
    ssize_t n;

    while ((n = as_file_readline(archivo, linea, sizeof linea)) >= 0) {
        printf("Línea leída: %s\n", linea);
        int rc = as_sleep(100); /* procesarla */
        if (rc < 0)
            return rc;
    }
    return n == UV_EOF ? 0 : (int)n;
}
/* [/leer] */

/* [con] */
static int con_archivo(const char *modo, int usar(as_file *))
{
    as_file *archivo;

    int rc = as_file_open("lineas.txt", modo, &archivo);
    if (rc < 0)
        return rc;
    rc = usar(archivo);
    int cierre = as_file_close(archivo); /* pase lo que pase */
    return rc < 0 ? rc : cierre;
}
/* [/con] */

static int principal(void *arg)
{
    (void)arg;
    int rc = con_archivo("w", escribir_lineas);

    return rc < 0 ? rc : con_archivo("r", leer_lineas);
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "lineas: %s\n", as_error_text(rc));
    return rc < 0;
}
