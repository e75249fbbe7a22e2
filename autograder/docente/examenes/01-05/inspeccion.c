/* Quien inspecciona cuatro máquinas, y no le sale bien. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [todo] */
enum { MAQUINAS = 4, PLAZO_MS = 300 };

struct maquina {
    const char *nombre;
    int ms; /* lo que tarda en contestar */
};

static int revisar(void *arg)
{
    const struct maquina *m = arg;

    int rc = as_sleep(m->ms); /* aquí se le preguntaría */
    if (rc == 0)
        printf("%s: contesta\n", m->nombre);
    return rc;
}

static int inspeccionar(struct maquina *maquinas)
{
    as_scope plazo;
    int rc = 0;

    as_scope_enter(&plazo, PLAZO_MS);
    for (int i = 0; i < MAQUINAS && rc == 0; i++)
        rc = revisar(&maquinas[i]);
    return as_scope_leave(&plazo, rc);
}

static int principal(void *arg)
{
    (void)arg;
    struct maquina maquinas[MAQUINAS] = {{"lavadora", 120},
                                         {"secadora", 150},
                                         {"plancha", 100},
                                         {"centrifugadora", 9000}};
    uint64_t inicio = as_now();

    int rc = inspeccionar(maquinas);
    printf("%s, a los %d ms\n",
           rc < 0 ? as_error_text(rc) : "todo bien",
           (int)(as_now() - inicio));
    return 0;
}
/* [/todo] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
