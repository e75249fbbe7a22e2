/*
 * 2 · Arreglar · 8 minutos
 * Un programa que a las pocas vueltas ya no puede abrir nada.
 *
 * Copia la primera línea de unas notas en un índice, cien veces. El sistema le deja
 * tener treinta y dos descriptores: le sobran, si devuelve los que pide. Hay dos
 * caminos por los que `copiar_cabecera` se deja un archivo abierto.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <sys/resource.h>

enum { VECES = 100, DESCRIPTORES = 32 };

static int copiar_cabecera(const char *ruta, const char *indice)
{
    char linea[80];
    as_file *notas, *salida;

    int rc = as_file_open(ruta, "r", &notas);
    if (rc < 0)
        return rc;
    ssize_t n = as_file_readline(notas, linea, sizeof linea);
    if (n < 0)
        return (int)n; /* UV_EOF: está vacío */
    rc = as_file_open(indice, "a", &salida);
    if (rc < 0)
        return rc;
    rc = as_file_writef(salida, "%s\n", linea);
    int cierre = as_file_close(salida);
    if (rc == 0)
        rc = cierre;
    as_file_close(notas);
    return rc;
}

static int escribir(const char *ruta, const char *texto)
{
    as_file *archivo;

    int rc = as_file_open(ruta, "w", &archivo);
    if (rc < 0)
        return rc;
    rc = as_file_writef(archivo, "%s", texto);
    int cierre = as_file_close(archivo);
    return rc < 0 ? rc : cierre;
}

static int principal(void *arg)
{
    (void)arg;
    int vacias = 0, imposibles = 0, otras = 0;

    int rc = escribir("notas.txt", "lunes\nllamar a Eva\n");
    if (rc == 0)
        rc = escribir("vacias.txt", "");
    for (int i = 0; i < VECES && rc == 0; i++) {
        rc = copiar_cabecera("notas.txt", "indice.txt");
        if (rc == 0)
            vacias += copiar_cabecera("vacias.txt", "indice.txt") ==
                      UV_EOF;
        if (rc == 0)
            imposibles += copiar_cabecera("notas.txt", "nada/x.txt") ==
                          UV_ENOENT;
        otras += rc == 0;
    }
    printf("copiadas %d, vacías %d, imposibles %d\n", otras, vacias,
           imposibles);
    if (rc < 0)
        printf("%s\n", as_error_text(rc));
    return 0;
}

int main(void)
{
    struct rlimit limite = {DESCRIPTORES, DESCRIPTORES};

    if (setrlimit(RLIMIT_NOFILE, &limite) != 0)
        return 1;
    return as_run(principal, NULL) < 0;
}
