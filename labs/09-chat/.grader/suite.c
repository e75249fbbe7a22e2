/*
 * La suite del laboratorio 09. Cada prueba exige una sola cosa del enunciado.
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
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    hs_expect_eq_str("con --puerto 0, la primera línea de la salida",
                     hs_format("Escuchando en 127.0.0.1:%d", sala.port),
                     hs_find_line(p, (struct hs_match){0}, 1)->text);
    struct hs_tcp *ana = hs_tcp_open("ana", sala);
    hs_tcp_wait_line(ana, (struct hs_match){.what = "ninguna línea"}, PRONTO);
}

HS_TEST(chat, pide_el_nombre)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana");
    struct hs_tcp *ana = hs_tcp_open(nombre, sala);
    const struct hs_line *l = hs_tcp_wait_line(
        ana, (struct hs_match){.what = "ninguna línea"}, PRONTO);
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
    enum { N = 300 };
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    struct hs_tcp *eva = entrar(sala, persona("eva"));
    const char *a = palabra(), *b = palabra(), *de_ana = "", *de_luis = "";
    for (int i = 1; i <= N; i++) {
        de_ana = hs_format("%s%s-%d\n", de_ana, a, i);
        de_luis = hs_format("%s%s-%d\n", de_luis, b, i);
    }
    hs_step("Dos escriben a la vez %d mensajes cada uno, numerados", N);
    hs_tcp_send(ana, de_ana);
    hs_tcp_send(luis, de_luis);
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
    hs_tcp_send(ana, "\n\n\r\n");
    decir(ana, luis);
    hs_expect_eq_int("líneas que recibe el otro por tres vacías y un mensaje", 1,
                     hs_tcp_mark(luis) - marca);
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
}

HS_TEST(chat, nombres_invalidos)
{
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *ana = conectar(sala, "ana");
    exigir_rechazo(ana, "", "vacío");
    exigir_rechazo(ana, hs_format("%.*s", MAX_NOMBRE + 1, "abcdefghijklmnopqrstuvwxyz"),
                   "de 21 bytes");
    exigir_rechazo(ana, hs_format("%*s", 300, "largo"), "de 300 bytes");
    exigir_rechazo(ana, hs_format("%*s", 1500, "largo"), "de 1500 bytes");
    exigir_rechazo(ana, "dos palabras", "con un espacio");
    exigir_rechazo(ana, " ana", "con un espacio delante");
    exigir_rechazo(ana, "ana ", "con un espacio detrás");
    exigir_rechazo(ana, "a\tb", "con un tabulador");
    exigir_rechazo(ana, "\x1b[31mrojo", "con un carácter de control");
    exigir_rechazo(ana, "ana:", "con dos puntos");
    exigir_rechazo(ana, "a,b", "con una coma");
    exigir_rechazo(ana, "*ana", "con un asterisco");
    exigir_rechazo(ana, "/list", "con una barra (todavía no hay órdenes)");
    presentar(ana, persona("ana"));
}

HS_TEST(chat, nombres_validos)
{
    static const char *const nombres[] = {"x", "ñandú", "José_Luis-2.0", "@pepe!",
                                          "12345678901234567890"};
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *ana = entrar(sala, persona("ana"));
    for (size_t i = 0; i < sizeof nombres / sizeof *nombres; i++) {
        struct hs_tcp *c = entrar(sala, nombres[i]);
        const char *texto = palabra();
        mandar(c, texto);
        exigir_linea(ana, texto, hs_format("%s: %s", nombres[i], texto));
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
              "hay dos con nombre y dos sin él, así que la lista dice (2): «%s»", lista);
    hs_step("Los dos se van como vinieron");
    hs_tcp_close(otro);
    hs_tcp_finish(nadie);
    hs_tcp_wait_end(nadie, PRONTO);
    decir(ana, luis);
    hs_tcp_expect_no_line(nadie, hs_has(texto));
    hs_tcp_expect_no_line(luis, (struct hs_match){.has = {"ha salido"}});
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
        nombres[i] = palabra();
        c[i] = entrar(sala, nombres[i]);
        largo += strlen(nombres[i]) + (i > 0 ? strlen(", ") : 0);
        const char *lista = listar(c[hs_random((uint64_t)i + 1)]);
        const char *principio = hs_format("* Conectados (%d): ", i + 1);
        hs_expect_eq_str("el principio de la lista", principio,
                         hs_format("%.*s", (int)strlen(principio), lista));
        for (int k = 0; k <= i; k++)
            hs_expect(en_la_lista(lista, nombres[k]), "«%s» está en «%s»", nombres[k],
                      lista);
        hs_expect_eq_int("bytes de la lista: los nombres separados por «, » y nada más",
                         (int64_t)(strlen(principio) + largo), (int64_t)strlen(lista));
    }
    int suyas = hs_tcp_count_lines(c[1], hs_has("Conectados"));
    listar(c[0]);
    decir(c[0], c[1]);
    hs_expect_eq_int("listas que ha recibido otro, que no ha vuelto a pedirla", suyas,
                     hs_tcp_count_lines(c[1], hs_has("Conectados")));
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
    mandar(ana, "/listado");
    hs_tcp_wait_lines(ana, 2, error_del_servidor(), PRONTO);
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
    for (int i = 1; i <= 3; i++) {
        struct hs_tcp *ana = entrar(sala, nombre);
        decir(ana, luis);
        if (i == 1)
            mandar(ana, "/quit");
        else
            hs_tcp_close(ana);
        hs_tcp_wait_lines(luis, i, salida_de(nombre), PRONTO);
    }
}

/* ---- Un flujo no son líneas ------------------------------------------------------ */

