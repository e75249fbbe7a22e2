/* La respuesta a la pregunta 3: un plazo para cada máquina, y todas a la vez. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { MAQUINAS = 4, PLAZO_MS = 300 };

struct maquina {
    const char *nombre;
    int ms;
};

/* [arreglo] */
static int revisar(void *arg)
{
    const struct maquina *m = arg;
    as_scope plazo;

    as_scope_enter(&plazo, PLAZO_MS);
    return as_scope_leave(&plazo, as_sleep(m->ms));
}

static int inspeccionar(struct maquina *maquinas)
{
    as_outcome casillas[MAQUINAS];

    int fallos = as_gather_each(revisar, maquinas, MAQUINAS,
                                sizeof *maquinas, casillas);
    for (int i = 0; i < MAQUINAS && fallos >= 0; i++)
        printf("%s: %s\n", maquinas[i].nombre,
               casillas[i].rc < 0 ? casillas[i].text : "contesta");
    return fallos < 0 ? fallos : 0;
}
/* [/arreglo] */

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
           rc < 0 ? as_error_text(rc) : "inspección hecha",
           (int)(as_now() - inicio));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
