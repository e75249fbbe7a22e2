/* Cuenta las líneas de un archivo: son seis. */
#include <asinc/asinc.h>
#include <stdio.h>

static int contar(const char *ruta, int *lineas)
{
    as_file *archivo;
    char trozo[8];

    int rc = as_file_open(ruta, "r", &archivo);
    if (rc < 0)
        return rc;
    ssize_t n = as_file_read(archivo, trozo, sizeof trozo);
    for (ssize_t i = 0; i < n; i++)
        *lineas += trozo[i] == '\n';
    as_file_close(archivo);
    return n < 0 ? (int)n : 0;
}

static int principal(void *arg)
{
    (void)arg;
    const char texto[] = "uno\ndos\ntres\ncuatro\ncinco\nseis\n";
    int lineas = 0;

    int rc = as_file_write_all("lista.txt", texto, sizeof texto - 1);
    if (rc == 0)
        rc = contar("lista.txt", &lineas);
    if (rc == 0)
        printf("%d líneas\n", lineas);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
