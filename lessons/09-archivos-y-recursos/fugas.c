/*
 * Doscientas recetas que nadie tradujo, y un programa que se deja archivos
 * abiertos. Con un argumento cualquiera, la versión que los cierra.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { RECETAS = 200, DESCRIPTORES = 64 };

static int comparar(as_file *receta, as_file *traduccion)
{
    (void)receta,
        (void)traduccion; /* hoy no hay ninguna que comparar */
    return 0;
}

/* [mal] */
static int revisar(const char *ruta, const char *ruta_traducida)
{
    as_file *receta, *traduccion;

    int rc = as_file_open(ruta, "r", &receta);
    if (rc < 0)
        return rc;
    rc = as_file_open(ruta_traducida, "r", &traduccion);
    if (rc < 0)
        return rc; /* no hay traducción */
    rc = comparar(receta, traduccion);
    as_file_close(traduccion);
    as_file_close(receta);
    return rc;
}
/* [/mal] */

/* [bien] */
static int revisar_bien(const char *ruta, const char *ruta_traducida)
{
    as_file *receta, *traduccion;

    int rc = as_file_open(ruta, "r", &receta);
    if (rc < 0)
        return rc; /* nada que devolver */
    rc = as_file_open(ruta_traducida, "r", &traduccion);
    if (rc < 0)
        goto sin_traduccion;
    rc = comparar(receta, traduccion);
    as_file_close(traduccion);
sin_traduccion:
    as_file_close(receta);
    return rc;
}
/* [/bien] */

static bool con_cuidado; /* cuál de las dos */

static int escribir_receta(void)
{
    as_file *receta;

    int rc = as_file_open("gazpacho.txt", "w", &receta);
    if (rc < 0)
        return rc;
    rc = as_file_writef(receta, "Tomates, pan y aceite\n");
    int cierre = as_file_close(receta);
    return rc < 0 ? rc : cierre;
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    int sin_traducir = 0;

    int rc = escribir_receta();
    while (rc == 0 && sin_traducir < RECETAS) {
        rc = con_cuidado ? revisar_bien("gazpacho.txt", "gazpacho.en")
                         : revisar("gazpacho.txt", "gazpacho.en");
        if (rc == UV_ENOENT) {
            sin_traducir++;
            rc = 0; /* es lo normal: falta esa traducción */
        }
    }
    if (rc < 0)
        printf("tras unas %d: %s\n", sin_traducir / 10 * 10,
               as_error_text(rc));
    else
        printf("%d recetas sin traducir\n", sin_traducir);
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
