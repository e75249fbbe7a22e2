/*
 * Las lecturas de un flujo, con cualquier contenido, repartido de cualquier modo, contra un
 * modelo que lo ve entero desde el principio: las dos cuentas deben coincidir.
 *
 * La entrada: cuántas órdenes, las órdenes (dos bytes cada una) y el contenido.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LECTURA = 300 };

struct caso {
    const uint8_t *ordenes;
    size_t n_ordenes;
    const char *texto;
    size_t largo, pos; /* pos: hasta dónde leyó ya el modelo */
    as_stream *lector, *escritor;
};

static void exige(bool bien, const char *que)
{
    if (bien)
        return;
    fprintf(stderr, "fuzz_lineas: %s\n", que);
    abort();
}

static int escribe(void *arg)
{
    struct caso *c = arg;
    size_t i = 0, hecho = 0;

    while (hecho < c->largo) {
        size_t trozo = 1 + (c->n_ordenes ? c->ordenes[i++ % (2 * c->n_ordenes)] : 7u);
        if (trozo > c->largo - hecho)
            trozo = c->largo - hecho;
        exige(as_write(c->escritor, c->texto + hecho, trozo) == 0, "as_write falló");
        hecho += trozo;
        if (trozo % 2)
            exige(as_yield() == 0, "as_yield falló");
    }
    as_stream_close(c->escritor);
    return 0;
}

static void compara(struct caso *c, const char *leido, size_t largo, size_t consumido)
{
    exige(memcmp(leido, c->texto + c->pos, largo) == 0, "el contenido no coincide");
    c->pos += consumido;
}

static void linea(struct caso *c, size_t tamano)
{
    const char *desde = c->texto + c->pos;
    size_t queda = c->largo - c->pos;
    char *texto = malloc(tamano); /* justo: ASan ve un byte de más */
    ssize_t n = as_readline(c->lector, texto, tamano);
    const char *salto = queda ? memchr(desde, '\n', queda) : NULL;
    size_t largo = salto ? (size_t)(salto - desde) : queda;
    size_t entera = salto ? largo + 1 : queda;

    if (salto && largo > 0 && desde[largo - 1] == '\r')
        largo--;
    if (queda == 0) {
        exige(n == UV_EOF, "se esperaba UV_EOF");
    } else if (largo >= tamano) {
        exige(n == UV_EMSGSIZE, "se esperaba UV_EMSGSIZE");
        c->pos += entera;
    } else {
        exige(n == (ssize_t)largo && texto[largo] == '\0', "longitud de línea");
        compara(c, texto, largo, entera);
    }
    free(texto);
}

static void hasta(struct caso *c, const char *marca, size_t tamano)
{
    size_t queda = c->largo - c->pos, largo = strlen(marca);
    char *texto = malloc(tamano);
    ssize_t n = as_readuntil(c->lector, marca, largo, texto, tamano);
    const char *fin = memmem(c->texto + c->pos, queda, marca, largo);
    size_t entero = fin ? (size_t)(fin - c->texto) - c->pos + largo : queda;

    if (fin && entero < tamano) {
        exige(n == (ssize_t)entero && texto[entero] == '\0', "longitud hasta la marca");
        compara(c, texto, entero, entero);
    } else if (fin || queda + 1 >= tamano) {
        exige(n == UV_EMSGSIZE, "se esperaba UV_EMSGSIZE");
    } else {
        exige(n == UV_EOF, "se esperaba UV_EOF");
    }
    free(texto);
}

static void justos(struct caso *c, size_t tamano)
{
    size_t queda = c->largo - c->pos;
    char *texto = malloc(tamano);
    int rc = as_readexactly(c->lector, texto, tamano);

    exige(rc == (tamano <= queda ? 0 : UV_EOF), "as_readexactly");
    if (rc == 0)
        compara(c, texto, tamano, tamano);
    free(texto);
}

static void lo_que_haya(struct caso *c, size_t tamano)
{
    char *texto = malloc(tamano);
    ssize_t n = as_read(c->lector, texto, tamano);

    exige(n >= 0 && (size_t)n <= c->largo - c->pos && (n > 0 || c->pos == c->largo),
          "as_read");
    compara(c, texto, (size_t)n, (size_t)n);
    free(texto);
}

static void obedece(struct caso *c, uint8_t que, size_t tamano)
{
    static const char *const marcas[] = {"\n", "\r\n", "aab", "\r\n\r\n"};

    switch (que % 4) {
    case 0:
        linea(c, tamano);
        break;
    case 1:
        hasta(c, marcas[que / 4 % 4], tamano);
        break;
    case 2:
        justos(c, tamano);
        break;
    default:
        lo_que_haya(c, tamano);
    }
}

static int principal(void *arg)
{
    struct caso *c = arg;
    as_group grupo;

    exige(as_stream_pipe(&c->lector, &c->escritor) == 0, "as_stream_pipe falló");
    as_group_enter(&grupo);
    exige(as_start_soon(&grupo, "escritora", escribe, c) == 0, "as_start_soon falló");
    for (size_t i = 0; i < c->n_ordenes; i++)
        obedece(c, c->ordenes[2 * i], 1 + c->ordenes[2 * i + 1] % MAX_LECTURA);
    while (c->pos < c->largo)
        lo_que_haya(c, MAX_LECTURA);
    int rc = as_group_leave(&grupo, 0);
    as_stream_close(c->lector);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *datos, size_t largo);

int LLVMFuzzerTestOneInput(const uint8_t *datos, size_t largo)
{
    if (largo == 0)
        return 0;
    struct caso c = {.ordenes = datos + 1, .n_ordenes = datos[0] % 32};
    if (2 * c.n_ordenes > largo - 1)
        c.n_ordenes = (largo - 1) / 2;
    c.texto = (const char *)c.ordenes + 2 * c.n_ordenes;
    c.largo = largo - 1 - 2 * c.n_ordenes;

    exige(as_run_options(principal, &c, &(as_options){.no_sigint = true}) == 0,
          "as_run falló");
    return 0;
}
