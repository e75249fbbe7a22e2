/* no_lee.c: quien deja de leer no estorba a los demás. */
#include "sala.h"

HS_TEST(chat, quien_no_lee_no_retrasa)
{
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *mudo = entrar_como(angosto, sala, persona("mudo"));
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    struct hs_tcp *otro = entrar_como(angosto, sala, persona("otro"));
    hs_tcp_stop_reading(mudo);
    hs_tcp_stop_reading(otro);
    inundar(ana, luis, palabra(), 4 * MIB, LARGOS);
    decir(luis, ana);
    hs_step("Y la sala sigue abierta para quien llegue");
    decir(entrar(sala, persona("eva")), ana);
}

HS_TEST(chat, quien_se_atrasa_no_pierde_nada)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("lento"), *clave = palabra();
    struct hs_tcp *lento = entrar_como(angosto, sala, nombre);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    hs_tcp_stop_reading(lento);
    int n = inundar(ana, luis, clave, 900 << 10, LARGOS);
    hs_tcp_read_again(lento);
    hs_tcp_wait_line(lento, hs_has(hs_format("%s-%d.", clave, n)), PRONTO);
    for (int i = 1; i <= n; i++) {
        const struct hs_line *l = hs_tcp_find_line(lento, hs_has(clave), i);
        hs_expect_contains(hs_format("el mensaje n.º %d que recibe quien se atrasó", i),
                           hs_format("%s-%d.", clave, i), l ? l->text : NULL);
    }
    decir(lento, ana);
    hs_step(
        "Otra vez con mensajes cortos, y otra persona más: lo que se cuenta son bytes");
    struct hs_tcp *otro = entrar_como(angosto, sala, persona("otro"));
    struct hs_tcp *atrasados[] = {lento, otro};
    clave = palabra();
    for (int i = 0; i < 2; i++)
        hs_tcp_stop_reading(atrasados[i]);
    n = inundar(ana, luis, clave, 700 << 10, 64);
    hs_step("Todos callan, y los dos atrasados vuelven a leer");
    for (int i = 0; i < 2; i++)
        hs_tcp_read_again(atrasados[i]);
    for (int i = 0; i < 2; i++) {
        hs_tcp_wait_line(atrasados[i], hs_has(hs_format("%s-%d.", clave, n)), PRONTO);
        hs_tcp_expect_lines(atrasados[i], n, hs_has(clave));
    }
    decir(otro, ana);
    hs_tcp_expect_no_line(luis, hs_has("ha salido"));
    for (int vez = 1; vez <= 2; vez++) {
        hs_step("Vez %d: %s se atrasa hasta juntar más de medio MiB, y lo recoge todo",
                vez, nombre);
        clave = palabra();
        hs_tcp_stop_reading(lento);
        n = atrasar(ana, luis, lento, clave, 700);
        hs_tcp_read_again(lento);
        hs_tcp_wait_line(lento, hs_has(hs_format("%s-%d.", clave, n)), PRONTO);
        hs_tcp_expect_lines(lento, n, hs_has(clave));
    }
    hs_step("Ahora se atrasan a la vez otros dos, cada uno con lo suyo");
    for (int i = 0; i < 2; i++) {
        atrasados[i] = entrar_como(angosto, sala, persona("nuevo"));
        hs_tcp_stop_reading(atrasados[i]);
    }
    clave = palabra();
    n = atrasar(ana, luis, atrasados[0], clave, 650);
    for (int i = 0; i < 2; i++)
        hs_tcp_read_again(atrasados[i]);
    for (int i = 0; i < 2; i++) {
        hs_tcp_wait_line(atrasados[i], hs_has(hs_format("%s-%d.", clave, n)), PRONTO);
        hs_tcp_expect_lines(atrasados[i], n, hs_has(clave));
    }
    hs_tcp_expect_no_line(luis, hs_has("ha salido"));
}

/* Lo que se le contesta va detrás de lo guardado, y no en medio de una línea a medio entregar:
 * pide la lista mientras lo recoge. Quien espere a entregársela deja de atenderle, y lo que
 * dice sin haberla leído no llega a nadie. */
