/* Copiar un archivo sin que nunca haya una copia a medias. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TROZO = 64 * 1024, PLAZO_MS = 2000 };

static int disco_ms; /* lo que tarda en copiarse cada trozo */

/* [copiar] */
static int copiar(as_file *origen, as_file *copia)
{
    char trozo[TROZO];
    ssize_t n;

    while ((n = as_file_read(origen, trozo, sizeof trozo)) > 0) {
        int rc = as_file_write(copia, trozo, (size_t)n);
        if (rc == 0)
            rc = as_sleep(disco_ms);
        if (rc < 0)
            return rc;
    }
    return n < 0 ? (int)n : as_file_sync(copia);
}
/* [/copiar] */

/* [borrar] */
/* Aunque la tarea esté cancelada: si no, el trozo se quedaría ahí. */
static void borrar(const char *ruta)
{
    as_scope limpieza;

    as_shield_enter(&limpieza, 5000);
    int rc = as_scope_leave(&limpieza, as_file_remove(ruta));
    if (rc < 0)
        fprintf(stderr, "guardar: %s\n", as_error_text(rc));
}
/* [/borrar] */

/* [guardar] */
static int guardar(void)
{
    as_file *origen, *copia;

    int rc = as_file_mkdir("copias");
    if (rc < 0)
        return rc;
    rc = as_file_open("ventas.txt", "r", &origen);
    if (rc < 0)
        return rc;
    rc = as_file_open("copias/ventas.part", "w", &copia);
    if (rc < 0)
        goto sin_copia;
    rc = copiar(origen, copia);
    int cierre = as_file_close(copia);
    if (rc == 0)
        rc = cierre;
    if (rc == 0)
        rc = as_file_rename("copias/ventas.part", "copias/ventas.txt");
    if (rc < 0)
        borrar("copias/ventas.part");
sin_copia:
    as_file_close(origen);
    return rc;
}
/* [/guardar] */

static int escribir_ventas(char letra)
{
    static char texto[4 * TROZO];

    memset(texto, letra, sizeof texto);
    as_file *ventas;
    int rc = as_file_open("ventas.txt", "w", &ventas);
    if (rc < 0)
        return rc;
    rc = as_file_write(ventas, texto, sizeof texto);
    int cierre = as_file_close(ventas);
    return rc < 0 ? rc : cierre;
}

static int mirar(void)
{
    char **nombres, primera;
    as_file *copia;

    int rc = as_file_list("copias", &nombres, NULL);
    if (rc < 0)
        return rc;
    for (int i = 0; nombres[i]; i++)
        printf("  hay %s\n", nombres[i]);
    free(nombres);
    rc = as_file_open("copias/ventas.txt", "r", &copia);
    if (rc < 0)
        return rc;
    ssize_t n = as_file_read(copia, &primera, 1);
    as_file_close(copia);
    if (n == 1)
        printf("  con las ventas del día %c\n", primera);
    return n < 0 ? (int)n : 0;
}

/* [dia] */
static int dia(char letra, int ms)
{
    as_scope plazo;

    disco_ms = ms;
    int rc = escribir_ventas(letra);
    if (rc < 0)
        return rc;
    as_scope_enter(&plazo, PLAZO_MS);
    rc = as_scope_leave(&plazo, guardar());
    printf("día %c: %s\n", letra,
           rc < 0 ? as_error_text(rc) : "copiado");
    return mirar();
}
/* [/dia] */

static int principal(void *arg)
{
    (void)arg;
    int rc = dia('1', 100);

    return rc < 0 ? rc : dia('2', 1500);
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "guardar: %s\n", as_error_text(rc));
    return rc < 0;
}
