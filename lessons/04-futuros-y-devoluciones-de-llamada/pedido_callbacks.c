/* Dos mesas, tres platos cada una, con devoluciones de llamada. */
#include <stdio.h>
#include <uv.h>

/* [mesa] */
enum { PLATOS = 3 };

struct mesa {
    uv_timer_t cocina; /* el plato que está en el fuego */
    const char *nombre;
    int ms[PLATOS];
    int plato; /* por cuál va: era la variable de un for */
};
/* [/mesa] */

/* [pasos] */
static void pedir(struct mesa *m);

static void servir(uv_timer_t *cocina)
{
    struct mesa *m = cocina->data;

    printf("%s: plato %d servido\n", m->nombre, m->plato + 1);
    m->plato++; /* esto era el i++ */
    if (m->plato < PLATOS)
        pedir(m); /* y esto, volver arriba */
    else
        uv_close((uv_handle_t *)cocina, NULL);
}

static void pedir(struct mesa *m)
{
    uv_timer_start(&m->cocina, servir, (uint64_t)m->ms[m->plato], 0);
}

static void sentar(uv_loop_t *bucle, struct mesa *m)
{
    uv_timer_init(bucle, &m->cocina);
    m->cocina.data = m;
    m->plato = 0;
    pedir(m);
}
/* [/pasos] */

int main(void)
{
    struct mesa una = {.nombre = "mesa 1", .ms = {20, 60, 60}};
    struct mesa otra = {.nombre = "mesa 2", .ms = {50, 60, 60}};
    uv_loop_t bucle;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    sentar(&bucle, &una);
    sentar(&bucle, &otra);
    uv_run(&bucle, UV_RUN_DEFAULT);
    return uv_loop_close(&bucle) < 0;
}
