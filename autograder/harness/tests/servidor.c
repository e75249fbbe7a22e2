/* servidor.c: el servidor de mentira contesta, hace esperar y cuenta. */
#include "cliente.h"

HS_SUITE(servidor)

/* ------------------------------------------------------------------ Contestar bien */

HS_TEST(servidor, estados_cuerpos_y_cabeceras)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/", {0});
    hs_http_on(m, "/texto",
               {.status = 201, .body = "hola\n", .headers = "X-Uno: 1\r\nX-Dos: 2\r\n"});
    hs_http_on(m, "/nada", {.status = 204});
    hs_expect_eq_str("por omisión", "200 OK\n\n200\n", fetch(hs_http_url(m, "/")));
    hs_expect_eq_str("texto", "hola\n\n201\n", fetch(hs_http_url(m, "/texto?a=b")));
    hs_expect_eq_str("sin cuerpo", "\n204\n", fetch(hs_http_url(m, "/nada")));
    hs_expect_eq_str("sin guion", "404 Not Found\n\n404\n", fetch(hs_http_url(m, "/x")));
    struct hs_program *p = curl("-i", hs_http_url(m, "/texto"));
    hs_expect_exit(p, 0, 5000);
    hs_expect_contains("cabeceras", "X-Uno: 1\r\nX-Dos: 2\r\n", hs_stdout(p));
    p = curl("-I", hs_http_url(m, "/texto"));
    hs_expect_exit(p, 0, 5000);
    hs_expect_contains("HEAD", "Content-Length: 5\r\n", hs_stdout(p));
    struct hs_http_stats s = hs_http_stats(m, "/texto");
    hs_expect_eq_int("peticiones de /texto", 3, s.requests);
    hs_expect_eq_int("contestadas", 3, s.answered);
    hs_expect_eq_int("en vuelo", 0, s.in_flight);
    hs_expect_eq_int("todas", 6, hs_http_stats(m, NULL).requests);
}

HS_TEST(servidor, guion_en_orden_y_el_ultimo_se_queda)
{
    struct hs_http *m = hs_http_start();
    const char *url = hs_http_url(m, "/a");
    hs_http_on(m, "/a", {.body = "1"}, {.body = "2", .times = 2}, {.body = "3"});
    static const char *const expected[] = {"1", "2", "2", "3", "3", "3"};
    for (int i = 0; i < 6; i++)
        hs_expect_eq_str("cuerpo", hs_format("%s\n200\n", expected[i]), fetch(url));
    hs_http_on(m, "/a", {.status = 500, .body = "otro"});
    hs_expect_eq_str("guion nuevo", "otro\n500\n", fetch(url));
    hs_expect_eq_int("peticiones", 7, hs_http_stats(m, "/a").requests);
}

HS_TEST(servidor, registro_de_peticiones)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/p", {0});
    struct hs_program *p = curl("-H", "X-Prueba:  sí ", "-d", "cuerpo=1",
                                hs_http_url(m, "/p?q=1"), hs_http_url(m, "/p"));
    hs_expect_exit(p, 0, 5000);
    struct hs_request a = hs_http_request(m, "/p", 1), b = hs_http_request(m, NULL, 2);
    hs_expect_eq_str("método", "POST", a.method);
    hs_expect_eq_str("ruta", "/p?q=1", a.path);
    hs_expect_eq_str("cuerpo", "cuerpo=1", a.body);
    hs_expect_contains("cabecera", "sí", hs_request_header(&a, "x-prueba"));
    hs_expect(!hs_request_header(&a, "X-Prueb"), "no hay cabeceras a medias");
    hs_expect_eq_int("orden", 2, b.number);
    hs_expect_eq_int("misma conexión", a.connection, b.connection);
    hs_expect(a.ended_ms >= a.arrived_ms && b.arrived_ms >= a.ended_ms,
              "van una tras otra");
    hs_expect_eq_int("sin solape", 1, b.in_flight);
    hs_expect_eq_int("conexiones", 1, hs_http_stats(m, NULL).connections);
}

HS_TEST(servidor, cerrar_o_mantener_la_conexion)
{
    struct hs_http *m = hs_http_start();
    int error;
    hs_http_on(m, "/k", {.body = "k"});
    hs_http_on(m, "/c", {.body = "c", .close = true});
    int fd = dial(m);
    say(fd, GET("/k"));
    hs_expect_contains("mantiene", "\r\n\r\nk", hear(fd, "\r\n\r\nk", &error));
    say(fd, GET("/c"));
    hs_expect_contains("avisa", "Connection: close", hear(fd, NULL, &error));
    hs_expect_eq_int("cierre limpio", 0, error);
    close(fd);
    fd = dial(m);
    say(fd, "GET /k HTTP/1.0\r\n\r\n");
    hear(fd, NULL, &error);
    hs_expect_eq_int("HTTP/1.0 cierra", 0, error);
    close(fd);
    hs_http_wait_closed(m, 5000);
}

