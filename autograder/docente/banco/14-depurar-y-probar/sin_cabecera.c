/* Lee la primera línea de unos datos, o dice que están vacíos. */
#include <asinc/asinc.h>
#include <stdio.h>

static int leer(const char *ruta)
{
    as_file *archivo;
    char linea[80];

    int rc = as_file_open(ruta, "r", &archivo);
    if (rc < 0)
        return rc;
    ssize_t n = as_file_read(archivo, linea, sizeof linea - 1);
    if (n <= 0) {
        puts("vacío");
        return (int)n;
    }
    linea[n] = '\0';
    printf("%s", linea);
    as_file_close(archivo);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = as_file_write_all("lleno", "id;nombre\n", 10);
    if (rc == 0)
        rc = as_file_write_all("vacio", "", 0);
    if (rc == 0)
        rc = leer("lleno");
    if (rc == 0)
        rc = leer("vacio");
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
