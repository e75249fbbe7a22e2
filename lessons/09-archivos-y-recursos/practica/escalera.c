/*
 * 1 · Predecir · 8 minutos
 * Tres recursos, tres finales.
 *
 * Abrir tarda 100 ms cada vez, y usar, 500. Primero va todo bien. Después falla abrir
 * el tercero. La última vez hay un plazo de 250 ms. ¿Qué se abre y qué se cierra, y
 * en qué orden? Son diecisiete líneas, con los tres finales. El texto de UV_EIO, del
 * capítulo 05, es «error de entrada o salida».
 *
 * predicción:
 *
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

static const char *roto = ""; /* el que no se deja abrir */

static int abrir(const char *nombre)
{
    int rc = as_sleep(100);

    if (rc == 0 && nombre == roto)
        rc = UV_EIO;
    if (rc == 0)
        printf("abro %s\n", nombre);
    return rc;
}

static void cerrar(const char *nombre)
{
    printf("cierro %s\n", nombre);
}

static const char mapa[] = "mapa", llave[] = "llave", cofre[] = "cofre";

static int expedicion(void)
{
    int rc = abrir(mapa);
    if (rc < 0)
        return rc;
    rc = abrir(llave);
    if (rc < 0)
        goto sin_llave;
    rc = abrir(cofre);
    if (rc < 0)
        goto sin_cofre;
    rc = as_sleep(500);
    cerrar(cofre);
sin_cofre:
    cerrar(llave);
sin_llave:
    cerrar(mapa);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_scope plazo;

    int rc = expedicion();
    printf("-- %s\n", rc == 0 ? "bien" : as_error_text(rc));
    roto = cofre;
    rc = expedicion();
    printf("-- %s\n", rc == 0 ? "bien" : as_error_text(rc));
    roto = "";
    as_scope_enter(&plazo, 250);
    rc = as_scope_leave(&plazo, expedicion());
    printf("-- %s\n", rc == 0 ? "bien" : as_error_text(rc));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
