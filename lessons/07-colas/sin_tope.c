/* Uno produce diez veces más deprisa de lo que otro consume. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

enum { PEDIDOS = 1000 };

static uint64_t inicio;

static uint64_t mayor(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* [tareas] */
struct pedido {
    uint64_t cliente;  /* cuándo se sentó: uno cada milisegundo */
    uint64_t apuntado; /* cuándo pudo apuntarlo el camarero */
};

static int llegar(void *arg)
{
    as_queue *cola = arg;
    int rc = 0;

    for (int i = 0; i < PEDIDOS && rc == 0; i++) {
        struct pedido *p = malloc(sizeof *p);
        if (!p)
            return UV_ENOMEM;
        p->cliente = inicio + (uint64_t)i;
        p->apuntado = as_now();
        rc = as_queue_put(cola, p); /* llena, espera */
        if (rc < 0)
            free(p);
        else
            rc = as_sleep(1);
    }
    as_queue_close(cola);
    return rc;
}

/* Los máximos de un servicio. */
struct cuenta {
    size_t en_cola;
    uint64_t pedido_ms, cliente_ms;
};

static int cocinar(as_queue *cola, struct cuenta *c)
{
    void *sacado;
    int rc;

    while ((rc = as_queue_get(cola, &sacado)) == 0) {
        struct pedido p = *(struct pedido *)sacado;
        free(sacado);
        uint64_t ahora = as_now();
        c->en_cola = mayor(c->en_cola, as_queue_size(cola));
        c->pedido_ms = mayor(c->pedido_ms, ahora - p.apuntado);
        c->cliente_ms = mayor(c->cliente_ms, ahora - p.cliente);
        rc = as_sleep(10);
        if (rc < 0)
            return rc;
    }
    return rc == UV_EOF ? 0 : rc;
}
/* [/tareas] */

/* [servicio] */
static int servicio(size_t tope)
{
    struct cuenta c = {0};
    as_queue cola;
    as_group grupo;

    inicio = as_now();
    as_queue_init(&cola, tope);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "llegan", llegar, &cola);
    if (rc == 0)
        rc = cocinar(&cola, &c);
    rc = as_group_leave(&grupo, rc);
    void *resto;
    while (as_queue_get_nowait(&cola, &resto) == 0)
        free(resto); /* solo si algo falló a mitad */
    as_queue_destroy(&cola);
    printf("tope %zu: en total, %d ms\n", tope,
           (int)(as_now() - inicio));
    printf("  en la cola, hasta %zu pedidos, de hasta %d ms\n",
           c.en_cola, (int)c.pedido_ms);
    printf("  el cliente que más esperó: %d ms\n", (int)c.cliente_ms);
    return rc;
}
/* [/servicio] */

static int principal(void *arg)
{
    (void)arg;
    int rc = servicio(0);

    return rc < 0 ? rc : servicio(5);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
