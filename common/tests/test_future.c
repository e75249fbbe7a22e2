#include "prueba.h"

TestSuite(future, .timeout = 60);

static int cumple_en_un_segundo(void *arg)
{
    int rc = as_sleep(1000);

    if (rc < 0)
        return rc;
    return as_future_set_result(arg, "Resultado del futuro");
}

static int espera_resultado(void *arg)
{
    as_future futuro;
    as_group grupo;
    void *valor = NULL;

    (void)arg;
    as_future_init(&futuro);
    cr_assert_not(as_future_done(&futuro));
    cr_assert_eq(as_future_result(&futuro, &valor), UV_EAGAIN);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, cumple_en_un_segundo, &futuro);
    if (rc == 0)
        rc = as_future_wait(&futuro, &valor);
    cr_assert_eq(rc, 0);
    cr_assert_str_eq(valor, "Resultado del futuro");
    cr_assert_eq(as_now(), 1000u);
    cr_assert_eq(as_future_wait(&futuro, NULL), 0, "ya cumplido: no espera");
    cr_assert_eq(as_future_set_result(&futuro, NULL), UV_EALREADY);
    cr_assert_eq(as_future_set_error(&futuro, UV_EIO), UV_EALREADY);
    return as_group_leave(&grupo, 0);
}

PRUEBA(future, se_cumple_una_vez_y_se_espera)
{
    CORRE(espera_resultado, NULL, 0);
}

static int con_error(void *arg)
{
    as_future futuro;

    (void)arg;
    as_future_init(&futuro);
    cr_assert_eq(as_future_set_error(&futuro, 3), UV_EINVAL, "un error es negativo");
    cr_assert_eq(as_future_set_error(&futuro, UV_EIO), 0);
    cr_assert_eq(as_future_wait(&futuro, NULL), UV_EIO);
    as_future_init(&futuro);
    cr_assert_eq(as_future_cancel(&futuro), 0);
    cr_assert_eq(as_future_result(&futuro, NULL), UV_ECANCELED);
    return 0;
}

PRUEBA(future, puede_cumplirse_con_un_error)
{
    CORRE(con_error, NULL, 0);
}

/* ---- Callbacks ---------------------------------------------------------------------- */

struct pedido {
    struct diario *diario;
    const char *nombre;
};

static void avisa(as_future *futuro, void *arg)
{
    struct pedido *p = arg;
    void *valor = NULL;

    as_future_result(futuro, &valor);
    anota(p->diario, "%s:%s ", p->nombre, (const char *)valor);
    cr_assert_null(as_current_task(), "un callback no es una tarea");
}

static int pide_callbacks(void *arg)
{
    struct pedido uno = {arg, "uno"}, dos = {arg, "dos"}, tarde = {arg, "tarde"};
    as_future futuro;

    as_future_init(&futuro);
    cr_assert_eq(as_future_add_done_callback(&futuro, avisa, &uno), 0);
    cr_assert_eq(as_future_add_done_callback(&futuro, avisa, &dos), 0);
    as_future_set_result(&futuro, "ya");
    anota(arg, "aún-no ");
    BIEN(as_yield());
    cr_assert_eq(as_future_add_done_callback(&futuro, avisa, &tarde), 0);
    anota(arg, "tampoco ");
    BIEN(as_yield());
    return 0;
}

PRUEBA(future, los_callbacks_corren_en_orden_y_nunca_dentro_de_la_llamada)
{
    struct diario diario = {0};

    CORRE(pide_callbacks, &diario, 0);
    DIARIO_ES(&diario, "aún-no uno:ya dos:ya tampoco tarde:ya ");
}

static void apunta_estado(as_future *futuro, void *arg)
{
    anota(arg, "%s ", as_errname(as_future_result(futuro, NULL)));
}

static int falla(void *arg)
{
    (void)arg;
    BIEN(as_sleep(1));
    return UV_EPERM;
}

static int callback_de_tarea(void *arg)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    as_task *t = as_spawn(&grupo, NULL, falla, NULL);
    cr_assert_eq(as_future_add_done_callback(as_task_future(t), apunta_estado, arg), 0);
    cr_assert_eq(as_group_leave(&grupo, 0), UV_EPERM);
    anota(arg, "cerrado");
    return 0;
}

