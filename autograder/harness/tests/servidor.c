/* servidor.c: el servidor de mentira, con curl y con sockets a mano. */
#include "../harness.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

HS_SUITE(servidor)

/* ------------------------------------------------------------------ Herramientas */

/* curl que escribe el cuerpo y, al final, una línea con el estado. */
#define curl(...)                                                                        \
    hs_start_with(((struct hs_options){.program = "/usr/bin/curl"}), "-sS", "-w",        \
                  "\\n%{http_code}\\n", __VA_ARGS__)

/* Lo que curl obtiene de una dirección. */
static const char *fetch(const char *url)
{
    struct hs_program *p = curl(url);
    hs_expect_exit(p, 0, 10000);
    return hs_stdout(p);
}

/* Conexión a mano; falla la prueba si no puede. */
static int dial(struct hs_http *m)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)hs_http_port(m)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    hs_expect(connect(fd, (struct sockaddr *)&a, sizeof a) == 0, "conecta: %s",
              strerror(errno));
    return fd;
}

static void say(int fd, const char *text)
{
    hs_expect_eq_int("bytes enviados", (int64_t)strlen(text),
                     send(fd, text, strlen(text), MSG_NOSIGNAL));
}

/* Lee hasta ver `until`, o hasta el cierre si es NULL; -errno al final si se cortó. */
static const char *hear(int fd, const char *until, int *error)
{
    static char text[65536];
    size_t n = 0;
    *error = 0;
    while (n < sizeof text - 1) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        hs_expect(poll(&ready, 1, hs_ms(10000)) == 1, "el servidor dice algo");
        ssize_t got = recv(fd, text + n, sizeof text - 1 - n, 0);
        if (got < 0)
            *error = errno;
        if (got <= 0)
            break;
        n += (size_t)got;
        text[n] = '\0';
        if (until && strstr(text, until))
            break;
    }
    text[n] = '\0';
    return text;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

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
        hs_wait_line(p[i], hs_regex("^200$"), 5000);
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
    hs_wait_line(r, hs_regex("^200$"), 5000);
    hs_expect(hs_running(s), "la otra sigue retenida");
    hs_expect_eq_int("soltadas", 1, hs_http_release(m, NULL));
    hs_wait_line(s, hs_regex("^200$"), 5000);
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

HS_TEST(servidor, averias_vistas_por_curl)
{
    struct hs_http *m = hs_http_start();
    expect_curl(m, (struct hs_reply){.fault = HS_NONE}, 0);
    expect_curl(m, (struct hs_reply){.fault = HS_RESET}, 56);
    expect_curl(m, (struct hs_reply){.fault = HS_CLOSE}, 52);
    expect_curl(m, (struct hs_reply){.fault = HS_CUT_BODY}, 18);
    expect_curl(m, (struct hs_reply){.fault = HS_GARBAGE}, 1);
    expect_curl(m, (struct hs_reply){.fault = HS_TRICKLE, .trickle_ms = 1}, 0);
    hs_expect_eq_int("abandonadas", 0, hs_http_stats(m, NULL).abandoned);
    struct hs_program *p = curl(hs_http_refused_url("/x"));
    hs_expect_exit(p, 7, 5000);
}

HS_TEST(servidor, averias_byte_a_byte)
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

HS_TEST(servidor, gota_a_gota_llega_entero)
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

HS_TEST(servidor, silencio_y_abandono)
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

HS_TEST(servidor, cuerpo_sin_fin)
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

HS_TEST(servidor, dejar_de_escuchar_y_volver)
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

HS_TEST(servidor, basura_y_peticiones_imposibles)
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

HS_TEST(servidor, cabeceras_enormes_y_ceros)
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

HS_TEST(servidor, cuerpo_grande_con_expect)
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

HS_TEST(servidor, cliente_que_se_va_a_mitad)
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

HS_TEST(servidor, cien_clientes_a_la_vez)
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

HS_TEST(servidor, dos_servidores_no_se_mezclan)
{
    struct hs_http *a = hs_http_start(), *b = hs_http_start();
    hs_http_on(a, "/", {.body = "a"});
    hs_http_on(b, "/", {.body = "b"});
    hs_expect(hs_http_port(a) != hs_http_port(b), "cada uno su puerto");
    hs_expect_eq_str("b", "b\n200\n", fetch(hs_http_url(b, "/")));
    hs_expect_eq_int("a no vio nada", 0, hs_http_stats(a, NULL).connections);
}

HS_TEST(servidor, parar_con_todo_a_medias)
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
