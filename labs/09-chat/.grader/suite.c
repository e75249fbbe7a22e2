/*
 * La suite del laboratorio 09: llegar, los nombres y las órdenes. Cada prueba exige una sola
 * cosa del enunciado. Lo demás, en lineas.c, no_lee.c y programa.c.
 *
 * Los clientes los lleva el banco (tcp.h). Para no castigar dos veces el mismo error, una
 * prueba reconoce lo que no le toca por un nombre o un texto al azar, sin exigir su forma:
 * de la forma exacta de cada línea responde una sola. Y para decir que algo no llegó no
 * espera un rato: provoca otra cosa que tiene que llegar después.
 */
#include "sala.h"

HS_SUITE(chat)

/* ---- Llegar --------------------------------------------------------------------- */

HS_TEST(chat, anuncia_su_direccion)
{
    struct hs_program *p = hs_start("--puerto", "0");
    if (!hs_try_line(p, hs_has("Escuchando en "), PRONTO) && hs_running(p)) {
        hs_step("La línea no llega: le mando Ctrl+C por si la tenía guardada");
        hs_signal(p, SIGINT);
        hs_wait_exit(p, PRONTO);
        if (hs_find_line(p, hs_has("Escuchando en "), 1))
            hs_fail(
                "la línea «Escuchando en HOST:PUERTO» debía salir al empezar y salió al "
                "terminar el programa. En una tubería, stdio guarda las líneas: usa "
                "setvbuf o fflush");
        hs_fail("el programa debía escribir la línea «Escuchando en HOST:PUERTO» y no la "
                "ha escrito");
    }
    struct hs_address sala = hs_tcp_announced(p, "Escuchando en ", PRONTO);
    hs_expect_eq_str("la primera línea de la salida",
                     hs_format("Escuchando en 127.0.0.1:%d", sala.port),
                     hs_find_line(p, (struct hs_match){0}, 1)->text);
    struct hs_tcp *ana = hs_tcp_open("ana", sala);
    hs_tcp_wait_line(ana, (struct hs_match){.what = "una línea"}, PRONTO);
}

HS_TEST(chat, pide_el_nombre)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana");
    struct hs_tcp *ana = hs_tcp_open(nombre, sala);
    const struct hs_line *l = hs_tcp_wait_line(
        ana, (struct hs_match){.what = "una línea"}, PRONTO);
    hs_expect_eq_str("lo primero que recibe quien se conecta", PREGUNTA, l->text);
    mandar(ana, nombre);
    exigir_linea(ana, nombre, hs_format("* Hola, %s", nombre));
}

HS_TEST(chat, difunde_a_los_demas)
{
    enum { N = 4 };
    static const char *const quienes[N] = {"ana", "luis", "eva", "leo"};
    struct hs_address sala;
    struct hs_tcp *c[N];
    const char *textos[N];
    arrancar(&sala);
    for (int i = 0; i < N; i++)
        c[i] = entrar(sala, persona(quienes[i]));
    for (int de = 0; de < N; de++) {
        textos[de] = palabra();
        mandar(c[de], textos[de]);
        for (int i = 0; i < N; i++)
            if (i != de)
                hs_tcp_wait_line(c[i], hs_has(textos[de]), PRONTO);
    }
    decir(c[0], c[1]);
    decir(c[1], c[0]);
    hs_step("Nadie debe haber recibido un mensaje dos veces");
    for (int de = 0; de < N; de++)
        hs_tcp_expect_lines(c[de == 0], 1, hs_has(textos[de]));
}

HS_TEST(chat, formato_del_mensaje)
{
    static const char *const textos[] = {
        "%s",
        "  con espacios   por  todas partes: %s  ",
        "¡%s con eñes, acentos y 🎉!",
        "* %s no es un aviso: al principio va quien lo dice",
        "nadie: %s",
        "100 %% %%s %%n %s \\n",
        "%s \xff\xfe esto no es UTF-8",
        " /list %s no es una orden",
        "ni %s /quit",
        "%s\ra medias\r otra vez",
    };
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana");
    struct hs_tcp *ana = entrar(sala, nombre), *luis = entrar(sala, persona("luis"));
    for (size_t i = 0; i < sizeof textos / sizeof *textos; i++) {
        const char *clave = palabra(), *texto = hs_format(textos[i], clave);
        mandar(ana, texto);
        exigir_linea(luis, clave, hs_format("%s: %s", nombre, texto));
    }
}

