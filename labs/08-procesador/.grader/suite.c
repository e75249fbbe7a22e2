/*
 * La suite del laboratorio 08: las estadísticas, los errores, las muestras y la línea de
 * órdenes. Cada prueba exige una sola cosa del enunciado. Lo demás, en palabras.c y
 * a_la_vez.c.
 */
#include "textos.h"

HS_SUITE(procesador)

/* ---- Estadísticas ------------------------------------------------------------------ */

/* TOTAL, PROMEDIO y MAYOR (si lo hay) son las últimas líneas, una vez y en ese orden. */
enum mayor { SIN_MAYOR, CON_MAYOR, DA_IGUAL };
static void exigir_estadisticas_al_final(struct hs_program *p, enum mayor mayor)
{
    static const char *const palabras[] = {"TOTAL", "PROMEDIO", "MAYOR"};
    struct hs_match cualquiera = hs_regex("", "una línea");
    hs_wait_exit(p, PRONTO);
    int lineas = hs_count_lines(p, cualquiera);
    const struct hs_line *ultima = hs_find_line(p, cualquiera, lineas);
    bool lo_hay = ultima && strncmp(ultima->text, "MAYOR ", 6) == 0;
    int n = mayor == CON_MAYOR || (mayor == DA_IGUAL && lo_hay) ? 3 : 2;
    for (int i = 0; i < n; i++) {
        const struct hs_line *linea = hs_find_line(p, cualquiera, lineas - n + i + 1);
        if (!linea || strncmp(linea->text, palabras[i], strlen(palabras[i])) != 0)
            hs_fail("las últimas líneas debían ser %s, y donde va %s está «%s»",
                    n == 3 ? "TOTAL, PROMEDIO y MAYOR" : "TOTAL y PROMEDIO", palabras[i],
                    linea ? linea->text : "");
    }
}

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
    hs_expect(
        linea->number > ultima,
        "la línea TOTAL debía ir detrás de las de los archivos y va antes que alguna");
    exigir_estadisticas_al_final(p, DA_IGUAL);
    hs_expect_exit(p, 0, PRONTO);
}

/* Un archivo de `n` palabras de una letra. Cada una ocupa dos bytes con su espacio: en una
 * lectura de un número par no hay ninguna partida, que es cosa de otra prueba. */
static const char *de_una_letra(struct hs_dir *d, int n)
{
    char *bytes = malloc(2 * (size_t)n);
    for (int i = 0; i < n; i++) {
        bytes[2 * i] = 'a';
        bytes[2 * i + 1] = ' ';
    }
    const char *ruta = hs_file_write(d, otro_nombre(), bytes, 2 * (size_t)n);
    free(bytes);
    return ruta;
}

/* En un `float` caben 24 bits: con un número así, los decimales ya no son los suyos. */
static void promedio_grande(struct hs_dir *d)
{
    int media = hs_random_between(100000, 110000);
    const char *grande = de_una_letra(d, 3 * media - 1), *una = con_palabras(d, 1);
    hs_step("%s tiene %d palabras, y %s, una: entre los tres tienen %d", grande,
            3 * media - 1, una, 3 * media + 1);
    struct hs_program *p = hs_start(SIN_DEMORA, grande, una, una);
    exigir_dato(p, "PROMEDIO", hs_format("palabras=%d.33", media));
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

    enum { N = 8 };
    int octavos = hs_random(2) ? 1 : 5; /* .125 o .625: a mitad de dos centésimas */
    const char *rutas[N] = {con_palabras(d, base + octavos)};
    const char *iguales = con_palabras(d, base);
    for (int i = 1; i < N; i++)
        rutas[i] = iguales;
    double media = base + octavos / 8.0;
    hs_step("%s se da %d veces y cuenta todas. La media es %.3f, que queda entre dos: "
            "«%%.2f» la escribe %.2f",
            iguales, N - 1, media, media);
    p = arrancar(OPCIONES(SIN_DEMORA), rutas, N);
    exigir_dato(p, "PROMEDIO", hs_format("palabras=%.2f", media));
    hs_expect_exit(p, 0, PRONTO);
    promedio_grande(d);
}

