#include "prueba.h"

#include <sys/wait.h>

TestSuite(scope, .timeout = 60);

static int duerme(void *arg)
{
    return as_sleep((intptr_t)arg);
}

/* ---- Plazos ------------------------------------------------------------------------- */

static int plazo_vence(void *arg)
{
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, 3000);
    int rc = as_sleep(10000);
    cr_assert_eq(rc, UV_ECANCELED, "dentro se ve como una cancelación");
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    cr_assert_eq(as_now(), 3000u);
    cr_assert_eq(as_sleep(1), 0, "fuera del ámbito todo sigue");
    return 0;
}

PRUEBA(scope, el_plazo_corta_y_se_llama_tiempo_agotado)
{
    CORRE(plazo_vence, NULL, 0);
}

static int plazo_sobra(void *arg)
{
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, 3000);
    cr_assert_eq(as_scope_leave(&ambito, as_sleep(10)), 0);
    as_scope_enter(&ambito, 3000);
    cr_assert_eq(as_scope_leave(&ambito, UV_EIO), UV_EIO);
    cr_assert_eq(as_sleep(5000), 0, "el plazo no sobrevive a su ámbito");
    return 0;
}

PRUEBA(scope, un_plazo_que_sobra_no_molesta)
{
    CORRE(plazo_sobra, NULL, 0);
}

static int plazo_cero(void *arg)
{
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, 0);
    cr_assert(as_cancelled());
    cr_assert_eq(as_scope_leave(&ambito, as_sleep(1)), UV_ETIMEDOUT);
    as_scope_enter(&ambito, 0);
    cr_assert_eq(as_scope_leave(&ambito, 4), 4, "sin esperas, gana el resultado");
    return 0;
}

PRUEBA(scope, un_plazo_cero_ya_ha_vencido)
{
    CORRE(plazo_cero, NULL, 0);
}

static int empate(void *arg)
{
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, 100);
    int rc = as_sleep(100);
    /* Mismo instante: el plazo se apuntó antes, así que vence antes. */
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    return 0;
}

PRUEBA(scope, a_igual_instante_manda_el_orden)
{
    CORRE(empate, NULL, 0);
}

static int anidados_interior(void *arg)
{
    as_scope fuera, dentro;

    (void)arg;
    as_scope_enter(&fuera, 1000);
    as_scope_enter(&dentro, 100);
    int rc = as_scope_leave(&dentro, as_sleep(5000));
    cr_assert_eq(rc, UV_ETIMEDOUT);
    cr_assert_eq(as_sleep(100), 0, "el exterior sigue vivo");
    cr_assert_eq(as_scope_leave(&fuera, as_sleep(5000)), UV_ETIMEDOUT);
    cr_assert_eq(as_now(), 1000u);
    return 0;
}

PRUEBA(scope, vence_solo_el_interior)
{
    CORRE(anidados_interior, NULL, 0);
}

static int anidados_exterior(void *arg)
{
    as_scope fuera, dentro;

    (void)arg;
    as_scope_enter(&fuera, 100);
    as_scope_enter(&dentro, 1000);
    int rc = as_scope_leave(&dentro, as_sleep(5000));
    cr_assert_eq(rc, UV_ECANCELED, "no es culpa del interior: la pasa hacia fuera");
    cr_assert_eq(as_scope_leave(&fuera, rc), UV_ETIMEDOUT);
    return 0;
}

PRUEBA(scope, vence_solo_el_exterior)
{
    CORRE(anidados_exterior, NULL, 0);
}

static int vencen_los_dos(void *arg)
{
    as_scope fuera, dentro;

    (void)arg;
    as_scope_enter(&fuera, 100);
    as_scope_enter(&dentro, 100);
    int rc = as_scope_leave(&dentro, as_sleep(5000));
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&fuera, rc), UV_ETIMEDOUT);
    return 0;
}

PRUEBA(scope, si_vencen_los_dos_responde_el_de_fuera)
{
    CORRE(vencen_los_dos, NULL, 0);
}

/* ---- Cancelar un ámbito ------------------------------------------------------------- */

static int cancela_a_los_10(void *arg)
{
    int rc = as_sleep(10);

    as_scope_cancel(arg);
    return rc;
}

static int lo_cancela_otra(void *arg)
{
    as_scope ambito;
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_scope_enter(&ambito, AS_FOREVER);
    int rc = as_start_soon(&grupo, NULL, cancela_a_los_10, &ambito);
    if (rc == 0)
        rc = as_sleep(1000);
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&ambito, rc), 0,
                 "una cancelación propia se queda dentro");
    cr_assert(as_scope_cancelled_caught(&ambito));
    cr_assert_eq(as_now(), 10u);
    return as_group_leave(&grupo, 0);
}

