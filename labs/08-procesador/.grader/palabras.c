/*
 * palabras.c: qué es una palabra, venga como venga.
 *
 * Las tuberías entregan sus bytes cuando quiere la prueba, y así cortan las palabras y los
 * caracteres por donde interesa. A quien junta varias lecturas antes de contar le cortan
 * los archivos largos, mida lo que mida su búfer.
 */
#include "textos.h"

HS_TEST(procesador, cuenta_palabras)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    int n = hs_random_between(3, 12);
    const char *contenido = texto(n, " "), *nombre = otro_nombre();
    const char *ruta = con_bytes(d, nombre, contenido, strlen(contenido));
    struct hs_program *p = hs_start(SIN_DEMORA, ruta);
    exigir_palabras(p, ruta, n);
    hs_expect_exit(p, 0, PRONTO);
}

HS_TEST(procesador, escribe_al_momento)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *corto = con_palabras(d, 3);
    struct hs_fifo *largo = hs_fifo(d, "largo.txt");
    hs_step("%s tiene 3 palabras; datos/largo.txt es una tubería que aún no acaba",
            corto);
    struct hs_program *p = hs_start(SIN_DEMORA, corto, "datos/largo.txt");
    hs_fifo_wait_open(largo, PRONTO);
    if (hs_try_line(p, linea_de(corto), PRONTO)) {
        hs_expect(true, "la línea llega");
        return;
    }
    hs_step("La línea de %s no llega", corto);
    hs_fifo_close(largo);
    hs_wait_exit(p, PRONTO);
    if (hs_find_line(p, linea_de(corto), 1))
        hs_fail(
            "la línea de un archivo ya contado solo salió al terminar los demás. Si la "
            "escribes en cuanto la sabes, quizá la guarda stdio, que en una tubería "
            "junta las líneas: usa setvbuf o fflush");
    hs_fail("el programa no escribió ninguna línea que empiece por «%s »", corto);
}

/* Un archivo con cada caso, hasta NULL, y todos tienen las mismas palabras. */
static void exigir_en_todos(const char *const *casos, int palabras)
{
    enum { MAX = 20 };
    const char *rutas[MAX];
    int n = 0;
    struct hs_dir *d = hs_dir_read_only("datos");
    for (; casos[n]; n++)
        rutas[n] = con_bytes(d, hs_format("%d.txt", n + 1), casos[n], strlen(casos[n]));
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA), rutas, n);
    for (int i = 0; i < n; i++)
        exigir_palabras(p, rutas[i], palabras);
}

HS_TEST(procesador, espacios_ascii)
{
    exigir_en_todos(OPCIONES("uno\tdos", "uno\ndos", "uno\vdos", "uno\fdos", "uno\rdos",
                             "uno dos", "  uno \t\r\n\n dos \n", "\nuno\r\ndos\r\n"),
                    2);
}

HS_TEST(procesador, espacios_que_no_da_isspace)
{
    exigir_en_todos(OPCIONES("uno\x1c"
                             "dos",
                             "uno\x1d"
                             "dos",
                             "uno\x1e"
                             "dos",
                             "uno\x1f"
                             "dos"),
                    2);
}

HS_TEST(procesador, archivo_vacio)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *vacio = con_bytes(d, "vacio.txt", "", 0);
    const char *blanco = con_bytes(d, "blanco.txt", " \n\t \n", 5);
    struct hs_program *p = hs_start(SIN_DEMORA, vacio, blanco);
    exigir_palabras(p, vacio, 0);
    exigir_palabras(p, blanco, 0);
    hs_expect_exit(p, 0, PRONTO);
}

/* Un carácter de Unicode en UTF-8. */
static const char *utf8(unsigned punto)
{
    if (punto < 0x800)
        return hs_format("%c%c", 0xc0 | punto >> 6, 0x80 | (punto & 0x3f));
    return hs_format("%c%c%c", 0xe0 | punto >> 12, 0x80 | (punto >> 6 & 0x3f),
                     0x80 | (punto & 0x3f));
}