HS_TEST(chat, crlf_y_lf)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana");
    struct hs_tcp *luis = entrar(sala, persona("luis")), *ana = conectar(sala, nombre);
    hs_step("%s acaba sus líneas con \\r\\n, como telnet", nombre);
    hs_tcp_send(ana, hs_format("%s\r\n", nombre));
    exigir_linea(ana, nombre, hs_format("* Hola, %s", nombre));
    const char *uno = palabra(), *dos = palabra();
    hs_tcp_send(ana, hs_format("%s\r\n", uno));
    exigir_linea(luis, uno, hs_format("%s: %s", nombre, uno));
    hs_tcp_send(ana, hs_format("%s\n", dos));
    exigir_linea(luis, dos, hs_format("%s: %s", nombre, dos));
    hs_tcp_send(ana, "/list\r\n");
    hs_tcp_wait_line(ana, hs_has("Conectados"), PRONTO);
    hs_tcp_send(ana, "/quit\r\n");
    hs_tcp_wait_end(ana, PRONTO);
}

HS_TEST(chat, lineas_a_trozos)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana"), *ini = palabra(), *fin = palabra();
    struct hs_tcp *luis = entrar(sala, persona("luis")),
                  *eva = entrar(sala, persona("eva"));
    struct hs_tcp *ana = conectar(sala, nombre);
    hs_tcp_send_pieces(ana, hs_format("%s\r\n", nombre), 1, PRONTO);
    hs_tcp_wait_line(ana, hs_has(nombre), PRONTO);
    hs_step("Deja un mensaje a medias, y mientras tanto hablan otros");
    hs_tcp_send(ana, ini);
    hs_tcp_wait_read(ana, PRONTO);
    decir(luis, ana);
    decir(eva, luis);
    hs_tcp_expect_no_line(luis, hs_has(ini));
    hs_tcp_send_pieces(ana, hs_format(" ñ %s\n", fin), 1, PRONTO);
    exigir_linea(luis, fin, hs_format("%s: %s ñ %s", nombre, ini, fin));
    exigir_linea(eva, fin, hs_format("%s: %s ñ %s", nombre, ini, fin));
}

HS_TEST(chat, varias_lineas_en_un_paquete)
{
    enum { N = 20 };
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana"), *texto = palabra();
    struct hs_tcp *luis = entrar(sala, persona("luis")), *ana = conectar(sala, nombre);
    const char *todo = hs_format("%s\n", nombre);
    for (int i = 1; i <= N; i++)
        todo = hs_format("%s%s-%d.\n", todo, texto, i);
    hs_step("Su nombre, %d mensajes y /quit, todo de una vez", N);
    hs_tcp_send(ana, hs_format("%s/quit\n", todo));
    hs_tcp_wait_line(ana, linea(ADIOS), PRONTO);
    hs_tcp_wait_line(luis, salida_de(nombre), PRONTO);
    for (int i = 1; i <= N; i++)
        hs_tcp_expect_lines(luis, 1, hs_has(hs_format("%s-%d.", texto, i)));
}