PRUEBA(future, una_tarea_avisa_a_sus_callbacks_antes_de_cerrar_su_grupo)
{
    struct diario diario = {0};

    CORRE(callback_de_tarea, &diario, 0);
    DIARIO_ES(&diario, "EPERM cerrado");
}

static int callback_al_final(void *arg)
{
    static as_future futuro;

    as_future_init(&futuro);
    int rc = as_future_add_done_callback(&futuro, apunta_estado, arg);
    as_future_set_result(&futuro, NULL);
    return rc;
}

PRUEBA(future, un_callback_pendiente_corre_aunque_la_principal_haya_terminado)
{
    struct diario diario = {0};

    CORRE(callback_al_final, &diario, 0);
    DIARIO_ES(&diario, "OK ");
}

/* ---- Retirar un callback ------------------------------------------------------------ */

static int retira_callbacks(void *arg)
{
    struct pedido uno = {arg, "uno"}, dos = {arg, "dos"};
    as_future futuro;

    as_future_init(&futuro);
    cr_assert_eq(as_future_remove_done_callback(&futuro, avisa, &uno), 0u);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(as_future_add_done_callback(&futuro, avisa, &uno), 0);
        cr_assert_eq(as_future_add_done_callback(&futuro, avisa, &dos), 0);
    }
    cr_assert_eq(as_future_remove_done_callback(&futuro, apunta_estado, &uno), 0u);
    cr_assert_eq(as_future_remove_done_callback(&futuro, avisa, &uno), 2u);
    cr_assert_eq(as_future_remove_done_callback(&futuro, avisa, &uno), 0u);
    as_future_set_result(&futuro, "ya");
    return as_yield();
}

PRUEBA(future, un_callback_se_retira_y_los_demas_siguen)
{
    struct diario diario = {0};

    CORRE(retira_callbacks, &diario, 0);
    DIARIO_ES(&diario, "dos:ya dos:ya ");
}

/* Un futuro que nunca se cumple no debe dejar memoria: lo mira LeakSanitizer. */
static int retira_y_olvida(void *arg)
{
    as_future futuro;

    as_future_init(&futuro);
    int rc = as_future_add_done_callback(&futuro, apunta_estado, arg);
    cr_assert_eq(as_future_remove_done_callback(&futuro, apunta_estado, arg), 1u);
    return rc;
}

PRUEBA(future, un_futuro_que_no_se_cumple_no_pierde_memoria_si_se_retira_su_callback)
{
    struct diario diario = {0};

    CORRE(retira_y_olvida, &diario, 0);
    DIARIO_ES(&diario, "");
}

/* Cumplido pero sin haber corrido aún: quien lo retira ya puede liberar `arg`. */
static int retira_en_cola(void *arg)
{
    struct pedido *uno = malloc(sizeof *uno), dos = {arg, "dos"};
    as_future futuro;

    cr_assert_not_null(uno);
    *uno = (struct pedido){arg, "uno"};
    as_future_init(&futuro);
    cr_assert_eq(as_future_add_done_callback(&futuro, avisa, uno), 0);
    cr_assert_eq(as_future_add_done_callback(&futuro, avisa, &dos), 0);
    as_future_set_result(&futuro, "ya");
    cr_assert_eq(as_future_add_done_callback(&futuro, avisa, uno), 0);
    cr_assert_eq(as_future_remove_done_callback(&futuro, avisa, uno), 2u);
    free(uno);
    return as_yield();
}

PRUEBA(future, uno_que_ya_estaba_en_la_cola_tambien_se_retira)
{
    struct diario diario = {0};

    CORRE(retira_en_cola, &diario, 0);
    DIARIO_ES(&diario, "dos:ya ");
}

static void se_retira(as_future *futuro, void *arg)
{
    size_t retirados = as_future_remove_done_callback(futuro, se_retira, arg);

    anota(arg, "%zu ", retirados);
}

static int se_retiran_solos(void *arg)
{
    as_future futuro;

    as_future_init(&futuro);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(as_future_add_done_callback(&futuro, se_retira, arg), 0);
    as_future_set_result(&futuro, NULL);
    return as_yield();
}

PRUEBA(future, un_callback_puede_retirar_a_los_que_le_siguen)
{
    struct diario diario = {0};

    CORRE(se_retiran_solos, &diario, 0);
    DIARIO_ES(&diario, "2 ");
}
