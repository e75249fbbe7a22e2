/* test_taskgroups.py: lo que hace un grupo con los errores y las cancelaciones. */
#include "conformidad.h"

TestSuite(conf_taskgroup, .timeout = 60);

/* Abre un grupo con tareas y un cuerpo que duerme: lo que casi todos los casos piden. */
struct grupo {
    struct durmiente *tareas;
    size_t n;
    struct durmiente *cuerpo; /* NULL: el cuerpo acaba enseguida */
    int rc;                   /* como salió as_group_leave */
};

static int corre_grupo(void *arg)
{
    struct grupo *g = arg;
    as_group grupo;

    as_group_enter(&grupo);
    for (size_t i = 0; i < g->n; i++)
        crea(&grupo, duerme, &g->tareas[i]);
    int rc = g->cuerpo != NULL ? duerme(g->cuerpo) : 0;
    g->rc = as_group_leave(&grupo, rc);
    return g->rc;
}

/* Lo corre en una tarea, la cancela a los `ms` y devuelve cómo acabó. */
static int cancela_el_grupo(as_fn *fn, void *arg, int64_t ms)
{
    as_group fuera;

    as_group_enter(&fuera);
    as_group_keep_going(&fuera);
    as_task *t = crea(&fuera, fn, arg);
    BIEN(as_sleep(ms));
    cr_assert_not(as_task_done(t));
    as_cancel(t);
    int rc = as_await(t);
    int grupo_rc = as_group_leave(&fuera, 0);
    cr_assert(grupo_rc == rc || (grupo_rc == 0 && rc == UV_ECANCELED));
    return rc;
}

PRUEBA_CASO(conf_taskgroup, taskgroup_01)
{
    struct durmiente a = {.ms = 100, .rc = 42}, b = {.ms = 200, .rc = 11};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t1 = crea(&grupo, duerme, &a);
    as_task *t2 = crea(&grupo, duerme, &b);
    DA(as_await(t1), 42);
    DA(as_await(t2), 11);
    cierra(&grupo);
    cr_assert_eq(as_now(), 200u);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_02)
{
    struct durmiente a = {.ms = 100, .rc = 42}, b = {.ms = 200, .rc = 11};
    as_group grupo;

    as_group_enter(&grupo);
    crea(&grupo, duerme, &a);
    BIEN(as_sleep(150));
    crea(&grupo, duerme, &b);
    cierra(&grupo);
    cr_assert(a.acabo && b.acabo);
    cr_assert_eq(as_now(), 350u);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_03)
{
    struct durmiente a = {.ms = 1000, .rc = 42}, b = {.ms = 200, .rc = 11};
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t1 = crea(&grupo, duerme, &a);
    BIEN(as_sleep(150));
    as_cancel(t1);
    as_task *t2 = crea(&grupo, duerme, &b);
    DA(as_await(t2), 11);
    DA(as_await(t1), UV_ECANCELED);
    cierra(&grupo);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_04)
{
    struct durmiente d[] = {{.ms = 100, .rc = UV_ERANGE}, {.ms = 1000}};
    struct grupo g = {d, 2, NULL, 1};

    DA(corre_grupo(&g), UV_ERANGE);
    cr_assert_eq(d[1].corte, 1);
    cr_assert_eq(as_now(), 100u);
}

PRUEBA_CASO(conf_taskgroup, cancel_children_on_child_error)
{
    struct durmiente d[] = {{.ms = 100, .rc = UV_ERANGE},
                            {.ms = 100, .rc = UV_ERANGE},
                            {.ms = 100, .rc = UV_ERANGE},
                            {.ms = 5000}};
    struct durmiente cuerpo = {.ms = 10000};
    struct grupo g = {d, 4, &cuerpo, 1};

    DA(corre_grupo(&g), UV_ERANGE);
    cr_assert_eq(d[3].corte, 1);
    cr_assert_eq(cuerpo.corte, 1);
    cr_assert_not(as_cancelled(), "quien abrió el grupo sigue");
}