HS_TEST(chat, linea_demasiado_larga)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana");
    struct hs_tcp *ana = entrar(sala, nombre), *luis = entrar(sala, persona("luis"));
    const char *uno = palabra(), *dos = palabra();
    const char *justa = hs_format("%s%s", uno, repetir('j', MAX_LINEA - strlen(uno)));
    const char *justa2 = hs_format("%s%s", dos, repetir('k', MAX_LINEA - strlen(dos)));
    hs_step("Dos líneas de %d bytes justos, una con \\n y otra con \\r\\n: caben",
            MAX_LINEA);
    hs_tcp_send(ana, hs_format("%s\n%s\r\n", justa, justa2));
    exigir_linea(luis, uno, hs_format("%s: %s", nombre, justa));
    exigir_linea(luis, dos, hs_format("%s: %s", nombre, justa2));
    hs_tcp_expect_no_line(ana, error_del_servidor());
    static const size_t largos[] = {MAX_LINEA + 1, MAX_LINEA + 24, 3 * MAX_LINEA, 70000};
    for (int i = 0; i < 4; i++) {
        const char *despues_de = palabra();
        hs_step("Una línea de %zu bytes: no cabe. Detrás va otra corta", largos[i]);
        hs_tcp_send(ana, hs_format("%s\n%s\n", repetir('Z', largos[i]), despues_de));
        hs_tcp_wait_lines(ana, i + 1, error_del_servidor(), PRONTO);
        exigir_linea(luis, despues_de, hs_format("%s: %s", nombre, despues_de));
        hs_tcp_expect_lines(ana, i + 1, error_del_servidor());
    }
    hs_tcp_expect_no_line(luis, hs_has("ZZZ"));
}

HS_TEST(chat, linea_sin_fin)
{
    enum { MANDA = 16 * MIB };
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    decir(ana, luis);
    int64_t antes = hs_usage(p).memory_kib;
    hs_step("Envía %d MiB sin ningún fin de línea; el programa ocupa %lld KiB",
            MANDA / MIB, (long long)antes);
    char *mucho = malloc(MANDA);
    hs_tcp_send_bytes(ana, memset(mucho, 'Z', MANDA), MANDA);
    free(mucho);
    hs_tcp_wait_read(ana, 2 * PRONTO);
    int64_t despues_kib = hs_usage(p).memory_kib;
    hs_step("Cuando lo ha leído todo ocupa %lld KiB", (long long)despues_kib);
    hs_expect_at_most("KiB de más tras leer una línea que no acaba", 8 << 10,
                      despues_kib - antes);
    hs_tcp_send(ana, "\n");
    hs_tcp_wait_line(ana, error_del_servidor(), PRONTO);
    decir(ana, luis);
    hs_tcp_expect_no_line(luis, hs_has("ZZZ"));
    decir(luis, ana);
    hs_tcp_expect_lines(ana, 1, error_del_servidor());
}

HS_TEST(chat, cierra_solo_su_lado)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana"), *uno = palabra(), *dos = palabra();
    struct hs_tcp *luis = entrar(sala, persona("luis"));
    struct hs_tcp *ana = hs_tcp_open(nombre, sala);
    hs_step("Como `printf ... | nc -N`: lo dice todo, cierra su lado y no se va");
    hs_tcp_send(ana, hs_format("%s\n%s\n%s\n", nombre, uno, dos));
    hs_tcp_finish(ana);
    int ultima = hs_tcp_wait_line(luis, salida_de(nombre), PRONTO)->number;
    const struct hs_line *a = hs_tcp_find_line(luis, hs_has(uno), 1);
    const struct hs_line *b = hs_tcp_find_line(luis, hs_has(dos), 1);
    hs_expect(a && b && a->number < b->number && b->number < ultima,
              "antes del aviso de que se fue llegan, en orden, sus dos mensajes");
    hs_tcp_wait_end(ana, PRONTO);
}