HS_TEST(chat, no_se_oye_a_si_mismo)
{
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    const char *texto = palabra();
    mandar(ana, texto);
    hs_tcp_wait_line(luis, hs_has(texto), PRONTO);
    decir(luis, ana);
    hs_tcp_expect_no_line(ana, hs_has(texto));
}

HS_TEST(chat, conserva_el_orden)
{
    enum { N = 120 };
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    struct hs_tcp *eva = entrar(sala, persona("eva"));
    const char *a = palabra(), *b = palabra();
    hs_step("Dos escriben a la vez %d mensajes cada uno, numerados, y cada uno cuando el "
            "programa ya ha leído el anterior",
            N);
    for (int i = 1; i <= N; i++) {
        hs_tcp_quiet(ana, i > 1);
        hs_tcp_quiet(luis, i > 1);
        hs_tcp_send(ana, hs_format("%s-%d\n", a, i));
        hs_tcp_send(luis, hs_format("%s-%d\n", b, i));
        hs_tcp_wait_read(ana, PRONTO);
        hs_tcp_wait_read(luis, PRONTO);
    }
    hs_tcp_wait_lines(eva, N, hs_has(a), PRONTO);
    hs_tcp_wait_lines(eva, N, hs_has(b), PRONTO);
    for (int i = 1; i <= N; i++) {
        hs_expect_contains(hs_format("el mensaje n.º %d de uno", i),
                           hs_format("%s-%d", a, i),
                           hs_tcp_find_line(eva, hs_has(a), i)->text);
        hs_expect_contains(hs_format("el mensaje n.º %d del otro", i),
                           hs_format("%s-%d", b, i),
                           hs_tcp_find_line(eva, hs_has(b), i)->text);
    }
}

HS_TEST(chat, las_lineas_vacias_no_cuentan)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana");
    struct hs_tcp *ana = entrar(sala, nombre), *luis = entrar(sala, persona("luis"));
    int marca = hs_tcp_mark(luis);
    for (int i = 0; i < 2; i++) {
        hs_tcp_send(ana, "\n");
        hs_tcp_wait_read(ana, PRONTO);
    }
    decir(ana, luis);
    hs_expect_eq_int("el número de líneas que recibe el otro por dos vacías y un mensaje",
                     1, hs_tcp_mark(luis) - marca);
    hs_step("Una línea de espacios y tabuladores no está vacía");
    marca = hs_tcp_mark(luis);
    mandar(ana, " \t ");
    hs_tcp_wait_read(ana, PRONTO);
    decir(ana, luis);
    hs_expect_eq_str(
        "lo que le llega de una línea de espacios y tabuladores: no es una línea vacía",
        hs_format("%s:  \t ", nombre),
        hs_tcp_wait_line(luis, (struct hs_match){.after = marca}, PRONTO)->text);
}

/* ---- Nombres -------------------------------------------------------------------- */

HS_TEST(chat, nombre_ocupado)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana"), *otro = persona("bea");
    struct hs_tcp *ana = entrar(sala, nombre);
    struct hs_tcp *segunda = conectar(sala, otro);
    exigir_rechazo(segunda, nombre, "que ya tiene otra persona");
    exigir_rechazo(segunda, nombre, "que ya tiene otra persona");
    hs_step("Con otro nombre sí entra, y las mayúsculas cuentan");
    presentar(segunda, otro);
    decir(ana, segunda);
    struct hs_tcp *tercera = conectar(sala, "una tercera");
    presentar(tercera, hs_format("%c%s", nombre[0] - 'a' + 'A', nombre + 1));
    hs_step("Que uno empiece como otro no lo hace el mismo");
    presentar(conectar(sala, "una cuarta"), hs_format("%.3s", nombre));
    presentar(conectar(sala, "una quinta"), hs_format("%s7", nombre));
}