PRUEBA_CASO(conf_taskgroup, cancellation)
{
    struct durmiente d[5] = {{0}};
    struct grupo g = {d, 5, NULL, 1};

    for (int i = 0; i < 5; i++)
        d[i].ms = 5000;
    DA(cancela_el_grupo(corre_grupo, &g, 100), UV_ECANCELED);
    for (int i = 0; i < 5; i++)
        cr_assert_eq(d[i].corte, 1);
    cr_assert_eq(g.rc, UV_ECANCELED, "dio %s", as_errname(g.rc));
    cr_assert_eq(as_now(), 100u);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_07)
{
    struct durmiente d[5] = {{0}}, cuerpo = {.ms = 10000};
    struct grupo g = {d, 5, &cuerpo, 1};

    for (int i = 0; i < 5; i++)
        d[i].ms = 5000;
    DA(cancela_el_grupo(corre_grupo, &g, 100), UV_ECANCELED);
    for (int i = 0; i < 5; i++)
        cr_assert_eq(d[i].corte, 1);
    cr_assert_eq(cuerpo.corte, 1);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_08)
{
    struct durmiente d[5] = {{0}}, cuerpo = {.ms = 10000};
    struct grupo g = {d, 5, &cuerpo, 1};

    for (int i = 0; i < 5; i++)
        d[i] = (struct durmiente){.ms = 10000, .al_cortar = UV_ERANGE};
    DA(cancela_el_grupo(corre_grupo, &g, 100), UV_ERANGE);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_09)
{
    struct durmiente d[] = {{.ms = 1000, .rc = 42}, {.ms = 2000, .rc = 11}};
    struct durmiente cuerpo = {.ms = 100, .rc = UV_ERANGE};
    struct grupo g = {d, 2, &cuerpo, 1};

    DA(corre_grupo(&g), UV_ERANGE);
    cr_assert(d[0].corte == 1 && d[1].corte == 1);
    cr_assert_eq(as_now(), 100u);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_10)
{
    struct durmiente d[] = {{.ms = 1000}, {.ms = 2000}};
    as_group grupo;

    as_group_enter(&grupo);
    crea(&grupo, duerme, &d[0]);
    crea(&grupo, duerme, &d[1]);
    DA(as_group_leave(&grupo, UV_ERANGE), UV_ERANGE);
    cr_assert(d[0].empezo == 1 && d[1].empezo == 1, "empiezan, ya canceladas");
    cr_assert(d[0].corte == 1 && d[1].corte == 1);
    cr_assert_eq(as_now(), 0u);
}

/* Un grupo dentro de otro que tiene, o no, una tarea propia. */
struct anidado {
    struct durmiente *de_fuera; /* puede ser NULL */
    struct grupo dentro;
};

static int corre_anidado(void *arg)
{
    struct anidado *a = arg;
    as_group fuera;

    as_group_enter(&fuera);
    if (a->de_fuera != NULL)
        crea(&fuera, duerme, a->de_fuera);
    return as_group_leave(&fuera, corre_grupo(&a->dentro));
}

PRUEBA_CASO(conf_taskgroup, taskgroup_11)
{
    struct durmiente d[] = {{.ms = 10000, .al_cortar = UV_ERANGE},
                            {.ms = 10000, .al_cortar = UV_ERANGE}};
    struct durmiente cuerpo = {.ms = 10000};
    struct anidado a = {NULL, {d, 2, &cuerpo, 1}};

    DA(cancela_el_grupo(corre_anidado, &a, 100), UV_ERANGE);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_12)
{
    struct durmiente d[] = {{.ms = 10000, .al_cortar = UV_ERANGE},
                            {.ms = 10000, .al_cortar = UV_ERANGE}};
    struct durmiente cuerpo = {.ms = 10000}, otra = {.ms = 10000};
    struct anidado a = {&otra, {d, 2, &cuerpo, 1}};

    DA(cancela_el_grupo(corre_anidado, &a, 100), UV_ERANGE);
    cr_assert_eq(otra.corte, 1);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_13)
{
    struct durmiente fuera = {.ms = 100, .rc = UV_ERANGE};
    struct durmiente dentro = {.ms = 10000, .rc = UV_EIO};
    struct anidado a = {&fuera, {&dentro, 1, NULL, 1}};

    DA(corre_anidado(&a), UV_ERANGE);
    cr_assert_eq(dentro.corte, 1);
    cr_assert_eq(as_now(), 100u);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_14)
{
    struct durmiente fuera = {.ms = 10000, .rc = UV_EIO};
    struct durmiente dentro = {.ms = 100, .rc = UV_ERANGE};
    struct anidado a = {&fuera, {&dentro, 1, NULL, 1}};

    DA(corre_anidado(&a), UV_ERANGE);
    cr_assert_eq(fuera.corte, 1);
    cr_assert_eq(as_now(), 100u);
}

/* La cancelan a los 100; mientras el cuerpo se despide, una tarea falla por su cuenta. */
static struct durmiente que_falla = {.ms = 300, .rc = UV_ERANGE, .al_cortar = UV_ERANGE};
static struct durmiente que_se_despide = {.ms = 10000, .despide = 500};

PRUEBA_CASO(conf_taskgroup, taskgroup_15)
{
    struct grupo g = {&que_falla, 1, &que_se_despide, 1};

    DA(cancela_el_grupo(corre_grupo, &g, 100), UV_ERANGE);
    cr_assert_eq(as_now(), 600u);
}

static int espera_a_otra(void *arg)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, corre_grupo, arg);
    return as_group_leave(&grupo, as_await(t));
}