HS_TEST(procesador, espacios_unicode)
{
    static const unsigned casos[] = {
        0x85,   0xa0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
        0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};
    enum { N = sizeof casos / sizeof *casos };
    const char *rutas[N];
    struct hs_dir *d = hs_dir_read_only("datos");
    for (int i = 0; i < N; i++) {
        const char *bytes = hs_format("uno%sdos", utf8(casos[i]));
        rutas[i] = con_bytes(d, hs_format("U+%04X.txt", casos[i]), bytes, strlen(bytes));
    }
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA), rutas, N);
    for (int i = 0; i < N; i++)
        exigir_palabras(p, rutas[i], 2);
}

HS_TEST(procesador, letras_no_ascii)
{
    /* Sus bytes se parecen a los de un espacio, o son espacios que no lo parecen. */
    static const char *const casos[] = {
        "camión",
        "allà",
        "Å",
        "…",
        "—",
        "de‐facto",
        "日本語",
        "😀",
        "uno\u200bdos",
        "\ufeffprimera",
        "uno\u2060dos",
        "ᚁ",
    };
    enum { N = sizeof casos / sizeof *casos };
    const char *rutas[N];
    struct hs_dir *d = hs_dir_read_only("datos");
    for (int i = 0; i < N; i++)
        rutas[i] = con_bytes(d, hs_format("%d.txt", i + 1), casos[i], strlen(casos[i]));
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA), rutas, N);
    for (int i = 0; i < N; i++)
        exigir_palabras(p, rutas[i], 1);
}

HS_TEST(procesador, bytes_raros)
{
    static const struct {
        const char *bytes;
        size_t n;
        int palabras;
    } casos[] = {
#define CASO(bytes, palabras) {bytes, sizeof bytes - 1, palabras}
        CASO("a\0b c", 2),
        CASO("\0", 1),
        CASO("uno \0 dos", 3),
        CASO("\xff\xfe uno", 2),
        CASO("a\xa0"
             "b\x85"
             "c",
             1),
        CASO("a\xe2\x80 b", 2),
        CASO("a\xc3\nb", 2),
        CASO("a \xe2\x80", 2),
        CASO("\xc3", 1),
        CASO("a\xe2\x80\xe2\x80\x83"
             "b",
             2),
        CASO("\xf0\x9f\x98 uno \xe1", 3),
#undef CASO
    };
    enum { N = sizeof casos / sizeof *casos };
    const char *rutas[N];
    struct hs_dir *d = hs_dir_read_only("datos");
    for (int i = 0; i < N; i++)
        rutas[i] = con_bytes(d, hs_format("%d.txt", i + 1), casos[i].bytes, casos[i].n);
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA), rutas, N);
    for (int i = 0; i < N; i++)
        exigir_palabras(p, rutas[i], casos[i].palabras);
}

/* Da a leer los trozos, hasta NULL, y exige las palabras. */
static void a_trozos(const char *const *trozos, int palabras)
{
    struct hs_dir *d = hs_dir_read_only("tuberia");
    struct hs_fifo *f = hs_fifo(d, "texto");
    struct hs_program *p = hs_start(SIN_DEMORA, "tuberia/texto");
    for (; *trozos; trozos++) {
        hs_step("tuberia/texto sigue con: %s", visible(*trozos, strlen(*trozos)));
        hs_fifo_write(f, *trozos, strlen(*trozos));
    }
    hs_fifo_close(f);
    exigir_palabras(p, "tuberia/texto", palabras);
}

/* Un archivo de muchos trozos, mida lo que mida el búfer. */
static void de_muchos_trozos(const char *espacio)
{
    int n = hs_random_between(150000, 160000);
    const char *ruta = hs_file_write_text(hs_dir_read_only("datos"), otro_nombre(),
                                          texto(n, espacio));
    hs_step("%s tiene %d palabras, separadas por %s", ruta, n,
            visible(espacio, strlen(espacio)));
    exigir_palabras(hs_start(SIN_DEMORA, ruta), ruta, n);
}

HS_TEST(procesador, palabra_entre_lecturas)
{
    a_trozos(
        OPCIONES("pri", "mera segu", "n", "da", " ", "tercera", " cuarta ", "quinta"), 5);
    de_muchos_trozos("\n");
}

HS_TEST(procesador, caracter_entre_lecturas)
{
    a_trozos(OPCIONES("uno\xe2", "\x80",
                      "\x83"
                      "dos",
                      "\xc2", "\xa0", "tr\xc3", "\xa9s \xf0", "\x9f\x98", "\x80",
                      "\xe3\x80", "\x80"),
             4);
    de_muchos_trozos("\u2003");
}