/* Con un nombre muy largo, y con signos que son cosa de printf. */
static void mayor_de_nombre_largo(struct hs_dir *d)
{
    const char *nombre = hs_format("100%%d%%s%0*d", 200, 7);
    hs_file_write_text(d, nombre, texto(9, " "));
    const char *largo = hs_format("datos/%s/%s", rodeo(3000), nombre);
    hs_step("El mayor tiene ahora un nombre de %zu letras", strlen(largo));
    struct hs_program *p = hs_start(SIN_DEMORA, largo);
    const struct hs_line *linea = hs_wait_line(
        p, hs_regex("^MAYOR ", "una línea que empiece por «MAYOR »"), PRONTO);
    const char *debia = hs_format("MAYOR %s palabras=9", largo);
    if (strcmp(linea->text, debia) != 0)
        hs_fail("la línea MAYOR debía llevar el nombre entero, con %zu letras en total, "
                "y acabar en « palabras=9»; tiene %zu letras y acaba en «%s»",
                strlen(debia), linea->length,
                linea->text + (linea->length > 40 ? linea->length - 40 : 0));
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
    exigir_estadisticas_al_final(p, CON_MAYOR);
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
    mayor_de_nombre_largo(d);
}

/* ---- Lo que no se puede leer ------------------------------------------------------- */

HS_TEST(procesador, archivo_que_falta)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    int n = hs_random_between(10, 30);
    const char *a = con_palabras(d, n), *b = con_palabras(d, n + 4);
    const char *nada = hs_dir_path(d, otro_nombre());
    hs_step("%s no existe, y otro de los nombres está vacío", nada);
    struct hs_program *p = hs_start(SIN_DEMORA, nada, a, "", b);
    exigir_error(p, nada);
    exigir_error(p, "");
    exigir_palabras(p, a, n);
    exigir_palabras(p, b, n + 4);
    exigir_dato(p, "TOTAL", hs_format("palabras=%d", 2 * n + 4));
    exigir_que_acabe(p, PRONTO);
    exigir_estadisticas_al_final(p, CON_MAYOR);
}

HS_TEST(procesador, codigo_de_salida)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *bueno = con_palabras(d, 3);
    const char *nada = hs_dir_path(d, otro_nombre());
    const char *tampoco = hs_dir_path(d, otro_nombre());
    hs_step("Con todo leído sale con 0; si algo no se pudo leer, con 1");
    hs_expect_exit(hs_start(SIN_DEMORA, bueno), 0, PRONTO);
    hs_step("%s y %s no existen", nada, tampoco);
    hs_expect_exit(hs_start(SIN_DEMORA, nada, bueno, tampoco), 1, PRONTO);
    hs_step(
        "También si lo que no se puede leer es un directorio, o un nombre vacío, y lo "
        "demás sí");
    hs_expect_exit(hs_start(SIN_DEMORA, "datos", bueno), 1, PRONTO);
    hs_expect_exit(hs_start(SIN_DEMORA, "--concurrencia", "1", "", bueno), 1, PRONTO);
}

