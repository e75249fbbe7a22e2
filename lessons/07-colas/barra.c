/*
 * Un camarero apunta diez veces más deprisa de lo que un cocinero cocina.
 *
 * ./barra [TOPE [COCINEROS]]: cuántos pedidos caben en la barra (0, los que vengan) y
 * cuántos cocineros hay.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

enum { PEDIDOS = 1000 };

/* [servicio] */
struct pedido {
    uint64_t cliente;  /* cuándo se sentó: uno cada milisegundo */
    uint64_t apuntado; /* cuándo pudo apuntarlo el camarero */
};

struct servicio {
    as_queue barra; /* de struct pedido *, cada uno de malloc */
    int tope, cocineros;
    uint64_t inicio;
    size_t en_barra; /* lo más que hubo */
    uint64_t pedido_ms, cliente_ms;
};
/* [/servicio] */

static uint64_t mayor(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void medir(struct servicio *s, const struct pedido *p)
{
    uint64_t ahora = as_now();

    s->pedido_ms = mayor(s->pedido_ms, ahora - p->apuntado);
    s->cliente_ms = mayor(s->cliente_ms, ahora - p->cliente);
}

/* [apuntar] */
static int apuntar(struct servicio *s)
{
    int rc = 0;

    for (int i = 0; i < PEDIDOS && rc == 0; i++) {
        struct pedido *p = malloc(sizeof *p);
        if (!p)
            return UV_ENOMEM;
        p->cliente = s->inicio + (uint64_t)i;
        p->apuntado = as_now();
        rc = as_queue_put(&s->barra, p); /* llena, espera */
        if (rc < 0) {
            free(p);
            return rc;
        }
        s->en_barra = mayor(s->en_barra, as_queue_size(&s->barra));
        rc = as_sleep(1);
    }
    return rc;
}
/* [/apuntar] */

/* [cocinar] */
static int cocinar(void *arg)
{
    struct servicio *s = arg;
    void *sacado;
    int rc;

    while ((rc = as_queue_get(&s->barra, &sacado)) == 0) {
        struct pedido p = *(struct pedido *)sacado;
        free(sacado);
        medir(s, &p);
        rc = as_sleep(10);
        if (rc < 0)
            return rc;
    }
    return rc == UV_EOF ? 0 : rc;
}
/* [/cocinar] */

/* [servir] */
static int servir(struct servicio *s)
{
    as_group cocina;
    int rc = 0;

    as_group_enter(&cocina);
    for (int i = 0; i < s->cocineros && rc == 0; i++)
        rc = as_start_soon(&cocina, "cocinero", cocinar, s);
    if (rc == 0)
        rc = apuntar(s);
    as_queue_close(&s->barra); /* no habrá más: que acaben */
    return as_group_leave(&cocina, rc);
}
/* [/servir] */

static int principal(void *arg)
{
    struct servicio *s = arg;
    void *resto;

    s->inicio = as_now();
    as_queue_init(&s->barra, (size_t)s->tope);
    int rc = servir(s);
    /* [vaciar] */
    while (as_queue_get_nowait(&s->barra, &resto) == 0)
        free(resto); /* solo si algo falló a mitad */
    as_queue_destroy(&s->barra);
    /* [/vaciar] */
    printf("en total, %d ms\n", (int)(as_now() - s->inicio));
    printf("en la barra, hasta %zu pedidos, de hasta %d ms\n",
           s->en_barra, (int)s->pedido_ms);
    printf("el cliente que más esperó: %d ms\n", (int)s->cliente_ms);
    return rc;
}

int main(int argc, char **argv)
{
    struct servicio s = {.cocineros = 1};

    if (argc > 1)
        s.tope = atoi(argv[1]);
    if (argc > 2)
        s.cocineros = atoi(argv[2]);
    if (s.tope < 0 || s.cocineros < 1) {
        fputs("barra: el tope es 0 o más, y los cocineros, 1 o más\n",
              stderr);
        return 2;
    }
    return as_run(principal, &s) < 0;
}
