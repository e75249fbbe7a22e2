#include "prueba.h"

#include <time.h>

TestSuite(http_url, .timeout = 60);

/* ---- Escribir direcciones ----------------------------------------------------------- */

static void se_escapa(const char *texto, const char *esperado)
{
    char *escapado;

    cr_assert_eq(as_http_escape(texto, &escapado), 0);
    cr_assert_str_eq(escapado, esperado);
    free(escapado);
}

PRUEBA(http_url, se_escapa_todo_lo_que_no_es_una_letra_inglesa_o_una_cifra)
{
    se_escapa("", "");
    se_escapa("AZaz09-._~", "AZaz09-._~");
    se_escapa("a b/c?d=e&f#g+h%", "a%20b%2Fc%3Fd%3De%26f%23g%2Bh%25");
    se_escapa("café", "caf%C3%A9");
    se_escapa("\x01\x7f\xff", "%01%7F%FF");
}

#define PARES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void queda(const char *direccion, const char *const *pares, const char *esperada)
{
    char *completa;

    cr_assert_eq(as_http_add_query(direccion, pares, &completa), 0, "%s", direccion);
    cr_assert_str_eq(completa, esperada);
    cr_assert_eq(as_http_check_url(completa), 0);
    free(completa);
}

PRUEBA(http_url, la_consulta_se_anade_a_la_que_hubiera)
{
    queda("http://a/b", PARES("q", "café con leche", "lang", "es"),
          "http://a/b?q=caf%C3%A9%20con%20leche&lang=es");
    queda("http://a", PARES("x", "1"), "http://a?x=1");
    queda("http://a/?x=1", PARES("x", "2"), "http://a/?x=1&x=2");
    queda("http://a/?", PARES("x", "2"), "http://a/?x=2");
    queda("http://a/?x&", PARES("y", "2"), "http://a/?x&y=2");
    queda("http://a/#?", PARES("x", "2"), "http://a/?x=2#?");
    queda("http://a/b#trozo", PARES("x", "2"), "http://a/b?x=2#trozo");
    queda("http://a/b?c=d", PARES(NULL), "http://a/b?c=d");
    queda("https://u:p@a:8080/b%20c", PARES("a=b&c", "d=e&f", "vacio", ""),
          "https://u:p@a:8080/b%20c?a%3Db%26c=d%3De%26f&vacio=");
}

static int no_queda(void *arg)
{
    char *completa = "algo";

    (void)arg;
    cr_assert_eq(as_http_add_query("http://a/", PARES("uno", "1", "dos"), &completa),
                 UV_EINVAL);
    cr_assert_null(completa);
    cr_assert_not_null(strstr(as_error_text(UV_EINVAL), "«dos»"));
    cr_assert_eq(as_http_add_query("a/b", PARES("uno", "1"), &completa), UV_EINVAL);
    cr_assert_eq(as_http_add_query("ftp://a/", PARES("uno", "1"), &completa), UV_EINVAL);
    cr_assert_null(completa);
    return 0;
}

PRUEBA(http_url, una_direccion_mala_o_un_nombre_sin_valor_se_explican)
{
    CORRE(no_queda, NULL, 0);
}

PRUEBA(http_url, check_url_no_necesita_el_bucle)
{
    cr_assert_eq(as_http_check_url("http://sitio/a?b#c"), 0);
    cr_assert_eq(as_http_check_url("https://[::1]:8443/"), 0);
    cr_assert_eq(as_http_check_url("ftp://sitio/"), UV_EINVAL);
    cr_assert_eq(as_http_check_url("sitio"), UV_EINVAL);
    cr_assert_eq(as_http_check_url("http://a b/"), UV_EINVAL);
}

/* ---- Leer Retry-After --------------------------------------------------------------- */

static int64_t retry_after(const char *valor)
{
    char linea[128];
    char *cabeceras[] = {linea, NULL};

    snprintf(linea, sizeof linea, "retry-after: %s", valor);
    return as_http_retry_after(&(as_http_response){.headers = cabeceras});
}

PRUEBA(http_url, retry_after_son_segundos_o_una_fecha)
{
    char fecha[64];
    time_t pronto = time(NULL) + 100;
    struct tm partes;

    strftime(fecha, sizeof fecha, "%a, %d %b %Y %H:%M:%S GMT",
             gmtime_r(&pronto, &partes));
    cr_assert_eq(retry_after("120"), 120000);
    cr_assert_eq(retry_after("0"), 0);
    cr_assert_eq(retry_after("12x"), -1);
    cr_assert_eq(retry_after("99999999999999"), -1);
    cr_assert_eq(retry_after("mañana"), -1);
    cr_assert_eq(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), 0);
    cr_assert(retry_after(fecha) > 90000 && retry_after(fecha) <= 100000);
    cr_assert_eq(as_http_retry_after(&(as_http_response){0}), -1);
}
