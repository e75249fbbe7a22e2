#include <asinc/asinc.h>
#include <stdio.h>

enum { TRABAJOS = 3 };

struct trabajo {
    const char *nombre;
    int segundos;
    char resultado[32]; /* lo rellena tarea_lenta */
};

/* [tarea] */
static int tarea_lenta(void *arg)
{
    struct trabajo *t = arg;

    printf("  %s iniciada...\n", t->nombre);
    int rc = as_sleep(t->segundos * 1000);
    if (rc < 0)
        return rc;
    printf("  %s completada\n", t->nombre);
    snprintf(t->resultado, sizeof t->resultado, "Resultado de %s",
             t->nombre);
    return 0;
}
/* [/tarea] */

/* [ejemplos] */
static int ejemplo_secuencial(struct trabajo *trabajos)
{
    for (int i = 0; i < TRABAJOS; i++) {
        int rc = tarea_lenta(&trabajos[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int ejemplo_concurrente(struct trabajo *trabajos)
{
    return as_gather_each(tarea_lenta, trabajos, TRABAJOS,
                          sizeof *trabajos, NULL);
}
/* [/ejemplos] */

static int medir(const char *titulo, int ejemplo(struct trabajo *))
{
    struct trabajo trabajos[TRABAJOS] = {
        {.nombre = "Tarea 1", .segundos = 2},
        {.nombre = "Tarea 2", .segundos = 2},
        {.nombre = "Tarea 3", .segundos = 2},
    };

    printf("%s\n", titulo);
    uint64_t inicio = as_now();
    int rc = ejemplo(trabajos);
    if (rc < 0)
        return rc;
    printf("  Tiempo total: %.2f s\n",
           (double)(as_now() - inicio) / 1000);
    for (int i = 0; i < TRABAJOS; i++)
        printf("  %s\n", trabajos[i].resultado);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = medir("Secuencial", ejemplo_secuencial);
    return rc < 0 ? rc : medir("Concurrente", ejemplo_concurrente);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
