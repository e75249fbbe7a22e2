/*
 * La suite del laboratorio 08. Cada prueba exige una sola cosa del enunciado: las que no
 * tratan de la demora la ponen a cero, y solo las que tratan de las estadísticas las miran.
 *
 * Que se lee a la vez se demuestra con tuberías con nombre en el sitio de los archivos: la
 * prueba no las acaba hasta que el programa las ha abierto todas. Son tres, y no más,
 * porque leer una ocupa un hilo y libuv tiene cuatro: con cinco se atascaría también un
 * programa correcto. Para más archivos está la demora, que no ocupa a nadie: si cuarenta
 * esperan a la vez, sus líneas llegan juntas; si no, separadas por demoras enteras.
 *
 * Que no se leen más de N a la vez se ve al revés, y sin margen posible: la línea k no
 * puede llegar antes de que pasen k/N demoras. Y las tuberías, que entregan sus bytes
 * cuando quiere la prueba, cortan las palabras y los caracteres por donde interesa, sea
 * cual sea el búfer del programa.
 */
#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

HS_SUITE(procesador)

/* Plazo nominal: el banco lo alarga en una máquina lenta. */
enum { PRONTO = 4000 };

#define SIN_DEMORA "--demora-min", "0", "--demora-max", "0"

/* ---- Archivos ------------------------------------------------------------------- */

/* `n` palabras al azar, de una a diez letras, separadas por `espacio`. */
static const char *texto(int n, const char *espacio)
{
    size_t largo = 0, paso = strlen(espacio);
    char *letras = malloc((size_t)n * (10 + paso) + 1);
    for (int i = 0; i < n; i++) {
        for (int j = hs_random_between(1, 10); j > 0; j--)
            letras[largo++] = (char)('a' + hs_random(26));
        memcpy(letras + largo, espacio, paso);
        largo += paso;
    }
    const char *copia = hs_format("%.*s", (int)largo, letras);
    free(letras);
    return copia;
}

/* Los bytes como se escribirían en C, para la historia. */
static const char *visible(const char *bytes, size_t n)
{
    const char *v = "";
    for (size_t i = 0; i < n; i++)
        v = hs_format(bytes[i] >= ' ' && bytes[i] < 0x7f ? "%s%c" : "%s\\x%02x", v,
                      (unsigned char)bytes[i]);
    return v;
}

static const char *otro_nombre(void)
{
    return hs_format("%s.txt", hs_random_name());
}

/* Un archivo nuevo con `n` palabras. */
static const char *con_palabras(struct hs_dir *d, int n)
{
    return hs_file_write_text(d, otro_nombre(), texto(n, " "));
}

/* Un archivo nuevo con estos bytes, que se cuentan en la historia. */
static const char *con_bytes(struct hs_dir *d, const char *nombre, const char *bytes,
                             size_t n)
{
    hs_step("%s contiene: %s", hs_dir_path(d, nombre), n ? visible(bytes, n) : "nada");
    return hs_file_write(d, nombre, bytes, n);
}

/* Arranca el programa con las opciones, hasta NULL, y los archivos. */
static struct hs_program *arrancar(const char *const *opciones, const char *const *rutas,
                                   int n)
{
    const char *argv[n + 12];
    int i = 0;
    while (*opciones)
        argv[i++] = *opciones++;
    memcpy(argv + i, rutas, (size_t)n * sizeof *rutas);
    argv[i + n] = NULL;
    return hs_start_argv((struct hs_options){0}, argv);
}
#define OPCIONES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* ---- Líneas ---------------------------------------------------------------------- */

static bool es_de(const struct hs_line *linea, void *ruta)
{
    size_t n = strlen(ruta);
    return strncmp(linea->text, ruta, n) == 0 && linea->text[n] == ' ';
}

/* La línea de un archivo, diga lo que diga. */
static struct hs_match linea_de(const char *ruta)
{
    return (struct hs_match){
        .test = es_de,
        .arg = (void *)ruta,
        .what = hs_format("una línea que empiece por «%s »", ruta),
    };
}

