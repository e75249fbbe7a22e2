/* lineas.c: un flujo no son líneas. Llegan a trozos, juntas, sin acabar o demasiado largas. */
#include "sala.h"

#include <stdio.h>

HS_TEST(chat, crlf_y_lf)
{
    struct hs_address sala;
    arrancar(&sala);
    const char *nombre = persona("ana");
    struct hs_tcp *luis = entrar(sala, persona("luis")), *ana = conectar(sala, nombre);
    hs_step("%s acaba sus líneas con \\r\\n, como telnet", nombre);
    hs_tcp_send(ana, hs_format("%s\r\n", nombre));
    exigir_linea(ana, nombre, hs_format("* Hola, %s", nombre));
    const char *uno = palabra(), *dos = palabra(), *tres = palabra();
    hs_tcp_send(ana, hs_format("%s\r\r\n", tres));
    exigir_linea(luis, tres, hs_format("%s: %s\r", nombre, tres));
    hs_tcp_send(ana, hs_format("%s\r\n", uno));
    exigir_linea(luis, uno, hs_format("%s: %s", nombre, uno));
    hs_tcp_send(ana, hs_format("%s\n", dos));
    exigir_linea(luis, dos, hs_format("%s: %s", nombre, dos));
    hs_step("Una línea que solo lleva su final, \\r\\n, está vacía, como \\n");
    int marca = hs_tcp_mark(luis);
    hs_tcp_send(ana, "\r\n\n\r\n");
    decir(ana, luis);
    hs_expect_eq_int(
        "el número de líneas que recibe el otro por tres vacías y un mensaje", 1,
        hs_tcp_mark(luis) - marca);
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
    enum { N = 300 };
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
    hs_tcp_expect_lines(luis, N, hs_has(texto));
    for (int i = 1; i <= N; i++)
        hs_expect_contains(hs_format("el mensaje n.º %d", i),
                           hs_format("%s-%d.", texto, i),
                           hs_tcp_find_line(luis, hs_has(texto), i)->text);

    /* Cerrar con algo sin leer corta la conexión, y el corte puede llevarse el adiós: aquí no
     * se le exige. */
    const char *otro = persona("bea"), *antes = palabra(), *tarde = palabra();
    struct hs_tcp *bea = conectar(sala, otro);
    hs_step("Otra persona sigue escribiendo tras su /quit: ya se ha ido");
    hs_tcp_send(bea, hs_format("%s\n%s\n/quit\n%s\n/list\n", otro, antes, tarde));
    hs_tcp_wait_line(luis, hs_has(antes), PRONTO);
    hs_tcp_wait_line(luis, salida_de(otro), PRONTO);
    hs_tcp_wait_end(bea, PRONTO);
    decir(entrar(sala, persona("eva")), luis);
    hs_tcp_expect_no_line(luis, hs_has(tarde));
    hs_tcp_expect_lines(luis, 1, salida_de(otro));
}

