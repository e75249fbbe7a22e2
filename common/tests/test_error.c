#include "prueba.h"

#include <limits.h>

TestSuite(error, .timeout = 60);

PRUEBA(error, los_codigos_hablan_espanol)
{
    cr_assert_str_eq(as_strerror(0), "sin error");
    cr_assert_str_eq(as_strerror(UV_ETIMEDOUT), "tiempo agotado");
    cr_assert_str_eq(as_strerror(UV_ECONNREFUSED), "conexión rechazada");
    cr_assert_str_eq(as_errname(UV_ETIMEDOUT), "ETIMEDOUT");
    cr_assert_str_eq(as_errname(AS_EDEADLK), "EDEADLK");
    cr_assert_str_eq(as_errname(AS_EOVERFLOW), "EOVERFLOW");
    cr_assert_str_eq(as_errname(3), "OK");
}

PRUEBA(error, un_codigo_desconocido_tambien_tiene_texto)
{
    cr_assert_str_eq(as_strerror(-99999), "error desconocido -99999");
    cr_assert_str_eq(as_errname(-99999), "error desconocido -99999");
    cr_assert_str_eq(as_errname(INT_MIN), "error desconocido -2147483648");
}

PRUEBA(error, dos_codigos_caben_en_el_mismo_printf)
{
    char texto[200];

    snprintf(texto, sizeof texto, "%s, %s, %s, %s", as_errname(-11111),
             as_errname(-22222), as_strerror(-33333), as_error_text(-44444));
    cr_assert_str_eq(texto, "error desconocido -11111, error desconocido -22222, "
                            "error desconocido -33333, error desconocido -44444");
    snprintf(texto, sizeof texto, "%s %s", as_errname(UV_EPIPE), as_errname(UV_EIO));
    cr_assert_str_eq(texto, "EPIPE EIO");
}

/* Cada código de libuv cuyo texto sigue en inglés se ve aquí: son los que no puede dar
 * ninguna función de asinc. */
