#include "web_banco.h"

/* Lo que el manejador responde, y lo que el servidor dice por él. */
TestSuite(web_respuestas, .timeout = 60);

static int responde_raro(as_web_request *p, void *arg)
{
    (void)arg;
    cr_assert_eq(as_web_reply_text(p, 199, "x"), UV_EINVAL);
    cr_assert_eq(as_web_reply_text(p, 600, "x"), UV_EINVAL);
    cr_assert_eq(as_web_reply(p, 200, "a\r\nB: c", "x", 1), UV_EINVAL);
    cr_assert_eq(as_web_reply_json(p, 200, NULL), UV_ENOMEM);
    cr_assert_eq(as_web_reply_json(p, 600, json_true()), UV_EINVAL);
    cr_assert_eq(as_web_reply_header(p, "X-A", "1\r\nX-B: 2"), UV_EINVAL);
    cr_assert_eq(as_web_reply_header(p, "X A", "1"), UV_EINVAL);
    cr_assert_eq(as_web_reply_header(p, "", "1"), UV_EINVAL);
    cr_assert_eq(as_web_reply_header(p, "X-Antes", "1"), 0);
    cr_assert_eq(as_web_reply(p, 201, NULL, NULL, 0), 0);
    cr_assert_eq(as_web_reply_header(p, "X-Despues", "2"), 0);
    cr_assert_eq(as_web_reply_text(p, 200, "x"), UV_EALREADY);
    return 0;
}

static int responde_nada(as_web_request *p, void *arg)
{
    (void)arg;
    return as_web_reply(p, 204, NULL, "", 0);
}

static int busca(as_web_request *p)
{
    int rc = as_web_reply_header(p, "Retry-After", "3");
    return rc < 0 ? rc : as_web_fail(p, 429, "espera %d s \xff", 3);
}

static int falla_por_dentro(as_web_request *p, void *arg)
{
    (void)arg;
    int rc = busca(p);
    return rc < 0 ? rc : as_web_reply_text(p, 200, "no llega");
}

static int falla_y_se_repone(as_web_request *p, void *arg)
{
    (void)arg;
    return busca(p) < 0 ? as_web_reply_text(p, 200, "repuesto") : UV_EINVAL;
}

static int revienta(as_web_request *p, void *arg)
{
    (void)arg;
    cr_assert_eq(as_web_reply_header(p, "X-Secreto", "1"), 0);
    cr_assert_eq(as_web_reply_text(p, 200, "secreto"), 0);
    return as_error_set(UV_EIO, "la clave era 1234");
}

static int calla(as_web_request *p, void *arg)
{
    (void)p, (void)arg;
    return 0;
}

static void rutas_respuestas(struct banco *b)
{
    ruta(b, "GET", "/raro", responde_raro);
    ruta(b, "GET", "/nada", responde_nada);
    ruta(b, "GET", "/falla", falla_por_dentro);
    ruta(b, "GET", "/repone", falla_y_se_repone);
    ruta(b, "GET", "/revienta", revienta);
    ruta(b, "GET", "/calla", calla);
}

static int respuestas(struct banco *b)
{
    char *registro = NULL;
    size_t n;
    FILE *destino = open_memstream(&registro, &n);

    cr_assert_eq(as_log_to(destino, AS_LOG_DEBUG), 0);
    as_http_response r = pide_con(b, "GET", "/raro", NULL, 0);
    cr_assert_eq(r.status, 201);
    cr_assert_str_eq(as_http_header(&r, "X-Antes"), "1");
    cr_assert_str_eq(as_http_header(&r, "X-Despues"), "2");
    cr_assert_null(as_http_header(&r, "X-B"));
    cr_assert_null(as_http_header(&r, "Content-Type"));
    as_http_response_clear(&r);

    r = pide_con(b, "GET", "/falla", NULL, 0);
    cr_assert_eq(r.status, 429);
    cr_assert_str_eq(r.body, "{\"detail\":\"espera 3 s ?\"}");
    cr_assert_str_eq(as_http_header(&r, "Retry-After"), "3");
    cr_assert_str_eq(as_http_header(&r, "Content-Type"), "application/json");
    as_http_response_clear(&r);
    get_es(b, "/nada", 204, "");
    get_es(b, "/repone", 200, "repuesto");
    fflush(destino);
    cr_assert_eq(n, 0u, "nada de eso es un fallo del servidor: %s", registro);

    r = pide_con(b, "GET", "/revienta", NULL, 0);
    cr_assert_eq(r.status, 500);
    cr_assert_str_eq(r.body, "{\"detail\":\"error interno del servidor\"}");
    cr_assert_null(as_http_header(&r, "X-Secreto"));
    as_http_response_clear(&r);
    get_es(b, "/calla", 500, "error interno del servidor");
    as_log_reset();
    fclose(destino);
    CONTIENE(registro, "[GET /revienta] el manejador de GET /revienta: ");
    CONTIENE(registro, "la clave era 1234");
    CONTIENE(registro, "el manejador de GET /calla terminó sin responder");
    free(registro);
    return 0;
}