PRUEBA_CASO(conf_taskgroup, taskgroup_16)
{
    struct grupo g = {&que_falla, 1, &que_se_despide, 1};

    DA(cancela_el_grupo(espera_a_otra, &g, 100), UV_ERANGE);
    cr_assert_eq(as_now(), 600u);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_17)
{
    struct durmiente cuerpo = {.ms = 10000};
    struct grupo g = {NULL, 0, &cuerpo, 1};

    DA(cancela_el_grupo(corre_grupo, &g, 100), UV_ECANCELED);
    cr_assert_eq(cuerpo.corte, 1);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_18)
{
    struct durmiente cuerpo = {.ms = 10000, .al_cortar = UV_EIO};
    struct grupo g = {NULL, 0, &cuerpo, 1};

    DA(cancela_el_grupo(corre_grupo, &g, 100), UV_EIO);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_19)
{
    struct durmiente d = {.ms = 100, .rc = UV_ERANGE};
    struct durmiente cuerpo = {.ms = 10000, .al_cortar = UV_EIO};
    struct grupo g = {&d, 1, &cuerpo, 1};

    DA(corre_grupo(&g), UV_ERANGE); /* de los dos errores, el primero */
    cr_assert_eq(cuerpo.corte, 1);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_22)
{
    struct durmiente d[] = {{.ms = 1000, .rc = 42}, {.ms = 2000, .rc = 11}};
    struct grupo g = {d, 2, NULL, 1};

    DA(cancela_el_grupo(corre_grupo, &g, 50), UV_ECANCELED);
    cr_assert_eq(as_now(), 50u);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_23)
{
    struct durmiente d[10] = {{0}};
    size_t antes = as_task_count();
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < 10; i++) {
        BIEN(as_sleep(100));
        d[i].ms = 300;
        BIEN(as_start_soon(&grupo, NULL, duerme, &d[i]));
        if (i == 5)
            cr_assert_lt(as_task_count() - antes, 5u, "las acabadas se van");
    }
    BIEN(as_sleep(1350));
    cr_assert_eq(as_task_count(), antes);
    cierra(&grupo);
}

static int crea_dos_mas(void *arg)
{
    static struct durmiente d[] = {{.ms = 100}, {.ms = 200}};

    BIEN(as_sleep(100));
    crea(arg, duerme, &d[0]);
    crea(arg, duerme, &d[1]);
    return 0;
}

PRUEBA_CASO(conf_taskgroup, taskgroup_24)
{
    as_group grupo;

    as_group_enter(&grupo);
    crea(&grupo, crea_dos_mas, &grupo);
    cierra(&grupo);
    cr_assert_eq(as_now(), 300u, "espera también a las que crean otras");
}

struct hidra {
    as_group *grupo;
    int cabezas;
};

static int crece(void *arg)
{
    struct hidra *h = arg;

    h->cabezas++;
    int rc = as_sleep(10);
    if (rc < 0)
        return rc;
    crea(h->grupo, crece, h);
    crea(h->grupo, crece, h);
    return 0;
}

static int hercules(void *arg)
{
    struct hidra *h = arg;

    while (h->cabezas < 10)
        BIEN(as_sleep(15));
    return UV_ERANGE;
}

PRUEBA_CASO(conf_taskgroup, taskgroup_25)
{
    as_group grupo;
    struct hidra h = {.grupo = &grupo};

    as_group_enter(&grupo);
    crea(&grupo, crece, &h);
    crea(&grupo, hercules, &h);
    DA(as_group_leave(&grupo, 0), UV_ERANGE);
    cr_assert_geq(h.cabezas, 10);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_task_name)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, "yolo", nada, NULL);
    cr_assert_str_eq(as_task_name(t), "yolo");
    BIEN(as_await(t));
    cierra(&grupo);
}

/* En un grupo que ya falló se puede crear: la nueva empieza cancelada. */
static int crea_tarde(void *arg)
{
    static struct durmiente tardia = {.ms = 1000};

    DA(as_sleep(1000), UV_ECANCELED);
    as_task *t = crea(arg, duerme, &tardia);
    as_scope protegido;
    as_shield_enter(&protegido, AS_FOREVER);
    DA(as_scope_leave(&protegido, as_await(t)), UV_ECANCELED);
    cr_assert(tardia.empezo == 1 && tardia.corte == 1);
    return UV_ECANCELED;
}

PRUEBA_CASO(conf_taskgroup, taskgroup_no_create_task_after_failure)
{
    struct durmiente d = {.ms = 1, .rc = UV_ERANGE};
    as_group grupo;

    as_group_enter(&grupo);
    crea(&grupo, duerme, &d);
    crea(&grupo, crea_tarde, &grupo);
    DA(as_group_leave(&grupo, 0), UV_ERANGE);
    cr_assert_eq(as_now(), 1u);
}

static int falla_y_sigue(void *arg)
{
    struct durmiente d = {.ms = 0, .rc = UV_ERANGE},
                     cuerpo = {.ms = 1000, .al_cortar = UV_EIO};
    struct grupo g = {&d, 1, &cuerpo, 1};

    (void)arg;
    DA(corre_grupo(&g), UV_ERANGE);
    cr_assert_not(as_cancelled());
    return as_sleep(1);
}

PRUEBA_CASO(conf_taskgroup, taskgroup_context_manager_exit_raises)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = crea(&grupo, falla_y_sigue, NULL);
    BIEN(as_await(t));
    cierra(&grupo);
}
