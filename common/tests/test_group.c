/*
 * Salir de un grupo: hasta que no quede nadie, ni dentro ni mirando a los que terminaron.
 * Los ámbitos de los grupos y sus errores, en test_scope.c.
 */
#include "prueba.h"

#include <sys/wait.h>

TestSuite(group, .timeout = 60);

static int devuelve(void *arg)
{
    return (int)(intptr_t)arg;
}

/* ---- Crear en un grupo que se vacía ------------------------------------------------- */

/* Una cadena de tareas en el mismo grupo: cada una nace cuando la anterior ha terminado. */
struct cadena {
    as_group *grupo;
    int faltan;
};

static int eslabon(void *arg)
{
    struct cadena *c = arg;

    c->faltan--;
    return 0;
}

static int crea_la_siguiente(void *arg)
{
    struct cadena *c = arg;

    return as_start_soon(c->grupo, "tardía", eslabon, c);
}

static int otra_crea_en_el(void *arg)
{
    as_group fuera, grupo;
    struct cadena *c = arg;

    c->grupo = &grupo;
    as_group_enter(&fuera);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "única", devuelve, NULL);
    if (rc == 0)
        rc = as_start_soon(&fuera, "creadora", crea_la_siguiente, c);
    rc = as_group_leave(&grupo, rc);
    cr_assert_eq(c->faltan, 0, "salió del grupo sin esperar a la última");
    return as_group_leave(&fuera, rc);
}

PRUEBA(group, salir_espera_a_la_que_otra_crea_cuando_se_queda_vacio)
{
    struct cadena cadena = {.faltan = 1};

    CORRE(otra_crea_en_el, &cadena, 0);
}

static int eslabon_con_callback(void *arg);

static void al_terminar(as_future *futuro, void *arg)
{
    struct cadena *c = arg;

    cr_assert(as_future_done(futuro));
    if (c->faltan == 0)
        return;
    as_task *siguiente = as_spawn(c->grupo, NULL, eslabon_con_callback, c);
    cr_assert_not_null(siguiente);
    as_future *fin = as_task_future(siguiente);
    cr_assert_eq(as_future_add_done_callback(fin, al_terminar, c), 0);
}

static int eslabon_con_callback(void *arg)
{
    struct cadena *c = arg;

    c->faltan--;
    return 0;
}

static int los_callbacks_crean_en_el(void *arg)
{
    as_group grupo;
    struct cadena *c = arg;

    c->grupo = &grupo;
    as_group_enter(&grupo);
    as_task *primera = as_spawn(&grupo, NULL, devuelve, NULL);
    int rc = as_future_add_done_callback(as_task_future(primera), al_terminar, c);
    rc = as_group_leave(&grupo, rc);
    cr_assert_eq(c->faltan, 0, "salió del grupo con %d por nacer", c->faltan);
    return rc;
}

PRUEBA(group, salir_espera_a_las_que_crean_sus_callbacks)
{
    struct cadena cadena = {.faltan = 100};

    CORRE(los_callbacks_crean_en_el, &cadena, 0);
}

/* ---- Mirar a una tarea de un grupo que se cierra ------------------------------------ */

static int falla_con_motivo(void *arg)
{
    return as_error_set(UV_EIO, "%s", (const char *)arg);
}

struct mirona {
    as_task *objetivo;
    int rc;
    char motivo[64];
};

static int espera_tarea(void *arg)
{
    struct mirona *m = arg;

    m->rc = as_await(m->objetivo);
    snprintf(m->motivo, sizeof m->motivo, "%s", as_error_text(m->rc));
    return 0;
}

static int espera_a_la_primera(void *arg)
{
    struct mirona *m = arg;
    as_task *tareas[] = {m->objetivo, m->objetivo};
    ssize_t cual = as_wait_any(tareas, 2);

    m->rc = cual < 0 ? (int)cual : UV_EIO;
    return 0;
}

static int espera_su_futuro(void *arg)
{
    struct mirona *m = arg;

    m->rc = as_future_wait(as_task_future(m->objetivo), NULL);
    return 0;
}

/* La mirona despierta cuando la tarea termina, pero el grupo se cierra antes de que siga. */
static int cierra_antes_de_que_mire(as_fn *mira, struct mirona *m)
{
    as_group fuera, grupo;

    as_group_enter(&fuera);
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    int rc = as_start_soon(&fuera, "mirona", mira, m);
    m->objetivo = as_spawn(&grupo, "mirada", falla_con_motivo, "se rompió");
    cr_assert(rc == 0 && m->objetivo);
    cr_assert_eq(as_yield(), 0);
    cr_assert(as_task_done(m->objetivo));
    cr_assert_eq(m->rc, 0, "aún no ha seguido");
    cr_assert_eq(as_group_leave(&grupo, 0), UV_EIO);
    cr_assert_eq(m->rc, UV_EIO, "la mirona leyó %d", m->rc);
    return as_group_leave(&fuera, 0);
}

static int cierra_bajo_as_await(void *arg)
{
    struct mirona m = {0};

    (void)arg;
    int rc = cierra_antes_de_que_mire(espera_tarea, &m);
    cr_assert_str_eq(m.motivo, "se rompió");
    return rc;
}

static int cierra_bajo_as_wait_any(void *arg)
{
    struct mirona m = {0};

    (void)arg;
    return cierra_antes_de_que_mire(espera_a_la_primera, &m);
}