HS_TEST(procesador, archivos_ilegibles)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *cerrado = con_palabras(d, 5), *bueno = con_palabras(d, 9);
    hs_file_mode(d, strchr(cerrado, '/') + 1, 0);
    hs_file_mkdir(d, "carpeta");
    const char *vacio = con_bytes(d, "vacio.txt", "", 0);
    hs_file_mode(d, "vacio.txt", 0);
    hs_step("%s y %s no tienen permiso de lectura, datos/carpeta es un directorio, y "
            "/proc/self/mem se abre, pero leer su primer byte falla",
            cerrado, vacio);
    struct hs_program *p = hs_start(SIN_DEMORA, cerrado, "datos/carpeta", vacio,
                                    "/proc/self/mem", bueno);
    exigir_error(p, cerrado);
    exigir_error(p, "datos/carpeta");
    exigir_error(p, vacio);
    exigir_error(p, "/proc/self/mem");
    exigir_palabras(p, bueno, 9);
    exigir_que_acabe(p, PRONTO);

    const char *largo = hs_format("datos/100%%s/%s/%0*d", rodeo(3000), 140, 7);
    struct hs_fifo *lento = hs_fifo(d, "lento.txt");
    hs_step(
        "Y falta otro, con un nombre de %zu letras. Su línea también es entera y sale al "
        "momento: datos/lento.txt es una tubería que aún no acaba",
        strlen(largo));
    p = hs_start(SIN_DEMORA, largo, "datos/lento.txt");
    hs_fifo_wait_open(lento, PRONTO);
    exigir_error(p, largo);
    hs_fifo_close(lento);
    exigir_que_acabe(p, PRONTO);
}

HS_TEST(procesador, estadisticas_de_los_leidos)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    int n = hs_random_between(10, 30);
    const char *a = con_palabras(d, n), *b = con_palabras(d, n + 2);
    const char *nada = hs_dir_path(d, otro_nombre());
    hs_step("%s no existe: la media es solo de los otros dos", nada);
    struct hs_program *p = hs_start(SIN_DEMORA, a, nada, b);
    exigir_dato(p, "PROMEDIO", hs_format("palabras=%d.00", n + 1));
    exigir_que_acabe(p, PRONTO);
    hs_step("Y si el único que se lee no tiene palabras, el mayor es él");
    const char *vacio = con_bytes(d, "vacio.txt", "", 0);
    p = hs_start(SIN_DEMORA, nada, vacio);
    exigir_dato(p, "MAYOR", hs_format("%s palabras=0", vacio));
    exigir_que_acabe(p, PRONTO);
    hs_step("Y si no se puede leer ninguno, no hay MAYOR");
    p = hs_start(SIN_DEMORA, nada);
    exigir_dato(p, "TOTAL", "palabras=0");
    exigir_dato(p, "PROMEDIO", "palabras=0.00");
    exigir_que_acabe(p, PRONTO);
    hs_expect_no_line(p, hs_regex("^MAYOR", "la línea MAYOR"));
    exigir_estadisticas_al_final(p, SIN_MAYOR);
}

/* ---- Las muestras --------------------------------------------------------------------- */

/* Las palabras de un texto separado solo por los espacios de siempre. */
static int palabras_de(const char *t, size_t n)
{
    int palabras = 0;
    for (size_t i = 0; i < n; i++)
        palabras += !strchr(" \t\n\r", t[i]) && (i == 0 || strchr(" \t\n\r", t[i - 1]));
    return palabras;
}

/* Lo que dicen las muestras que hay en un directorio. */
struct muestras {
    int suma, mayor;
    const char *primera; /* la primera de las que tienen `mayor` palabras */
};

/* Lee las muestras que hay en `sub` de `d` y exige sus líneas. */
static struct muestras exigir_muestras(struct hs_program *p, struct hs_dir *d,
                                       const char *sub)
{
    int menor = 0;
    struct muestras m = {0};
    for (int i = 1; i <= 5; i++) {
        size_t bytes;
        const char *nombre = hs_format("%smuestra%d.txt", sub, i);
        const char *contenido = hs_file_read(d, nombre, &bytes);
        if (!contenido)
            hs_fail("debía crear el archivo %s y no existe", hs_dir_path(d, nombre));
        int n = palabras_de(contenido, bytes);
        hs_expect(n > 0, "%s debía tener alguna palabra y no tiene ninguna",
                  hs_dir_path(d, nombre));
        exigir_palabras(p, hs_dir_path(d, nombre), n);
        menor = i == 1 || n < menor ? n : menor;
        m.suma += n;
        if (n > m.mayor) {
            m.mayor = n;
            m.primera = hs_dir_path(d, nombre);
        }
    }
    hs_expect(menor < m.mayor,
              "las muestras debían tener números distintos de palabras y todas tienen %d",
              menor);
    return m;
}