PRUEBA(scope, otra_tarea_puede_cancelarlo)
{
    CORRE(lo_cancela_otra, NULL, 0);
}

/* ---- ¿Fue este ámbito? -------------------------------------------------------------- */

static int fue_su_plazo(void *arg)
{
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, 10);
    int rc = as_sleep(1000);
    cr_assert_not(as_scope_cancelled_caught(&ambito), "aún no se ha salido de él");
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    cr_assert(as_scope_cancelled_caught(&ambito));

    as_scope_enter(&ambito, 10);
    cr_assert_eq(as_scope_leave(&ambito, UV_ETIMEDOUT), UV_ETIMEDOUT);
    cr_assert_not(as_scope_cancelled_caught(&ambito), "ese plazo era de otro");

    as_scope_enter(&ambito, 10);
    rc = as_sleep(1000);
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&ambito, 3), 3);
    cr_assert_not(as_scope_cancelled_caught(&ambito), "lo de dentro terminó bien");
    return 0;
}

PRUEBA(scope, se_sabe_si_lo_corto_su_propio_plazo)
{
    CORRE(fue_su_plazo, NULL, 0);
}

static int fue_el_de_fuera(void *arg)
{
    as_scope fuera, dentro;

    (void)arg;
    as_scope_enter(&fuera, AS_FOREVER);
    as_scope_enter(&dentro, 10);
    as_scope_cancel(&dentro);
    as_scope_cancel(&fuera);
    int rc = as_scope_leave(&dentro, as_sleep(1000));
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_not(as_scope_cancelled_caught(&dentro));
    cr_assert_eq(as_scope_leave(&fuera, rc), 0);
    cr_assert(as_scope_cancelled_caught(&fuera));
    return 0;
}

PRUEBA(scope, si_cancelaron_tambien_el_de_fuera_es_cosa_suya)
{
    CORRE(fue_el_de_fuera, NULL, 0);
}

/* ---- Proteger ----------------------------------------------------------------------- */

static int limpia_protegida(void *arg)
{
    as_scope ambito;
    int rc = as_sleep(1000);

    anota(arg, "%s ", as_errname(rc));
    as_shield_enter(&ambito, 500);
    int limpieza = as_scope_leave(&ambito, as_sleep(100));
    anota(arg, "limpieza:%s@%d ", as_errname(limpieza), (int)as_now());
    as_shield_enter(&ambito, 500);
    limpieza = as_scope_leave(&ambito, as_sleep(1000));
    anota(arg, "larga:%s@%d ", as_errname(limpieza), (int)as_now());
    anota(arg, "después:%s ", as_errname(as_yield()));
    return rc;
}

static int cancela_limpieza(void *arg)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, limpia_protegida, arg);
    BIEN(as_yield());
    as_cancel(t);
    BIEN(as_sleep(1));
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    return as_group_leave(&grupo, 0);
}

PRUEBA(scope, la_limpieza_protegida_termina)
{
    struct diario diario = {0};

    CORRE(cancela_limpieza, &diario, 0);
    DIARIO_ES(&diario,
              "ECANCELED limpieza:OK@100 larga:ETIMEDOUT@600 después:ECANCELED ");
}

/* ---- Grupos ------------------------------------------------------------------------- */

static int falla_a_los(void *arg)
{
    BIEN(as_sleep((intptr_t)arg));
    return as_error_set(UV_EPROTO, "fallo");
}

static int error_cancela_cuerpo(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, falla_a_los, (void *)10);
    as_task *hermana = as_spawn(&grupo, NULL, duerme, (void *)5000);
    if (rc == 0)
        rc = as_sleep(9000);
    cr_assert_eq(rc, UV_ECANCELED, "el cuerpo también se entera");
    cr_assert_eq(as_now(), 10u);
    cr_assert_not_null(hermana);
    cr_assert_eq(as_group_leave(&grupo, rc), UV_EPROTO);
    cr_assert_str_eq(as_error_text(UV_EPROTO), "fallo");
    cr_assert_eq(as_now(), 10u);
    return 0;
}

PRUEBA(scope, el_error_de_una_tarea_cancela_al_grupo)
{
    CORRE(error_cancela_cuerpo, NULL, 0);
}

static int cuerpo_falla(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, duerme, (void *)5000);
    cr_assert_eq(rc, 0);
    BIEN(as_sleep(5));
    cr_assert_eq(as_group_leave(&grupo, UV_EIO), UV_EIO);
    cr_assert_eq(as_now(), 5u);
    return 0;
}

