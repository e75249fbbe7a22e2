/* Tres cuadros que se limpian en hilos, con un plazo para los tres. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [limpiar] */
enum { CUADROS = 3, PLAZO_MS = 300 };

struct cuadro {
    const char *nombre;
    int pasadas; /* cada una es un milisegundo de cálculo */
    bool mira;   /* ¿pregunta si la han cancelado? */
};

static void dar_una_pasada(void)
{
    uint64_t fin = as_now() + 1;

    while (as_now() < fin)
        ; /* calcula */
}

/* Corre en otro hilo. */
static int limpiar(void *arg)
{
    const struct cuadro *c = arg;

    for (int i = 0; i < c->pasadas; i++) {
        if (c->mira && as_work_cancelled())
            return UV_ECANCELED;
        dar_una_pasada();
    }
    return 0;
}

static int encargar(void *arg)
{
    return as_work(limpiar, arg);
}
/* [/limpiar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct cuadro cuadros[CUADROS] = {{"boceto", 3, true},
                                      {"mural", 600000, true},
                                      {"fresco", 900, false}};
    as_outcome casillas[CUADROS];
    uint64_t inicio = as_now();
    as_scope plazo;

    as_scope_enter(&plazo, PLAZO_MS);
    int rc = as_gather_each(encargar, cuadros, CUADROS, sizeof *cuadros,
                            casillas);
    rc = as_scope_leave(&plazo, rc);
    for (int i = 0; i < CUADROS; i++)
        printf("%s: %s\n", cuadros[i].nombre,
               as_strerror(casillas[i].rc));
    printf("en total: %s, en %s de medio segundo\n", as_strerror(rc),
           as_now() - inicio < 500 ? "menos" : "más");
    return 0;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