/* Quien habla HTTP/1.0 no sabe de trozos ni de «100 Continue». */
HS_TEST(servidor, a_http_1_0_se_le_contesta_como_a_tal)
{
    struct hs_http *m = hs_http_start();
    int error, fd = dial(m);
    hs_http_on(m, "/t", {.body = "0123456789", .framing = HS_CHUNKED});
    hs_http_on(m, "/m",
               {.body = "0123456789", .framing = HS_CHUNKED, .fault = HS_CUT_BODY});
    hs_http_on(m, "/p", {.body = "abc", .framing = HS_CHUNKED, .pause_at = 1});
    say(fd, "GET /t HTTP/1.0\r\n\r\n");
    const char *text = hear(fd, NULL, &error);
    hs_expect(strncmp(text, "HTTP/1.0 200 ", 13) == 0, "el estado: %s", text);
    hs_expect(!strstr(text, "chunked"), "sin trozos: %s", text);
    hs_expect_eq_str("entero", "0123456789", strstr(text, "\r\n\r\n") + 4);
    close(fd);
    fd = dial(m);
    say(fd, "GET /m HTTP/1.0\r\n\r\n");
    text = hear(fd, NULL, &error);
    hs_expect_contains("el corte se nota", "Content-Length: 10\r\n", text);
    hs_expect_eq_str("la mitad", "01234", strstr(text, "\r\n\r\n") + 4);
    close(fd);
    fd = dial(m);
    say(fd, "GET /p HTTP/1.0\r\n\r\n");
    hs_http_wait_paused(m, "/p", 1, 5000);
    text = hear(fd, "\r\n\r\na", &error);
    hs_expect_eq_str("hasta la pausa", "a", strstr(text, "\r\n\r\n") + 4);
    hs_http_advance(m, "/p", SIZE_MAX);
    hs_expect_eq_str("el resto", "bc", hear(fd, NULL, &error));
    close(fd);
    fd = dial(m);
    say(fd, "POST /t HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    say(fd, "a");
    say(fd, "b");
    text = hear(fd, NULL, &error);
    hs_expect(strncmp(text, "HTTP/1.0 200 ", 13) == 0, "ningún 100: %s", text);
    close(fd);
    fd = dial(m);
    say(fd, "GET /t HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    text = hear(fd, NULL, &error);
    hs_expect(strncmp(text, "HTTP/1.1 200 ", 13) == 0, "a otro, lo suyo: %s", text);
    hs_expect_contains("a trozos", "Transfer-Encoding: chunked", text);
    close(fd);
}

HS_TEST(servidor, peticiones_encadenadas_y_a_trozos)
{
    struct hs_http *m = hs_http_start();
    int fd = dial(m), error;
    hs_http_on(m, "/1", {.body = "uno"});
    hs_http_on(m, "/2", {.body = "dos", .delay_ms = 20});
    hs_http_on(m, "/3", {.body = "tres"});
    say(fd, GET("/1") GET("/2") "GET /3 HT");
    const char *text = hear(fd, "dos", &error);
    hs_expect(strstr(text, "uno") < strstr(text, "dos"), "en orden");
    say(fd, "TP/1.1\r\nHost:");
    say(fd, " x\r\n\r\n");
    hear(fd, "tres", &error);
    hs_expect_eq_int("peticiones", 3, hs_http_stats(m, NULL).requests);
    close(fd);
}

HS_TEST(servidor, un_escape_vale_en_mayusculas_y_en_minusculas)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/a%c3%b1o%2f", {.body = "bien", .hold = true});
    int fd = dial(m), error;
    say(fd, GET("/a%C3%b1o%2F?q=%c3"));
    hs_http_wait_in_flight(m, "/a%c3%B1o%2f", 1, 5000);
    hs_expect_eq_int("soltadas", 1,
                     hs_http_release(m, "/A%c3%b1o%2f") +
                         hs_http_release(m, "/a%c3%b1o%2f"));
    hs_expect_contains("cuerpo", "\r\n\r\nbien", hear(fd, "bien", &error));
    hs_expect_eq_str("tal como llegó", "/a%C3%b1o%2F?q=%c3",
                     hs_http_request(m, "/a%c3%b1o%2f", 1).path);
    /* Solo los dígitos de un escape: ni las demás letras, ni lo que no lo es. */
    static const char *const others[] = {GET("/A%c3%b1o%2f"), GET("/a%c3%b1O%2f"),
                                         GET("/a%c3%b1o/"), GET("/a%c3%b1o%2fb")};
    for (int i = 0; i < 4; i++) {
        say(fd, others[i]);
        hs_expect_contains("otra ruta", " 404 ",
                           hear(fd, "\r\n\r\n404 Not Found", &error));
    }
    close(fd);
}

HS_TEST(servidor, redireccion)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/viejo", {.status = 302, .location = "/nuevo"});
    hs_http_on(m, "/nuevo", {.body = "aquí"});
    struct hs_program *p = curl("-L", hs_http_url(m, "/viejo"));
    hs_expect_exit(p, 0, 5000);
    hs_expect_eq_str("salida", "aquí\n200\n", hs_stdout(p));
}

