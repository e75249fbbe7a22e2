#include "prueba.h"

#include <sys/wait.h>

TestSuite(sync, .timeout = 60);

/* ---- Cerrojo ------------------------------------------------------------------------ */

struct turno {
    as_lock *cerrojo;
    struct diario *diario;
    int numero;
};

static int usa_recurso(void *arg)
{
    struct turno *t = arg;
    int rc = as_lock_acquire(t->cerrojo);

    if (rc < 0)
        return rc;
    anota(t->diario, "+%d ", t->numero);
    rc = as_sleep(100);
    anota(t->diario, "-%d ", t->numero);
    as_lock_release(t->cerrojo);
    return rc;
}

static int tres_turnos(void *arg)
{
    as_lock cerrojo;
    struct turno t[3];

    as_lock_init(&cerrojo);
    for (int i = 0; i < 3; i++)
        t[i] = (struct turno){&cerrojo, arg, i};
    int rc = as_gather_each(usa_recurso, t, 3, sizeof *t, NULL);
    cr_assert_not(as_lock_locked(&cerrojo));
    return rc;
}

PRUEBA(sync, el_cerrojo_es_de_una_y_en_orden)
{
    struct diario diario = {0};

    CORRE(tres_turnos, &diario, 0);
    DIARIO_ES(&diario, "+0 -0 +1 -1 +2 -2 ");
}

static int doble_toma(void *arg)
{
    as_lock cerrojo;

    (void)arg;
    as_lock_init(&cerrojo);
    cr_assert_eq(as_lock_acquire(&cerrojo), 0);
    cr_assert_eq(as_lock_acquire(&cerrojo), AS_EDEADLK);
    as_lock_release(&cerrojo);
    return 0;
}

PRUEBA(sync, pedir_dos_veces_el_mismo_cerrojo_es_un_error)
{
    CORRE(doble_toma, NULL, 0);
}

static int suelta_ajeno(void *arg)
{
    as_lock cerrojo;

    (void)arg;
    as_lock_init(&cerrojo);
    as_lock_release(&cerrojo);
    return 0;
}

static void corre_suelta_ajeno(void)
{
    as_run(suelta_ajeno, NULL);
}

