/*
 * 6 · Construir · 45 minutos
 * Un torneo en el que nadie espera a una ronda que no es la suya.
 *
 * Un cuadro de `n` jugadores se juega así: si hay uno solo, ya es el campeón. Si
 * hay más, la mitad de arriba y la de abajo juegan sus cuadros a la vez y, cuando
 * las dos han acabado, sus campeones juegan la final. Escribe `jugar`, que es una
 * tarea: recibe un cuadro, deja en él su campeón y devuelve 0, o el primer error
 * de dentro.
 *
 * `partida` ya está escrita. Una mitad que acaba pronto juega enseguida su
 * siguiente partida: no hay rondas. Y si alguien se lesiona, el torneo entero se
 * para.
 *
 * Las piezas: un grupo en cada cuadro, as_start_soon y as_group_leave.
 */
#include <asinc/asinc.h>
#include <stdio.h>

struct jugador {
    const char *nombre;
    int fuerza, lentitud_ms; /* con fuerza 0, está lesionado */
};

struct cuadro {
    const struct jugador *jugadores;
    size_t n;
    const struct jugador *campeon;
};

static uint64_t inicio; /* de este torneo */

/* Suspende lo que dura. Deja quién gana, o devuelve UV_EPERM si hay un lesionado. */
static int partida(const struct jugador *a, const struct jugador *b,
                   const struct jugador **gana)
{
    int rc = as_sleep(a->lentitud_ms + b->lentitud_ms);
    if (rc < 0)
        return rc;
    if (a->fuerza == 0 || b->fuerza == 0)
        return UV_EPERM;
    *gana = a->fuerza > b->fuerza ? a : b;
    printf("%4d ms: %s gana a %s\n", (int)(as_now() - inicio), (*gana)->nombre,
           (*gana == a ? b : a)->nombre);
    return 0;
}

static int jugar(void *arg)
{
    struct cuadro *c = arg;
    if (c->n == 1) {
        c->campeon = c->jugadores;
        return 0;
    }
    struct cuadro arriba = {.jugadores = c->jugadores, .n = c->n / 2};
    struct cuadro abajo = {.jugadores = c->jugadores + c->n / 2, .n = c->n - c->n / 2};
    as_group mitades;

    as_group_enter(&mitades);
    int rc = as_start_soon(&mitades, "arriba", jugar, &arriba);
    if (rc == 0)
        rc = as_start_soon(&mitades, "abajo", jugar, &abajo);
    rc = as_group_leave(&mitades, rc);
    return rc < 0 ? rc : partida(arriba.campeon, abajo.campeon, &c->campeon);
}

static int principal(void *arg)
{
    (void)arg;
    static struct jugador jugadores[] = {
        {"Ada", 90, 100}, {"Blas", 40, 50}, {"Cleo", 70, 300}, {"Dino", 60, 400},
        {"Eva", 80, 20},  {"Fito", 30, 30}, {"Gala", 50, 10},  {"Hugo", 20, 60}};
    struct cuadro torneo = {.jugadores = jugadores, .n = 8};

    inicio = as_now();
    int rc = jugar(&torneo);
    if (rc < 0)
        return rc;
    printf("campeona: %s\n", torneo.campeon->nombre);

    jugadores[2].fuerza = 0;
    inicio = as_now();
    rc = jugar(&torneo);
    printf("otro año, a los %d ms: %s\n", (int)(as_now() - inicio), as_error_text(rc));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
