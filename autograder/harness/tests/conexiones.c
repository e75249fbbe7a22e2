/* conexiones.c: los clientes TCP, contra un servidor que cuenta cada lectura. */
#include "harness/tcp.h"
#include <string.h>

HS_SUITE(conexiones)

static struct hs_address serve(struct hs_program **p)
{
    struct hs_options many = {.files = 700};
    *p = hs_start_with(many, "servir");
    return hs_tcp_announced(*p, "abierto: ", 5000);
}

HS_TEST(conexiones, enviar_y_recibir)
{
    struct hs_program *p;
    struct hs_address at = serve(&p);
    struct hs_tcp *ana = hs_tcp_open("ana", at), *luis = hs_tcp_open("luis", at);
    hs_tcp_send(ana, "hola\n");
    hs_expect_eq_str("a ana", "leo 5: hola",
                     hs_tcp_wait_line(ana, hs_has("hola"), 5000)->text);
    hs_tcp_send(luis, "una\ndos\ntres\n");
    hs_expect_eq_str("en un solo paquete", "leo 13: una",
                     hs_tcp_wait_line(luis, hs_has("una"), 5000)->text);
    hs_tcp_wait_lines(luis, 3, (struct hs_match){0}, 5000);
    hs_tcp_expect_lines(luis, 1, hs_regex("^tres$", "la línea que busca"));
    hs_tcp_expect_no_line(luis, hs_has("hola"));
    hs_expect(!hs_tcp_find_line(luis, hs_has("una"), 2), "solo hay una");
    hs_expect_eq_int("marca", 3, hs_tcp_mark(luis));
    hs_expect_eq_int("bytes", 19 + 4 + 1, (int64_t)hs_tcp_received(luis) + 3);
    hs_tcp_send_bytes(ana, "c\0ro", 4);
    hs_tcp_wait_line(ana, hs_has("leo 4: c"), 5000);
}

HS_TEST(conexiones, a_trozos_son_lecturas_distintas)
{
    struct hs_program *p;
    struct hs_tcp *ana = hs_tcp_open("ana", serve(&p));
    hs_tcp_send_pieces(ana, "abcdefg", 3, 5000);
    hs_tcp_wait_line(ana, hs_regex("^leo 1: g\\|$", "la línea que busca"), 5000);
    hs_tcp_expect_lines(ana, 1, hs_regex("^leo 3: abc\\|$", "la línea que busca"));
    hs_tcp_expect_lines(ana, 1, hs_regex("^leo 3: def\\|$", "la línea que busca"));
    hs_expect_eq_int("líneas", 3, hs_tcp_mark(ana));
}

HS_TEST(conexiones, el_servidor_cierra)
{
    struct hs_program *p;
    struct hs_address at = serve(&p);
    struct hs_tcp *ana = hs_tcp_open("ana", at), *luis = hs_tcp_open("luis", at);
    hs_tcp_send(ana, "adiós\n");
    hs_expect_eq_int("con educación", HS_TCP_ENDED, hs_tcp_wait_end(ana, 5000));
    const struct hs_line *last = hs_tcp_wait_line(ana, hs_has("sin salto"), 5000);
    hs_expect(!last->newline && last->number == 2, "la última línea no trae salto");
    hs_expect(!hs_tcp_try_line(ana, hs_has("nunca"), 20000), "no espera en vano");
    hs_tcp_send(luis, "corta\n");
    hs_expect_eq_int("de golpe", HS_TCP_CUT, hs_tcp_wait_end(luis, 5000));
    hs_tcp_send(luis, "¿sigues ahí?\n");
    hs_expect_eq_int("lo enviado tras el corte", 0, (int64_t)hs_tcp_unsent(luis));
}

HS_TEST(conexiones, la_prueba_cierra)
{
    struct hs_program *p;
    struct hs_address at = serve(&p);
    struct hs_tcp *ana = hs_tcp_open("ana", at), *luis = hs_tcp_open("luis", at);
    struct hs_tcp *eva = hs_tcp_open("eva", at);
    hs_tcp_send(ana, "1\n");
    hs_tcp_send(luis, "1\n");
    hs_tcp_wait_line(ana, hs_has("1"), 5000);
    hs_tcp_wait_line(luis, hs_has("1"), 5000);
    hs_tcp_close(ana);
    hs_wait_line(p, hs_regex("^se fue$", "la línea que busca"), 5000);
    hs_expect_eq_int("ana", HS_TCP_CLOSED, hs_tcp_state(ana));
    hs_tcp_reset(luis);
    hs_wait_line(p, hs_regex("^lo cortaron$", "la línea que busca"), 5000);
    hs_tcp_reset(luis); /* repetirlo no hace nada */
    hs_tcp_send(eva, "2\n");
    hs_tcp_finish(eva);
    hs_tcp_wait_line(eva, hs_has("leo 2"), 5000);
    hs_wait_lines(p, 2, hs_regex("^se fue$", "la línea que busca"), 5000);
    hs_tcp_wait_end(eva, 5000);
}

