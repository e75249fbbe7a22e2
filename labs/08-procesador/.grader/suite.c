/*
 * La suite del laboratorio 08: las estadísticas, los errores, las muestras y la línea de
 * órdenes. Cada prueba exige una sola cosa del enunciado. Lo demás, en palabras.c y
 * a_la_vez.c.
 */
#include "textos.h"

HS_SUITE(procesador)

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
    exigir_que_acabe(p, PRONTO);
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
    hs_step("Y si el único que se lee está vacío, ese es el mayor");
    const char *vacio = con_bytes(d, "vacio.txt", "", 0);
    p = hs_start(SIN_DEMORA, nada, vacio);
    exigir_dato(p, "MAYOR", hs_format("%s palabras=0", vacio));
    exigir_que_acabe(p, PRONTO);
    hs_step("Y si no se puede leer ninguno, no hay MAYOR");
    p = hs_start(SIN_DEMORA, nada);
    exigir_dato(p, "TOTAL", "palabras=0");
    exigir_dato(p, "PROMEDIO", "palabras=0.00");
    exigir_que_acabe(p, PRONTO);
    hs_expect_no_line(p, hs_regex("^MAYOR"));
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

/* Lee las muestras que hay en `sub` de `d` y exige sus líneas. Devuelve la suma. */
static int exigir_muestras(struct hs_program *p, struct hs_dir *d, const char *sub)
{
    int suma = 0, menor = 0, mayor = 0;
    for (int i = 1; i <= 5; i++) {
        size_t bytes;
        const char *nombre = hs_format("%smuestra%d.txt", sub, i);
        const char *contenido = hs_file_read(d, nombre, &bytes);
        if (!contenido)
            hs_fail("no existe el archivo %s", hs_dir_path(d, nombre));
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
    const char *vacio = hs_file_write_text(d, "vacio.txt", "");
    const char *largo = con_palabras(d, 20000);
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
