/* programa.c: el programa entero. Cómo acaba, dónde escucha y cuánto gasta. */
#include "sala.h"

HS_TEST(chat, ctrl_c_despide_a_todos)
{
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    hs_step("Primero, sin nadie");
    despedir(p);
    p = arrancar(&sala);
    struct hs_tcp *c[] = {entrar(sala, persona("ana")), entrar(sala, persona("luis")),
                          entrar(sala, persona("eva")),
                          conectar(sala, "quien no dio nombre")};
    hs_tcp_send(c[1], "una línea a medias");
    hs_tcp_wait_read(c[1], PRONTO);
    decir(c[0], c[2]);
    despedir(p);
    for (int i = 0; i < 4; i++) {
        hs_tcp_wait_line(c[i], linea(ADIOS), PRONTO);
        hs_tcp_wait_end(c[i], PRONTO);
    }
}

HS_TEST(chat, ctrl_c_con_quien_no_lee)
{
    /* Tantos que esperar una décima a cada uno no cabe en ningún plazo. */
    enum { MUDOS = 150 };
    struct hs_program *p = hs_start_with((struct hs_options){.files = 700}, "--puerto",
                                         "0");
    struct hs_address sala = hs_tcp_announced(p, "Escuchando en ", PRONTO);
    struct hs_tcp *mudos[MUDOS];
    for (int i = 0; i < MUDOS; i++) {
        struct hs_tcp_options mudo = {.narrow = true, .quiet = true};
        mudos[i] = entrar_como(mudo, sala, hs_format("mudo-%d", i + 1));
        hs_tcp_stop_reading(mudos[i]);
    }
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    atrasar(ana, luis, mudos[MUDOS - 1], palabra(), 200);
    hs_step("Hay %d que no leen, y uno de ellos no deja de escribir", MUDOS);
    hs_signal(p, SIGINT);
    double limite = hs_now() + hs_ms(DESPEDIDA);
    while (hs_running(p) && hs_now() < limite) {
        mandar(mudos[0], "y otra cosa");
        hs_try_line(p, hs_has("\n"), 50);
    }
    if (hs_running(p))
        hs_fail_late(
            "con Ctrl+C debía terminar en menos de 2 s, lea o escriba quien sea, y "
            "sigue en marcha");
    hs_expect_exit(p, 0, DESPEDIDA);
    hs_tcp_wait_line(ana, linea(ADIOS), PRONTO);
    hs_tcp_wait_line(luis, linea(ADIOS), PRONTO);
}

HS_TEST(chat, puerto_ocupado)
{
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    hs_step("Otro chat quiere el mismo puerto");
    struct hs_program *otro = hs_start("--puerto", hs_format("%d", sala.port));
    hs_expect_complaint(otro, 1, PRONTO);
    hs_expect_contains("el error de stderr: dice qué puerto no pudo usar",
                       hs_format("%d", sala.port), hs_stderr(otro));
    hs_expect(hs_running(p), "el primer chat debía seguir en marcha y ya ha terminado");
    const char *puerto = hs_format("%d", hs_random_between(20000, 30000));
    hs_step("192.0.2.1 no es una dirección de esta máquina: tampoco ahí se puede");
    otro = hs_start("--host", "192.0.2.1", "--puerto", puerto);
    hs_expect_complaint(otro, 1, PRONTO);
    hs_expect_contains("el error de stderr: dice qué puerto no pudo usar", puerto,
                       hs_stderr(otro));
}

HS_TEST(chat, escucha_donde_se_le_dice)
{
    const char *host = hs_format("127.%d.%d.%d", hs_random_between(1, 250),
                                 hs_random_between(1, 250), hs_random_between(1, 250));
    const char *puerto = hs_format("%d", hs_random_between(20000, 30000));
    struct hs_program *p = hs_start("--host", host, "--puerto", puerto);
    struct hs_address sala = hs_tcp_announced(p, "Escuchando en ", PRONTO);
    hs_expect_eq_str("la dirección que anuncia", hs_format("%s:%s", host, puerto),
                     hs_format("%s:%d", sala.host, sala.port));
    sala = (struct hs_address){host, atoi(puerto)};
    struct hs_tcp *fuera = hs_tcp_open("quien llama a otra dirección",
                                       (struct hs_address){"127.0.0.1", sala.port});
    hs_tcp_try_line(fuera, (struct hs_match){0}, PRONTO);
    hs_expect(hs_tcp_state(fuera) == HS_TCP_REFUSED,
              "el programa debía atender solo en %s, la dirección que anuncia, y atiende "
              "también en 127.0.0.1",
              host);
    struct hs_tcp *ana = entrar(sala, persona("ana"));
    hs_step("Se para y se arranca otra vez en la misma dirección");
    despedir(p);
    hs_tcp_wait_end(ana, PRONTO);
    p = hs_start("--puerto", puerto, "--host", host);
    hs_tcp_announced(p, "Escuchando en ", PRONTO);
    ana = entrar(sala, persona("ana"));
    decir(ana, entrar(sala, persona("luis")));
}

