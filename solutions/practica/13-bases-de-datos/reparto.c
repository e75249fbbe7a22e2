/*
 * 1 · Predecir · 7 minutos
 * Cinco tareas y dos conexiones: ¿cuál le toca a cada una, y cuándo?
 *
 * La primera línea es «0 ms: A por la 1». Escribe las cinco.
 *
 * predicción:
 * 0 ms: A por la 1
 * 0 ms: B por la 2
 * 10 ms: C por la 2
 * 20 ms: D por la 2
 * 30 ms: E por la 1
 * fin
 */
#include "lessons/13-bases-de-datos/falsa.h"

struct pedido {
    const char *quien;
    int ms;
};

static struct reserva reserva;
static uint64_t inicio;

static int preguntar(void *arg)
{
    const struct pedido *p = arg;
    struct conexion *conexion;

    int rc = tomar(&reserva, &conexion);
    if (rc < 0)
        return rc;
    printf("%d ms: %s por la %d\n", (int)(as_now() - inicio), p->quien, conexion->numero);
    rc = consultar(conexion, "SELECT 1", p->ms);
    devolver(&reserva, conexion);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct pedido pedidos[] = {{"A", 30}, {"B", 10}, {"C", 10}, {"D", 30}, {"E", 10}};

    inicio = as_now();
    abrir_reserva(&reserva, 2);
    return as_gather_each(preguntar, pedidos, 5, sizeof *pedidos, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