PRUEBA(sync, soltar_un_cerrojo_ajeno_se_explica)
{
    char salida[256];
    int estado = en_otro_proceso(corre_suelta_ajeno, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert_str_eq(salida, "asinc: as_lock_release: esta tarea no tiene el cerrojo "
                             "(tarea «principal»).\n");
}

/* Quien termina con un cerrojo lo deja inservible, y a quien lo espera, dormido. */
static int se_lo_lleva(void *arg)
{
    return as_lock_acquire(arg);
}

static int otra_lo_espera(void *arg)
{
    static as_lock cerrojo;

    (void)arg;
    as_lock_init(&cerrojo);
    return as_gather(
        (as_call[]){{se_lo_lleva, &cerrojo, "ladrona"}, {se_lo_lleva, &cerrojo, "otra"}},
        2, NULL);
}

static void corre_se_lo_lleva(void)
{
    as_run(otra_lo_espera, NULL);
}

PRUEBA(sync, terminar_sin_soltar_un_cerrojo_se_explica)
{
    char salida[256];
    int estado = en_otro_proceso(corre_se_lo_lleva, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT, "dijo: %s", salida);
    cr_assert_str_eq(
        salida, "asinc: as_lock_acquire: la tarea terminó sin soltar un cerrojo: falta "
                "su as_lock_release (tarea «ladrona»).\n");
}

/* Con la condición, que lo suelta y lo vuelve a tomar, la cuenta también cuadra. */
static int espera_con_cerrojo(void *arg)
{
    as_condition *condicion = arg;
    int rc = as_lock_acquire(condicion->lock);

    if (rc < 0)
        return rc;
    rc = as_condition_wait(condicion);
    as_lock_release(condicion->lock);
    return rc;
}

static int tres_con_una_condicion(void *arg)
{
    as_condition condicion;
    as_lock cerrojo;
    as_group grupo;
    int rc = 0;

    (void)arg;
    as_lock_init(&cerrojo);
    as_condition_init(&condicion, &cerrojo);
    as_group_enter(&grupo);
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = as_start_soon(&grupo, NULL, espera_con_cerrojo, &condicion);
    as_task *impaciente = as_spawn(&grupo, NULL, espera_con_cerrojo, &condicion);
    cr_assert(rc == 0 && impaciente);
    cr_assert_eq(as_sleep(1), 0);
    as_cancel(impaciente);
    cr_assert_eq(as_lock_acquire(&cerrojo), 0);
    as_condition_notify_all(&condicion);
    as_lock_release(&cerrojo);
    return as_group_leave(&grupo, 0);
}

PRUEBA(sync, quien_espera_una_condicion_suelta_lo_que_toma)
{
    CORRE(tres_con_una_condicion, NULL, 0);
}

/* Entregado y cancelado en la misma vuelta: el cerrojo no se pierde. */
static int toma_y_suelta(void *arg)
{
    int rc = as_lock_acquire(arg);

    if (rc == 0)
        as_lock_release(arg);
    return rc;
}

static int entrega_y_cancela(void *arg)
{
    as_lock cerrojo;
    as_group grupo;

    (void)arg;
    as_lock_init(&cerrojo);
    as_group_enter(&grupo);
    cr_assert_eq(as_lock_acquire(&cerrojo), 0);
    as_task *t = as_spawn(&grupo, NULL, toma_y_suelta, &cerrojo);
    BIEN(as_yield());
    as_lock_release(&cerrojo);
    cr_assert(as_lock_locked(&cerrojo), "se entrega en mano");
    as_cancel(t);
    cr_assert_eq(as_await(t), 0);
    cr_assert_eq(as_lock_acquire(&cerrojo), 0);
    as_task *u = as_spawn(&grupo, NULL, toma_y_suelta, &cerrojo);
    BIEN(as_yield());
    as_cancel(u);
    as_lock_release(&cerrojo);
    cr_assert_not(as_lock_locked(&cerrojo), "no se entrega a quien ya no espera");
    cr_assert_eq(as_await(u), UV_ECANCELED);
    return as_group_leave(&grupo, 0);
}

PRUEBA(sync, cancelar_a_quien_espera_no_pierde_el_cerrojo)
{
    CORRE(entrega_y_cancela, NULL, 0);
}

/* ---- Semáforo ----------------------------------------------------------------------- */

struct aforo {
    as_semaphore semaforo;
    int dentro, maximo;
};

static int entra(void *arg)
{
    struct aforo *a = *(struct aforo **)arg;
    int rc = as_semaphore_acquire(&a->semaforo);

    if (rc < 0)
        return rc;
    a->dentro++;
    a->maximo = a->dentro > a->maximo ? a->dentro : a->maximo;
    rc = as_sleep(200);
    a->dentro--;
    as_semaphore_release(&a->semaforo);
    return rc;
}

static int cinco_entran(void *arg)
{
    struct aforo *todas[5] = {arg, arg, arg, arg, arg};

    return as_gather_each(entra, todas, 5, sizeof *todas, NULL);
}

static int aforo_de_dos(void *arg)
{
    struct aforo aforo = {0};

    (void)arg;
    as_semaphore_init(&aforo.semaforo, 2);
    int rc = cinco_entran(&aforo);
    cr_assert_eq(aforo.maximo, 2);
    cr_assert_eq(aforo.semaforo.permits, 2u);
    cr_assert_eq(as_now(), 600u, "cinco de dos en dos");
    return rc;
}

PRUEBA(sync, el_semaforo_limita_cuantas_entran)
{
    CORRE(aforo_de_dos, NULL, 0);
}

/* cpython#90155: cancelar a una que espera no debe dejar dormidas a las siguientes. */
static int pide_permiso(void *arg)
{
    return as_semaphore_acquire(arg);
}

static int cancela_en_la_cola(void *arg)
{
    as_semaphore semaforo;
    as_group grupo;
    as_task *t[3];

    (void)arg;
    as_semaphore_init(&semaforo, 0);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        t[i] = as_spawn(&grupo, NULL, pide_permiso, &semaforo);
    BIEN(as_yield());
    as_cancel(t[0]);
    as_semaphore_release(&semaforo);
    as_semaphore_release(&semaforo);
    cr_assert_eq(as_await(t[0]), UV_ECANCELED);
    cr_assert_eq(as_await(t[1]), 0);
    cr_assert_eq(as_await(t[2]), 0);
    as_semaphore_release(&semaforo);
    as_scope ambito;
    as_scope_enter(&ambito, 0);
    cr_assert_eq(as_semaphore_acquire(&semaforo), UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&ambito, 0), 0);
    cr_assert_eq(as_semaphore_acquire(&semaforo), 0, "el permiso sigue ahí");
    return as_group_leave(&grupo, 0);
}