static const struct hs_line *exigir_palabras(struct hs_program *p, const char *ruta,
                                             int64_t n)
{
    const struct hs_line *linea = hs_wait_line(p, linea_de(ruta), PRONTO);
    hs_expect_eq_str(hs_format("la línea de %s", ruta),
                     hs_format("%s palabras=%lld", ruta, (long long)n), linea->text);
    return linea;
}

static void exigir_error(struct hs_program *p, const char *ruta)
{
    const struct hs_line *linea = hs_wait_line(p, linea_de(ruta), PRONTO);
    const char *esperado = hs_format("%s ERROR ", ruta);
    hs_expect(strncmp(linea->text, esperado, strlen(esperado)) == 0 &&
                  linea->length > strlen(esperado),
              "%s no se puede leer: su línea debe ser «%s(motivo)», y es «%s»", ruta,
              esperado, linea->text);
}

/* La línea de estadísticas que empieza por `palabra`. */
static const struct hs_line *exigir_dato(struct hs_program *p, const char *palabra,
                                         const char *resto)
{
    const struct hs_line *linea = hs_wait_line(
        p,
        (struct hs_match){.regex = hs_format("^%s ", palabra),
                          .what = hs_format("una línea que empiece por «%s »", palabra)},
        PRONTO);
    hs_expect_eq_str(hs_format("la línea %s", palabra),
                     hs_format("%s %s", palabra, resto), linea->text);
    return linea;
}

/* ---- Contar palabras -------------------------------------------------------------- */

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

HS_TEST(procesador, espacios_ascii)
{
    static const char *const casos[] = {"uno\tdos",
                                        "uno\ndos",
                                        "uno\vdos",
                                        "uno\fdos",
                                        "uno\rdos",
                                        "uno\x1c"
                                        "dos",
                                        "uno\x1d"
                                        "dos",
                                        "uno\x1e"
                                        "dos",
                                        "uno\x1f"
                                        "dos",
                                        "uno dos",
                                        "  uno \t\r\n\n dos \n",
                                        "\nuno\r\ndos\r\n"};
    enum { N = sizeof casos / sizeof *casos };
    const char *rutas[N];
    struct hs_dir *d = hs_dir_read_only("datos");
    for (int i = 0; i < N; i++)
        rutas[i] = con_bytes(d, hs_format("%d.txt", i + 1), casos[i], strlen(casos[i]));
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA), rutas, N);
    for (int i = 0; i < N; i++)
        exigir_palabras(p, rutas[i], 2);
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

/* ---- Estadísticas ------------------------------------------------------------------ */

HS_TEST(procesador, total)
{
    enum { MAX = 7 };
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *rutas[MAX];
    int n = hs_random_between(4, MAX), palabras[MAX], suma = 0, ultima = 0;
    for (int i = 0; i < n; i++) {
        suma += palabras[i] = hs_random_between(1, 60);
        rutas[i] = con_palabras(d, palabras[i]);
    }
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA), rutas, n);
    for (int i = 0; i < n; i++) {
        const struct hs_line *linea = exigir_palabras(p, rutas[i], palabras[i]);
        ultima = linea->number > ultima ? linea->number : ultima;
    }
    const struct hs_line *linea = exigir_dato(p, "TOTAL", hs_format("palabras=%d", suma));
    hs_expect(linea->number > ultima, "TOTAL va detrás de las líneas de los archivos");
    hs_expect_exit(p, 0, PRONTO);
}

HS_TEST(procesador, promedio)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    int base = hs_random_between(4, 20), salto = 3 * hs_random_between(1, 5);
    const char *a = con_palabras(d, base), *b = con_palabras(d, base + salto);
    const char *c = con_palabras(d, base + 2);
    struct hs_program *p = hs_start(SIN_DEMORA, a, b, c);
    exigir_dato(p, "PROMEDIO", hs_format("palabras=%d.67", (3 * base + salto) / 3));
    hs_expect_exit(p, 0, PRONTO);
}