/* ------------------------------------------------------------------ Hacer esperar */

HS_TEST(servidor, la_barrera_aguanta_hasta_que_estan_todas)
{
    struct hs_http *m = hs_http_start();
    struct hs_program *p[4];
    for (int i = 0; i < 4; i++) {
        const char *path = hs_format("/%d", i);
        hs_http_on(m, path, {.barrier = 4});
        if (i == 3)
            break;
        p[i] = curl(hs_http_url(m, path));
    }
    hs_http_wait_in_flight(m, NULL, 3, 5000);
    hs_expect(!hs_try_line(p[0], hs_has("200"), 100), "con tres no contesta a nadie");
    hs_expect_eq_int("contestadas", 0, hs_http_stats(m, NULL).answered);
    p[3] = curl(hs_http_url(m, "/3"));
    for (int i = 0; i < 4; i++) {
        hs_wait_line(p[i], hs_regex("^200$", "la línea que busca"), 5000);
        hs_expect_exit(p[i], 0, 5000);
    }
    hs_expect_eq_int("máximo en vuelo", 4, hs_http_stats(m, NULL).max_in_flight);
    hs_expect_eq_int("máximo por ruta", 1, hs_http_stats(m, "/0").max_in_flight);
}

HS_TEST(servidor, quien_se_va_no_cuenta_para_la_barrera)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/b", {.barrier = 2});
    int error, first = dial(m);
    say(first, GET("/b"));
    hs_http_wait_in_flight(m, "/b", 1, 5000);
    close(first);
    hs_http_wait_abandoned(m, "/b", 1, 5000);
    int second = dial(m), third = dial(m);
    say(second, GET("/b"));
    hs_http_wait_requests(m, "/b", 2, 5000);
    hs_expect_eq_int("sigue esperando", 1, hs_http_stats(m, "/b").in_flight);
    say(third, GET("/b"));
    hear(second, "200 OK\n", &error);
    hear(third, "200 OK\n", &error);
    hs_http_wait_ended(m, "/b", 3, 5000);
    close(second);
    close(third);
}

HS_TEST(servidor, la_barrera_se_repite_por_rondas)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/b", {.barrier = 2, .body = "fin"});
    int error, a = dial(m), b = dial(m);
    for (int round = 0; round < 50; round++) {
        say(a, GET("/b"));
        say(b, GET("/b"));
        hear(a, "fin", &error);
        hear(b, "fin", &error);
    }
    hs_expect_eq_int("contestadas", 100, hs_http_stats(m, "/b").answered);
    hs_expect_eq_int("máximo", 2, hs_http_stats(m, "/b").max_in_flight);
    close(a);
    close(b);
}

HS_TEST(servidor, retener_y_soltar)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/r", {.hold = true});
    hs_http_on(m, "/s", {.hold = true});
    struct hs_program *r = curl(hs_http_url(m, "/r")), *s = curl(hs_http_url(m, "/s"));
    hs_http_wait_in_flight(m, NULL, 2, 5000);
    hs_expect_eq_int("soltadas en /r", 1, hs_http_release(m, "/r"));
    hs_wait_line(r, hs_regex("^200$", "la línea que busca"), 5000);
    hs_expect(hs_running(s), "la otra sigue retenida");
    hs_expect_eq_int("soltadas", 1, hs_http_release(m, NULL));
    hs_wait_line(s, hs_regex("^200$", "la línea que busca"), 5000);
    hs_expect_eq_int("ya no hay", 0, hs_http_release(m, NULL));
}

HS_TEST(servidor, solape_en_una_ruta)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/s", {.hold = true}, {0});
    struct hs_program *slow = curl(hs_http_url(m, "/s"));
    hs_http_wait_in_flight(m, "/s", 1, 5000);
    fetch(hs_http_url(m, "/s"));
    hs_expect_eq_int("al llegar la segunda", 2, hs_http_request(m, "/s", 2).in_flight);
    hs_expect_eq_int("máximo", 2, hs_http_stats(m, "/s").max_in_flight);
    hs_http_release(m, "/s");
    hs_expect_exit(slow, 0, 5000);
}

HS_TEST(servidor, demora)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/lento", {.delay_ms = 150});
    fetch(hs_http_url(m, "/lento"));
    struct hs_request r = hs_http_request(m, "/lento", 1);
    hs_expect_at_least("ms hasta contestar", 150, (int64_t)(r.ended_ms - r.arrived_ms));
}