HS_TEST(chat, linea_demasiado_larga)
{
    struct hs_address sala;
    arrancar(&sala);
    /* Con un nombre tan largo como puede ser: delante de una línea justa ocupa lo que más. */
    const char *nombre = hs_format("%.*s", MAX_NOMBRE,
                                   hs_format("%s-de-nombre-largo", palabra()));
    struct hs_tcp *ana = entrar(sala, nombre), *luis = entrar(sala, persona("luis"));
    const char *uno = palabra(), *dos = palabra();
    const char *justa = hs_format("%s%s", uno, repetir('j', MAX_LINEA - strlen(uno)));
    const char *justa2 = hs_format("%s%s", dos, repetir('k', MAX_LINEA - strlen(dos)));
    hs_step("Dos líneas de %d bytes justos, una con \\n y otra con \\r\\n, que llega "
            "partido: caben",
            MAX_LINEA);
    hs_tcp_send(ana, hs_format("%s\n%s\r", justa, justa2));
    hs_tcp_wait_read(ana, PRONTO);
    hs_tcp_send(ana, "\n");
    exigir_linea(luis, uno, hs_format("%s: %s", nombre, justa));
    exigir_linea(luis, dos, hs_format("%s: %s", nombre, justa2));
    decir(luis, ana);
    hs_tcp_expect_no_line(ana, error_del_servidor());
    static const size_t largos[] = {MAX_LINEA + 1, MAX_LINEA + 24, 3 * MAX_LINEA, 70000};
    for (int i = 0; i < 4; i++) {
        const char *despues_de = palabra();
        hs_step("Una línea de %zu bytes: no cabe. Detrás va otra corta", largos[i]);
        hs_tcp_send(ana, hs_format("%s\n%s\n", repetir('Z', largos[i]), despues_de));
        hs_tcp_wait_lines(ana, i + 1, error_del_servidor(), PRONTO);
        exigir_linea(luis, despues_de, hs_format("%s: %s", nombre, despues_de));
        decir(luis, ana);
        hs_tcp_expect_lines(ana, i + 1, error_del_servidor());
    }
    hs_tcp_expect_no_line(luis, hs_has("ZZZ"));
    const char *letras = "";
    for (int i = 0; i <= MAX_LINEA / 2; i++)
        letras = hs_format("%sñ", letras);
    hs_step("%d letras ñ, que ocupan %zu bytes: tampoco caben", MAX_LINEA / 2 + 1,
            strlen(letras));
    mandar(ana, letras);
    hs_tcp_wait_lines(ana, 5, error_del_servidor(), PRONTO);
    decir(ana, luis);
    hs_tcp_expect_no_line(luis, hs_has("ññ"));
    const char *suyo = persona("eva");
    struct hs_tcp *eva = conectar(sala, suyo);
    hs_step("Tampoco cabe en lugar del nombre, y después se pregunta otra vez");
    exigir_rechazo(eva, hs_format("%*s", 1500, "largo"), "de 1500 bytes");
    presentar(eva, suyo);
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
    /* Leyéndola, la solución creció 68 KiB; con libuv a secas, 60; con hilos, 0. El doble de lo
     * mayor son 136: 8 MiB es mucho más, y la mitad de lo que ocuparía guardarla. */
    hs_expect_memory(
        "la memoria de más tras leer una línea que no acaba, en KiB,: ¿la guarda entera?",
        8 << 10, despues_kib - antes);
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
    hs_expect(
        a && b && a->number < b->number && b->number < ultima,
        "antes del aviso de que se fue debían llegar, en orden, sus dos mensajes y no "
        "ha sido así");
    hs_tcp_wait_end(ana, PRONTO);

    enum { N = 5000 };
    const char *otra = persona("eva"), *clave = palabra();
    struct hs_tcp *eva = entrar(sala, otra);
    char *todo = malloc((size_t)N * 32), *fin = todo;
    for (int i = 1; i <= N; i++)
        fin += sprintf(fin, "%s-%d\n", clave, i);
    hs_step(
        "%s escribe %d líneas de una vez y cierra su lado: cuando el programa lo nota, "
        "aún le quedan por leer",
        otra, N);
    hs_tcp_quiet(eva, true);
    hs_tcp_quiet(luis, true);
    hs_tcp_send(eva, todo);
    hs_tcp_finish(eva);
    free(todo);
    hs_tcp_wait_line(luis, salida_de(otra), 2 * PRONTO);
    hs_expect_eq_int("el número de líneas suyas que llegan antes del aviso de que se fue",
                     N, hs_tcp_count_lines(luis, hs_has(hs_format("%s-", clave))));
    hs_expect_contains("la última línea antes del aviso", hs_format("%s-%d", clave, N),
                       hs_tcp_find_line(luis, hs_has(clave), N)->text);
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
    hs_step("Los nombres de quienes se cortaron, o cerraron su lado, quedan libres");
    for (int i = 1; i <= 2; i++) {
        struct hs_tcp *c = entrar(sala, "visita-2");
        if (i == 1)
            hs_tcp_reset(c);
        else
            hs_tcp_finish(c);
        hs_tcp_wait_lines(luis, i + 1, salida_de("visita-2"), PRONTO);
    }
    hs_expect(hs_running(p), "el programa debía seguir en marcha y ya ha terminado");
    const char *lista = listar(ana);
    hs_expect(strstr(lista, "(2)") != NULL,
              "la lista debía decir que quedan dos y es «%s»", lista);
}