PRUEBA(error, los_codigos_de_libuv_estan_traducidos)
{
    int sin_traducir = 0;

#define CUENTA(nombre, texto)                                                            \
    sin_traducir += strcmp(as_strerror(UV_##nombre), texto) == 0;
    UV_ERRNO_MAP(CUENTA)
#undef CUENTA
    cr_assert_leq(sin_traducir, 25, "quedan %d sin traducir", sin_traducir);
}

static int explica(void *arg)
{
    (void)arg;
    cr_assert_str_eq(as_error_text(UV_EIO), as_strerror(UV_EIO));
    cr_assert_eq(as_error_set(UV_EINVAL, "falta %s", "el nombre"), UV_EINVAL);
    cr_assert_str_eq(as_error_text(UV_EINVAL), "falta el nombre");
    cr_assert_eq(as_error_set(UV_EIO, "%s, otra vez", as_error_text(UV_EINVAL)), UV_EIO);
    cr_assert_str_eq(as_error_text(UV_EIO), "falta el nombre, otra vez");
    return 0;
}

PRUEBA(error, la_explicacion_es_de_la_tarea)
{
    CORRE(explica, NULL, 0);
    cr_assert_eq(as_error_set(UV_EIO, "fuera"), UV_EIO);
    cr_assert_str_eq(as_error_text(UV_EIO), as_strerror(UV_EIO),
                     "la principal terminó bien");
}

static int falla_explicando(void *arg)
{
    return as_error_set(UV_EIO, "se acabó %s", (const char *)arg);
}

PRUEBA(error, la_explicacion_de_la_principal_sobrevive_al_bucle)
{
    CORRE(falla_explicando, "el café", UV_EIO);
    cr_assert_str_eq(as_error_text(UV_EIO), "se acabó el café");
    CORRE(explica, NULL, 0);
    cr_assert_str_eq(as_error_text(UV_EIO), as_strerror(UV_EIO));
}

static int falla_con(void *arg)
{
    int error = (int)(intptr_t)arg;
    return as_error_set(error, "no respondió en 60 ms");
}

static int vence_tras_otro_fallo(void *arg)
{
    as_scope ambito;

    int rc = falla_con(arg);
    as_scope_enter(&ambito, 50);
    rc = as_scope_leave(&ambito, rc < 0 ? as_sleep(1000) : rc);
    cr_assert_eq(rc, UV_ETIMEDOUT);
    cr_assert_str_eq(as_error_text(rc), "tiempo agotado", "dijo: %s", as_error_text(rc));
    return 0;
}

/* También cuando la llamada anterior falló por su propio plazo, con el mismo código. */
PRUEBA(error, un_plazo_vencido_no_se_explica_con_palabras_de_otra_llamada)
{
    CORRE(vence_tras_otro_fallo, (void *)(intptr_t)UV_EIO, 0);
    CORRE(vence_tras_otro_fallo, (void *)(intptr_t)UV_ETIMEDOUT, 0);
}

static int devuelve_otro(void *arg)
{
    int rc = falla_con((void *)(intptr_t)UV_EIO);

    return rc < 0 ? (int)(intptr_t)arg : 0;
}

static int espera_a_quien_cambia_el_codigo(void *arg)
{
    as_group grupo;

    (void)arg;
    as_error_set(UV_EPROTO, "lo mío de antes");
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    int rc = as_await(as_spawn(&grupo, NULL, devuelve_otro, (void *)(intptr_t)UV_EPROTO));
    cr_assert_eq(rc, UV_EPROTO);
    cr_assert_str_eq(as_error_text(rc), as_strerror(UV_EPROTO));
    rc = as_group_leave(&grupo, 0);
    cr_assert_str_eq(as_error_text(rc), as_strerror(UV_EPROTO));
    return rc;
}

PRUEBA(error, la_explicacion_de_un_codigo_no_sirve_para_otro)
{
    CORRE(espera_a_quien_cambia_el_codigo, NULL, UV_EPROTO);
    cr_assert_str_eq(as_error_text(UV_EPROTO), as_strerror(UV_EPROTO));
    cr_assert_str_eq(as_error_text(UV_EIO), as_strerror(UV_EIO));
}

static int se_apoya(void *arg)
{
    (void)arg;
    as_error_set(UV_EIO, "café");
    /* El texto nuevo se escribe a partir del anterior. */
    return as_error_set(UV_EIO, "sin %s", as_error_text(UV_EIO));
}

PRUEBA(error, una_explicacion_puede_apoyarse_en_la_anterior)
{
    CORRE(se_apoya, NULL, UV_EIO);
    cr_assert_str_eq(as_error_text(UV_EIO), "sin café");
    cr_assert_eq(as_run_options(se_apoya, NULL, &(as_options){.stack_size = 1}),
                 UV_EINVAL);
    cr_assert_str_eq(as_error_text(UV_EIO), as_strerror(UV_EIO),
                     "ese as_run no falló así");
}

/* ---- Lo que sí viaja ----------------------------------------------------------------- */

static int se_cancela_explicando(void *arg)
{
    return as_error_set(UV_ECANCELED, "%s", (const char *)arg);
}

static int espera_a_la_que_explica(void *arg)
{
    as_outcome casilla;
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    int rc = as_await(as_spawn(&grupo, NULL, se_cancela_explicando, "lo suyo"));
    cr_assert_str_eq(as_error_text(rc), "lo suyo");
    rc = as_group_leave(&grupo, rc);
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_str_eq(as_error_text(rc), "lo suyo");

    as_scope ambito;
    as_scope_enter(&ambito, AS_FOREVER);
    rc = as_scope_leave(&ambito, as_error_set(UV_EIO, "lo mío"));
    cr_assert_str_eq(as_error_text(rc), "lo mío");
    cr_assert_eq(as_gather_each(se_cancela_explicando, "en su casilla", 1, 0, &casilla),
                 1);
    cr_assert_str_eq(casilla.text, "en su casilla");
    return 0;
}

PRUEBA(error, lo_que_explica_una_tarea_llega_a_quien_la_espera)
{
    CORRE(espera_a_la_que_explica, NULL, 0);
}

static const char viejas[] = "lo que dijo otra llamada";

/* Otro código, o una llamada que va bien, no borran lo que se sabe de este. */
static int falla_y_sigue(void *arg)
{
    as_queue cola;
    void *cosa;

    (void)arg;
    as_queue_init(&cola, 1);
    as_error_set(UV_EAGAIN, "%s", viejas);
    BIEN(as_queue_put(&cola, arg));
    BIEN(as_queue_get(&cola, &cosa));
    as_queue_close(&cola);
    cr_assert_eq(as_queue_get(&cola, &cosa), UV_EOF);
    cr_assert_str_eq(as_error_text(UV_EAGAIN), viejas);
    as_queue_destroy(&cola);
    return 0;
}

PRUEBA(error, la_explicacion_de_un_codigo_dura_hasta_otro_igual)
{
    CORRE(falla_y_sigue, NULL, 0);
}

static int dice_de_otro(void *arg)
{
    int rc = as_error_set(UV_EPROTO, "el servidor dice: %s", (const char *)arg);

    cr_assert_str_eq(as_error_text(rc), "el servidor dice: \\x1b[31mno\\x07\nDETALLE:\tñ");
    return 0;
}

PRUEBA(error, lo_que_dicen_otros_no_le_habla_a_la_terminal)
{
    as_run(dice_de_otro, "\x1b[31mno\x07\nDETALLE:\tñ");
}