PRUEBA(scope, el_error_del_cuerpo_cancela_a_las_tareas)
{
    CORRE(cuerpo_falla, NULL, 0);
}

static int grupo_tozudo(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    int rc = as_start_soon(&grupo, NULL, falla_a_los, (void *)10);
    cr_assert_eq(rc, 0);
    cr_assert_eq(as_start_soon(&grupo, NULL, duerme, (void *)50), 0);
    cr_assert_eq(as_sleep(20), 0);
    cr_assert_eq(as_group_leave(&grupo, 0), UV_EPROTO);
    cr_assert_eq(as_now(), 50u);
    return 0;
}

PRUEBA(scope, keep_going_espera_a_todas)
{
    CORRE(grupo_tozudo, NULL, 0);
}

static int cancelar_grupo(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, duerme, (void *)5000);
    cr_assert_eq(rc, 0);
    as_group_cancel(&grupo);
    cr_assert_eq(as_sleep(10), UV_ECANCELED);
    cr_assert_eq(as_group_leave(&grupo, 0), 0, "cancelar el grupo no es un error");
    return 0;
}

PRUEBA(scope, cancelar_un_grupo_no_es_un_error)
{
    CORRE(cancelar_grupo, NULL, 0);
}

static int plazo_sobre_grupo(void *arg)
{
    as_group grupo;
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, 30);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, duerme, (void *)5000);
    rc = as_group_leave(&grupo, rc);
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    cr_assert_eq(as_now(), 30u);
    return 0;
}

PRUEBA(scope, un_plazo_alcanza_a_las_tareas_de_dentro)
{
    CORRE(plazo_sobre_grupo, NULL, 0);
}

struct nieta {
    struct diario *diario;
    int nivel;
};

static int desciende(void *arg)
{
    struct nieta *n = arg, hija = {n->diario, n->nivel - 1};
    as_group grupo;

    if (n->nivel == 0)
        return as_sleep(100000);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, desciende, &hija);
    rc = as_group_leave(&grupo, rc);
    anota(n->diario, "%d:%s ", n->nivel, as_errname(rc));
    return rc;
}

static int cancela_linaje(void *arg)
{
    struct nieta abuela = {arg, 3};
    as_scope ambito;

    as_scope_enter(&ambito, 10);
    int rc = as_scope_leave(&ambito, desciende(&abuela));
    anota(arg, "%s", as_errname(rc));
    return 0;
}

PRUEBA(scope, la_cancelacion_baja_por_todo_el_arbol)
{
    struct diario diario = {0};

    CORRE(cancela_linaje, &diario, 0);
    DIARIO_ES(&diario, "1:ECANCELED 2:ECANCELED 3:ECANCELED ETIMEDOUT");
}

static int tarea_que_anota(void *arg)
{
    anota(arg, "corrí cancelada: %s", as_errname(as_sleep(1000)));
    return 0;
}

static int crea_en_grupo_cancelado(void *arg)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_group_cancel(&grupo);
    as_task *t = as_spawn(&grupo, NULL, tarea_que_anota, arg);
    cr_assert_not_null(t);
    return as_group_leave(&grupo, 0);
}

PRUEBA(scope, en_un_grupo_cancelado_las_tareas_nacen_canceladas)
{
    struct diario diario = {0};

    CORRE(crea_en_grupo_cancelado, &diario, 0);
    DIARIO_ES(&diario, "corrí cancelada: ECANCELED");
}

static int cancela_y_entra(void *arg)
{
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, AS_FOREVER);
    cr_assert_eq(as_scope_leave(&ambito, 0), 0);
    as_scope_cancel(&ambito); /* ya no es de nadie, y entrar empieza de nuevo */
    as_scope_enter(&ambito, AS_FOREVER);
    BIEN(as_yield());
    return as_scope_leave(&ambito, 7);
}

PRUEBA(scope, cancelarlo_antes_de_entrar_se_olvida)
{
    CORRE(cancela_y_entra, NULL, 7);
}

static int desordena(void *arg)
{
    static as_scope fuera, dentro;

    (void)arg;
    as_scope_enter(&fuera, AS_FOREVER);
    as_scope_enter(&dentro, AS_FOREVER);
    return as_scope_leave(&fuera, 0);
}

static void corre_desordenada(void)
{
    as_run(desordena, NULL);
}

PRUEBA(scope, salir_en_desorden_se_explica)
{
    char salida[512];
    int estado = en_otro_proceso(corre_desordenada, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert(strstr(salida, "no es el último en que entró la tarea"), "dijo: %s",
              salida);
}