HS_TEST(procesador, mayor)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    int n = hs_random_between(20, 40);
    const char *largo = hs_file_write_text(d, otro_nombre(), hs_format("%2000s", "una"));
    const char *medio = con_palabras(d, n - 1), *bueno = con_palabras(d, n);
    hs_step("%s tiene más bytes que nadie, y una palabra; %s, %d; %s, %d", largo, medio,
            n - 1, bueno, n);
    struct hs_program *p = hs_start(SIN_DEMORA, largo, medio, bueno, medio);
    exigir_dato(p, "MAYOR", hs_format("%s palabras=%d", bueno, n));
    hs_expect_exit(p, 0, PRONTO);

    struct hs_fifo *lento = hs_fifo(d, "lento.txt");
    hs_step("Ahora empatan datos/lento.txt y %s, y el primero es el último en acabar",
            bueno);
    p = hs_start(SIN_DEMORA, "datos/lento.txt", bueno);
    hs_fifo_wait_open(lento, PRONTO);
    hs_try_line(p, linea_de(bueno), PRONTO);
    const char *contenido = texto(n, " ");
    hs_fifo_write(lento, contenido, strlen(contenido));
    hs_fifo_close(lento);
    exigir_dato(p, "MAYOR", hs_format("datos/lento.txt palabras=%d", n));
    hs_expect_exit(p, 0, PRONTO);
}

/* ---- Lo que no se puede leer ------------------------------------------------------- */

HS_TEST(procesador, archivo_que_falta)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    int n = hs_random_between(10, 30);
    const char *a = con_palabras(d, n), *b = con_palabras(d, n + 4);
    const char *nada = hs_dir_path(d, otro_nombre());
    hs_step("%s no existe", nada);
    struct hs_program *p = hs_start(SIN_DEMORA, nada, a, b);
    exigir_error(p, nada);
    exigir_palabras(p, a, n);
    exigir_palabras(p, b, n + 4);
    exigir_dato(p, "TOTAL", hs_format("palabras=%d", 2 * n + 4));
    hs_expect_exit(p, 1, PRONTO);
}

HS_TEST(procesador, archivos_ilegibles)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *cerrado = con_palabras(d, 5), *bueno = con_palabras(d, 9);
    hs_file_mode(d, strchr(cerrado, '/') + 1, 0);
    hs_file_mkdir(d, "carpeta");
    hs_step("%s no tiene permiso de lectura y datos/carpeta es un directorio", cerrado);
    struct hs_program *p = hs_start(SIN_DEMORA, cerrado, "datos/carpeta", bueno);
    exigir_error(p, cerrado);
    exigir_error(p, "datos/carpeta");
    exigir_palabras(p, bueno, 9);
    hs_expect_exit(p, 1, PRONTO);
}

HS_TEST(procesador, estadisticas_de_los_leidos)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    int n = hs_random_between(10, 30);
    const char *a = con_palabras(d, n), *b = con_palabras(d, n + 1);
    const char *nada = hs_dir_path(d, otro_nombre());
    hs_step("%s no existe: la media es solo de los otros dos", nada);
    struct hs_program *p = hs_start(SIN_DEMORA, a, nada, b);
    exigir_dato(p, "PROMEDIO", hs_format("palabras=%d.50", n));
    hs_expect_exit(p, 1, PRONTO);
    hs_step("Y si no se puede leer ninguno, no hay MAYOR");
    p = hs_start(SIN_DEMORA, nada);
    exigir_dato(p, "TOTAL", "palabras=0");
    exigir_dato(p, "PROMEDIO", "palabras=0.00");
    hs_expect_exit(p, 1, PRONTO);
    hs_expect_no_line(p, hs_regex("^MAYOR"));
}

/* ---- A la vez ------------------------------------------------------------------------ */

HS_TEST(procesador, lee_a_la_vez)
{
    enum { N = 3 };
    static const char *const rutas[N] = {"datos/a.txt", "datos/b.txt", "datos/c.txt"};
    struct hs_dir *d = hs_dir_read_only("datos");
    struct hs_fifo *f[N] = {hs_fifo(d, "a.txt"), hs_fifo(d, "b.txt"),
                            hs_fifo(d, "c.txt")};
    hs_step(
        "Tres tuberías con nombre: no doy nada a leer hasta que las tres estén abiertas");
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA), rutas, N);
    for (int i = 0; i < N; i++)
        hs_fifo_wait_open(f[i], PRONTO);
    hs_step("Y acaban en el orden contrario al de los argumentos");
    for (int i = N - 1; i >= 0; i--) {
        hs_fifo_write_text(f[i], texto(i + 2, " "));
        hs_fifo_close(f[i]);
        exigir_palabras(p, rutas[i], i + 2);
    }
    hs_expect_exit(p, 0, PRONTO);
}

