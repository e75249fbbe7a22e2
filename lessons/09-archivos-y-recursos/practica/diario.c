/*
 * 6 · Construir · 40 minutos
 * Un diario de ventas que sobrevive a un apagón.
 *
 * Cada venta es una línea, «12 350»: su número y sus céntimos. El programa
 * las añade al final del archivo, y un apagón puede dejar la última a
 * medias: sin su salto de línea no se sabe si está entera. Escribe
 * `recuperar`, que se llama al arrancar:
 *
 *   - Lee el archivo por trozos de TROZO bytes, siempre en la misma
 *     memoria.
 *   - Cuenta las ventas enteras y suma sus céntimos. Lo que haya detrás
 *     del último salto no cuenta: son los bytes que sobran.
 *   - Si sobran, deja el archivo sin ellos, con el truco de la copia y el
 *     cambio de nombre: o el diario viejo, o el nuevo entero. Si no
 *     sobran, no toca nada.
 *   - Si algo falla devuelve el error, con todo cerrado y sin «.part».
 *
 * Empieza por contar, con el diario bueno. Sigue con lo que sobra. TROZO
 * es pequeño a propósito: casi todos los cortes caen a mitad de algo.
 */
#include <asinc/asinc.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TROZO = 7 };

struct cuenta {
    int ventas, centimos; /* de las enteras */
    int sobran;           /* bytes detrás del último salto */
};

static int recuperar(const char *ruta, struct cuenta *c)
{
    /* TODO */
    (void)ruta;
    *c = (struct cuenta){0};
    return 0;
}

/* ---- Desde aquí no hay que tocar nada ---------------------------- */

static int mirar(const char *titulo)
{
    struct cuenta c;
    char *datos, **nombres;

    int rc = recuperar("diario.txt", &c);
    if (rc < 0) {
        printf("%s: %s\n", titulo, as_error_text(rc));
        return rc == UV_ENOENT ? 0 : rc;
    }
    printf("%s: %d ventas, %d céntimos, sobraban %d\n", titulo,
           c.ventas, c.centimos, c.sobran);
    rc = as_file_read_all("diario.txt", &datos, NULL);
    if (rc < 0)
        return rc;
    printf("  quedan %d bytes\n", (int)strlen(datos));
    free(datos);
    rc = as_file_list(".", &nombres, NULL);
    if (rc < 0)
        return rc;
    for (int i = 0; nombres[i]; i++) {
        if (strstr(nombres[i], ".part"))
            printf("  ha quedado %s\n", nombres[i]);
    }
    free(nombres);
    return 0;
}

static int con_diario(const char *titulo, const char *texto)
{
    int rc = as_file_write_all("diario.txt", texto, strlen(texto));

    return rc < 0 ? rc : mirar(titulo);
}

static int principal(void *arg)
{
    (void)arg;
    int rc = con_diario("entero", "1 350\n2 90\n3 1200\n");

    if (rc == 0)
        rc = con_diario("a medias", "1 350\n2 90\n3 12");
    if (rc == 0)
        rc = mirar("otra vez");
    if (rc == 0)
        rc = con_diario("sin ninguna", "1 35");
    if (rc == 0)
        rc = con_diario("vacío", "");
    if (rc == 0)
        rc = as_file_remove("diario.txt");
    return rc == 0 ? mirar("sin diario") : rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
