/* El cierre de una tienda, que acaba copiando sus ventas, enteras o nada. */
#include <asinc/asinc.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TROZO = 64 * 1024, PLAZO_MS = 2000 };

static int disco_ms; /* lo que tarda en copiarse cada trozo */

/* ---- Lo de cierre_2.c ---- */

struct suma {
    long total;  /* de los precios que ya acabaron */
    long precio; /* el que se está leyendo */
};

static void sumar_trozo(struct suma *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (isdigit((unsigned char)bytes[i])) {
            s->precio = 10 * s->precio + (bytes[i] - '0');
        } else {
            s->total += s->precio;
            s->precio = 0;
        }
    }
}

static int sumar(as_file *archivo, long *total)
{
    char trozo[TROZO];
    struct suma suma = {0};
    ssize_t n;

    while ((n = as_file_read(archivo, trozo, sizeof trozo)) > 0)
        sumar_trozo(&suma, trozo, (size_t)n);
    *total = suma.total + suma.precio;
    return (int)n;
}

static int restar(as_file *ventas, as_file *anuladas)
{
    long vendido, anulado;

    int rc = sumar(ventas, &vendido);
    if (rc == 0)
        rc = sumar(anuladas, &anulado);
    if (rc == 0)
        printf("%ld - %ld = %ld céntimos\n", vendido, anulado,
               vendido - anulado);
    return rc;
}

static int revisar(const char *ruta, const char *ruta_anuladas)
{
    as_file *ventas, *anuladas;

    int rc = as_file_open(ruta, "r", &ventas);
    if (rc < 0)
        return rc;
    rc = as_file_open(ruta_anuladas, "r", &anuladas);
    if (rc < 0)
        goto sin_anuladas;
    rc = restar(ventas, anuladas);
    as_file_close(anuladas);
sin_anuladas:
    as_file_close(ventas);
    return rc;
}

/* ---- Lo nuevo: la copia ---- */

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
    if (rc < 0 && rc != UV_ENOENT) /* que no esté es lo que se quería */
        fprintf(stderr, "cierre_3: %s\n", as_error_text(rc));
}
/* [/borrar] */

/* [guardar] */
static int guardar(void)
{
    as_file *origen, *copia;

    int rc = as_file_open("ventas.txt", "r", &origen);
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
sin_copia:
    if (rc < 0)
        borrar("copias/ventas.part");
    as_file_close(origen);
    return rc;
}
/* [/guardar] */

/* ---- Dos días, y lo que queda en la carpeta ---- */

enum { VENTAS = 65536 }; /* cuatro trozos */

static int escribir(const char *ruta, const char *texto, size_t n)
{
    as_file *archivo;

    int rc = as_file_open(ruta, "w", &archivo);
    if (rc < 0)
        return rc;
    rc = as_file_write(archivo, texto, n);
    int cierre = as_file_close(archivo);
    return rc < 0 ? rc : cierre;
}

static int escribir_ventas(const char *venta)
{
    static const char anuladas[] = "250\n120\n90\n";
    static char texto[4 * VENTAS];

    for (int i = 0; i < VENTAS; i++)
        memcpy(texto + 4 * i, venta, 4);
    int rc = escribir("ventas.txt", texto, sizeof texto);
    if (rc < 0)
        return rc;
    return escribir("anuladas.txt", anuladas, sizeof anuladas - 1);
}

static int mirar(void)
{
    char **nombres;
    as_file *copia;
    long total;

    int rc = as_file_list("copias", &nombres, NULL);
    if (rc < 0)
        return rc;
    for (int i = 0; nombres[i]; i++)
        printf("  hay %s\n", nombres[i]);
    free(nombres);
    rc = as_file_open("copias/ventas.txt", "r", &copia);
    if (rc < 0)
        return rc;
    rc = sumar(copia, &total);
    as_file_close(copia);
    if (rc == 0)
        printf("  suma %ld\n", total);
    return rc;
}

/* [dia] */
static int dia(int numero, const char *venta, int ms)
{
    as_scope plazo;

    disco_ms = ms;
    int rc = escribir_ventas(venta);
    if (rc < 0)
        return rc;
    printf("día %d: ", numero);
    rc = revisar("ventas.txt", "anuladas.txt");
    if (rc < 0)
        return rc;
    as_scope_enter(&plazo, PLAZO_MS);
    rc = as_scope_leave(&plazo, guardar());
    printf("  la copia: %s\n", rc < 0 ? as_error_text(rc) : "hecha");
    return mirar();
}
/* [/dia] */

static int principal(void *arg)
{
    (void)arg;
    int rc = as_file_mkdir("copias");

    if (rc == 0)
        rc = dia(1, "120\n", 100);
    return rc < 0 ? rc : dia(2, "250\n", 1500);
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "cierre_3: %s\n", as_error_text(rc));
    return rc < 0;
}
