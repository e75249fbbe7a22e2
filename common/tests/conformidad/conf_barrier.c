/* test_locks.py: la barrera. */
#include "conformidad.h"

TestSuite(conf_barrier, .timeout = 60);

enum { N = 5 };

static int llega(void *arg)
{
    return as_barrier_wait(arg);
}

/* Exige que `vistos` sea una ronda entera: de 0 a n - 1, cada uno una vez. */
static void es_una_ronda(const int *vistos, int n)
{
    unsigned mascara = 0;

    for (int i = 0; i < n; i++) {
        cr_assert(vistos[i] >= 0 && vistos[i] < n, "dio %d", vistos[i]);
        mascara |= 1U << vistos[i];
    }
    cr_assert_eq(mascara, (1U << n) - 1, "hay repetidos");
}

static int barrera_de_ninguna(void *arg)
{
    as_barrier barrera;

    (void)arg;
    as_barrier_init(&barrera, 0);
    return 0;
}

PRUEBA(conf_barrier, barrier_parties)
{
    aborta_con(barrera_de_ninguna, "una barrera es al menos de una tarea");
}

PRUEBA_CASO(conf_barrier, context_manager)
{
    as_barrier barrera;
    as_group grupo;
    as_task *t[3];
    int vistos[3];

    as_barrier_init(&barrera, 3);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        t[i] = crea(&grupo, llega, &barrera);
    for (int i = 0; i < 3; i++)
        vistos[i] = as_await(t[i]);
    es_una_ronda(vistos, 3);
    cierra(&grupo);
}

PRUEBA_CASO(conf_barrier, filling_one_task)
{
    as_barrier barrera;

    as_barrier_init(&barrera, 1);
    BIEN(as_barrier_wait(&barrera));
}

PRUEBA_CASO(conf_barrier, filling_one_task_twice)
{
    as_barrier barrera;
    as_group grupo;

    as_barrier_init(&barrera, 1);
    as_group_enter(&grupo);
    as_task *a = crea(&grupo, llega, &barrera);
    turnos(1);
    as_task *b = crea(&grupo, llega, &barrera);
    turnos(1);
    cr_assert(as_task_done(a) && as_task_done(b));
    BIEN(as_await(a));
    BIEN(as_await(b));
    cierra(&grupo);
}

PRUEBA_CASO(conf_barrier, filling_task_by_task)
{
    as_barrier barrera;
    as_group grupo;
    as_task *t[3];

    as_barrier_init(&barrera, 3);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < i; j++)
            cr_assert_not(as_task_done(t[j]), "aún faltan");
        t[i] = crea(&grupo, llega, &barrera);
        turnos(1);
    }
    turnos(1);
    for (int i = 0; i < 3; i++)
        cr_assert(as_task_done(t[i]));
    cierra(&grupo);
}

struct rondas {
    as_barrier barrera;
    int primera, segunda; /* cuántas pasaron cada vez */
};

static int pasa_dos_veces(void *arg)
{
    struct rondas *r = arg;
    int rc = as_barrier_wait(&r->barrera);

    cr_assert_geq(rc, 0);
    r->primera++;
    rc = as_barrier_wait(&r->barrera);
    cr_assert_eq(r->primera, N, "la segunda ronda no empieza sin la primera");
    r->segunda++;
    return rc;
}

static void dos_rondas(int *vistos)
{
    struct rondas r = {.primera = 0};
    as_group grupo;
    as_task *t[N];

    as_barrier_init(&r.barrera, N);
    as_group_enter(&grupo);
    for (int i = 0; i < N; i++)
        t[i] = crea(&grupo, pasa_dos_veces, &r);
    for (int i = 0; i < N; i++)
        vistos[i] = as_await(t[i]);
    cierra(&grupo);
    cr_assert_eq(r.primera, N);
    cr_assert_eq(r.segunda, N);
}

PRUEBA_CASO(conf_barrier, filling_tasks_wait_twice)
{
    int vistos[N];

    dos_rondas(vistos);
}

PRUEBA_CASO(conf_barrier, filling_tasks_check_return_value)
{
    int vistos[N];

    dos_rondas(vistos);
    es_una_ronda(vistos, N);
}

/* Dos vuelven a la barrera mientras las demás aún salen de ella. */
struct vaciado {
    as_barrier barrera, demas;
    int vuelven;
};

static int sale_y_vuelve(void *arg)
{
    struct vaciado *v = arg;

    cr_assert_geq(as_barrier_wait(&v->barrera), 0);
    if (v->vuelven > 0)
        v->vuelven--;
    else
        cr_assert_geq(as_barrier_wait(&v->demas), 0);
    cr_assert_geq(as_barrier_wait(&v->barrera), 0);
    return 0;
}

PRUEBA_CASO(conf_barrier, blocking_tasks_while_draining)
{
    struct vaciado v = {.vuelven = 2};
    as_group grupo;

    as_barrier_init(&v.barrera, N);
    as_barrier_init(&v.demas, N - 2);
    as_group_enter(&grupo);
    for (int i = 0; i < N; i++)
        crea(&grupo, sale_y_vuelve, &v);
    cierra(&grupo);
    cr_assert_eq(v.vuelven, 0);
}

PRUEBA_CASO(conf_barrier, filling_tasks_cancel_one)
{
    as_barrier barrera;
    as_group grupo;
    as_task *t[4];
    int vistos[3];

    as_barrier_init(&barrera, 3);
    as_group_enter(&grupo);
    t[0] = crea(&grupo, llega, &barrera);
    turnos(1);
    t[1] = crea(&grupo, llega, &barrera);
    turnos(1);
    as_cancel(t[0]);
    turnos(1);
    DA(as_await(t[0]), UV_ECANCELED);
    t[2] = crea(&grupo, llega, &barrera);
    turnos(2);
    cr_assert_not(as_task_done(t[1]));
    cr_assert_not(as_task_done(t[2]), "la cancelada ya no cuenta");
    t[3] = crea(&grupo, llega, &barrera);
    for (int i = 0; i < 3; i++)
        vistos[i] = as_await(t[i + 1]);
    es_una_ronda(vistos, 3);
    cierra(&grupo);
}
