/* Dos archivos que tardan en llegar: uno tras otro, y a la vez. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIENDAS = 2, DISCO_MS = 2000 };

struct tienda {
    const char *ruta, *en_disco;
    char *ventas; /* lo rellena leer_ventas */
};

/* [leer] */
static int leer_ventas(void *arg)
{
    struct tienda *t = arg;

    int rc = as_sleep(DISCO_MS); /* lo que busca un disco muy lento */
    if (rc < 0)
        return rc;
    return as_file_read_all(t->ruta, &t->ventas, NULL);
}

static int uno_tras_otro(struct tienda *tiendas)
{
    int rc = 0;

    for (int i = 0; i < TIENDAS && rc == 0; i++)
        rc = leer_ventas(&tiendas[i]);
    return rc;
}

static int a_la_vez(struct tienda *tiendas)
{
    return as_gather_each(leer_ventas, tiendas, TIENDAS,
                          sizeof *tiendas, NULL);
}
/* [/leer] */

static int medir(const char *titulo, int leer(struct tienda *))
{
    struct tienda tiendas[TIENDAS] = {
        {.ruta = "centro.txt", .en_disco = "120 euros"},
        {.ruta = "puerto.txt", .en_disco = "90 euros"}};
    int rc = 0;

    for (int i = 0; i < TIENDAS && rc == 0; i++)
        rc = as_file_write_all(tiendas[i].ruta, tiendas[i].en_disco,
                               strlen(tiendas[i].en_disco));
    uint64_t inicio = as_now();
    if (rc == 0)
        rc = leer(tiendas);
    if (rc == 0)
        printf("%s: %s y %s, en %.1f s\n", titulo, tiendas[0].ventas,
               tiendas[1].ventas, (double)(as_now() - inicio) / 1000);
    for (int i = 0; i < TIENDAS; i++)
        free(tiendas[i].ventas);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = medir("uno tras otro", uno_tras_otro);

    return rc < 0 ? rc : medir("a la vez", a_la_vez);
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "leer_archivos: %s\n", as_error_text(rc));
    return rc < 0;
}