PRUEBA(sync, cancelar_en_la_cola_no_pierde_permisos)
{
    CORRE(cancela_en_la_cola, NULL, 0);
}

/* ---- Evento ------------------------------------------------------------------------- */

struct corredor {
    as_event *salida;
    struct diario *diario;
    int numero;
};

static int corre_al_oir(void *arg)
{
    struct corredor *c = arg;
    int rc = as_event_wait(c->salida);

    anota(c->diario, "%d:%s ", c->numero, as_errname(rc));
    return rc;
}

static int da_la_salida(void *arg)
{
    as_event salida;
    as_group grupo;
    struct corredor c[3];

    as_event_init(&salida);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++) {
        c[i] = (struct corredor){&salida, arg, i};
        cr_assert_eq(as_start_soon(&grupo, NULL, corre_al_oir, &c[i]), 0);
    }
    BIEN(as_sleep(1000));
    anota(arg, "¡ya! ");
    as_event_set(&salida);
    cr_assert_eq(as_event_wait(&salida), 0, "con la señal dada no se espera");
    as_event_clear(&salida);
    cr_assert_not(as_event_is_set(&salida));
    as_scope ambito;
    as_scope_enter(&ambito, 50);
    int rc = as_scope_leave(&ambito, as_event_wait(&salida));
    cr_assert_eq(rc, UV_ETIMEDOUT);
    return as_group_leave(&grupo, 0);
}

PRUEBA(sync, el_evento_despierta_a_todas)
{
    struct diario diario = {0};

    CORRE(da_la_salida, &diario, 0);
    DIARIO_ES(&diario, "¡ya! 0:OK 1:OK 2:OK ");
}

static int espera_salida(void *arg)
{
    return as_event_wait(arg);
}

static int diez_mil_esperan(void *arg)
{
    as_event salida;
    as_group grupo;
    int rc = 0;

    (void)arg;
    as_event_init(&salida);
    as_group_enter(&grupo);
#ifdef PRUEBA_LIGERA
    for (int i = 0; i < 500 && rc == 0; i++)
#else
    for (int i = 0; i < 10000 && rc == 0; i++)
#endif
        rc = as_start_soon(&grupo, NULL, espera_salida, &salida);
    BIEN(as_sleep(1));
    as_event_set(&salida);
    return as_group_leave(&grupo, rc);
}

PRUEBA(sync, diez_mil_tareas_y_un_evento)
{
    CORRE(diez_mil_esperan, NULL, 0);
}

/* ---- Condición ---------------------------------------------------------------------- */

struct almacen {
    as_lock cerrojo;
    as_condition hay;
    int cosas;
    struct diario *diario;
};

static int saca_una(void *arg)
{
    struct almacen *a = arg;
    int rc = as_lock_acquire(&a->cerrojo);

    if (rc < 0)
        return rc;
    while (rc == 0 && a->cosas == 0)
        rc = as_condition_wait(&a->hay);
    cr_assert(a->cerrojo.owner == as_current_task(), "vuelve siempre con el cerrojo");
    if (rc == 0)
        a->cosas--;
    anota(a->diario, "%s:%d ", as_errname(rc), a->cosas);
    as_lock_release(&a->cerrojo);
    return rc;
}

static int llena_almacen(void *arg)
{
    struct almacen a = {.diario = arg};
    as_group grupo;
    as_task *t[3];

    as_lock_init(&a.cerrojo);
    as_condition_init(&a.hay, &a.cerrojo);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        t[i] = as_spawn(&grupo, NULL, saca_una, &a);
    BIEN(as_sleep(1));
    cr_assert_eq(as_lock_acquire(&a.cerrojo), 0);
    a.cosas = 1;
    as_condition_notify(&a.hay, 1);
    anota(arg, "aviso ");
    as_cancel(t[1]);
    BIEN(as_sleep(1));
    anota(arg, "suelto ");
    as_lock_release(&a.cerrojo);
    BIEN(as_sleep(1));
    cr_assert_eq(as_lock_acquire(&a.cerrojo), 0);
    a.cosas = 1;
    as_condition_notify_all(&a.hay);
    as_lock_release(&a.cerrojo);
    return as_group_leave(&grupo, 0);
}

PRUEBA(sync, la_condicion_devuelve_el_cerrojo_tambien_al_cancelar)
{
    struct diario diario = {0};

    CORRE(llena_almacen, &diario, 0);
    DIARIO_ES(&diario, "aviso suelto OK:0 ECANCELED:0 OK:0 ");
}
