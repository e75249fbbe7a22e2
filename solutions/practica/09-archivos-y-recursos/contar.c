/*
 * 5 · Construir · 15 minutos
 * Contar palabras, llegue el texto en los trozos que llegue.
 *
 * Una palabra es lo que hay entre espacios, y aquí bastan los de isspace(). El mismo
 * archivo se cuenta tres veces, con trozos de 4096 bytes, de 7 y de 1: las tres deben
 * dar lo mismo. Escribe `contar_trozo` y `contar`, y añade a `struct contador` lo que
 * haya que recordar entre dos trozos. El laboratorio 08 empieza así.
 *
 * Pista: no guardes palabras. Basta con ver dónde empieza cada una.
 */
#include <asinc/asinc.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct contador {
    int palabras;
    bool dentro; /* lo último leído fue parte de una palabra */
};

static void contar_trozo(struct contador *c, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool espacio = isspace((unsigned char)bytes[i]);
        if (!espacio && !c->dentro)
            c->palabras++;
        c->dentro = !espacio;
    }
}

/* Cuántas palabras hay en el archivo, leído de `tamano` en `tamano`, o un error. */
static int contar(const char *ruta, size_t tamano)
{
    char trozo[4096];
    struct contador contador = {0};
    as_file *archivo;
    ssize_t n;

    int rc = as_file_open(ruta, "r", &archivo);
    if (rc < 0)
        return rc;
    while ((n = as_file_read(archivo, trozo, tamano)) > 0)
        contar_trozo(&contador, trozo, (size_t)n);
    as_file_close(archivo);
    return n < 0 ? (int)n : contador.palabras;
}

static int escribir(void)
{
    static const char texto[] = "  En un lugar de la Mancha,\nde cuyo nombre\tno "
                                "quiero acordarme,\r\n\r\nno ha mucho tiempo ";

    return as_file_write_all("quijote.txt", texto, sizeof texto - 1);
}

static int principal(void *arg)
{
    (void)arg;
    static const size_t tamanos[] = {4096, 7, 1};

    int rc = escribir();
    for (int i = 0; i < 3 && rc == 0; i++) {
        int palabras = contar("quijote.txt", tamanos[i]);
        if (palabras < 0)
            printf("%s\n", as_error_text(palabras));
        else
            printf("en trozos de %d: %d palabras\n", (int)tamanos[i], palabras);
    }
    if (rc == 0)
        printf("%s\n", contar("nada.txt", 64) == UV_ENOENT ? "nada.txt no existe"
                                                           : "¿nada.txt existe?");
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