HS_TEST(procesador, demoras_a_la_vez)
{
    enum { N = 40, DEMORA = 800 };
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *rutas[N];
    for (int i = 0; i < N; i++)
        rutas[i] = con_palabras(d, 2);
    hs_step("%d archivos que tardan todos %d ms: si esperan a la vez, sus líneas llegan "
            "casi juntas",
            N, DEMORA);
    struct hs_program *p = arrancar(
        OPCIONES("--demora-min", "0.8", "--demora-max", "0.8"), rutas, N);
    struct hs_match linea = hs_regex(" palabras=2$");
    hs_wait_line(p, linea, PRONTO);
    /* De uno en uno serían 31 s; con los cuatro hilos de libuv, 7. */
    hs_wait_lines(p, N, linea, 3 * DEMORA);
}

HS_TEST(procesador, demora_entre_min_y_max)
{
    enum { N = 10, MINIMA = 600 };
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *rutas[N], *orden[2] = {"", ""};
    for (int i = 0; i < N; i++)
        rutas[i] = con_palabras(d, 2);
    struct hs_match linea = hs_regex(" palabras=2$");
    double antes = hs_now(), reparto = 0;
    struct hs_program *p = hs_start("--demora-min", "0.6", "--demora-max", "0.6",
                                    rutas[0]);
    hs_expect_at_least("milisegundos hasta la línea de un archivo, con --demora-min 0.6",
                       MINIMA - 5, (int64_t)(hs_wait_line(p, linea, PRONTO)->ms - antes));

    hs_step("Y entre 0 y 0.6 s, al azar: %d archivos iguales no acaban todos a la vez",
            N);
    for (int vez = 0; vez < 2; vez++) {
        p = arrancar(OPCIONES("--demora-min", "0", "--demora-max", "0.6"), rutas, N);
        double primera = hs_wait_line(p, linea, PRONTO)->ms;
        double ultima = hs_wait_lines(p, N, linea, PRONTO)->ms;
        reparto = ultima - primera > reparto ? ultima - primera : reparto;
        for (int i = 1; i <= N; i++)
            orden[vez] = hs_format("%s%s\n", orden[vez], hs_find_line(p, linea, i)->text);
    }
    /* Que diez demoras al azar entre 0 y 600 disten menos de 60 pasa una vez de cada cien
     * millones. */
    hs_expect_at_least("milisegundos entre la primera línea y la última", 60,
                       (int64_t)reparto);
    hs_expect(strcmp(orden[0], orden[1]) != 0,
              "las demoras cambian de una ejecución a otra; los %d archivos acabaron dos "
              "veces en este orden:\n%s",
              N, orden[0]);
}

HS_TEST(procesador, concurrencia_limita)
{
    enum { N = 7, DEMORA = 200 };
    int plazas = hs_random_between(2, 3);
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *rutas[N];
    for (int i = 0; i < N; i++)
        rutas[i] = con_palabras(d, 2);
    hs_step("%d archivos, de %d en %d, y cada uno tarda %d ms", N, plazas, plazas,
            DEMORA);
    double antes = hs_now();
    struct hs_program *p = arrancar(OPCIONES("--demora-min", "0.2", "--demora-max", "0.2",
                                             "--concurrencia", hs_format("%d", plazas)),
                                    rutas, N);
    for (int i = 0; i < N; i++) {
        const struct hs_line *linea = hs_wait_lines(p, i + 1, hs_regex(" palabras=2$"),
                                                    PRONTO);
        int demoras = i / plazas + 1;
        hs_expect_at_least(
            hs_format("milisegundos hasta la línea número %d: antes tienen que pasar %d "
                      "demoras",
                      i + 1, demoras),
            demoras * (DEMORA - 2), (int64_t)(linea->ms - antes));
    }
    hs_expect_exit(p, 0, PRONTO);
}