HS_TEST(chat, corte_brusco)
{
    enum { N = 8 };
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    hs_step("%d se cortan de golpe: recién llegados, con nombre y con cosas sin leer", N);
    for (int i = 0; i < N; i++) {
        const char *nombre = hs_format("visita-%d", i + 1);
        struct hs_tcp *c = conectar(sala, nombre);
        if (i % 4 == 0) {
            hs_tcp_reset(c);
            continue;
        }
        presentar(c, nombre);
        if (i % 4 == 2)
            hs_tcp_stop_reading(c);
        if (i % 2 == 0)
            for (int k = 0; k < 20; k++)
                mandar(ana, palabra());
        if (i % 4 == 3)
            hs_tcp_send(c, "una línea a med");
        hs_tcp_reset(c);
        mandar(ana, palabra());
        hs_tcp_wait_line(luis, salida_de(nombre), PRONTO);
    }
    decir(ana, luis);
    decir(luis, ana);
    hs_expect(hs_running(p), "el programa sigue en marcha");
    const char *lista = listar(ana);
    hs_expect(strstr(lista, "(2)") != NULL, "solo quedan dos: «%s»", lista);
}

/* ---- Quien no lee ---------------------------------------------------------------- */

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
    inundar(ana, luis, palabra(), 4 * MIB);
    decir(luis, ana);
    hs_step("Y la sala sigue abierta para quien llegue");
    decir(entrar(sala, persona("eva")), ana);
}

HS_TEST(chat, quien_se_atrasa_no_pierde_nada)
{
    struct hs_address sala;
    arrancar(&sala);
    struct hs_tcp *lento = entrar_como(angosto, sala, persona("lento"));
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    const char *clave = palabra();
    hs_tcp_stop_reading(lento);
    int n = inundar(ana, luis, clave, 900 << 10);
    hs_tcp_expect_no_line(luis, hs_has("ha salido"));
    hs_tcp_read_again(lento);
    hs_tcp_wait_line(lento, hs_has(hs_format("%s-%d.", clave, n)), PRONTO);
    for (int i = 1; i <= n; i++) {
        const struct hs_line *l = hs_tcp_find_line(lento, hs_has(clave), i);
        hs_expect_contains(hs_format("el mensaje n.º %d que recibe quien se atrasó", i),
                           hs_format("%s-%d.", clave, i), l ? l->text : NULL);
    }
    decir(lento, ana);
}

HS_TEST(chat, quien_no_lee_es_expulsado)
{
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    const char *nombre = persona("mudo");
    struct hs_tcp *mudo = entrar_como(angosto, sala, nombre);
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    hs_tcp_stop_reading(mudo);
    decir(ana, luis);
    int64_t antes = hs_usage(p).memory_kib;
    inundar(ana, luis, palabra(), 4 * MIB);
    hs_tcp_wait_line(luis, salida_de(nombre), PRONTO);
    hs_tcp_wait_line(ana, salida_de(nombre), PRONTO);
    int64_t gasto = hs_usage(p).memory_kib - antes;
    hs_step("El programa ocupa %lld KiB más que antes", (long long)gasto);
    hs_expect_at_most("KiB de más con alguien que no lee", 8 << 10, gasto);
    hs_tcp_read_again(mudo);
    hs_tcp_wait_end(mudo, PRONTO);
    hs_tcp_expect_lines(luis, 1, hs_has("ha salido"));
}

HS_TEST(chat, quinientos_clientes, .segundos = 60)
{
    enum { N = 500, TANDA = 50 };
    struct hs_options muchos = {.files = 700, .processes = 1200, .max_output = 8 * MIB};
    struct hs_tcp_options callado = {.quiet = true};
    struct hs_program *p = hs_start_with(muchos, "--puerto", "0");
    struct hs_address sala = hs_tcp_announced(p, "Escuchando en ", PRONTO);
    struct hs_tcp *c[N];
    hs_step("Llegan %d clientes, de %d en %d", N, TANDA, TANDA);
    for (int i = 0; i < N; i += TANDA) {
        for (int k = i; k < i + TANDA; k++) {
            c[k] = hs_tcp_open_with(callado, hs_format("cliente n.º %d", k + 1), sala);
            mandar(c[k], hs_format("persona-%d", k + 1));
        }
        for (int k = i; k < i + TANDA; k++)
            hs_tcp_wait_line(c[k], hs_has(hs_format("persona-%d", k + 1)), 3 * PRONTO);
    }
    hs_step("Los %d están dentro; el último pide la lista y habla el primero", N);
    const char *texto = palabra(), *lista = listar(c[N - 1]);
    hs_expect(strstr(lista, hs_format("(%d)", N)) != NULL,
              "la lista dice que son %d: «%.60s...»", N, lista);
    mandar(c[0], texto);
    for (int i = 1; i < N; i++)
        hs_tcp_wait_line(c[i], hs_has(texto), 3 * PRONTO);
    hs_step("Lo han oído los otros %d", N - 1);
}

