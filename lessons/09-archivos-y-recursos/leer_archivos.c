#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARCHIVOS = 2 };

struct lectura {
    const char *ruta;
    char *contenido; /* lo rellena leer_archivo */
};

/* [leer] */
static int leer_archivo(void *arg)
{
    struct lectura *l = arg;

    printf("  Inicio de la lectura de %s\n", l->ruta);
    int rc = as_sleep(2000); /* un disco lento */
    if (rc < 0)
        return rc;
    return as_file_read_all(l->ruta, &l->contenido, NULL);
}
/* [/leer] */

/* [formas] */
static int uno_tras_otro(struct lectura *lecturas)
{
    int rc = 0;

    for (int i = 0; i < ARCHIVOS && rc == 0; i++)
        rc = leer_archivo(&lecturas[i]);
    return rc;
}

static int a_la_vez(struct lectura *lecturas)
{
    return as_gather_each(leer_archivo, lecturas, ARCHIVOS,
                          sizeof *lecturas, NULL);
}
/* [/formas] */

static int medir(const char *titulo, int leer(struct lectura *))
{
    struct lectura lecturas[ARCHIVOS] = {{.ruta = "ejemplo1.txt"},
                                         {.ruta = "ejemplo2.txt"}};

    puts(titulo);
    uint64_t inicio = as_now();
    int rc = leer(lecturas);
    double segundos = (double)(as_now() - inicio) / 1000;
    for (int i = 0; i < ARCHIVOS; i++) {
        if (rc == 0)
            printf("  %s: «%s»\n", lecturas[i].ruta,
                   lecturas[i].contenido);
        free(lecturas[i].contenido);
    }
    if (rc == 0)
        printf("  Tiempo total: %.0f s\n", segundos);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    const char *textos[] = {"Contenido del primero",
                            "Contenido del segundo"};
    const char *rutas[] = {"ejemplo1.txt", "ejemplo2.txt"};
    int rc = 0;

    for (int i = 0; i < ARCHIVOS && rc == 0; i++)
        rc = as_file_write_all(rutas[i], textos[i], strlen(textos[i]));
    if (rc == 0)
        rc = medir("Uno tras otro", uno_tras_otro);
    if (rc == 0)
        rc = medir("A la vez", a_la_vez);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
