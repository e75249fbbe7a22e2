/*
 * 3 · Arreglar · 10 minutos
 * Guardar los ajustes no puede dejarlos a medias.
 *
 * `guardar` escribe en dos veces, y entre una y otra el plazo lo corta: se pierden los
 * ajustes de antes y no quedan los nuevos. Haz que en ajustes.txt estén siempre los
 * antiguos enteros o los nuevos enteros. No cambies el plazo ni las esperas.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ajustes {
    const char *idioma, *tema;
    int espera_ms; /* lo que se tarda en averiguar el tema */
};

static int escribir(as_file *archivo, const struct ajustes *a)
{
    int rc = as_file_writef(archivo, "idioma=%s\n", a->idioma);

    if (rc == 0)
        rc = as_sleep(a->espera_ms);
    return rc < 0 ? rc : as_file_writef(archivo, "tema=%s\n", a->tema);
}

/* También si esta tarea está cancelada. */
static void borrar(const char *ruta)
{
    as_scope limpieza;

    as_shield_enter(&limpieza, 5000);
    int rc = as_scope_leave(&limpieza, as_file_remove(ruta));
    if (rc < 0)
        fprintf(stderr, "a_salvo: %s\n", as_error_text(rc));
}

static int guardar(const struct ajustes *a)
{
    as_file *archivo;

    int rc = as_file_open("ajustes.part", "w", &archivo);
    if (rc < 0)
        return rc;
    rc = escribir(archivo, a);
    if (rc == 0)
        rc = as_file_sync(archivo);
    int cierre = as_file_close(archivo);
    if (rc == 0)
        rc = cierre;
    if (rc == 0)
        rc = as_file_rename("ajustes.part", "ajustes.txt");
    if (rc < 0)
        borrar("ajustes.part");
    return rc;
}

static int mostrar(void)
{
    char *texto;

    int rc = as_file_read_all("ajustes.txt", &texto, NULL);
    if (rc < 0)
        return rc;
    printf("%s", texto);
    free(texto);
    return 0;
}

static int guardar_y_mostrar(const struct ajustes *a)
{
    as_scope plazo;

    as_scope_enter(&plazo, 500);
    int rc = as_scope_leave(&plazo, guardar(a));
    printf("-- %s\n", rc == 0 ? "guardado" : as_error_text(rc));
    return mostrar();
}

static int principal(void *arg)
{
    (void)arg;
    const struct ajustes antes = {"español", "claro", 100};
    const struct ajustes despues = {"catalán", "oscuro", 2000};
    const struct ajustes al_final = {"gallego", "oscuro", 100};

    int rc = guardar_y_mostrar(&antes);
    if (rc == 0)
        rc = guardar_y_mostrar(&despues);
    if (rc == 0)
        rc = guardar_y_mostrar(&al_final);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
