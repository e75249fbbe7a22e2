/*
 * palabras.c: qué es una palabra, venga como venga.
 *
 * Las tuberías entregan sus bytes cuando quiere la prueba, y así cortan las palabras y los
 * caracteres por donde interesa. A quien junta varias lecturas antes de contar le cortan
 * los archivos largos, mida lo que mida su búfer.
 */
#include "textos.h"

#include <stdio.h>

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

/* La línea que empieza así y lleva un nombre muy largo debe ser esta, entera. */
static void exigir_larga(struct hs_program *p, const char *empieza, const char *debia)
{
    const struct hs_line *linea = hs_wait_line(
        p, hs_regex(hs_format("^%s", empieza), hs_format("la línea de «%s...»", empieza)),
        PRONTO);
    if (strcmp(linea->text, debia) != 0)
        hs_fail("la línea que empieza por «%s» debía llevar el nombre entero, con %zu "
                "letras en total, y acabar en « palabras=9»; tiene %zu letras y acaba en "
                "«%s»",
                empieza, strlen(debia), linea->length,
                linea->text + (linea->length > 40 ? linea->length - 40 : 0));
}

HS_TEST(procesador, nombre_tal_cual)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *largo = hs_format("100%%d%%s%0*d", 200, 7);
    hs_file_write_text(d, hs_format("%s/%s", largo, largo), texto(9, " "));
    const char *hondo = hs_format("datos/%s/%s/%s", largo, rodeo(3000), largo);
    const char *raro = hs_file_write_text(d, "dos  espacios, 100%s y ñ", texto(4, " "));
    const char *llano = otro_nombre();
    hs_file_write_text(d, llano, texto(5, " "));
    const char *vueltas = hs_format("./datos//%s", llano);
    hs_step(
        "Uno de los nombres tiene %zu letras, otro espacios y signos, y otro da un rodeo",
        strlen(hondo));
    struct hs_program *p = hs_start(SIN_DEMORA, raro, vueltas, hondo);
    exigir_palabras(p, raro, 4);
    exigir_palabras(p, vueltas, 5);
    exigir_larga(p, "datos/100", hs_format("%s palabras=9", hondo));
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
        hs_fail("la línea de un archivo ya contado debía salir en el acto y salió al "
                "terminar "
                "los demás. ¿Se escribe en cuanto se sabe? ¿Sigue en main el setvbuf del "
                "esqueleto?");
    hs_fail("el programa debía escribir una línea que empiece por «%s » y no ha escrito "
            "ninguna",
            corto);
}

/*
 * Lo que las tareas comparten sin querer (un búfer o un contador `static`, una variable
 * global) estropea casi cualquier otra prueba. Aquí se ve solo, y se le llama por su nombre.
 */
HS_TEST(procesador, cada_archivo_lo_suyo)
{
    enum { N = 30, TANDAS = 3 };
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *rutas[N];
    int palabras[N];
    for (int i = 0; i < N; i++) {
        palabras[i] = 10 * i + hs_random_between(1, 9);
        rutas[i] = hs_file_write_text(d, hs_format("%d.txt", i + 1),
                                      texto(palabras[i], " "));
    }
    for (int tanda = 0; tanda < TANDAS; tanda++) {
        hs_step("%d archivos, y cada uno tiene un número distinto de palabras", N);
        struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA), rutas, N);
        for (int i = 0; i < N; i++) {
            const struct hs_line *linea = hs_wait_line(p, linea_de(rutas[i]), PRONTO);
            const char *bien = hs_format("%s palabras=%d", rutas[i], palabras[i]);
            if (strcmp(linea->text, bien) == 0)
                continue;
            hs_step("Ahora ese archivo, él solo");
            p = hs_start(SIN_DEMORA, rutas[i]);
            const struct hs_line *solo = hs_wait_line(p, linea_de(rutas[i]), PRONTO);
            if (strcmp(solo->text, bien) == 0)
                hs_fail(
                    "de %s debía contar %d palabras, como hace con él solo, y con los "
                    "demás escribió «%s». ¿Comparten las tareas un búfer, un contador "
                    "«static» o una variable global?",
                    rutas[i], palabras[i], linea->text);
            hs_expect_eq_str(hs_format("la línea de %s", rutas[i]), bien, solo->text);
        }
        hs_wait_exit(p, PRONTO);
    }
    hs_expect(true, "cada archivo da lo suyo");
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

