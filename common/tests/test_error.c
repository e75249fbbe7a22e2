#include "prueba.h"

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
    cr_assert_str_eq(as_strerror(-99999), "Unknown system error -99999");
    cr_assert_str_eq(as_errname(-99999), "Unknown system error -99999");
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
    cr_assert_str_eq(as_error_detail(), "");
    cr_assert_eq(as_error_set(UV_EINVAL, "falta %s", "el nombre"), UV_EINVAL);
    cr_assert_str_eq(as_error_detail(), "falta el nombre");
    cr_assert_eq(as_error_set(UV_EIO, "%s, otra vez", as_error_detail()), UV_EIO);
    cr_assert_str_eq(as_error_detail(), "falta el nombre, otra vez");
    return 0;
}

PRUEBA(error, la_explicacion_es_de_la_tarea)
{
    CORRE(explica, NULL, 0);
    cr_assert_eq(as_error_set(UV_EIO, "fuera"), UV_EIO);
    cr_assert_str_eq(as_error_detail(), "", "la principal terminó bien");
}

static int falla_explicando(void *arg)
{
    return as_error_set(UV_EIO, "se acabó %s", (const char *)arg);
}

PRUEBA(error, la_explicacion_de_la_principal_sobrevive_al_bucle)
{
    CORRE(falla_explicando, "el café", UV_EIO);
    cr_assert_str_eq(as_error_detail(), "se acabó el café");
    CORRE(explica, NULL, 0);
    cr_assert_str_eq(as_error_detail(), "");
}