static int cierra_bajo_as_future_wait(void *arg)
{
    struct mirona m = {0};

    (void)arg;
    return cierra_antes_de_que_mire(espera_su_futuro, &m);
}

PRUEBA(group, quien_esperaba_a_una_de_sus_tareas_la_lee_antes_de_que_se_cierre)
{
    CORRE(cierra_bajo_as_await, NULL, 0);
    CORRE(cierra_bajo_as_wait_any, NULL, 0);
    CORRE(cierra_bajo_as_future_wait, NULL, 0);
}

static void lee_estado(as_future *futuro, void *arg)
{
    *(int *)arg = as_future_result(futuro, NULL);
}

static int callback_en_una_terminada(void *arg)
{
    as_group grupo;
    int estado = 0;

    (void)arg;
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, devuelve, (void *)7);
    cr_assert_eq(as_await(t), 7);
    cr_assert_eq(as_future_add_done_callback(as_task_future(t), lee_estado, &estado), 0);
    int rc = as_group_leave(&grupo, 0);
    cr_assert_eq(estado, 7, "el callback leyó %d", estado);
    return rc;
}

PRUEBA(group, el_callback_de_una_tarea_terminada_corre_antes_de_que_se_cierre)
{
    CORRE(callback_en_una_terminada, NULL, 0);
}

/* Una tarea sin asidero se libera al terminar, pero no mientras alguien la mira. */
struct suelta {
    as_task *yo;
    int leido, esperado;
};

static int se_da_a_conocer(void *arg)
{
    struct suelta *s = arg;

    s->yo = as_current_task();
    int rc = as_future_add_done_callback(as_task_future(s->yo), lee_estado, &s->leido);
    if (rc == 0)
        rc = as_sleep(10);
    return rc < 0 ? rc : 5;
}

static int espera_a_la_suelta(void *arg)
{
    struct suelta s = {0};
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, se_da_a_conocer, &s);
    cr_assert_eq(as_yield(), 0);
    s.esperado = as_await(s.yo);
    rc = as_group_leave(&grupo, rc);
    cr_assert_eq(s.esperado, 5, "se leyó %d", s.esperado);
    cr_assert_eq(s.leido, 5, "el callback leyó %d", s.leido);
    return rc;
}

PRUEBA(group, una_tarea_sin_asidero_no_se_libera_mientras_la_miran)
{
    CORRE(espera_a_la_suelta, NULL, 0);
}

/* ---- Muchas -------------------------------------------------------------------------- */

/* Un servidor crea una tarea por cliente durante días: no pueden acumularse. */
static int breve(void *arg)
{
    (*(long *)arg)++;
    return 0;
}

#ifdef PRUEBA_LIGERA
enum { BREVES = 3000 };
#else
enum { BREVES = 100000 };
#endif

static int muchas_breves(void *arg)
{
    as_group grupo;
    int rc = 0;

    as_group_enter(&grupo);
    for (int i = 0; i < BREVES && rc == 0; i++) {
        rc = as_start_soon(&grupo, NULL, breve, arg);
        if (i % 100 == 0)
            BIEN(as_yield());
    }
    return as_group_leave(&grupo, rc);
}

PRUEBA(group, start_soon_no_acumula_tareas)
{
    long hechas = 0;

    CORRE(muchas_breves, &hechas, 0);
    cr_assert_eq(hechas, BREVES);
}

/* ---- Mal uso ------------------------------------------------------------------------ */

static int crea_en_uno_cerrado(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    int rc = as_group_leave(&grupo, 0);
    return as_spawn(&grupo, "póstuma", devuelve, NULL) ? rc : UV_ENOMEM;
}

static int crea_en_uno_sin_abrir(void *arg)
{
    as_group grupo = {0};

    (void)arg;
    return as_start_soon(&grupo, "prematura", devuelve, NULL);
}

static int sale_dos_veces(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    int rc = as_group_leave(&grupo, 0);
    return as_group_leave(&grupo, rc);
}

static int sale_con_un_ambito_dentro(void *arg)
{
    static as_group grupo;
    static as_scope ambito;

    (void)arg;
    as_group_enter(&grupo);
    as_scope_enter(&ambito, AS_FOREVER);
    return as_group_leave(&grupo, 0);
}

static as_fn *mal_uso;

static void corre_mal_uso(void)
{
    as_run(mal_uso, NULL);
}

static void aborta(as_fn *fn, const char *explicacion)
{
    char salida[512];

    mal_uso = fn;
    int estado = en_otro_proceso(corre_mal_uso, salida, sizeof salida);
    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT, "dijo: %s", salida);
    cr_assert(strstr(salida, explicacion), "dijo: %s", salida);
}

PRUEBA(group, usarlo_fuera_de_su_vida_se_explica)
{
    aborta(crea_en_uno_cerrado,
           "asinc: as_spawn: el grupo no está abierto: solo se crean tareas en él entre "
           "as_group_enter y as_group_leave (tarea «principal»).");
    aborta(crea_en_uno_sin_abrir, "asinc: as_start_soon: el grupo no está abierto");
    aborta(sale_dos_veces, "asinc: as_group_leave: el grupo no está abierto");
    aborta(
        sale_con_un_ambito_dentro,
        "asinc: as_group_leave: antes hay que salir de lo que la tarea abrió dentro de "
        "este grupo (tarea «principal»).");
}
