/* cuerpos.c: el cuerpo de las respuestas: partes, trozos, pausas y ritmo. */
#include "cliente.h"
#include <stdlib.h>

HS_SUITE(cuerpos)

#define TEXTO "0123456789"

/* El cuerpo que curl obtiene con una opción más, y detrás el estado. */
static const char *fetch_with(const char *option, const char *value, const char *url)
{
    struct hs_program *p = curl(option, value, url);
    hs_expect_exit(p, 0, 10000);
    return hs_stdout(p);
}

HS_TEST(cuerpos, partes)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/si", {.body = TEXTO, .ranges = true});
    hs_http_on(m, "/no", {.body = TEXTO});
    const char *yes = hs_http_url(m, "/si"), *no = hs_http_url(m, "/no");
    hs_expect_eq_str("entero", TEXTO "\n200\n", fetch(yes));
    hs_expect_eq_str("desde", "789\n206\n", fetch_with("-r", "7-", yes));
    hs_expect_eq_str("entre", "234\n206\n", fetch_with("-r", "2-4", yes));
    hs_expect_eq_str("hasta más allá", "9\n206\n", fetch_with("-r", "9-500", yes));
    hs_expect_eq_str("los últimos", "89\n206\n", fetch_with("-r", "-2", yes));
    hs_expect_eq_str("nada que dar", "\n416\n", fetch_with("-r", "10-", yes));
    hs_expect_eq_str("otra unidad", TEXTO "\n200\n",
                     fetch_with("-H", "Range: lines=1-", yes));
    hs_expect_eq_str("sin caso", TEXTO "\n200\n", fetch_with("-r", "7-", no));
    struct hs_program *p = curl("-i", "-r", "7-", yes);
    hs_expect_exit(p, 0, 5000);
    hs_expect_contains("qué parte es", "Content-Range: bytes 7-9/10\r\n", hs_stdout(p));
    p = curl("-i", "-r", "10-", yes);
    hs_expect_exit(p, 0, 5000);
    hs_expect_contains("cuánto hay", "Content-Range: bytes */10\r\n", hs_stdout(p));
}

HS_TEST(cuerpos, partes_de_una_version)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/con", {.body = TEXTO, .ranges = true, .etag = "\"uno\""});
    hs_http_on(m, "/sin", {.body = TEXTO, .ranges = true});
    const char *con = hs_http_url(m, "/con"), *sin = hs_http_url(m, "/sin");
    static const char *const casos[][2] = {{"If-Range: \"uno\"", "789\n206\n"},
                                           {"If-Range: \"dos\"", TEXTO "\n200\n"},
                                           {"Otra: cosa", "789\n206\n"}};
    for (int i = 0; i < 3; i++) {
        struct hs_program *p = curl("-r", "7-", "-H", casos[i][0], con);
        hs_expect_exit(p, 0, 10000);
        hs_expect_eq_str(casos[i][0], casos[i][1], hs_stdout(p));
    }
    struct hs_program *p = curl("-r", "7-", "-H", casos[0][0], sin);
    hs_expect_exit(p, 0, 10000);
    hs_expect_eq_str("no tiene etiqueta", TEXTO "\n200\n", hs_stdout(p));
    p = curl("-i", con);
    hs_expect_exit(p, 0, 10000);
    hs_expect_contains("la etiqueta", "\nETag: \"uno\"\r\n", hs_stdout(p));
}

HS_TEST(cuerpos, sin_longitud)
{
    struct hs_http *m = hs_http_start();
    size_t n = 3 * 4096 + 17;
    char *big = calloc(1, n + 1);
    memset(big, 'x', n);
    hs_http_on(m, "/trozos", {.body = big, .framing = HS_CHUNKED}, {.body = TEXTO});
    hs_http_on(m, "/vacio", {.body = "", .framing = HS_CHUNKED});
    hs_http_on(m, "/cierre", {.body = big, .framing = HS_UNTIL_CLOSE});
    hs_http_on(m, "/corte", {.body = big, .framing = HS_CHUNKED, .fault = HS_CUT_BODY});
    hs_expect_eq_str("hasta el cierre", hs_format("%s\n200\n", big),
                     fetch(hs_http_url(m, "/cierre")));
    const char *url = hs_http_url(m, "/trozos");
    struct hs_program *p = curl(url, url);
    hs_expect_exit(p, 0, 5000);
    hs_expect_eq_str("a trozos, y la conexión sigue",
                     hs_format("%s\n200\n" TEXTO "\n200\n", big), hs_stdout(p));
    hs_expect_eq_int("misma conexión", hs_http_request(m, "/trozos", 1).connection,
                     hs_http_request(m, "/trozos", 2).connection);
    hs_expect_eq_str("ningún trozo", "\n200\n", fetch(hs_http_url(m, "/vacio")));
    p = curl(hs_http_url(m, "/corte"));
    struct hs_exit end = hs_wait_exit(p, 5000);
    hs_expect_eq_int("curl nota el corte", 18, end.code);
    hs_expect_eq_int("la mitad y el estado", (int64_t)n / 2 + 5,
                     (int64_t)strlen(hs_stdout(p)));
    free(big);
}

