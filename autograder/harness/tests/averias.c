/* averias.c: respuestas averiadas y clientes que no se portan bien. */
#include "cliente.h"

HS_SUITE(averias)

/* ------------------------------------------------------------------------ Averías */

/* Código de salida de curl: 1 protocolo, 7 rechazada, 18 cuerpo a medias, 28 plazo,
 * 52 respuesta vacía, 56 corte al recibir. */
static void expect_curl(struct hs_http *m, struct hs_reply reply, int code)
{
    const char *path = hs_random_path();
    hs_http_script(m, path, &reply, 1);
    struct hs_program *p = curl("-m", "20", hs_http_url(m, path));
    hs_expect_exit(p, code, 30000);
    hs_http_wait_ended(m, path, 1, 5000);
}

HS_TEST(averias, vistas_por_curl)
{
    struct hs_http *m = hs_http_start();
    expect_curl(m, (struct hs_reply){.fault = HS_NONE}, 0);
    expect_curl(m, (struct hs_reply){.fault = HS_RESET}, 56);
    expect_curl(m, (struct hs_reply){.fault = HS_CLOSE}, 52);
    expect_curl(m, (struct hs_reply){.fault = HS_CUT_BODY}, 18);
    expect_curl(m, (struct hs_reply){.fault = HS_GARBAGE}, 1);
    expect_curl(m, (struct hs_reply){.fault = HS_GARBAGE, .body = "{}"}, 1);
    expect_curl(m, (struct hs_reply){.fault = HS_TRICKLE, .trickle_ms = 1}, 0);
    hs_expect_eq_int("abandonadas", 0, hs_http_stats(m, NULL).abandoned);
    struct hs_program *p = curl(hs_http_refused_url("/x"));
    hs_expect_exit(p, 7, 5000);
}

HS_TEST(averias, byte_a_byte)
{
    struct hs_http *m = hs_http_start();
    int fd, error;
    hs_http_on(m, "/cabeceras", {.fault = HS_CUT_HEADER});
    fd = dial(m);
    say(fd, GET("/cabeceras"));
    const char *text = hear(fd, NULL, &error);
    hs_expect(strlen(text) > 0 && !strstr(text, "\r\n\r\n"), "cabeceras a medias: %s",
              text);
    hs_expect_eq_int("cierre limpio", 0, error);
    close(fd);
    hs_http_on(m, "/cuerpo", {.fault = HS_CUT_BODY, .body = "0123456789"});
    fd = dial(m);
    say(fd, GET("/cuerpo"));
    text = hear(fd, NULL, &error);
    hs_expect_contains("promete 10", "Content-Length: 10\r\n", text);
    hs_expect_eq_str("da 5", "01234", strstr(text, "\r\n\r\n") + 4);
    close(fd);
    hs_http_on(m, "/reset", {.fault = HS_RESET});
    fd = dial(m);
    say(fd, GET("/reset"));
    hear(fd, NULL, &error);
    hs_expect_eq_int("errno", ECONNRESET, error);
    close(fd);
}

HS_TEST(averias, gota_a_gota_llega_entero)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/g", {.fault = HS_TRICKLE, .trickle_ms = 2, .body = "gota a gota"});
    int fd = dial(m), error, pieces = 0;
    char text[1024];
    size_t n = 0;
    say(fd, GET("/g"));
    while (n < sizeof text - 1) {
        ssize_t got = recv(fd, text + n, sizeof text - 1 - n, 0);
        hs_expect(got > 0, "sigue llegando");
        n += (size_t)got;
        pieces++;
        text[n] = '\0';
        if (strstr(text, "gota a gota"))
            break;
    }
    hs_expect_at_least("trozos", 20, pieces);
    say(fd, GET("/g")); /* y la conexión sirve para otra */
    hear(fd, "gota a gota", &error);
    close(fd);
}

