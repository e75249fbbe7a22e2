/* Cada día se añade una línea al diario. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

static int anotar(int dia)
{
    as_file *diario;

    int rc = as_file_open("diario.txt", "w", &diario);
    if (rc < 0)
        return rc;
    rc = as_file_writef(diario, "día %d\n", dia);
    int cierre = as_file_close(diario);
    return rc < 0 ? rc : cierre;
}

static int principal(void *arg)
{
    (void)arg;
    char *texto;
    int rc = 0;

    for (int dia = 1; dia <= 3 && rc == 0; dia++)
        rc = anotar(dia);
    if (rc == 0)
        rc = as_file_read_all("diario.txt", &texto, NULL);
    if (rc < 0)
        return rc;
    printf("%s", texto);
    free(texto);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