HS_TEST(chat, argumentos_invalidos)
{
    static const char *const casos[][3] = {
        {"--puerto", "65536", NULL}, {"--puerto", "-1", NULL},
        {"--puerto", "http", NULL},  {"--puerto", "", NULL},
        {"--puerto", "80x", NULL},   {"--puerto", NULL},
        {"--no-existe", NULL},       {"9999", NULL},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        struct hs_program *p = hs_start_argv((struct hs_options){0}, casos[i]);
        hs_expect_complaint(p, 2, PRONTO);
    }
}

HS_TEST(chat, no_pierde_descriptores)
{
    enum { AL_PRINCIPIO = 4, AL_FINAL = 40, CORTESIA = 6 };
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    struct hs_tcp *luis = entrar(sala, persona("luis"));
    hs_step("Llegan y se van %d: cierran, se cortan, /quit o ni dan su nombre", AL_FINAL);
    for (int i = 0; i < AL_PRINCIPIO; i++)
        visita(sala, luis, i);
    int antes = hs_usage(p).fds;
    hs_step("Tras %d tiene %d descriptores abiertos", AL_PRINCIPIO, antes);
    for (int i = AL_PRINCIPIO; i < AL_FINAL; i++)
        visita(sala, luis, i);
    int fds = hs_usage(p).fds;
    /* Los últimos en irse pueden estar aún cerrando. */
    for (int i = 0; i < 10 && fds > antes + CORTESIA; i++) {
        hs_tcp_try_line(luis, hs_has("\n"), 100);
        fds = hs_usage(p).fds;
    }
    hs_step("Tras %d tiene %d", AL_FINAL, fds);
    hs_expect_at_most(
        hs_format("el número de descriptores abiertos tras %d visitas: tras %d eran %d",
                  AL_FINAL, AL_PRINCIPIO, antes),
        antes + CORTESIA, fds);
}

HS_TEST(chat, no_quema_cpu)
{
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    struct hs_tcp *mudo = entrar_como(angosto, sala, persona("mudo"));
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    struct hs_tcp *lento = entrar_como(angosto, sala, persona("lento"));
    const char *clave = palabra();
    hs_tcp_stop_reading(mudo);
    hs_tcp_stop_reading(lento);
    int n = inundar(ana, luis, clave, 200 << 10, LARGOS);
    hs_step(
        "Uno no lee, otro se atrasó y se pone al día, y otro deja una línea a medias");
    hs_tcp_read_again(lento);
    hs_tcp_wait_line(lento, hs_has(hs_format("%s-%d.", clave, n)), PRONTO);
    hs_tcp_send(luis, "a medias");
    hs_tcp_wait_read(luis, PRONTO);
    hs_step("Nadie dice nada: el programa no tiene más que esperar");
    hs_expect_rest(p, 300);
}

HS_TEST(chat, memoria_limpia, .segundos = 60)
{
    hs_step("Una sesión entera con el programa compilado con ASan y UBSan");
    struct hs_program *p = hs_start_with((struct hs_options){.asan = true}, "--puerto",
                                         "0");
    struct hs_address sala = hs_tcp_announced(p, "Escuchando en ", 2 * PRONTO);
    struct hs_tcp *mudo = entrar_como(angosto, sala, persona("mudo"));
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    for (int i = 0; i < 8; i++)
        visita(sala, luis, i);
    exigir_rechazo(conectar(sala, "otro"), "dos palabras", "con un espacio");
    hs_tcp_send(ana, hs_format("%s\n", repetir('Z', 5000)));
    hs_tcp_wait_line(ana, error_del_servidor(), PRONTO);
    listar(ana);
    hs_tcp_stop_reading(mudo);
    inundar(ana, luis, palabra(), 400 << 10, LARGOS);
    hs_tcp_reset(mudo);
    decir(ana, luis);
    hs_tcp_send(ana, "a medias");
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 0, 2 * DESPEDIDA);
}