HS_TEST(averias, silencio_y_abandono)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/mudo", {.fault = HS_SILENT});
    struct hs_program *p = curl("-m", "0.2", hs_http_url(m, "/mudo"));
    hs_expect_exit(p, 28, 10000);
    hs_http_wait_abandoned(m, "/mudo", 1, 5000);
    hs_expect_eq_int("contestadas", 0, hs_http_stats(m, "/mudo").answered);
    hs_expect_eq_int("final", HS_ABANDONED, hs_http_request(m, "/mudo", 1).end);
    hs_http_wait_closed(m, 5000);
}

HS_TEST(averias, cuerpo_sin_fin)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/sinfin", {.fault = HS_ENDLESS});
    struct hs_program *p = curl("--max-filesize", "100000", "-o", "/dev/null", "-m",
                                "0.3", hs_http_url(m, "/sinfin"));
    struct hs_exit end = hs_wait_exit(p, 10000);
    hs_expect(end.exited && (end.code == 28 || end.code == 63), "curl se rinde: %d",
              end.code);
    hs_http_wait_abandoned(m, "/sinfin", 1, 5000);
}

HS_TEST(averias, cuerpo_sin_fin_con_principio)
{
    struct hs_http *m = hs_http_start();
    int fd = dial(m), error;
    hs_http_on(m, "/s", {.fault = HS_ENDLESS, .body = "{}"});
    say(fd, GET("/s"));
    const char *text = hear(fd, "\r\n\r\n{}  ", &error);
    hs_expect(strstr(text, "{}  "), "el principio, y espacios detrás");
    hs_expect(!strstr(text, "Content-Length"), "sin longitud");
    close(fd);
}

HS_TEST(averias, cuerpo_con_ceros)
{
    static const char body[] = "uno\0dos";
    struct hs_http *m = hs_http_start();
    int fd = dial(m), error;
    hs_http_on(m, "/c", {.body = body, .body_size = sizeof body - 1, .close = true});
    say(fd, GET("/c"));
    const char *text = hear(fd, NULL, &error), *end = strstr(text, "\r\n\r\n");
    hs_expect_contains("longitud", "Content-Length: 7\r\n", text);
    hs_expect(end && memcmp(end + 4, body, sizeof body) == 0, "los siete bytes");
    close(fd);
}

HS_TEST(averias, dejar_de_escuchar_y_volver)
{
    struct hs_http *m = hs_http_start();
    const char *url = hs_http_url(m, "/v");
    hs_http_on(m, "/v", {.body = "vivo"});
    for (int i = 0; i < 20; i++) {
        int fd = dial(m), error;
        say(fd, GET("/v"));
        hear(fd, "vivo", &error);
        hs_http_stop_listening(m, i % 2);
        struct hs_program *p = curl(url);
        hs_expect_exit(p, 7, 5000);
        if (i % 2) {
            hear(fd, NULL, &error);
            hs_expect_eq_int("la abierta se cortó", ECONNRESET, error);
        } else {
            say(fd, GET("/v"));
            hear(fd, "vivo", &error);
        }
        close(fd);
        hs_http_listen_again(m);
        hs_expect_eq_str("de vuelta", "vivo\n200\n", fetch(url));
    }
}

/* --------------------------------------------------------------- Clientes malos */

