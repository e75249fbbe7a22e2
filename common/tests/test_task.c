#include "prueba.h"

#include <sys/wait.h>

TestSuite(task, .timeout = 60);

static int devuelve(void *arg)
{
    return (int)(intptr_t)arg;
}

static int duerme(void *arg)
{
    return as_sleep((intptr_t)arg);
}

static int duerme_y_falla(void *arg)
{
    DA_IGUAL(as_sleep((intptr_t)arg));
    return as_error_set(UV_EIO, "falló a los %d ms", (int)(intptr_t)arg);
}

/* ---- Crear y esperar ---------------------------------------------------------------- */

static int crea_y_espera(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_task *una = as_spawn(&grupo, "una", devuelve, (void *)7);
    as_task *otra = as_spawn(&grupo, NULL, devuelve, (void *)8);
    cr_assert_not(as_task_done(una), "crear no debe ejecutar");
    cr_assert_str_eq(as_task_name(una), "una");
    cr_assert_str_eq(as_task_name(otra), "tarea-3");
    cr_assert_eq(as_await(una), 7);
    cr_assert_eq(as_await(una), 7, "puede esperarse dos veces");
    cr_assert_eq(as_await(otra), 8);
    cr_assert(as_task_done(una));
    return as_group_leave(&grupo, 0);
}

PRUEBA(task, se_crea_se_espera_y_da_su_resultado)
{
    CORRE(crea_y_espera, NULL, 0);
}

static int nombre_largo(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, "0123456789012345678901234567890123456789", devuelve,
                          NULL);
    cr_assert_str_eq(as_task_name(t), "0123456789012345678901234567890");
    return as_group_leave(&grupo, 0);
}

PRUEBA(task, un_nombre_largo_se_corta)
{
    CORRE(nombre_largo, NULL, 0);
}

static int espera_nada(void *arg)
{
    (void)arg;
    cr_assert_eq(as_await(NULL), UV_ENOMEM);
    cr_assert_str_eq(as_error_text(UV_ENOMEM), "no hubo memoria para crear la tarea");
    cr_assert_eq(as_wait_any((as_task *const[]){as_current_task(), NULL}, 2), UV_ENOMEM);
    return 0;
}

PRUEBA(task, esperar_a_una_tarea_que_no_se_pudo_crear_es_un_error)
{
    CORRE(espera_nada, NULL, 0);
}

static int espera_error(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    as_task *t = as_spawn(&grupo, "mala", duerme_y_falla, (void *)5);
    cr_assert_eq(as_await(t), UV_EIO);
    cr_assert_str_eq(as_error_text(UV_EIO), "falló a los 5 ms");
    cr_assert_eq(as_group_leave(&grupo, 0), UV_EIO);
    return 0;
}

PRUEBA(task, esperar_trae_el_error_y_su_explicacion)
{
    CORRE(espera_error, NULL, 0);
}

static int se_espera(void *arg)
{
    as_task **yo = arg;
    int rc = as_await(*yo);

    cr_assert_str_eq(as_error_text(rc), "la tarea «narcisa» se espera a sí misma");
    return rc == UV_EINVAL ? 0 : UV_EIO;
}

static int lanza_narcisa(void *arg)
{
    as_group grupo;
    as_task *tarea;

    (void)arg;
    as_group_enter(&grupo);
    tarea = as_spawn(&grupo, "narcisa", se_espera, &tarea);
    return as_group_leave(&grupo, tarea ? 0 : UV_ENOMEM);
}

PRUEBA(task, nadie_se_espera_a_si_mismo)
{
    CORRE(lanza_narcisa, NULL, 0);
}

struct espera {
    as_task *objetivo;
    struct diario *diario;
    int numero;
};

static int espera_a(void *arg)
{
    struct espera *e = arg;
    int rc = as_await(e->objetivo);

    anota(e->diario, "%d:%d ", e->numero, rc);
    return 0;
}

static int muchos_esperan(void *arg)
{
    struct espera e[4];
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, "deseada", duerme, (void *)50);
    for (int i = 0; i < 4; i++) {
        e[i] = (struct espera){t, arg, i};
        if (as_start_soon(&grupo, NULL, espera_a, &e[i]) < 0)
            return as_group_leave(&grupo, UV_ENOMEM);
    }
    return as_group_leave(&grupo, 0);
}

PRUEBA(task, varias_esperan_a_la_misma_en_orden)
{
    struct diario diario = {0};

    CORRE(muchos_esperan, &diario, 0);
    DIARIO_ES(&diario, "0:0 1:0 2:0 3:0 ");
}

/* ---- La primera de varias ----------------------------------------------------------- */

