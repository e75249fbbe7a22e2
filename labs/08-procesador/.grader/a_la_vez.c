/*
 * a_la_vez.c: leer a la vez, cuántos a la vez y cuánto ocupan.
 *
 * Que se lee a la vez se demuestra con tuberías con nombre en el sitio de los archivos: la
 * prueba no las acaba hasta que el programa las ha abierto todas. Son tres, y no más,
 * porque leer una ocupa un hilo y libuv tiene cuatro: con cinco se atascaría también un
 * programa correcto. Para más archivos está la demora, que no ocupa a nadie: si ciento
 * cincuenta esperan a la vez, sus líneas llegan juntas; si no, separadas por demoras enteras.
 *
 * Que no se procesan más de N a la vez se ve al revés, y sin culpar nunca a un programa
 * correcto: no abre la tercera de tres tuberías, y la línea k no llega antes de k/N demoras.
 */
#include "textos.h"

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
    enum { N = 150, DEMORA = 800, INTENTOS = 3, MUCHO = 10 };
    struct hs_dir *d = hs_dir_read_only("d");
    const char *rutas[N];

    for (int i = 0; i < N; i++)
        rutas[i] = hs_file_write_text(d, hs_format("%d", i + 1), "dos palabras\n");
    hs_step(
        "%d archivos que tardan todos lo mismo: si esperan a la vez, sus líneas llegan "
        "casi juntas",
        N);
    /* Si alguno espera a que acabe otro, entre sus líneas hay una demora entera, menos lo que
     * se atrase la primera, y crece con la demora. Si no, solo hay lo que se atrase la máquina,
     * que no depende de ella: por eso se dobla, y basta con verlas juntas una vez. */
    int demora = DEMORA;
    double reparto = demora;
    for (int i = 0; i < INTENTOS && reparto > demora * 0.75 && reparto < MUCHO * demora;
         i++) {
        demora = DEMORA << i;
        const char *segundos = hs_format("%.1f", demora / 1e3);
        struct hs_program *p = arrancar_con(
            (struct hs_options){.files = 256},
            OPCIONES("--demora-min", segundos, "--demora-max", segundos), rutas, N);
        double primera = hs_wait_line(p, de_dos_palabras(), demora + PRONTO)->ms;
        reparto = hs_wait_lines(p, N, de_dos_palabras(), demora + PRONTO)->ms - primera;
    }
    hs_expect_at_most(hs_format("el tiempo entre la primera línea y la última, en "
                                "milisegundos,: quien espera a otro llega %d después",
                                demora),
                      demora * 3 / 4, (int64_t)reparto);
}

/* El archivo de una línea, sin lo que se dice de él. */
static const char *nombre_en(const struct hs_line *linea)
{
    return hs_format("%.*s", (int)strcspn(linea->text, " "), linea->text);
}

HS_TEST(procesador, demora_minima)
{
    enum { N = 10, MINIMA = 600 };
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *iguales[N];
    iguales[0] = con_palabras(d, 2);
    for (int i = 1; i < N; i++)
        iguales[i] = iguales[0];
    hs_step("El mismo archivo %d veces, y ninguna puede tardar menos de %d ms", N,
            MINIMA);
    double antes = hs_now();
    struct hs_program *p = arrancar(
        OPCIONES("--demora-min", "0.6", "--demora-max", "0.6"), iguales, N);
    hs_expect_at_least(
        "el tiempo hasta la primera línea, en milisegundos,: --demora-min es 0.6",
        MINIMA - 5, (int64_t)(hs_wait_line(p, de_dos_palabras(), PRONTO)->ms - antes));

    hs_step("Y si hay de dónde sortear, entre %d y %d ms, tampoco", MINIMA, MINIMA + 200);
    antes = hs_now();
    p = arrancar(OPCIONES("--demora-min", "0.6", "--demora-max", "0.8"), iguales, N);
    hs_expect_at_least(
        "el tiempo hasta la primera línea, en milisegundos,: --demora-min es 0.6",
        MINIMA - 5, (int64_t)(hs_wait_line(p, de_dos_palabras(), PRONTO)->ms - antes));
}

/* Una ejecución con demoras al azar: en qué orden salieron sus líneas, y cuándo. */
enum { AL_AZAR = 10 };
struct sorteo {
    const char *orden;
    double ms[AL_AZAR]; /* desde la primera */
};