HS_TEST(averias, basura_y_peticiones_imposibles)
{
    static const struct {
        const char *sent, *status;
    } cases[] = {
        {"hola\r\n\r\n", "400"},
        {"\x16\x03\x01\x02", "400"},
        {"GET\r\n\r\n", "400"},
        {"GET / HTTP/2.0\r\n\r\n", "400"},
        {"GET x HTTP/1.1\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "413"},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "411"},
    };
    struct hs_http *m = hs_http_start();
    int n = (int)(sizeof cases / sizeof *cases), error;
    for (int i = 0; i < n; i++) {
        int fd = dial(m);
        say(fd, cases[i].sent);
        hs_expect_contains("estado", hs_format("HTTP/1.1 %s ", cases[i].status),
                           hear(fd, NULL, &error));
        close(fd);
    }
    hs_expect_eq_int("basura", n, hs_http_stats(m, NULL).malformed);
    hs_expect_eq_int("peticiones", 0, hs_http_stats(m, NULL).requests);
    hs_http_wait_closed(m, 5000);
}

HS_TEST(averias, cabeceras_enormes_y_ceros)
{
    static char big[80000];
    struct hs_http *m = hs_http_start();
    int error, fd = dial(m);
    memset(big, 'a', sizeof big - 1);
    say(fd, "GET / HTTP/1.1\r\nX: ");
    say(fd, big);
    hs_expect_contains("demasiado", "HTTP/1.1 431 ", hear(fd, "\r\n\r\n", &error));
    close(fd);
    fd = dial(m);
    hs_expect_eq_int("bytes", 24, send(fd, "GET / HTTP/1.1\r\nX: \0\r\n\r\n", 24, 0));
    hs_expect_contains("ceros", "HTTP/1.1 400 ", hear(fd, NULL, &error));
    close(fd);
}

HS_TEST(averias, cuerpo_grande_con_expect)
{
    static char big[200001];
    struct hs_http *m = hs_http_start();
    memset(big, 'b', sizeof big - 1);
    hs_http_on(m, "/subir", {.body = "recibido"});
    int fd = dial(m), error;
    say(fd,
        "POST /subir HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 200000\r\n\r\n");
    hear(fd, "100 Continue\r\n\r\n", &error);
    say(fd, big);
    hear(fd, "recibido", &error);
    hs_expect_eq_int("cuerpo", 200000,
                     (int64_t)hs_http_request(m, "/subir", 1).body_length);
    close(fd);
}

HS_TEST(averias, cliente_que_se_va_a_mitad)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/r", {.hold = true});
    for (int i = 0; i < 30; i++) {
        int fd = dial(m);
        struct linger hard = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        say(fd, i % 3 ? GET("/r") : "GET /r HT");
        if (i % 2)
            shutdown(fd, SHUT_RDWR);
        close(fd);
    }
    fetch(hs_http_url(m, "/fin")); /* se acepta después que todas las demás */
    hs_http_wait_closed(m, 5000);
    struct hs_http_stats s = hs_http_stats(m, NULL);
    hs_expect_eq_int("en vuelo", 0, s.in_flight);
    hs_expect_eq_int("conexiones", 31, s.connections);
    hs_expect_eq_int("abandonadas", s.requests - 1, s.abandoned);
}

HS_TEST(averias, cien_clientes_a_la_vez)
{
    struct hs_http *m = hs_http_start();
    int fds[100], error;
    hs_http_on(m, "/c", {.barrier = 100, .body = "todos"});
    for (int i = 0; i < 100; i++) {
        fds[i] = dial(m);
        say(fds[i], GET("/c"));
    }
    for (int i = 0; i < 100; i++) {
        hear(fds[i], "todos", &error);
        close(fds[i]);
    }
    hs_expect_eq_int("máximo en vuelo", 100, hs_http_stats(m, "/c").max_in_flight);
}

HS_TEST(averias, dos_servidores_no_se_mezclan)
{
    struct hs_http *a = hs_http_start(), *b = hs_http_start();
    hs_http_on(a, "/", {.body = "a"});
    hs_http_on(b, "/", {.body = "b"});
    hs_expect(hs_http_port(a) != hs_http_port(b), "cada uno su puerto");
    hs_expect_eq_str("b", "b\n200\n", fetch(hs_http_url(b, "/")));
    hs_expect_eq_int("a no vio nada", 0, hs_http_stats(a, NULL).connections);
}

HS_TEST(averias, parar_con_todo_a_medias)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/h", {.hold = true});
    hs_http_on(m, "/b", {.barrier = 9});
    hs_http_on(m, "/d", {.delay_ms = 60000});
    hs_http_on(m, "/t", {.fault = HS_TRICKLE, .trickle_ms = 1000});
    hs_http_on(m, "/e", {.fault = HS_ENDLESS});
    static const char *const sent[] = {GET("/h"), GET("/b"), GET("/d"), GET("/t"),
                                       GET("/e")};
    for (int i = 0; i < 5; i++)
        say(dial(m), sent[i]);
    dial(m);
    hs_http_wait_in_flight(m, NULL, 5, 5000);
}