PRUEBA(web_respuestas, un_error_del_manejador_es_un_500_sin_detalles)
{
    con_banco(rutas_respuestas, respuestas, (as_web_options){0});
}

static int dice_quien(as_web_request *p, void *arg)
{
    (void)arg;
    return as_web_reply_text(p, 200, "eres %s", as_web_peername(p));
}

static int pone_las_nuestras(as_web_request *p, void *arg)
{
    static const char *const nuestras[] = {"content-length", "Transfer-Encoding",
                                           "CONNECTION", "Date"};

    (void)arg;
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(as_web_reply_header(p, nuestras[i], "5"), UV_EINVAL);
        CONTIENE(as_error_text(UV_EINVAL), "la pone el servidor");
    }
    cr_assert_eq(as_web_reply_header(p, "X-Vacia", ""), 0);
    return as_web_reply(p, as_web_query(p, "nada") ? 304 : 299, NULL, "cuerpo", 6);
}

static void rutas_bytes(struct banco *b)
{
    ruta(b, "GET", "/quien", dice_quien);
    ruta(b, "GET", "/nuestras", pone_las_nuestras);
}

static int respuestas_en_bytes(struct banco *b)
{
    char texto[4096], quien[128];
    as_stream *s = conecta(b);

    manda(s, "GET /quien HTTP/1.1\r\nHost: x\r\n\r\n");
    lee_respuesta(s, texto, sizeof texto);
    snprintf(quien, sizeof quien, "eres %s", as_stream_sockname(s));
    CONTIENE(texto, quien);
    CONTIENE(texto, "HTTP/1.1 200 OK\r\nDate: ");
    CONTIENE(texto, " GMT\r\n");
    cr_assert_null(strstr(texto, "Connection:"), "%s", texto);
    manda(s, "GET /nuestras HTTP/1.1\r\nHost: x\r\n\r\n");
    lee_respuesta(s, texto, sizeof texto);
    CONTIENE(texto, "HTTP/1.1 299 \r\n");
    CONTIENE(texto, "\r\nContent-Length: 6\r\n");
    CONTIENE(texto, "\r\nX-Vacia: \r\n");
    CONTIENE(texto, "\r\n\r\ncuerpo");
    manda(s, "GET /nuestras?nada HTTP/1.1\r\nHost: x\r\n\r\n"
             "HEAD /quien HTTP/1.0\r\n\r\n");
    lee_hasta_cierre(s, texto, sizeof texto);
    cr_assert_eq(strncmp(texto, "HTTP/1.1 304 Not Modified\r\n", 27), 0, "%s", texto);
    cr_assert_null(strstr(texto, "cuerpo"), "%s", texto);
    CONTIENE(texto, "Content-Length: ");
    cr_assert_null(strstr(texto, "eres"), "%s", texto);
    as_stream_close(s);
    return 0;
}

PRUEBA(web_respuestas, las_cabeceras_que_acotan_la_respuesta_son_del_servidor)
{
    con_banco(rutas_bytes, respuestas_en_bytes,
              (as_web_options){.client_timeout_ms = 60000});
}