HS_TEST(procesador, crea_las_muestras)
{
    struct hs_dir *d = hs_dir("trabajo");
    hs_step("trabajo/ existe y está vacío; trabajo/nuevas no existe");
    struct hs_program *p = hs_start("--crear", "trabajo/nuevas", SIN_DEMORA);
    hs_expect_exit(p, 0, PRONTO);
    struct muestras m = exigir_muestras(p, d, "nuevas/");
    exigir_dato(p, "TOTAL", hs_format("palabras=%d", m.suma));

    const char *largo = hs_format("%s/100%%s%0*d", rodeo(2000), 235, 7);
    hs_step("Ahora la ruta del directorio que no existe tiene más de %zu letras",
            strlen(largo));
    p = hs_start("--crear", hs_dir_path(d, largo), SIN_DEMORA);
    hs_expect_exit(p, 0, PRONTO);
    m = exigir_muestras(p, d, hs_format("%s/", largo));
    exigir_dato(p, "TOTAL", hs_format("palabras=%d", m.suma));
}

/*
 * Las muestras y los archivos son una sola tanda, con sus demoras: si unos esperan a los
 * otros, entre la primera línea y la última pasa una demora entera. Basta con no verlo una
 * vez.
 */
static void muestras_y_archivos_a_la_vez(const char *otro)
{
    enum { DEMORA = 500, JUNTAS = DEMORA * 3 / 5, INTENTOS = 3 };
    hs_step("Las muestras y %s tardan %d ms cada uno, y hay sitio para los seis a la vez",
            otro, DEMORA);
    double reparto = JUNTAS + 1;
    for (int i = 0; i < INTENTOS && reparto > JUNTAS; i++) {
        double antes = hs_now();
        struct hs_program *p = hs_start("--demora-min", "0.5", "--demora-max", "0.5",
                                        "--concurrencia", "6", "--crear", "trabajo",
                                        otro);
        struct hs_match linea = hs_regex("^[a-z].* palabras=", "la línea de un archivo");
        double primera = hs_wait_line(p, linea, PRONTO)->ms;
        reparto = hs_wait_lines(p, 6, linea, PRONTO)->ms - primera;
        hs_expect_at_least("el tiempo hasta la primera línea, en milisegundos,: las "
                           "muestras también esperan su demora",
                           DEMORA - 5, (int64_t)(primera - antes));
    }
    hs_expect_at_most("el tiempo entre la primera línea y la última, en milisegundos,: "
                      "las muestras y los demás archivos no se esperan",
                      JUNTAS, (int64_t)reparto);
}

HS_TEST(procesador, muestras_y_archivos)
{
    struct hs_dir *d = hs_dir("trabajo");
    int n = hs_random_between(50, 90);
    hs_file_write_text(d, "muestra1.txt", texto(777, " "));
    hs_file_write_text(d, "muestra5.txt", texto(777, " "));
    hs_step("trabajo/ ya existe, y en él trabajo/muestra1.txt y trabajo/muestra5.txt, de "
            "777 palabras");
    const char *otro = con_palabras(d, n);
    struct hs_program *p = hs_start(SIN_DEMORA, "--crear", "trabajo", otro);
    hs_expect_exit(p, 0, PRONTO);
    exigir_palabras(p, otro, n);
    struct muestras m = exigir_muestras(p, d, "");
    for (int i = 1; i <= 5; i += 4) {
        size_t bytes;
        const char *nombre = hs_format("muestra%d.txt", i);
        const char *contenido = hs_file_read(d, nombre, &bytes);
        hs_expect(
            palabras_de(contenido, bytes) < 777,
            "%s debía reemplazarse y sigue siendo el de antes, con sus 777 palabras",
            hs_dir_path(d, nombre));
    }
    exigir_dato(p, "TOTAL", hs_format("palabras=%d", m.suma + n));

    const char *empate = con_palabras(d, m.mayor);
    hs_step("Otra vez, con %s, que tiene tantas palabras como la mayor de las muestras: "
            "si empatan, la muestra va antes",
            empate);
    p = hs_start(SIN_DEMORA, "--crear", "trabajo", empate);
    hs_expect_exit(p, 0, PRONTO);
    int antes = m.mayor;
    m = exigir_muestras(p, d, ""); /* quizá ahora son otras */
    bool gana = m.mayor >= antes;
    exigir_dato(
        p, "MAYOR",
        hs_format("%s palabras=%d", gana ? m.primera : empate, gana ? m.mayor : antes));
    muestras_y_archivos_a_la_vez(otro);
}