HS_TEST(chat, lo_atrasado_llega_entero)
{
    enum { LISTAS = 60, MANDADAS = 6, RATO = 20 << 10 };
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("lento"), *clave = palabra(), *dicho = palabra();
    struct hs_tcp *lento = entrar_como(angosto, sala, nombre);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    hs_tcp_stop_reading(lento);
    int marca = hs_tcp_mark(lento), n = atrasar(ana, luis, lento, clave, 850);
    hs_step("%s sigue sin leer, y dice dos cosas: a los demás les llegan", nombre);
    mandar(lento, dicho);
    exigir_linea(luis, dicho, hs_format("%s: %s", nombre, dicho));
    decir(lento, luis);
    hs_step("Lo va leyendo a ratos, y en cada uno pide %d veces la lista", MANDADAS);
    hs_tcp_quiet(lento, true);
    for (int i = 0; i < LISTAS / MANDADAS; i++) {
        hs_tcp_send(lento, "/list\n/list\n/list\n/list\n/list\n/list\n");
        if (i == 0)
            decir(lento, luis);
        hs_tcp_read_some(lento, RATO, PRONTO);
    }
    hs_tcp_read_again(lento);
    hs_tcp_wait_line(lento, hs_has(hs_format("%s-%d.", clave, n)), PRONTO);
    struct hs_match lista = {
        .regex = "Conectados \\(3\\)", .after = marca, .what = "una lista de conectados"};
    hs_tcp_wait_lines(lento, LISTAS, lista, PRONTO);
    hs_tcp_quiet(lento, false);
    lista.regex = "^\\* Conectados \\(3\\): [^*.]*$";
    hs_expect_eq_int("el número de listas de conectados que le llegan enteras", LISTAS,
                     hs_tcp_count_lines(lento, lista));
    struct hs_match mensaje = {
        .regex = hs_format("^ana-[0-9]*: %s-[0-9]*\\. \\.*$", clave),
        .what = "un mensaje entero"};
    hs_tcp_expect_lines(lento, n, mensaje);
}

/* Quien se va con algo pendiente lo recoge, y quien no lo recoge no hace esperar a nadie. */
HS_TEST(chat, quit_con_algo_pendiente)
{
    enum { SORDOS = 12 };
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *lento = entrar_como(angosto, sala, persona("lento"));
    struct hs_tcp *otro = entrar_como(angosto, sala, persona("otro"));
    struct hs_tcp *sordos[SORDOS];
    for (int i = 0; i < SORDOS; i++) {
        struct hs_tcp_options sordo = {.narrow = true, .quiet = true};
        sordos[i] = entrar_como(sordo, sala, hs_format("sordo-%d", i + 1));
        hs_tcp_stop_reading(sordos[i]);
    }
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    const char *clave = palabra();
    hs_tcp_stop_reading(lento);
    hs_tcp_stop_reading(otro);
    int n = atrasar(ana, luis, lento, clave, 600);
    hs_step("Escribe /quit, y en el acto vuelve a leer: lo tiene casi todo por recoger");
    mandar(lento, "/quit");
    hs_tcp_read_again(lento);
    hs_tcp_wait_line(lento, linea(ADIOS), PRONTO);
    hs_tcp_wait_end(lento, PRONTO);
    hs_expect_eq_int("el número de mensajes que recibe antes del adiós quien escribió "
                     "/quit con algo pendiente",
                     n, hs_tcp_count_lines(lento, hs_has(hs_format("%s-", clave))));
    hs_step("Lo pendiente de otro que sigue en la sala no se pierde");
    hs_tcp_read_again(otro);
    hs_tcp_wait_line(otro, hs_has(hs_format("%s-%d.", clave, n)), PRONTO);
    hs_tcp_expect_lines(otro, n, hs_has(hs_format("%s-", clave)));
    hs_step("Otros %d que no leen escriben /quit a la vez: los demás no esperan", SORDOS);
    for (int i = 0; i < SORDOS; i++)
        mandar(sordos[i], "/quit");
    hs_tcp_wait_read(sordos[SORDOS - 1], PRONTO);
    decir(ana, luis);
    decir(luis, ana);
}

/* Los `n` mensajes de esa clave: los que se dijeron mientras se echaba a otros. */
static void exigir_todos(struct hs_tcp *c, const char *quien, const char *clave, int n)
{
    hs_tcp_wait_line(c, hs_has(hs_format("%s-%d.", clave, n)), PRONTO);
    hs_expect_eq_int(
        hs_format("el número de mensajes que recibe %s mientras se echa a otros", quien),
        n, hs_tcp_count_lines(c, hs_has(clave)));
}

