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

/* Lo que hay que recordar entre un trozo y el siguiente. */
struct lector {
    struct cuenta cuenta;
    int numero;            /* el que se está leyendo */
    int64_t leidos, bueno; /* bytes, y hasta el último salto */
};

static void leer_trozo(struct lector *l, const char *bytes, ssize_t n)
{
    for (ssize_t i = 0; i < n; i++) {
        l->leidos++;
        if (isdigit((unsigned char)bytes[i])) {
            l->numero = 10 * l->numero + (bytes[i] - '0');
            continue;
        }
        if (bytes[i] == '\n') {
            l->cuenta.ventas++;
            l->cuenta.centimos += l->numero;
            l->bueno = l->leidos;
        }
        l->numero = 0; /* tras un espacio o un salto, empieza otro */
    }
}

static int contar(const char *ruta, struct lector *l)
{
    char trozo[TROZO];
    as_file *diario;
    ssize_t n;

    int rc = as_file_open(ruta, "r", &diario);
    if (rc < 0)
        return rc;
    while ((n = as_file_read(diario, trozo, sizeof trozo)) > 0)
        leer_trozo(l, trozo, n);
    as_file_close(diario);
    l->cuenta.sobran = (int)(l->leidos - l->bueno);
    return (int)n;
}

/* Los primeros `cuantos` bytes, y al disco. */
static int copiar(as_file *origen, as_file *copia, int64_t cuantos)
{
    char trozo[TROZO];

    while (cuantos > 0) {
        size_t pido = cuantos < TROZO ? (size_t)cuantos : TROZO;
        ssize_t n = as_file_read(origen, trozo, pido);
        if (n <= 0)
            return n < 0 ? (int)n : UV_EIO; /* ha encogido mientras */
        int rc = as_file_write(copia, trozo, (size_t)n);
        if (rc < 0)
            return rc;
        cuantos -= n;
    }
    return as_file_sync(copia);
}

/* Aunque estén cancelando la tarea. */
static void borrar(const char *ruta)
{
    as_scope limpieza;

    as_shield_enter(&limpieza, 5000);
    int rc = as_scope_leave(&limpieza, as_file_remove(ruta));
    if (rc < 0)
        fprintf(stderr, "diario: %s\n", as_error_text(rc));
}

static int recortar(const char *ruta, int64_t cuantos)
{
    as_file *origen, *copia;

    int rc = as_file_open(ruta, "r", &origen);
    if (rc < 0)
        return rc;
    rc = as_file_open("diario.part", "w", &copia);
    if (rc < 0)
        goto sin_copia;
    rc = copiar(origen, copia, cuantos);
    int cierre = as_file_close(copia);
    if (rc == 0)
        rc = cierre;
    if (rc == 0)
        rc = as_file_rename("diario.part", ruta);
    if (rc < 0)
        borrar("diario.part");
sin_copia:
    as_file_close(origen);
    return rc;
}

static int recuperar(const char *ruta, struct cuenta *c)
{
    struct lector l = {0};

    int rc = contar(ruta, &l);
    if (rc == 0 && l.cuenta.sobran > 0)
        rc = recortar(ruta, l.bueno);
    *c = l.cuenta;
    return rc;
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
    printf("%s: %d ventas, %d céntimos, sobraban %d\n", titulo, c.ventas, c.centimos,
           c.sobran);
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