HS_TEST(conexiones, sin_leer_el_servidor_se_llena)
{
    struct hs_program *p;
    struct hs_address at = serve(&p);
    struct hs_tcp_options narrow = {.narrow = true};
    struct hs_tcp *ana = hs_tcp_open_with(narrow, "ana", at);
    struct hs_tcp *luis = hs_tcp_open("luis", at);
    hs_tcp_send(ana, "hola\n");
    hs_tcp_wait_line(ana, hs_has("hola"), 5000);
    hs_tcp_stop_reading(ana);
    hs_tcp_send(ana, "inunda\n");
    hs_tcp_wait_read(ana, 5000);
    hs_expect_eq_int("líneas mientras no lee", 1, hs_tcp_mark(ana));
    hs_tcp_send(luis, "¿hay alguien?\n"); /* el servidor está escribiendo a ana */
    hs_expect(!hs_tcp_try_line(luis, hs_has("alguien"), 100), "a luis no le atienden");
    size_t received = hs_tcp_received(ana);
    hs_tcp_read_some(ana, 5000, 5000);
    hs_tcp_read_some(ana, 300, 5000);
    hs_expect(!hs_tcp_try_line(luis, hs_has("alguien"), 100), "sigue sin caber");
    hs_expect_eq_int("bytes que ha leído", 5300,
                     (int64_t)(hs_tcp_received(ana) - received));
    hs_tcp_read_again(ana);
    hs_tcp_wait_line(luis, hs_has("alguien"), 20000);
    hs_tcp_wait_lines(ana, 1 << 10, hs_has("xxx"), 20000);
}

HS_TEST(conexiones, cortado_sin_leer_se_ve_al_volver)
{
    struct hs_program *p;
    struct hs_tcp *ana = hs_tcp_open("ana", serve(&p));
    hs_tcp_send(ana, "uno\n");
    hs_tcp_wait_line(ana, hs_has("uno"), 5000);
    hs_tcp_stop_reading(ana);
    hs_tcp_send(ana, "corta\n");
    hs_signal(p, SIGKILL);
    hs_wait_exit(p, 5000);
    hs_expect_eq_int("aún no lo sabe", HS_TCP_OPEN, hs_tcp_state(ana));
    hs_tcp_read_again(ana);
    hs_expect(hs_tcp_wait_end(ana, 5000) != HS_TCP_OPEN, "ahora sí");
}

HS_TEST(conexiones, quinientas)
{
    enum { N = 500 };
    struct hs_program *p;
    struct hs_address at = serve(&p);
    struct hs_tcp *c[N];
    for (int i = 0; i < N; i++) {
        c[i] = hs_tcp_open_with((struct hs_tcp_options){.quiet = true},
                                hs_format("c%d", i), at);
        hs_tcp_send(c[i], hs_format("soy %d\n", i));
        if (i % 100 == 99) /* que quepan en la cola de las que esperan accept */
            hs_tcp_wait_line(c[i], hs_has("soy"), 20000);
    }
    for (int i = 0; i < N; i++)
        hs_tcp_wait_line(c[i], hs_has(hs_format("soy %d", i)), 20000);
    hs_expect_at_least("descriptores del servidor", N, hs_usage(p).fds);
}

HS_TEST(conexiones, otra_direccion)
{
    const char *host = hs_format("127.%d.%d.%d", hs_random_between(1, 250),
                                 hs_random_between(1, 250), hs_random_between(1, 250));
    struct hs_program *p = hs_start("servir", host);
    struct hs_address at = hs_tcp_announced(p, "abierto: ", 5000);
    hs_expect_eq_str("dirección", host, at.host);
    struct hs_tcp *ana = hs_tcp_open("ana", at);
    hs_tcp_send_pieces(ana, "ab", 1, 5000);
    hs_tcp_wait_line(ana, hs_has("leo 1: b"), 5000);
    at.host = hs_format("127.%d.%d.254", hs_random_between(1, 250), 7);
    struct hs_tcp *nobody = hs_tcp_open("nadie", at);
    hs_expect_eq_int("nadie escucha ahí", HS_TCP_REFUSED, hs_tcp_wait_end(nobody, 5000));
}