HS_TEST(chat, quien_no_lee_es_expulsado)
{
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    const char *nombres[] = {persona("mudo"), persona("sordo")};
    struct hs_tcp *mudo = entrar_como(angosto, sala, nombres[0]);
    /* Quien recorre la sala y quita a uno puede saltarse al siguiente, o al último. */
    struct hs_tcp *luis = entrar(sala, persona("luis")),
                  *ana = entrar(sala, persona("ana"));
    struct hs_tcp *sordo = entrar_como(angosto, sala, nombres[1]);
    struct hs_tcp *eva = entrar(sala, persona("eva"));
    const char *uno = palabra(), *dos = palabra();
    hs_tcp_stop_reading(mudo);
    hs_tcp_stop_reading(sordo);
    decir(ana, luis);
    int64_t antes = hs_usage(p).memory_kib;
    int n = inundar(ana, luis, uno, 4 * MIB, LARGOS);
    int m = inundar(ana, luis, dos, MIB, LARGOS);
    for (int i = 0; i < 2; i++) {
        hs_tcp_wait_line(luis, salida_de(nombres[i]), PRONTO);
        hs_tcp_wait_line(eva, salida_de(nombres[i]), PRONTO);
    }
    int64_t gasto = hs_usage(p).memory_kib - antes;
    hs_step("El programa ocupa %lld KiB más que antes", (long long)gasto);
    /* Hasta 1 MiB de cada uno, en mensajes de 1000 bytes: con libuv a secas fueron 2200 KiB; en la
     * solución, 1296; con hilos, 300. El doble de lo mayor son 4400, y 8 MiB, casi el cuádruple. */
    hs_expect_memory("la memoria de más con dos que no leen, en KiB,: ¿guarda sin "
                     "límite lo que no se lee?",
                     8 << 10, gasto);
    exigir_todos(luis, "quien entró detrás del primero", uno, n);
    exigir_todos(eva, "quien entró la última", uno, n);
    exigir_todos(luis, "quien entró detrás del primero", dos, m);
    exigir_todos(eva, "quien entró la última", dos, m);
    hs_tcp_read_again(mudo);
    hs_tcp_wait_end(mudo, PRONTO);
    hs_tcp_read_again(sordo);
    hs_tcp_wait_end(sordo, PRONTO);
    hs_step("Sus nombres quedan libres");
    for (int i = 0; i < 2; i++)
        decir(entrar(sala, nombres[i]), ana);
    hs_tcp_expect_lines(luis, 2, hs_has("ha salido"));
}

/* Lo que se guarda son líneas enteras: con un nombre largo pesan más del doble que su texto. */
HS_TEST(chat, se_cuentan_las_lineas_enteras)
{
    enum { CORTOS = 41, DICHO = 1900 << 10 };
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("mudo"),
               *largo = hs_format("%s-de-nombre-largo", palabra());
    largo = hs_format("%.*s", MAX_NOMBRE, largo);
    struct hs_tcp *mudo = entrar_como(angosto, sala, nombre);
    struct hs_tcp *luis = entrar(sala, persona("luis")), *ana = entrar(sala, largo);
    hs_tcp_stop_reading(mudo);
    hs_step("Quien habla tiene un nombre de %d bytes, y dice poco cada vez", MAX_NOMBRE);
    inundar(ana, luis, palabra(), DICHO, CORTOS);
    if (!hs_tcp_try_line(luis, salida_de(nombre), PRONTO))
        hs_fail(
            "a %s debía cerrársele la conexión al juntársele más de 1 MiB, y sigue en la "
            "sala con unos %d KiB sin leer. De cada línea se cuenta también lo que va "
            "delante, «%s: », y el final",
            nombre, DICHO / 1024, largo);
}

/*
 * Lo que ocupa 1 MiB de líneas cortas cuando cada una va en su petición: con libuv a secas son unos
 * 400 bytes por línea de 40, entre la petición (192), la copia y lo que añade malloc. El doble de eso.
 */
enum { PENDIENTE_KIB = 24 << 10 };

/* Quien no ha dado un nombre bueno también provoca respuestas. */
static void exigir_que_tampoco_sin_nombre(struct hs_program *p, struct hs_address sala,
                                          struct hs_tcp *luis)
{
    enum { MALOS = 20000, TANDAS = 40 };
    struct hs_tcp *nadie = conectar_como(angosto, sala, "quien no da su nombre");
    struct hs_tcp *eva = entrar(sala, persona("eva"));
    int64_t antes = hs_usage(p).memory_kib;
    const char *malos = repetir('\n', MALOS);
    hs_tcp_stop_reading(nadie);
    hs_step("Otro no da más que nombres vacíos, %d, y no lee", MALOS * TANDAS);
    hs_tcp_quiet(nadie, true);
    for (int i = 0; i < TANDAS && hs_tcp_state(nadie) == HS_TCP_OPEN; i++) {
        hs_tcp_send(nadie, malos);
        decir(eva, luis);
    }
    /* Quien deja de atenderle no lo leerá nunca: basta con que ya no gaste. */
    for (int64_t cpu = -1; hs_tcp_unread(nadie) && cpu != hs_usage(p).cpu_ms;) {
        cpu = hs_usage(p).cpu_ms;
        hs_tcp_try_line(luis, hs_has("\n"), 100);
    }
    int64_t gasto = hs_usage(p).memory_kib - antes;
    hs_expect_memory("la memoria de más con uno sin nombre que pide y no lee, en KiB,: "
                     "¿guarda sin límite lo que no se lee?",
                     PENDIENTE_KIB, gasto);
}