static struct sorteo sorteo_de(struct hs_program *p)
{
    struct sorteo s = {.orden = ""};
    hs_wait_lines(p, AL_AZAR, de_dos_palabras(), 2 * PRONTO);
    double primera = hs_find_line(p, de_dos_palabras(), 1)->ms;
    for (int i = 0; i < AL_AZAR; i++) {
        const struct hs_line *linea = hs_find_line(p, de_dos_palabras(), i + 1);
        s.orden = hs_format("%s %s", s.orden, nombre_en(linea));
        s.ms[i] = linea->ms - primera;
    }
    return s;
}

/* El mismo orden, o las mismas demoras aunque les hayan tocado a otros archivos. */
static bool mismo_sorteo(const struct sorteo *a, const struct sorteo *b)
{
    enum { RUIDO = 40 };
    int iguales = 0;
    for (int i = 0; i < AL_AZAR; i++)
        iguales += a->ms[i] - b->ms[i] < RUIDO && b->ms[i] - a->ms[i] < RUIDO;
    return strcmp(a->orden, b->orden) == 0 || iguales == AL_AZAR;
}

/*
 * Cuando el mínimo y el máximo son el mismo, todos esperan lo mismo, también el que no tiene
 * palabras. Quien pase del máximo reparte las líneas casi entre cero y otra demora. Como antes, la
 * demora se dobla y basta con verlas juntas una vez.
 */
static void demora_fija(struct hs_dir *d)
{
    enum { N = 30, DEMORA = 600, INTENTOS = 3 };
    const char *rutas[N] = {con_bytes(d, "vacio.txt", "", 0), con_palabras(d, 2)};
    for (int i = 2; i < N; i++)
        rutas[i] = rutas[1];
    hs_step("Si el mínimo y el máximo son el mismo, esperan eso: %d veces el mismo "
            "archivo, y "
            "el vacío",
            N - 1);
    int demora = DEMORA;
    double reparto = demora;
    for (int i = 0; i < INTENTOS && reparto > demora * 0.6; i++) {
        demora = DEMORA << i;
        const char *segundos = hs_format("%.1f", demora / 1e3);
        double antes = hs_now();
        struct hs_program *p = arrancar(
            OPCIONES("--demora-min", segundos, "--demora-max", segundos), rutas, N);
        hs_expect_at_least(
            "el tiempo hasta la línea del archivo vacío, en milisegundos,: su demora "
            "es la de los demás",
            demora - 5,
            (int64_t)(hs_wait_line(p, linea_de(rutas[0]), demora + PRONTO)->ms - antes));
        reparto = hs_wait_lines(p, N - 1, de_dos_palabras(), 2 * demora + PRONTO)->ms -
                  hs_find_line(p, de_dos_palabras(), 1)->ms;
    }
    hs_expect_at_most("el tiempo entre la primera línea y la última, en milisegundos,: "
                      "tienen todas la misma demora. ¿Pasa alguna de --demora-max?",
                      demora * 3 / 5, (int64_t)reparto);
}

/*
 * Tres ejecuciones arrancan juntas, para que ni la hora en segundos las distinga. Que dos
 * sorteos se parezcan tanto por azar pasa una vez de cada tres mil; y en una máquina ocupada,
 * si se para lo que duran todas sus demoras, se parecen las que le llegan juntas. Por eso se
 * repite con demoras mucho más largas, y solo vale que se parezcan las dos veces.
 */
HS_TEST(procesador, demora_al_azar)
{
    enum { VECES = 3 };
    static const char *const maximos[] = {"1.2", "4.8"};
    enum { INTENTOS = sizeof maximos / sizeof *maximos };
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *rutas[AL_AZAR];
    for (int i = 0; i < AL_AZAR; i++)
        rutas[i] = con_palabras(d, 2);
    hs_step("Demoras al azar desde 0, en %d ejecuciones que arrancan juntas: %d "
            "archivos iguales no acaban todos a la vez",
            VECES, AL_AZAR);
    double reparto = 0;
    bool repetido = true;
    for (int i = 0; i < INTENTOS && (repetido || reparto < 120); i++) {
        struct hs_program *p[VECES];
        struct sorteo s[VECES];
        for (int vez = 0; vez < VECES; vez++)
            p[vez] = arrancar(OPCIONES("--demora-min", "0", "--demora-max", maximos[i]),
                              rutas, AL_AZAR);
        for (int vez = 0; vez < VECES; vez++) {
            s[vez] = sorteo_de(p[vez]);
            double suyo = s[vez].ms[AL_AZAR - 1];
            reparto = suyo > reparto ? suyo : reparto;
        }
        repetido = mismo_sorteo(&s[0], &s[1]) || mismo_sorteo(&s[1], &s[2]) ||
                   mismo_sorteo(&s[0], &s[2]);
    }
    /* Que diez demoras al azar entre 0 y 1200 disten menos de 120 pasa una vez de cada cien
     * millones. */
    hs_expect_at_least("el tiempo entre la primera línea y la última, en milisegundos,: "
                       "las demoras son al azar, cada una la suya",
                       120, (int64_t)reparto);
    hs_expect(
        !repetido,
        "las demoras debían ser otras en cada ejecución y dos que arrancaron a la vez "
        "han esperado lo mismo. ¿De dónde sale la semilla del generador?");
    demora_fija(d);
}

