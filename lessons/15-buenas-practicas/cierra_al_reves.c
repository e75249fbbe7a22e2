/* Dos maneras de cerrar: quien recoge, el primero o el último. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 3, TOPE = 8 };

struct servicio {
    as_queue *informes;
    const char *nombre;
    int ms;
};

static int hechos, anotados;

static int vigilar(void *arg)
{
    struct servicio *s = arg;
    int rc = 0;

    while (rc == 0) {
        rc = as_sleep(s->ms);
        if (rc == 0) {
            hechos++;
            rc = as_queue_put(s->informes, s);
        }
    }
    return rc;
}

/* El archivo está en una red lenta. */
static int escribir_informes(void *arg)
{
    as_queue *informes = arg;
    void *informe;
    int rc;

    while ((rc = as_queue_get(informes, &informe)) == 0) {
        rc = as_sleep(50);
        if (rc < 0)
            return rc;
        anotados++;
    }
    return rc == UV_EOF ? 0 : rc;
}

static int lanzar_sondeos(as_group *grupo, struct servicio *servicios)
{
    int rc = 0;

    for (int i = 0; i < SERVICIOS && rc == 0; i++)
        rc = as_start_soon(grupo, servicios[i].nombre, vigilar,
                           &servicios[i]);
    return rc;
}

/* [al_reves] */
static int al_reves(as_queue *informes, struct servicio *servicios)
{
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "anotador", escribir_informes,
                           informes);
    if (rc == 0)
        rc = lanzar_sondeos(&grupo, servicios);
    if (rc == 0)
        rc = as_sleep(250); /* hasta que le piden que cierre */
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}
/* [/al_reves] */

static int sondear_un_rato(struct servicio *servicios)
{
    as_group sondeos;

    as_group_enter(&sondeos);
    int rc = lanzar_sondeos(&sondeos, servicios);
    if (rc == 0)
        rc = as_sleep(250);
    as_group_cancel(&sondeos);
    return as_group_leave(&sondeos, rc);
}

/* [en_orden] */
static int en_orden(as_queue *informes, struct servicio *servicios)
{
    as_group escritura;

    as_group_enter(&escritura);
    int rc = as_start_soon(&escritura, "anotador", escribir_informes,
                           informes);
    if (rc == 0)
        rc = sondear_un_rato(servicios);
    as_queue_close(informes);
    return as_group_leave(&escritura, rc);
}
/* [/en_orden] */

static int medir(const char *titulo,
                 int trabajar(as_queue *, struct servicio *))
{
    as_queue informes;
    struct servicio servicios[SERVICIOS] = {
        {&informes, "usuarios", 160},
        {&informes, "pagos", 40},
        {&informes, "pedidos", 100}};

    hechos = anotados = 0;
    as_queue_init(&informes, TOPE);
    int rc = trabajar(&informes, servicios);
    as_queue_destroy(&informes);
    printf("%s: %d sondeos hechos, %d anotados\n", titulo, hechos,
           anotados);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = medir("al revés", al_reves);

    return rc < 0 ? rc : medir("en orden", en_orden);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