static int espera_primera(void *arg)
{
    as_group grupo;
    as_task *t[3];

    (void)arg;
    as_group_enter(&grupo);
    t[0] = as_spawn(&grupo, "lenta", duerme, (void *)300);
    t[1] = as_spawn(&grupo, "rápida", duerme, (void *)100);
    t[2] = as_spawn(&grupo, "media", duerme, (void *)200);
    cr_assert_eq(as_wait_any(t, 3), 1);
    cr_assert_eq(as_now(), 100u);
    cr_assert_eq(as_wait_any(t, 3), 1, "si ya hay una terminada, no espera");
    cr_assert_eq(as_wait_any(&t[2], 1), 0);
    cr_assert_eq(as_now(), 200u);
    cr_assert_eq(as_wait_any(t, 0), UV_EINVAL);
    return as_group_leave(&grupo, 0);
}

PRUEBA(task, as_wait_any_da_la_primera)
{
    CORRE(espera_primera, NULL, 0);
}

static int primera_con_plazo(void *arg)
{
    as_group grupo;
    as_scope ambito;
    as_task *t[2];

    (void)arg;
    as_group_enter(&grupo);
    t[0] = as_spawn(&grupo, NULL, duerme, (void *)300);
    t[1] = as_spawn(&grupo, NULL, duerme, (void *)400);
    as_scope_enter(&ambito, 50);
    int rc = as_scope_leave(&ambito, (int)as_wait_any(t, 2));
    cr_assert_eq(rc, UV_ETIMEDOUT);
    cr_assert_not(as_task_done(t[0]), "cancelar la espera no cancela a las tareas");
    return as_group_leave(&grupo, 0);
}

PRUEBA(task, as_wait_any_se_deja_cancelar)
{
    CORRE(primera_con_plazo, NULL, 0);
}

/* ---- Cancelar ----------------------------------------------------------------------- */

/* Su argumento es suyo: quien la creó ya no lo tiene. */
static int libera_lo_suyo(void *arg)
{
    int rc = as_sleep(1000);

    free(arg);
    return rc;
}

static int cancela_sin_empezar(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, libera_lo_suyo, malloc(10));
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert_eq(as_now(), 0u, "su primera espera ya es UV_ECANCELED");
    return as_group_leave(&grupo, 0);
}

PRUEBA(task, cancelada_antes_de_empezar_corre_cancelada_y_libera_lo_suyo)
{
    CORRE(cancela_sin_empezar, NULL, 0);
}

static int tozuda(void *arg)
{
    /* La cancelación es un nivel: todas las esperas fallan, no solo la primera. */
    for (int i = 0; i < 3; i++) {
        int rc = i ? as_yield() : as_sleep(1000);
        anota(arg, "%s ", as_errname(rc));
    }
    cr_assert(as_cancelled());
    return 0;
}

static int cancela_tozuda(void *arg)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, tozuda, arg);
    BIEN(as_yield());
    as_cancel(t);
    as_cancel(t);
    cr_assert_eq(as_await(t), 0, "una tarea puede terminar bien aunque la cancelen");
    as_cancel(t);
    return as_group_leave(&grupo, 0);
}

PRUEBA(task, la_cancelacion_es_un_nivel)
{
    struct diario diario = {0};

    CORRE(cancela_tozuda, &diario, 0);
    DIARIO_ES(&diario, "ECANCELED ECANCELED ECANCELED ");
}

/* Despertada y cancelada en la misma vuelta: gana el resultado; la cancelación queda. */
static int espera_futuro(void *arg)
{
    void *valor = NULL;
    int rc = as_future_wait(arg, &valor);

    cr_assert_eq(rc, 0);
    cr_assert_str_eq(valor, "hola");
    cr_assert_eq(as_yield(), UV_ECANCELED);
    return 0;
}

static int cumple_y_cancela(void *arg)
{
    as_future futuro;
    as_group grupo;

    (void)arg;
    as_future_init(&futuro);
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, espera_futuro, &futuro);
    BIEN(as_yield());
    as_future_set_result(&futuro, "hola");
    as_cancel(t);
    cr_assert_eq(as_await(t), 0);
    return as_group_leave(&grupo, 0);
}

PRUEBA(task, si_ya_habia_resultado_gana_a_la_cancelacion)
{
    CORRE(cumple_y_cancela, NULL, 0);
}

static int solo_espera(void *arg)
{
    return as_future_wait(arg, NULL);
}

static int cancela_y_cumple(void *arg)
{
    as_future futuro;
    as_group grupo;

    (void)arg;
    as_future_init(&futuro);
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, solo_espera, &futuro);
    BIEN(as_yield());
    as_cancel(t);
    as_future_set_result(&futuro, "tarde");
    cr_assert_eq(as_await(t), UV_ECANCELED);
    return as_group_leave(&grupo, 0);
}

PRUEBA(task, si_la_cancelacion_llego_antes_gana_ella)
{
    CORRE(cancela_y_cumple, NULL, 0);
}

/* ---- as_gather ---------------------------------------------------------------------- */

