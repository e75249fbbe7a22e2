/* La cocina entera: una barra, dos cocineros y una pantalla que escribe por todos. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

enum { PEDIDOS = 6, COCINEROS = 2, TOPE = 2 };

static uint64_t inicio;

static int ahora(void)
{
    return (int)(as_now() - inicio);
}

struct pedido {
    int numero, ms; /* lo que cuesta cocinarlo */
    const char *cocinero;
};

/* [cocina] */
struct cocina {
    as_queue barra;    /* del camarero a los cocineros */
    as_queue pantalla; /* de los cocineros a quien escribe */
};
/* [/cocina] */

struct cocinero {
    const char *nombre;
    struct cocina *cocina;
};

static int apuntar(struct cocina *c)
{
    static const int ms[PEDIDOS] = {300, 300, 900, 300, 1600, 300};

    for (int i = 0; i < PEDIDOS; i++) {
        struct pedido *p = malloc(sizeof *p);
        if (!p)
            return UV_ENOMEM;
        *p = (struct pedido){.numero = i + 1, .ms = ms[i]};
        int rc = as_queue_put(&c->barra, p);
        if (rc < 0) {
            free(p);
            return rc;
        }
    }
    return 0;
}

/* [cocinar] */
static int cocinar(void *arg)
{
    const struct cocinero *c = arg;
    void *sacado;
    int rc;

    while ((rc = as_queue_get(&c->cocina->barra, &sacado)) == 0) {
        struct pedido *p = sacado; /* ahora es mío */
        p->cocinero = c->nombre;
        rc = as_sleep(p->ms);
        if (rc == 0)
            rc = as_queue_put(&c->cocina->pantalla, p); /* ya no */
        if (rc < 0) {
            free(p);
            return rc;
        }
    }
    return rc == UV_EOF ? 0 : rc;
}
/* [/cocinar] */

/* [pintar] */
static int pintar(void *arg)
{
    struct cocina *c = arg;
    void *sacado;

    for (;;) {
        as_scope plazo;
        as_scope_enter(&plazo, 500);
        int rc = as_queue_get(&c->pantalla, &sacado);
        rc = as_scope_leave(&plazo, rc);
        if (rc == UV_ETIMEDOUT) {
            printf("%4d ms: (medio segundo sin noticias)\n", ahora());
            continue;
        }
        if (rc < 0)
            return rc == UV_EOF ? 0 : rc;
        struct pedido *p = sacado;
        printf("%4d ms: pedido %d, de %s\n", ahora(), p->numero,
               p->cocinero);
        free(p); /* aquí acaba su vida */
    }
}
/* [/pintar] */

/* [cerrar] */
static int cocinar_todo(struct cocina *c)
{
    struct cocinero cocineros[COCINEROS] = {{"Rosa", c}, {"Paco", c}};
    as_group grupo;
    int rc = 0;

    as_group_enter(&grupo);
    for (int i = 0; i < COCINEROS && rc == 0; i++)
        rc = as_start_soon(&grupo, cocineros[i].nombre, cocinar,
                           &cocineros[i]);
    if (rc == 0)
        rc = apuntar(c);
    as_queue_close(&c->barra);         /* 1. no habrá más pedidos */
    return as_group_leave(&grupo, rc); /* 2. los cocineros acaban */
}

static int servir(struct cocina *c)
{
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "pantalla", pintar, c);
    if (rc == 0)
        rc = cocinar_todo(c);
    as_queue_close(&c->pantalla);      /* 3. no habrá más platos */
    return as_group_leave(&grupo, rc); /* 4. la pantalla acaba */
}
/* [/cerrar] */

static void destruir(as_queue *cola)
{
    void *resto;

    while (as_queue_get_nowait(cola, &resto) == 0)
        free(resto); /* solo si algo falló a mitad */
    as_queue_destroy(cola);
}

static int principal(void *arg)
{
    (void)arg;
    struct cocina cocina;

    inicio = as_now();
    as_queue_init(&cocina.barra, TOPE);
    as_queue_init(&cocina.pantalla, TOPE);
    int rc = servir(&cocina);
    destruir(&cocina.barra);
    destruir(&cocina.pantalla);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