HS_TEST(procesador, concurrencia_sin_tandas)
{
    enum { N = 5 };
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *rutas[N + 1] = {"datos/lento.txt"};
    struct hs_fifo *lento = hs_fifo(d, "lento.txt");
    for (int i = 1; i <= N; i++)
        rutas[i] = con_palabras(d, i);
    hs_step(
        "De dos en dos. datos/lento.txt ocupa una plaza: los demás pasan por la otra, "
        "uno tras otro, sin esperarlo");
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA, "--concurrencia", "2"), rutas,
                                    N + 1);
    for (int i = 1; i <= N; i++)
        exigir_palabras(p, rutas[i], i);
    hs_fifo_write_text(lento, "por fin");
    hs_fifo_close(lento);
    exigir_palabras(p, rutas[0], 2);
    hs_expect_exit(p, 0, PRONTO);
}

HS_TEST(procesador, muchos_archivos)
{
    enum { N = 200 };
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *rutas[N];
    int suma = 0;
    for (int i = 0; i < N; i++) {
        int n = hs_random_between(1, 9);
        rutas[i] = hs_file_write_text(d, hs_format("%d.txt", i + 1), texto(n, " "));
        suma += n;
    }
    hs_step("%d archivos, de 8 en 8; el sistema deja tener abiertos 64", N);
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA, "--concurrencia", "8"), rutas,
                                    N);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, N, hs_regex("^datos/[0-9]*.txt palabras=[0-9]*$"));
    exigir_dato(p, "TOTAL", hs_format("palabras=%d", suma));
}

HS_TEST(procesador, archivo_enorme, .segundos = 60)
{
    enum { MIB = 1 << 20, N = 200, MAXIMO_KIB = 64 << 10 };
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *ruta = "";
    for (int i = 1; i <= N; i++) /* entre medias, ceros: letras como otras */
        ruta = hs_file_write_at(d, "enorme.bin",
                                (int64_t)i * MIB - hs_random_between(9, 900000),
                                " palabra ", 9);
    ruta = hs_file_write_at(d, "enorme.bin", (int64_t)N * MIB, "final", 5);
    hs_step("%s mide 200 MiB y tiene %d palabras, casi todas hechas de bytes cero", ruta,
            2 * N + 1);
    struct hs_program *p = hs_start(SIN_DEMORA, ruta);
    struct hs_exit end = hs_wait_exit(p, 20000);
    hs_expect_at_most("KiB de memoria que llegó a ocupar", MAXIMO_KIB, end.peak_kib);
    exigir_palabras(p, ruta, 2 * N + 1);
    hs_expect(end.exited && end.code == 0, "debía salir con código 0, pero %s",
              hs_exit_words(end));
}

/* ---- Las muestras --------------------------------------------------------------------- */

/* Las palabras de un texto separado solo por los espacios de siempre, o -1. */
static int palabras_de(const char *t, size_t n)
{
    int palabras = 0;
    for (size_t i = 0; i < n; i++)
        palabras += !strchr(" \t\n\r", t[i]) && (i == 0 || strchr(" \t\n\r", t[i - 1]));
    return palabras;
}

/* Lee las muestras que hay en `sub` de `d` y exige sus líneas. Devuelve la suma. */
static int exigir_muestras(struct hs_program *p, struct hs_dir *d, const char *sub)
{
    int suma = 0, menor = 0, mayor = 0;
    for (int i = 1; i <= 5; i++) {
        size_t bytes;
        const char *nombre = hs_format("%smuestra%d.txt", sub, i);
        const char *contenido = hs_file_read(d, nombre, &bytes);
        hs_expect(contenido != NULL, "existe el archivo %s", hs_dir_path(d, nombre));
        int n = palabras_de(contenido, bytes);
        hs_expect(n > 0, "%s tiene alguna palabra", hs_dir_path(d, nombre));
        exigir_palabras(p, hs_dir_path(d, nombre), n);
        menor = i == 1 || n < menor ? n : menor;
        mayor = n > mayor ? n : mayor;
        suma += n;
    }
    hs_expect(menor < mayor,
              "las muestras no tienen todas las mismas palabras: tienen %d", menor);
    return suma;
}