/* Un archivo normal, en cualquier Linux, que dice medir cero y no está vacío. */
#define NUCLEO "/proc/version"

/* Sus palabras, o 0 si aquí no se puede leer. */
static int palabras_del_nucleo(void)
{
    char palabra[256];
    int n = 0;
    FILE *f = fopen(NUCLEO, "re");
    if (!f)
        return 0;
    while (fscanf(f, "%255s", palabra) == 1)
        n++;
    fclose(f);
    return n;
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

    hs_step("/dev/null se lee como un archivo vacío");
    struct hs_program *nada = hs_start(SIN_DEMORA, "/dev/null");
    exigir_palabras(nada, "/dev/null", 0);
    hs_expect_exit(nada, 0, PRONTO);

    int n = palabras_del_nucleo();
    if (n == 0)
        return;
    hs_step(NUCLEO " dice que mide cero bytes, y tiene %d palabras", n);
    exigir_palabras(hs_start(SIN_DEMORA, NUCLEO), NUCLEO, n);
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
    const char *rutas[N + 1];
    struct hs_dir *d = hs_dir_read_only("datos");
    for (int i = 0; i < N; i++) {
        const char *bytes = hs_format("uno%sdos", utf8(casos[i]));
        rutas[i] = con_bytes(d, hs_format("U+%04X.txt", casos[i]), bytes, strlen(bytes));
    }
    /* Un carácter a medias, y el espacio que empieza en el byte que lo interrumpe. */
    static const char a_medias[] = "uno\xe2\x80\xe2\x80\x83"
                                   "dos";
    rutas[N] = con_bytes(d, "a-medias.txt", a_medias, sizeof a_medias - 1);
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA), rutas, N + 1);
    for (int i = 0; i <= N; i++)
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
        "\ufeff",
        "\u200b",
        /* Sus últimas cifras son las de un espacio: U+3000, U+2003, U+00A0 y U+0020. */
        "uno\U00013000dos",
        "uno\U00012003dos",
        "uno\U000100a0dos",
        "uno\U00010020dos",
        /* Los vecinos de cada espacio, todos seguidos. */
        "\b\x0e\x1b!"
        "\x7f\xc2\x84\xc2\x86\xc2\x9f\u00a1\u167f\u1681\u1fff\u200b\u2027\u202a\u202e"
        "\u2030\u205e\u2060\u2fff\u3001",
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
        CASO("\xf0\x9f\x98 uno \xe1", 3),
        /* Un espacio escrito con más bytes de los que le tocan: U+0020, U+0085 y U+2003. */
        CASO("a\xc0\xa0"
             "b",
             1),
        CASO("a\xe0\x82\x85"
             "b",
             1),
        CASO("a\xf0\x82\x80\x83"
             "b",
             1),
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
        hs_step("tuberia/texto sigue con «%s»", visible(*trozos, strlen(*trozos)));
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
    hs_step("%s tiene %d palabras, separadas por «%s»", ruta, n,
            visible(espacio, strlen(espacio)));
    exigir_palabras(hs_start(SIN_DEMORA, ruta), ruta, n);
}

HS_TEST(procesador, palabra_entre_lecturas)
{
    a_trozos(
        OPCIONES("pri", "mera segu", "n", "da", " ", "tercera", " cuarta ", "quinta"), 5);
    de_muchos_trozos("\n");
    enum { LETRAS = 1 << 20 }; /* cabe justa en un número entero de trozos */
    struct hs_dir *d = hs_dir_read_only("una");
    const char *una = hs_file_write_text(d, otro_nombre(), hs_format("%0*d", LETRAS, 7));
    hs_step("%s es una sola palabra, de %d letras", una, LETRAS);
    exigir_palabras(hs_start(SIN_DEMORA, una), una, 1);
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

    enum { BYTES = 1 << 20 };
    char *bytes = memset(malloc(BYTES), ' ', BYTES);
    bytes[BYTES - 1] = '\xe3';
    const char *medio = hs_file_write(hs_dir_read_only("espacios"), otro_nombre(), bytes,
                                      BYTES);
    free(bytes);
    hs_step("%s mide 1 MiB justo: son espacios, y el último byte es «\\xe3», un carácter "
            "que no acaba",
            medio);
    exigir_palabras(hs_start(SIN_DEMORA, medio), medio, 1);
}