static int gather_bien(void *arg)
{
    as_call llamadas[] = {{duerme, (void *)20, "a"}, {devuelve, (void *)9, NULL}};
    as_outcome finales[2];

    (void)arg;
    cr_assert_eq(as_gather(llamadas, 2, NULL), 0);
    cr_assert_eq(as_gather(llamadas, 2, finales), 0);
    cr_assert_eq(finales[1].rc, 9);
    cr_assert_eq(as_gather(NULL, 0, NULL), 0);
    cr_assert_eq(as_now(), 40u, "las dos llamadas corren a la vez");
    return 0;
}

PRUEBA(task, gather_espera_a_todas)
{
    CORRE(gather_bien, NULL, 0);
}

static int gather_falla(void *arg)
{
    as_call llamadas[] = {
        {duerme, (void *)1000, NULL},
        {duerme_y_falla, (void *)30, NULL},
        {duerme_y_falla, (void *)40, NULL},
    };

    (void)arg;
    cr_assert_eq(as_gather(llamadas, 3, NULL), UV_EIO);
    cr_assert_str_eq(as_error_text(UV_EIO), "falló a los 30 ms");
    cr_assert_eq(as_now(), 30u, "la que dormía fue cancelada");
    return 0;
}

PRUEBA(task, gather_falla_con_el_primer_error_y_cancela)
{
    CORRE(gather_falla, NULL, 0);
}

static int gather_con_casillas(void *arg)
{
    as_call llamadas[] = {
        {duerme, (void *)100, NULL},
        {duerme_y_falla, (void *)30, NULL},
        {devuelve, (void *)(intptr_t)UV_ENOMEM, NULL},
        {devuelve, (void *)3, NULL},
    };
    as_outcome finales[4];

    (void)arg;
    cr_assert_eq(as_gather(llamadas, 4, finales), 2);
    cr_assert_eq(finales[0].rc, 0);
    cr_assert_eq(finales[1].rc, UV_EIO);
    cr_assert_eq(finales[2].rc, UV_ENOMEM);
    cr_assert_eq(finales[3].rc, 3);
    cr_assert_eq(as_now(), 100u, "el error no cancela a las demás");
    return 0;
}

PRUEBA(task, gather_con_casillas_no_cancela)
{
    CORRE(gather_con_casillas, NULL, 0);
}

static int gather_cancelado(void *arg)
{
    as_call llamadas[] = {{duerme, (void *)100, NULL}, {duerme, (void *)10, NULL}};
    as_outcome finales[2];
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, 50);
    int rc = as_scope_leave(&ambito, as_gather(llamadas, 2, finales));
    cr_assert_eq(rc, UV_ETIMEDOUT);
    cr_assert_eq(finales[0].rc, UV_ECANCELED);
    cr_assert_eq(finales[1].rc, 0);
    as_scope_enter(&ambito, 20);
    rc = as_scope_leave(&ambito, as_gather(llamadas, 2, NULL));
    cr_assert_eq(rc, UV_ETIMEDOUT);
    return 0;
}

PRUEBA(task, un_plazo_corta_gather)
{
    CORRE(gather_cancelado, NULL, 0);
}

/* ---- Usos equivocados --------------------------------------------------------------- */

static void duerme_sin_bucle(void)
{
    BIEN(as_sleep(10));
}

PRUEBA(task, suspender_fuera_del_bucle_se_explica)
{
    char salida[512];
    int estado = en_otro_proceso(duerme_sin_bucle, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert_str_eq(salida, "asinc: as_sleep: no hay un bucle corriendo en este hilo; "
                             "llámala dentro de as_run.\n");
}

static void callback_que_duerme(as_future *futuro, void *arg)
{
    (void)futuro, (void)arg;
    BIEN(as_sleep(10));
}

static int pide_callback_que_duerme(void *arg)
{
    as_future futuro;

    (void)arg;
    as_future_init(&futuro);
    int rc = as_future_add_done_callback(&futuro, callback_que_duerme, NULL);
    as_future_set_result(&futuro, NULL);
    BIEN(as_yield());
    return rc;
}

static void corre_callback_que_duerme(void)
{
    as_run(pide_callback_que_duerme, NULL);
}

PRUEBA(task, suspender_en_un_callback_se_explica)
{
    char salida[512];
    int estado = en_otro_proceso(corre_callback_que_duerme, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert(strstr(salida, "se llamó desde un callback"), "dijo: %s", salida);
}

static int olvida_cerrar(void *arg)
{
    static as_group grupo;

    as_group_enter(&grupo);
    return as_start_soon(&grupo, NULL, devuelve, arg);
}

static void corre_olvidadiza(void)
{
    as_run(olvida_cerrar, NULL);
}

PRUEBA(task, olvidar_cerrar_un_grupo_se_explica)
{
    char salida[512];
    int estado = en_otro_proceso(corre_olvidadiza, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert(strstr(salida, "falta su as_scope_leave o as_group_leave"), "dijo: %s",
              salida);
}