HS_TEST(chat, nombres_invalidos)
{
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *ana = conectar(sala, "ana");
    exigir_rechazo(ana, "", "vacío");
    exigir_rechazo(ana, hs_format("%.*s", MAX_NOMBRE + 1, "abcdefghijklmnopqrstuvwxyz"),
                   "de 21 bytes");
    exigir_rechazo(ana, "ñññññññññññ", "de 11 letras que ocupan 22 bytes");
    exigir_rechazo(ana, hs_format("%*s", 300, "largo"), "de 300 bytes");
    exigir_rechazo(ana, "dos palabras", "con un espacio");
    exigir_rechazo(ana, " ana", "con un espacio delante");
    exigir_rechazo(ana, "ana ", "con un espacio detrás");
    exigir_rechazo(ana, "a\tb", "con un tabulador");
    exigir_rechazo(ana, "\x1b[31mrojo", "con un carácter de control");
    exigir_rechazo(ana, "ana\x7f", "con el carácter de control 0x7f");
    exigir_rechazo(ana, "a\x01", "con el carácter de control 0x01");
    exigir_rechazo(ana, "\x1f", "que solo es el carácter de control 0x1f");
    exigir_rechazo(ana, "a\rb", "con un retorno en medio");
    for (const char *c = ":,*/"; *c; c++) {
        exigir_rechazo(ana, hs_format("%cana", *c),
                       hs_format("que empieza por «%c»", *c));
        exigir_rechazo(ana, hs_format("an%ca", *c), hs_format("con «%c» en medio", *c));
        exigir_rechazo(ana, hs_format("ana%c", *c), hs_format("que acaba en «%c»", *c));
    }
    exigir_rechazo(ana, "/list", "con una barra (todavía no hay órdenes)");
    exigir_rechazo(ana, "/quit", "con una barra (todavía no hay órdenes)");
    presentar(ana, persona("ana"));
}

HS_TEST(chat, nombres_validos)
{
    static const char *const nombres[] = {
        "x",          "ñandú",     "José_Luis-2.0",    "@pepe!",  "12345678901234567890",
        "ññññññññññ", "Ángel-à",   "no-utf8-\xff\xfe", "%s%d%%n", "<b>;\"'\\#$(x)",
        "\x80\xa0",   "Conectados"};
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *ana = entrar(sala, persona("ana"));
    for (size_t i = 0; i < sizeof nombres / sizeof *nombres; i++) {
        int marca = hs_tcp_mark(ana);
        struct hs_tcp *c = entrar(sala, nombres[i]);
        const char *texto = palabra();
        hs_expect_eq_str(
            "lo que leen los demás de quien entra",
            hs_format("* %s ha entrado", nombres[i]),
            hs_tcp_wait_line(ana, despues(hs_has("ha entrado"), marca), PRONTO)->text);
        mandar(c, texto);
        exigir_linea(ana, texto, hs_format("%s: %s", nombres[i], texto));
        marca = hs_tcp_mark(ana);
        hs_tcp_close(c);
        hs_expect_eq_str(
            "lo que leen los demás de quien se va",
            hs_format("* %s ha salido", nombres[i]),
            hs_tcp_wait_line(ana, despues(hs_has("ha salido"), marca), PRONTO)->text);
    }
}

HS_TEST(chat, sin_nombre_no_esta)
{
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    const char *texto = palabra();
    struct hs_tcp *nadie = conectar(sala, "quien no da su nombre");
    struct hs_tcp *otro = conectar(sala, "otro que no da su nombre");
    mandar(ana, texto);
    hs_tcp_wait_line(luis, hs_has(texto), PRONTO);
    const char *lista = listar(luis);
    hs_expect(strstr(lista, "(2)") != NULL,
              "hay dos con nombre y dos sin él: la lista debía decir (2) y es «%s»",
              lista);
    const char *suyo = persona("eva");
    struct hs_tcp *eva = entrar(sala, suyo);
    exigir_rechazo(otro, suyo, "ocupado");
    exigir_rechazo(nadie, suyo, "ocupado");
    exigir_rechazo(nadie, "dos palabras", "con un espacio");
    mandar(eva, "/quit");
    hs_tcp_wait_line(luis, salida_de(suyo), PRONTO);
    hs_step("Los dos se van como vinieron");
    hs_tcp_expect_no_line(nadie, hs_has(texto));
    hs_tcp_expect_no_line(nadie, hs_has("ha entrado"));
    hs_tcp_expect_no_line(nadie, hs_has("ha salido"));
    hs_tcp_close(otro);
    hs_tcp_close(nadie);
    decir(ana, luis);
    hs_tcp_expect_lines(luis, 1, hs_has("ha salido"));
    lista = listar(luis);
    hs_expect(strstr(lista, "(2)") != NULL,
              "quedan dos con nombre: la lista debía decir (2) y es «%s»", lista);
}

/* ---- Entradas, salidas y órdenes ------------------------------------------------- */

HS_TEST(chat, avisa_de_entradas)
{
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    const char *nombre = persona("eva");
    struct hs_tcp *eva = entrar(sala, nombre);
    exigir_linea(ana, nombre, hs_format("* %s ha entrado", nombre));
    exigir_linea(luis, nombre, hs_format("* %s ha entrado", nombre));
    decir(luis, eva);
    hs_tcp_expect_no_line(eva, hs_has(hs_format("%s ha entrado", nombre)));
    hs_tcp_expect_lines(ana, 1, hs_has(nombre));
}