/* Delante de las tuberías pueden ir dos que no existen: cada uno deja una plaza, y no más. */
static void dos_plazas_y_tres_tuberias(bool tras_dos_que_faltan)
{
    static const char *const rutas[] = {"tuberias/falta", "tuberias/falta", "tuberias/a",
                                        "tuberias/b", "tuberias/c"};
    enum { OCASION = 150 };
    int omite = tras_dos_que_faltan ? 0 : 2;
    hs_step(
        "Tres tuberías con nombre%s, y --concurrencia 2: la tercera tiene que esperar",
        tras_dos_que_faltan ? ", delante dos veces un archivo que no existe" : "");
    struct hs_dir *t = hs_dir_read_only("tuberias");
    struct hs_fifo *f[] = {hs_fifo(t, "a"), hs_fifo(t, "b"), hs_fifo(t, "c")};
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA, "--concurrencia", "2"),
                                    rutas + omite, 5 - omite);
    hs_fifo_wait_some(f, 3, 2, PRONTO);
    bool primeras[3];
    for (int i = 0; i < 3; i++)
        primeras[i] = hs_fifo_opened(f[i]);
    /* Mientras lee las que abrió, tiene ocasión de abrir la que no debe. */
    for (int i = 0; i < 3; i++)
        for (int veces = 0; primeras[i] && veces < 20; veces++)
            hs_fifo_write(f[i], "palabra ", 8);
    hs_expect_eq_int("el número de tuberías abiertas a la vez: --concurrencia es 2", 2,
                     hs_fifo_try_some(f, 3, 3, OCASION) ? 3 : 2);
    for (int i = 0; i < 3; i++)
        if (primeras[i])
            hs_fifo_close(f[i]);
    for (int i = 0; i < 3; i++)
        if (!primeras[i])
            hs_fifo_close(f[i]);
    exigir_que_acabe(p, PRONTO);
}

HS_TEST(procesador, concurrencia_limita)
{
    dos_plazas_y_tres_tuberias(false);
    enum { N = 7, DEMORA = 200 };
    int plazas = hs_random_between(2, 3);
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *rutas[N];
    rutas[0] = con_palabras(d, 2);
    for (int i = 1; i < N; i++)
        rutas[i] = rutas[0];
    hs_step("El mismo archivo %d veces, de %d en %d, y cada una tarda %d ms", N, plazas,
            plazas, DEMORA);
    double antes = hs_now();
    struct hs_program *p = arrancar(OPCIONES("--demora-min", "0.2", "--demora-max", "0.2",
                                             "--concurrencia", hs_format("%d", plazas)),
                                    rutas, N);
    for (int i = 0; i < N; i++) {
        const struct hs_line *linea = hs_wait_lines(p, i + 1, de_dos_palabras(), PRONTO);
        int demoras = i / plazas + 1;
        hs_expect_at_least(
            hs_format(
                "el tiempo hasta la línea número %d, en milisegundos,: antes tienen "
                "que pasar %d demoras",
                i + 1, demoras),
            demoras * (DEMORA - 2), (int64_t)(linea->ms - antes));
    }
    hs_expect_exit(p, 0, PRONTO);

    hs_step("Dos archivos y --concurrencia 1000000: hay sitio de sobra");
    p = hs_start(SIN_DEMORA, "--concurrencia", "1000000", rutas[0], con_palabras(d, 3));
    exigir_palabras(p, rutas[0], 2);
    exigir_dato(p, "TOTAL", "palabras=5");
    hs_expect_exit(p, 0, PRONTO);
}