HS_TEST(cuerpos, parar_y_seguir)
{
    static const enum hs_framing all[] = {HS_SIZED, HS_CHUNKED, HS_UNTIL_CLOSE};
    struct hs_http *m = hs_http_start();
    for (int i = 0; i < 3; i++) {
        const char *path = hs_format("/%d", i);
        hs_http_on(m, path,
                   {.body = "uno\ndos\ntres\n", .pause_at = 5, .framing = all[i]});
        struct hs_program *p = curl("-N", hs_http_url(m, path));
        hs_wait_line(p, hs_regex("^uno$", "la línea que busca"), 5000);
        hs_http_wait_paused(m, path, 1, 5000);
        hs_expect(!hs_try_line(p, hs_regex("^dos$", "la línea que busca"), 50),
                  "no pasa de ahí");
        hs_expect_eq_int("una sigue", 1, hs_http_advance(m, path, 8));
        hs_wait_line(p, hs_regex("^dos$", "la línea que busca"), 5000);
        hs_http_wait_paused(m, path, 1, 5000);
        hs_expect_eq_int("en vuelo", 1, hs_http_stats(m, path).in_flight);
        hs_expect_eq_int("otra vez", 1, hs_http_advance(m, NULL, SIZE_MAX));
        hs_expect_exit(p, 0, 5000);
        hs_expect_eq_str("entera", "uno\ndos\ntres\n\n200\n", hs_stdout(p));
        hs_expect_eq_int("paradas", 0, hs_http_stats(m, NULL).paused);
        hs_expect_eq_int("ya no hay", 0, hs_http_advance(m, NULL, SIZE_MAX));
    }
}

HS_TEST(cuerpos, parar_en_una_parte_y_cortar)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/p", {.body = TEXTO, .ranges = true, .pause_at = 1});
    hs_http_on(m, "/c", {.body = TEXTO, .pause_at = 2, .fault = HS_CUT_BODY});
    struct hs_program *p = curl("-r", "4-", hs_http_url(m, "/p"));
    hs_http_wait_paused(m, "/p", 1, 5000);
    hs_http_advance(m, "/p", SIZE_MAX);
    hs_expect_exit(p, 0, 5000);
    hs_expect_eq_str("la parte", "456789\n206\n", hs_stdout(p));
    p = curl(hs_http_url(m, "/c"));
    hs_http_wait_paused(m, "/c", 1, 5000);
    hs_http_advance(m, "/c", SIZE_MAX);
    hs_expect_eq_int("curl nota el corte", 18, hs_wait_exit(p, 5000).code);
    hs_expect_eq_str("la mitad", "01234\n200\n", hs_stdout(p));
}

HS_TEST(cuerpos, quien_se_va_de_una_pausa_la_abandona)
{
    struct hs_http *m = hs_http_start();
    hs_http_on(m, "/p", {.body = TEXTO, .pause_at = 2}, {.body = TEXTO});
    int error, fd = dial(m);
    say(fd, GET("/p"));
    hear(fd, "\r\n\r\n01", &error);
    hs_http_wait_paused(m, "/p", 1, 5000);
    close(fd);
    hs_http_wait_abandoned(m, "/p", 1, 5000);
    hs_expect_eq_int("paradas", 0, hs_http_stats(m, "/p").paused);
    hs_expect_eq_int("nadie a quien seguir", 0, hs_http_advance(m, NULL, SIZE_MAX));
    hs_expect_eq_str("la siguiente", TEXTO "\n200\n", fetch(hs_http_url(m, "/p")));
}

HS_TEST(cuerpos, ritmo)
{
    struct hs_http *m = hs_http_start();
    char body[1001] = "";
    memset(body, 'r', 1000);
    hs_http_on(
        m, "/r",
        {.body = body, .fault = HS_TRICKLE, .trickle_bytes = 100, .trickle_ms = 10});
    hs_expect_eq_str("entera", hs_format("%s\n200\n", body), fetch(hs_http_url(m, "/r")));
    struct hs_request r = hs_http_request(m, "/r", 1);
    hs_expect_at_least("ms: más de diez veces", 90, (int64_t)(r.ended_ms - r.arrived_ms));
}
