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
    as_group_enter(&grupo, 0);
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
    as_yield();
    cr_assert_eq(as_future_add_done_callback(&futuro, avisa, &tarde), 0);
    anota(arg, "tampoco ");
    as_yield();
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
    as_sleep(1);
    return UV_EPERM;
}

static int callback_de_tarea(void *arg)
{
    as_group grupo;

    as_group_enter(&grupo, AS_KEEP_GOING);
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
