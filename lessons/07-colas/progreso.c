/* Tres descargas avisan por una cola, y una sola tarea escribe. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { DESCARGAS = 3, TROZOS = 4 };

/* [aviso] */
struct aviso {
    const char *nombre;
    int hechos; /* cuántos trozos llevaba al avisar */
};

struct descarga {
    const char *nombre;
    int ms; /* lo que tarda un trozo */
    as_queue *cola;
    struct aviso avisos[TROZOS]; /* uno por trozo */
};
/* [/aviso] */

/* [bajar] */
static int bajar(void *arg)
{
    struct descarga *d = arg;

    for (int i = 0; i < TROZOS; i++) {
        int rc = as_sleep(d->ms);
        if (rc == 0) {
            d->avisos[i] = (struct aviso){d->nombre, i + 1};
            rc = as_queue_put(d->cola, &d->avisos[i]);
        }
        if (rc < 0)
            return rc;
    }
    return 0;
}
/* [/bajar] */

/* [pintar] */
static int pintar(void *arg)
{
    as_queue *cola = arg;
    void *sacado;

    for (;;) {
        as_scope plazo;
        as_scope_enter(&plazo, 500);
        int rc = as_scope_leave(&plazo, as_queue_get(cola, &sacado));
        if (rc == UV_EOF)
            return 0;
        if (rc == UV_ETIMEDOUT) {
            puts("(medio segundo sin noticias)");
            continue;
        }
        if (rc < 0)
            return rc;
        const struct aviso *a = sacado;
        if (a->hechos % 2 == 0)
            printf("%s: %d %%\n", a->nombre, a->hechos * 100 / TROZOS);
    }
}
/* [/pintar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_queue cola;
    struct descarga descargas[DESCARGAS] = {
        {.nombre = "mapa", .ms = 100, .cola = &cola},
        {.nombre = "foto", .ms = 170, .cola = &cola},
        {.nombre = "vídeo", .ms = 900, .cola = &cola}};
    as_group grupo;

    as_queue_init(&cola, 8);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "pantalla", pintar, &cola);
    if (rc == 0)
        rc = as_gather_each(bajar, descargas, DESCARGAS,
                            sizeof *descargas, NULL);
    as_queue_close(&cola); /* no habrá más: pintar puede acabar */
    rc = as_group_leave(&grupo, rc);
    as_queue_destroy(&cola);
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
