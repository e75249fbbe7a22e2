/* El mismo archivo, abierto de varios modos en una carpeta vacía. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void anotar(const char *modo, const char *texto)
{
    as_file *archivo;

    int rc = as_file_open("notas.txt", modo, &archivo);
    if (rc == 0) {
        rc = as_file_write(archivo, texto, strlen(texto));
        as_file_close(archivo);
    }
    printf("%s: %s\n", modo, rc < 0 ? uv_err_name(rc) : "bien");
}

static int principal(void *arg)
{
    (void)arg;
    char *datos;
    size_t tamano;

    anotar("r", "-");
    anotar("x", "uno");
    anotar("x", "dos");
    anotar("a", "tres");
    int rc = as_file_read_all("notas.txt", &datos, &tamano);
    if (rc < 0)
        return rc;
    printf("%zu bytes: %s\n", tamano, datos);
    free(datos);
    anotar("w", "");
    rc = as_file_read_all("notas.txt", &datos, &tamano);
    if (rc < 0)
        return rc;
    printf("%zu bytes\n", tamano);
    free(datos);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
