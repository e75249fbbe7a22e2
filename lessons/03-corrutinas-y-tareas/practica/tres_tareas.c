/*
 * 1 · Predecir · 4 minutos
 * ¿En qué orden terminan A, B y C, y cuándo?
 *
 * Escribe entre las dos marcas las líneas que escribirá el programa.
 *
 * predicción:
 *
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

struct encargo {
    const char *nombre;
    int segundos;
};

static int tarea(void *arg)
{
    const struct encargo *e = arg;

    int rc = as_sleep(e->segundos * 1000);
    if (rc == 0)
        printf("la tarea %s terminó a los %d s\n", e->nombre,
               e->segundos);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct encargo encargos[] = {{"A", 2}, {"B", 1}, {"C", 3}};
    uint64_t inicio = as_now();

    int rc = as_gather_each(tarea, encargos, 3, sizeof *encargos, NULL);
    if (rc == 0)
        printf("en total, %d s\n", (int)(as_now() - inicio) / 1000);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
