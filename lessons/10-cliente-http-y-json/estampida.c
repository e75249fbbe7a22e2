/*
 * Cincuenta clientes y un servidor que se acaba de levantar. Solo puede con
 * diez cada décima de segundo: los demás reciben un fallo.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CLIENTES = 50, CABEN = 10, TRAMO_MS = 100 };

/* [servidor] */
struct servidor {
    uint64_t inicio;
    int llegadas[600]; /* en cada décima de segundo */
    int ultimo;        /* la décima en que se atendió al último */
};

static int pedir(struct servidor *s)
{
    int tramo = (int)((as_now() - s->inicio) / TRAMO_MS);

    if (++s->llegadas[tramo] > CABEN)
        return UV_ECONNREFUSED;
    s->ultimo = tramo;
    return 0;
}
/* [/servidor] */

struct cliente {
    struct servidor *servidor;
    enum as_jitter azar;
    uint64_t semilla;
};

/* [insistir] */
static int insistir(void *arg)
{
    const struct cliente *c = arg;
    as_retry serie;
    int rc;

    as_retry_init(&serie, &(as_retry_options){.attempts = 12,
                                              .base_ms = 500,
                                              .cap_ms = 4000,
                                              .jitter = c->azar,
                                              .seed = c->semilla});
    do
        rc = pedir(c->servidor);
    while (as_retry_again(&serie, &rc));
    return rc;
}
/* [/insistir] */

static void dibujar(const struct servidor *s)
{
    for (int t = 0; t <= s->ultimo; t += 5) {
        int suma = 0;
        for (int i = t; i < t + 5; i++)
            suma += s->llegadas[i];
        printf("%5.1f s%s", t / 10.0, suma > 0 ? " " : "");
        for (int i = 0; i < suma; i += 2)
            putchar('#');
        putchar('\n');
    }
}

static int probar(const char *titulo, enum as_jitter azar)
{
    struct servidor servidor = {.inicio = as_now()};
    struct cliente clientes[CLIENTES];

    for (int i = 0; i < CLIENTES; i++)
        clientes[i] = (struct cliente){&servidor, azar, i + 1};
    int rc = as_gather_each(insistir, clientes, CLIENTES,
                            sizeof *clientes, NULL);
    printf("%s: el último, a los %.1f s\n", titulo,
           servidor.ultimo / 10.0);
    dibujar(&servidor);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = probar("sin azar", AS_JITTER_NONE);

    return rc < 0 ? rc : probar("con azar", AS_JITTER_FULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