HS_TEST(chat, avisa_de_salidas)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("eva"), *aviso = hs_format("* %s ha salido", nombre);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    struct hs_tcp *eva = entrar(sala, nombre);
    int de_ana = hs_tcp_mark(ana), de_luis = hs_tcp_mark(luis);
    hs_tcp_close(eva);
    struct hs_match algo = {
        .has = {nombre}, .lacks = "entrado", .what = hs_format("el aviso «%s»", aviso)};
    hs_expect_eq_str("el aviso de que se ha ido", aviso,
                     hs_tcp_wait_line(ana, despues(algo, de_ana), PRONTO)->text);
    hs_expect_eq_str("el aviso de que se ha ido", aviso,
                     hs_tcp_wait_line(luis, despues(algo, de_luis), PRONTO)->text);
    decir(ana, luis);
    hs_tcp_expect_lines(luis, 1, linea(aviso));
}

HS_TEST(chat, quit)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana");
    struct hs_tcp *ana = entrar(sala, nombre), *luis = entrar(sala, persona("luis"));
    mandar(ana, "/quit");
    hs_tcp_wait_line(ana, linea(ADIOS), PRONTO);
    hs_tcp_wait_end(ana, PRONTO);
    hs_tcp_wait_line(luis, salida_de(nombre), PRONTO);
    decir(luis, entrar(sala, persona("eva")));
    hs_tcp_expect_lines(luis, 1, salida_de(nombre));
    hs_tcp_expect_no_line(luis, hs_has("/quit"));
}

HS_TEST(chat, list)
{
    enum { N = 5 };
    struct hs_address sala;
    struct hs_tcp *c[N];
    const char *nombres[N];
    size_t largo = 0;
    arrancar(&sala);
    for (int i = 0; i < N; i++) {
        nombres[i] = hs_format("%s%%s%%n", palabra());
        c[i] = entrar(sala, nombres[i]);
        largo += strlen(nombres[i]) + (i > 0 ? strlen(", ") : 0);
        const char *lista = listar(c[hs_random((uint64_t)i + 1)]);
        const char *principio = hs_format("* Conectados (%d): ", i + 1);
        hs_expect_eq_str("el principio de la lista", principio,
                         hs_format("%.*s", (int)strlen(principio), lista));
        for (int k = 0; k <= i; k++)
            hs_expect(en_la_lista(lista, nombres[k]),
                      "«%s» debía estar en la lista y la lista es «%s»", nombres[k],
                      lista);
        hs_expect_eq_int("el número de bytes de la lista: lleva los nombres separados "
                         "por «, » y nada más",
                         (int64_t)(strlen(principio) + largo), (int64_t)strlen(lista));
    }
    int suyas = hs_tcp_count_lines(c[1], hs_has("Conectados"));
    listar(c[0]);
    decir(c[0], c[1]);
    hs_expect_eq_int("el número de listas que ha recibido otro: no ha vuelto a pedirla",
                     suyas, hs_tcp_count_lines(c[1], hs_has("Conectados")));
    hs_tcp_expect_no_line(c[1], hs_has("/list"));
}

HS_TEST(chat, orden_desconocida)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *orden = hs_format("/%s", palabra());
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    mandar(ana, orden);
    hs_tcp_wait_line(ana, error_del_servidor(), PRONTO);
    static const char *const casi[] = {"/listado", "/lis",   "/list ",  "/LIST",
                                       "/",        "/quita", "/quit ya"};
    for (int i = 0; i < (int)(sizeof casi / sizeof *casi); i++) {
        mandar(ana, casi[i]);
        hs_tcp_wait_lines(ana, i + 2, error_del_servidor(), PRONTO);
    }
    decir(ana, luis);
    hs_tcp_expect_no_line(luis, hs_has(orden));
    hs_tcp_expect_no_line(luis, hs_has("ERROR"));
}

HS_TEST(chat, nombre_libre_al_salir)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana");
    struct hs_tcp *luis = entrar(sala, persona("luis"));
    for (int i = 1; i <= 4; i++) {
        struct hs_tcp *ana = entrar(sala, nombre);
        decir(ana, luis);
        if (i % 2 == 1)
            mandar(ana, "/quit");
        else
            hs_tcp_close(ana);
        hs_tcp_wait_lines(luis, i, salida_de(nombre), PRONTO);
    }
}