static void exigir_sin_muestras(struct hs_program *p)
{
    hs_expect_exit(p, 1, PRONTO);
    hs_expect_eq_str("la salida estándar: sin muestras no hay nada que procesar", "",
                     hs_stdout(p));
    hs_expect(
        strlen(hs_stderr(p)) > 1,
        "en stderr debía explicar por qué no se crearon las muestras y no hay nada");
}

HS_TEST(procesador, muestras_imposibles)
{
    struct hs_dir *d = hs_dir("trabajo");
    const char *bueno = con_palabras(d, 4);
    hs_step("%s no es un directorio: ahí no se pueden crear muestras", bueno);
    exigir_sin_muestras(hs_start(SIN_DEMORA, "--crear", bueno, bueno));
    hs_file_mkdir(d, "m/muestra4.txt");
    hs_step(
        "trabajo/m/muestra4.txt es un directorio: las otras cuatro se pueden crear, y "
        "esa no");
    exigir_sin_muestras(hs_start(SIN_DEMORA, "--crear", "trabajo/m", bueno));
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
        hs_expect_complaint(p, 2, PRONTO);
    }
}

/*
 * Un archivo que llena un búfer de hasta 1 MiB y que, si mide una potencia de dos, lo acaba
 * siempre a mitad de un carácter: todos ocupan tres bytes, y el último tiene dos.
 */
static const char *que_llena_el_bufer(struct hs_dir *d)
{
    static const char vuelta[] = "\u65e5\u672c\u3000\u8a9e\u3000";
    enum { BYTES = sizeof vuelta - 1, VUELTAS = (1 << 20) / BYTES + 1 };
    char *bytes = malloc((size_t)VUELTAS * BYTES);
    for (int i = 0; i < VUELTAS; i++)
        memcpy(bytes + (size_t)i * BYTES, vuelta, BYTES);
    const char *ruta = hs_file_write(d, otro_nombre(), bytes,
                                     (size_t)VUELTAS * BYTES - 1);
    free(bytes);
    hs_step("%s mide más de 1 MiB", ruta);
    return ruta;
}

HS_TEST(procesador, memoria_limpia, .segundos = 60)
{
    struct hs_dir *d = hs_dir_read_only("datos"), *t = hs_dir("trabajo");
    const char *vacio = hs_file_write_text(d, "vacio.txt", "");
    const char *largo = que_llena_el_bufer(d);
    hs_step("Una sesión entera con el programa compilado con ASan y UBSan");
    struct hs_options asan = {.asan = true};
    struct hs_program *p = hs_start_with(
        asan, "--demora-min", "0", "--demora-max", "0.05", "--concurrencia", "3",
        "--crear", hs_dir_path(t, "m"), "datos/no-existe", vacio, largo, "datos");
    exigir_que_acabe(p, 2 * PRONTO);
    struct hs_fifo *f = hs_fifo(d, "tuberia");
    p = hs_start_with(asan, SIN_DEMORA, "datos/tuberia");
    hs_fifo_write(f, "uno\xe2\x80", 5);
    hs_fifo_write(f,
                  "\x83"
                  "dos \xf0",
                  6);
    hs_fifo_close(f);
    exigir_palabras(p, "datos/tuberia", 3);
    hs_expect_exit(p, 0, 2 * PRONTO);
}