/* Los que fallan también acaban: su plaza es para el siguiente. */
static void tras_los_que_fallan(struct hs_dir *d)
{
    const char *nada = hs_dir_path(d, otro_nombre());
    const char *bueno = con_palabras(d, 6);
    hs_step(
        "De dos en dos otra vez: %s, que no existe, y datos, que es un directorio, tres "
        "veces cada uno; y al final, %s",
        nada, bueno);
    struct hs_program *p = hs_start(SIN_DEMORA, "--concurrencia", "2", nada, nada, nada,
                                    "datos", "datos", "datos", bueno);
    hs_wait_lines(p, 3, linea_de(nada), PRONTO);
    hs_wait_lines(p, 3, linea_de("datos"), PRONTO);
    exigir_palabras(p, bueno, 6);
    exigir_que_acabe(p, PRONTO);
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
    tras_los_que_fallan(d);
    dos_plazas_y_tres_tuberias(true);
}

HS_TEST(procesador, muchos_archivos)
{
    enum { MALOS = 80, N = 200 };
    struct hs_dir *d = hs_dir_read_only("d");
    const char *rutas[2 * MALOS + N];
    int suma = 0;
    for (int i = 0; i < MALOS; i++) {
        rutas[2 * i] = "d";
        rutas[2 * i + 1] = "d/nada";
    }
    for (int i = 0; i < N; i++) {
        int n = hs_random_between(1, 9);
        rutas[2 * MALOS + i] = hs_file_write_text(d, hs_format("%d", i + 1),
                                                  texto(n, " "));
        suma += n;
    }
    hs_step(
        "%d archivos, de uno en uno y sin demora; el sistema deja tener abiertos 64. "
        "Delante van %d veces un directorio, que no se puede leer, y otras tantas uno "
        "que no existe",
        N, MALOS);
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA, "--concurrencia", "1"), rutas,
                                    2 * MALOS + N);
    hs_wait_exit(p, PRONTO);
    const struct hs_line *error = hs_find_line(
        p, hs_regex("^d/[0-9]* ERROR", "la línea de un archivo con ERROR"), 1);
    if (error)
        hs_fail(
            "de uno en uno el programa debía leer todos los archivos y escribió «%s». "
            "¿Cierra cada archivo cuando acaba con él?",
            error->text);
    hs_expect_lines(p, N,
                    (struct hs_match){.regex = "^d/[0-9]* palabras=[0-9]*$",
                                      .what = "la línea con las palabras de un archivo"});
    exigir_dato(p, "TOTAL", hs_format("palabras=%d", suma));
}

/*
 * Lo que no puede guardarse: el archivo, una línea, una palabra que no acaba, ni algo por
 * cada palabra. El archivo empieza con muchas de una letra, cada una en su línea, sigue con
 * una de 100 MiB y acaba con otras más cortas, hechas de ceros, que son letras como otras.
 */
HS_TEST(procesador, archivo_enorme, .segundos = 60)
{
    enum {
        MIB = 1 << 20,
        CORTAS = 10 * MIB,
        LARGA = 120,
        N = 200,
        MAXIMO_KIB = 64 << 10
    };
    struct hs_dir *d = hs_dir_read_only("datos");
    char *cortas = malloc((size_t)2 * CORTAS);
    for (size_t i = 0; i < (size_t)2 * CORTAS; i++)
        cortas[i] = i % 2 ? '\n' : 'a';
    hs_file_write(d, "enorme.bin", cortas, (size_t)2 * CORTAS);
    free(cortas);
    for (int i = LARGA + 1; i <= N; i++)
        hs_file_write_at(d, "enorme.bin", (int64_t)i * MIB - hs_random_between(9, 900000),
                         " palabra ", 9);
    const char *ruta = hs_file_write_at(d, "enorme.bin", (int64_t)N * MIB, "final", 5);
    int palabras = CORTAS + 2 * (N - LARGA) + 1;
    hs_step("%s mide 200 MiB y tiene %d palabras: %d de una letra, una de más de 100 MiB "
            "de bytes cero y las demás más cortas",
            ruta, palabras, CORTAS);
    struct hs_program *p = hs_start(SIN_DEMORA, ruta);
    struct hs_exit end = hs_wait_exit(p, 20000);
    hs_expect_memory("la memoria que llegó a ocupar, en KiB,: ¿lee el archivo a trozos? "
                     "¿Guarda alguna palabra o alguna línea?",
                     MAXIMO_KIB, end.peak_kib);
    exigir_palabras(p, ruta, palabras);
    hs_expect(end.exited && end.code == 0, "el programa debía salir con código 0 y %s",
              hs_exit_words(end));
}
