/*
 * Lo que el servidor HTTP hace con los bytes de una petición, sin red: la cabeza y el cuerpo a
 * trozos. Lleguen enteros o de uno en uno tiene que entenderse lo mismo, y lo que se dé por
 * bueno tiene que serlo.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "web/parse.h"

static void exige(bool bien, const char *que)
{
    if (bien)
        return;
    fprintf(stderr, "fuzz_peticiones: %s\n", que);
    abort();
}

/* ---- La cabeza ---------------------------------------------------------------------- */

static void exige_texto(const char *texto)
{
    for (; *texto; texto++)
        exige(*texto == '\t' || ((unsigned char)*texto >= ' ' && *texto != 0x7f),
              "hay un control en un texto");
}

static void exige_cabeza(const struct as__request_head *h)
{
    size_t hosts = 0, largos = 0, codigos = 0;

    exige(*h->method && (*h->path == '/' || strcmp(h->path, "*") == 0),
          "ni método ni ruta");
    exige_texto(h->method);
    exige_texto(h->path);
    exige(!strpbrk(h->path, " \t?#"), "la ruta no acaba donde debe");
    if (h->query)
        exige_texto(h->query);
    for (size_t i = 0; i < h->field_count; i++) {
        const char *nombre = h->fields[i].name, *valor = h->fields[i].value;
        exige(*nombre && !strpbrk(nombre, " \t:"), "un nombre que no lo es");
        exige_texto(valor);
        exige(!strchr(" \t", *valor) || !*valor, "un valor que empieza por un blanco");
        hosts += strcasecmp(nombre, "host") == 0;
        largos += strcasecmp(nombre, "content-length") == 0;
        codigos += strcasecmp(nombre, "transfer-encoding") == 0;
    }
    exige(hosts == 1 || (hosts == 0 && h->minor == 0), "no hay un Host");
    exige(largos + codigos <= 1, "no se sabe dónde acaba");
    exige(h->chunked == (codigos == 1), "la codificación no es la que dice");
    exige(largos == 1 || h->length == 0, "un largo de la nada");
}

/* Cuántos bytes ocupa la cabeza que hay en `datos`, o lo que diga as__request_head_find. */
static ssize_t busca(const char *datos, size_t largo, size_t paso)
{
    struct as__request_head_scan vista = {0};
    ssize_t n = 0;

    for (size_t hay = 0; hay < largo && n == 0;) {
        hay = paso < largo - hay ? hay + paso : largo;
        n = as__request_head_find(&vista, datos, hay);
    }
    return n;
}

static void prueba_cabeza(const char *datos, size_t largo)
{
    ssize_t n = busca(datos, largo, largo);
    struct as__request_head cabeza;
    const char *motivo;

    exige(n == busca(datos, largo, 1), "según llegue, acaba en un sitio o en otro");
    if (n <= 0)
        return;
    char *texto = malloc((size_t)n); /* justo: ASan ve lo que se salga */
    struct as__field *campos = malloc((size_t)n * sizeof *campos);
    memcpy(texto, datos, (size_t)n);
    int estado = as__request_head_parse(&cabeza, texto, (size_t)n, campos, &motivo);
    if (estado == 0)
        exige_cabeza(&cabeza);
    else
        exige((estado == 400 || estado == 501 || estado == 505) && motivo, "sin motivo");
    free(campos);
    free(texto);
}

/* ---- El cuerpo a trozos ------------------------------------------------------------- */

struct cuerpo {
    char *datos;
    size_t largo, leido;
    int como; /* 0: falta; 1: entero; < 0: el error */
};

static struct cuerpo lee_cuerpo(const char *datos, size_t largo, size_t paso)
{
    struct as__chunked trozos = {.around = 64};
    struct cuerpo c = {.datos = malloc(largo + 1)};
    char *copia = malloc(largo + 1);

    memcpy(copia, datos, largo);
    for (size_t hay = 0; hay < largo && c.como == 0;) {
        hay = paso < largo - hay ? hay + paso : largo;
        ssize_t n = 1;
        while (n > 0 && c.leido < hay && trozos.part != AS__COMPLETE) {
            const char *pieza;
            size_t este;
            n = as__chunked_next(&trozos, copia + c.leido, hay - c.leido, &pieza, &este);
            if (n < 0)
                c.como = (int)n;
            else
                c.leido += (size_t)n;
            if (este > 0)
                memcpy(c.datos + c.largo, pieza, este);
            c.largo += este;
        }
        if (trozos.part == AS__COMPLETE)
            c.como = 1;
    }
    free(copia);
    return c;
}

static void prueba_cuerpo(const char *datos, size_t largo)
{
    struct cuerpo entero = lee_cuerpo(datos, largo, largo);
    struct cuerpo a_gotas = lee_cuerpo(datos, largo, 1);

    /* A gotas, un error puede verse antes y ser otro: una línea sin fin no se espera. */
    exige((entero.como < 0) == (a_gotas.como < 0) || entero.como == 0, "no acaba igual");
    if (entero.como == 1)
        exige(a_gotas.como == 1 && entero.largo == a_gotas.largo &&
                  entero.leido == a_gotas.leido &&
                  memcmp(entero.datos, a_gotas.datos, entero.largo) == 0,
              "según llegue, dice una cosa u otra");
    free(entero.datos);
    free(a_gotas.datos);
}

int LLVMFuzzerTestOneInput(const uint8_t *datos, size_t largo)
{
    prueba_cabeza((const char *)datos, largo);
    prueba_cuerpo((const char *)datos, largo);
    return 0;
}