/* ---- El programa ------------------------------------------------------------------ */

HS_TEST(chat, ctrl_c_despide_a_todos)
{
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    struct hs_tcp *c[] = {entrar(sala, persona("ana")), entrar(sala, persona("luis")),
                          entrar(sala, persona("eva")),
                          conectar(sala, "quien no dio nombre")};
    hs_tcp_send(c[1], "una línea a medias");
    decir(c[0], c[2]);
    despedir(p);
    for (int i = 0; i < 4; i++) {
        hs_tcp_wait_line(c[i], linea(ADIOS), PRONTO);
        hs_tcp_wait_end(c[i], PRONTO);
    }
}

HS_TEST(chat, ctrl_c_con_quien_no_lee)
{
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    struct hs_tcp *mudo = entrar_como(angosto, sala, persona("mudo"));
    struct hs_tcp *ana = entrar(sala, persona("ana")),
                  *luis = entrar(sala, persona("luis"));
    hs_tcp_stop_reading(mudo);
    inundar(ana, luis, palabra(), 600 << 10);
    despedir(p);
    hs_tcp_wait_line(ana, linea(ADIOS), PRONTO);
    hs_tcp_wait_line(luis, linea(ADIOS), PRONTO);
}

HS_TEST(chat, puerto_ocupado)
{
    struct hs_address sala;
    struct hs_program *p = arrancar(&sala);
    hs_step("Otro chat quiere el mismo puerto");
    struct hs_program *otro = hs_start("--puerto", hs_format("%d", sala.port));
    hs_expect_exit(otro, 1, PRONTO);
    hs_expect_eq_str("si no puede escuchar no escribe nada en stdout", "",
                     hs_stdout(otro));
    hs_expect_eq_int("líneas en stderr", 1, hs_mark(otro));
    hs_expect_contains("el error en stderr dice qué puerto no pudo usar",
                       hs_format("%d", sala.port), hs_stderr(otro));
    hs_expect(hs_running(p), "el primero sigue");
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
        hs_expect_exit(p, 2, PRONTO);
        hs_expect_eq_str("con argumentos inválidos no se escribe nada en stdout", "",
                         hs_stdout(p));
        hs_expect_eq_int("líneas en stderr", 1, hs_mark(p));
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
    hs_expect_at_most(hs_format("descriptores abiertos tras %d visitas (con %d tenía %d)",
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
    hs_tcp_stop_reading(mudo);
    inundar(ana, luis, palabra(), 200 << 10);
    hs_tcp_send(luis, "a medias");
    hs_tcp_wait_read(luis, PRONTO);
    hs_step("Nadie dice nada: el programa no tiene más que esperar");
    double desde = hs_now();
    int64_t antes = hs_usage(p).cpu_ms;
    hs_tcp_try_line(ana, hs_has("\n"), 400);
    int64_t gasto = hs_usage(p).cpu_ms - antes;
    double ms = hs_now() - desde;
    hs_step("En %.0f ms ha gastado %lld ms de procesador", ms, (long long)gasto);
    hs_expect_at_most(
        hs_format("milisegundos de procesador gastados en %.0f ms de espera", ms),
        20 + (int64_t)(ms / 50), gasto);
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
    inundar(ana, luis, palabra(), 400 << 10);
    hs_tcp_reset(mudo);
    decir(ana, luis);
    hs_tcp_send(ana, "a medias");
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 0, 2 * DESPEDIDA);
}