HS_TEST(procesador, crea_las_muestras)
{
    struct hs_dir *d = hs_dir("trabajo");
    hs_step("trabajo/ existe y está vacío; trabajo/nuevas no existe");
    struct hs_program *p = hs_start("--crear", "trabajo/nuevas", SIN_DEMORA);
    hs_expect_exit(p, 0, PRONTO);
    int suma = exigir_muestras(p, d, "nuevas/");
    exigir_dato(p, "TOTAL", hs_format("palabras=%d", suma));
}

HS_TEST(procesador, muestras_y_archivos)
{
    struct hs_dir *d = hs_dir("trabajo");
    int n = hs_random_between(50, 90);
    hs_file_write_text(d, "muestra1.txt", texto(777, " "));
    hs_step("trabajo/ ya existe, y en él un trabajo/muestra1.txt de 777 palabras");
    const char *otro = con_palabras(d, n);
    struct hs_program *p = hs_start(SIN_DEMORA, "--crear", "trabajo", otro);
    hs_expect_exit(p, 0, PRONTO);
    exigir_palabras(p, otro, n);
    int suma = exigir_muestras(p, d, "") + n;
    size_t bytes;
    const char *primera = hs_file_read(d, "muestra1.txt", &bytes);
    hs_expect(palabras_de(primera, bytes) < 777,
              "trabajo/muestra1.txt se ha reemplazado");
    exigir_dato(p, "TOTAL", hs_format("palabras=%d", suma));
}

HS_TEST(procesador, muestras_imposibles)
{
    struct hs_dir *d = hs_dir("trabajo");
    const char *bueno = con_palabras(d, 4);
    hs_step("%s no es un directorio: ahí no se pueden crear muestras", bueno);
    struct hs_program *p = hs_start(SIN_DEMORA, "--crear", bueno, bueno);
    hs_expect_exit(p, 1, PRONTO);
    hs_expect_eq_str("sin muestras no se escribe nada en stdout", "", hs_stdout(p));
    hs_expect(strlen(hs_stderr(p)) > 1, "en stderr se explica por qué no se crearon");
}

/* ---- Lo demás -------------------------------------------------------------------------- */

HS_TEST(procesador, argumentos_invalidos)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *ruta = con_palabras(d, 3);
    const char *const casos[][6] = {
        {NULL},
        {"--demora-min", "0", NULL},
        {ruta, "--demora-max", NULL},
        {"--demora-min", "poco", ruta, NULL},
        {"--demora-max", "-1", ruta, NULL},
        {"--demora-min", "2", "--demora-max", "1", ruta, NULL},
        {"--demora-min", "0.6", ruta, NULL},
        {"--concurrencia", "-1", ruta, NULL},
        {"--concurrencia", "1.5", ruta, NULL},
        {"--no-existe", ruta, NULL},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        struct hs_program *p = hs_start_argv((struct hs_options){0}, casos[i]);
        hs_expect_exit(p, 2, PRONTO);
        hs_expect_eq_str("con argumentos inválidos no se escribe nada en stdout", "",
                         hs_stdout(p));
        const char *error = hs_stderr(p);
        size_t largo = strcspn(error, "\n");
        hs_expect(largo > 0 && error[largo] == '\n' && error[largo + 1] == '\0',
                  "en stderr va una línea, y fue «%s»", error);
    }
}

HS_TEST(procesador, memoria_limpia, .segundos = 60)
{
    struct hs_dir *d = hs_dir_read_only("datos"), *t = hs_dir("trabajo");
    struct hs_fifo *f = hs_fifo(d, "tuberia");
    const char *vacio = hs_file_write_text(d, "vacio.txt", "");
    const char *largo = con_palabras(d, 20000);
    hs_step("Una sesión entera con el programa compilado con ASan y UBSan");
    struct hs_program *p = hs_start_with(
        (struct hs_options){.asan = true}, "--demora-min", "0", "--demora-max", "0.05",
        "--concurrencia", "3", "--crear", hs_dir_path(t, "m"), "datos/no-existe",
        "datos/tuberia", vacio, largo, "datos");
    hs_fifo_write(f, "uno\xe2\x80", 5);
    hs_fifo_write(f,
                  "\x83"
                  "dos \xf0",
                  6);
    hs_fifo_close(f);
    exigir_palabras(p, "datos/tuberia", 3);
    hs_expect_exit(p, 1, 2 * PRONTO);
}