/* Cada tanda de órdenes acaba en un mensaje: cuando los demás lo oyen, o ven que se ha ido, ya
 * están hechas las respuestas. Quien deja de atender al que no lee tampoco le guarda nada. */
HS_TEST(chat, quien_pide_y_no_lee)
{
    enum { ORDENES = 500, TANDAS = 100 };
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    const char *nombre = persona("mudo"), *ordenes = "";
    struct hs_tcp *mudo = entrar_como(angosto, sala, nombre);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    for (int i = 0; i < ORDENES; i++)
        ordenes = hs_format("%s/list\n", ordenes);
    int largo = (int)strlen(listar(mudo)), tandas = 0;
    int64_t antes = hs_usage(p).memory_kib;
    hs_step("%s pide la lista sin parar y no la lee", nombre);
    hs_tcp_stop_reading(mudo);
    hs_tcp_quiet(mudo, true);
    bool atendido = true;
    while (atendido && tandas < TANDAS && !hs_tcp_count_lines(luis, salida_de(nombre))) {
        const char *clave = hs_format("tanda-%d.", ++tandas);
        hs_tcp_send(mudo, hs_format("%s%s\n", ordenes, clave));
        struct hs_match algo = {
            .regex = hs_format("%s: tanda-%d\\.|%s ha salido", nombre, tandas, nombre),
            .what = "el mensaje con que acaba la tanda"};
        atendido = hs_tcp_try_line(luis, algo, PRONTO) != NULL;
    }
    decir(ana, luis);
    if (tandas == TANDAS && atendido)
        hs_fail(
            "a %s debía cerrársele la conexión al juntársele más de 1 MiB, y sigue en la "
            "sala con unos %d KiB de respuestas a /list sin leer",
            nombre, largo * tandas * (ORDENES / 4) / 256);
    int64_t gasto = hs_usage(p).memory_kib - antes;
    hs_expect_memory(
        hs_format("la memoria de más tras unos %d KiB de respuestas que nadie lee, en "
                  "KiB,: ¿guarda sin límite lo que no se lee?",
                  largo * tandas * (ORDENES / 4) / 256),
        PENDIENTE_KIB, gasto);
    exigir_que_tampoco_sin_nombre(p, sala, luis);
}

/* Un nombre tan largo como cabe. */
static const char *numerada(int i)
{
    return hs_format("persona-numero-%05d", i + 1);
}

HS_TEST(chat, quinientos_clientes, .segundos = 60)
{
    enum { N = 500, TANDA = 50 };
    struct hs_options muchos = {.files = 700, .max_output = 8 * MIB};
    struct hs_tcp_options callado = {.quiet = true};
    struct hs_program *p = hs_start_with(muchos, "--puerto", "0");
    struct hs_address sala = hs_tcp_announced(p, "Escuchando en ", PRONTO);
    struct hs_tcp *c[N];
    hs_step("Llegan %d clientes, de %d en %d", N, TANDA, TANDA);
    for (int i = 0; i < N; i += TANDA) {
        for (int k = i; k < i + TANDA; k++) {
            c[k] = hs_tcp_open_with(callado, numerada(k), sala);
            mandar(c[k], numerada(k));
        }
        for (int k = i; k < i + TANDA; k++)
            hs_tcp_wait_line(c[k], hs_has(numerada(k)), 3 * PRONTO);
    }
    hs_step("Los %d están dentro; el último pide la lista y habla el primero", N);
    const char *texto = palabra(), *lista = listar(c[N - 1]);
    hs_expect(strstr(lista, hs_format("(%d)", N)) != NULL,
              "la lista debía decir que son %d y empieza por «%.60s»", N, lista);
    for (int i = 0; i < N; i++)
        hs_expect(en_la_lista(lista, numerada(i)),
                  "«%s» debía estar en la lista de los %d y no está en sus %zu bytes",
                  numerada(i), N, strlen(lista));
    mandar(c[0], texto);
    for (int i = 1; i < N; i++)
        hs_tcp_wait_line(c[i], hs_has(texto), 3 * PRONTO);
    hs_step("Lo han oído los otros %d", N - 1);
}
