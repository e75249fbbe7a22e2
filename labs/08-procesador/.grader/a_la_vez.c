/*
 * a_la_vez.c: leer a la vez, cuántos a la vez y cuánto ocupan.
 *
 * Que se lee a la vez se demuestra con tuberías con nombre en el sitio de los archivos: la
 * prueba no las acaba hasta que el programa las ha abierto todas. Son tres, y no más,
 * porque leer una ocupa un hilo y libuv tiene cuatro: con cinco se atascaría también un
 * programa correcto. Para más archivos está la demora, que no ocupa a nadie: si ciento
 * veinte esperan a la vez, sus líneas llegan juntas; si no, separadas por demoras enteras.
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
    enum { N = 120, DEMORA = 800 };
    struct hs_dir *d = hs_dir_read_only("d");
    const char *rutas[N];

    for (int i = 0; i < N; i++)
        rutas[i] = hs_file_write_text(d, hs_format("%d", i + 1), "dos palabras\n");
    hs_step("%d archivos que tardan todos %d ms: si esperan a la vez, sus líneas llegan "
            "casi juntas",
            N, DEMORA);
    struct hs_program *p = arrancar_con(
        (struct hs_options){.files = 256, .processes = 256},
        OPCIONES("--demora-min", "0.8", "--demora-max", "0.8"), rutas, N);
    struct hs_match linea = de_dos_palabras();
    double primera = hs_wait_line(p, linea, PRONTO)->ms;
    /* De uno en uno serían 96 s; con los cuatro hilos de libuv, 24. */
    double ultima = hs_wait_lines(p, N, linea, 3 * DEMORA)->ms;
    /* Una máquina muy lenta alarga ese plazo, pero no las demoras. */
    hs_expect_at_most("milisegundos entre la primera línea y la última", 15 * DEMORA,
                      (int64_t)(ultima - primera));
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
    hs_expect_at_least("milisegundos hasta la primera línea, con --demora-min 0.6",
                       MINIMA - 5,
                       (int64_t)(hs_wait_line(p, de_dos_palabras(), PRONTO)->ms - antes));
}

HS_TEST(procesador, demora_al_azar)
{
    enum { N = 10 };
    struct hs_dir *d = hs_dir_read_only("datos");
    const char *rutas[N], *orden[2] = {"", ""};
    for (int i = 0; i < N; i++)
        rutas[i] = con_palabras(d, 2);
    struct hs_match linea = de_dos_palabras();
    double reparto = 0;
    hs_step("Demoras al azar entre 0 y 0.6 s: %d archivos iguales no acaban todos a la "
            "vez",
            N);
    for (int vez = 0; vez < 2; vez++) {
        struct hs_program *p = arrancar(
            OPCIONES("--demora-min", "0", "--demora-max", "0.6"), rutas, N);
        double primera = hs_wait_line(p, linea, PRONTO)->ms;
        double ultima = hs_wait_lines(p, N, linea, PRONTO)->ms;
        reparto = ultima - primera > reparto ? ultima - primera : reparto;
        for (int i = 1; i <= N; i++)
            orden[vez] = hs_format("%s %s", orden[vez],
                                   nombre_en(hs_find_line(p, linea, i)));
    }
    /* Que diez demoras al azar entre 0 y 600 disten menos de 60 pasa una vez de cada cien
     * millones. */
    hs_expect_at_least("milisegundos entre la primera línea y la última", 60,
                       (int64_t)reparto);
    hs_expect(
        strcmp(orden[0], orden[1]) != 0,
        "las demoras cambian de una ejecución a otra, y los %d archivos han acabado "
        "las dos veces en el mismo orden",
        N);
}

static void dos_plazas_y_tres_tuberias(void)
{
    hs_step("Tres tuberías con nombre, y --concurrencia 2: la tercera tiene que esperar");
    struct hs_dir *t = hs_dir_read_only("tuberias");
    struct hs_fifo *f[] = {hs_fifo(t, "a"), hs_fifo(t, "b"), hs_fifo(t, "c")};
    struct hs_program *p = hs_start(SIN_DEMORA, "--concurrencia", "2", "tuberias/a",
                                    "tuberias/b", "tuberias/c");
    hs_fifo_wait_some(f, 3, 2, PRONTO);
    bool primeras[3];
    for (int i = 0; i < 3; i++)
        primeras[i] = hs_fifo_opened(f[i]);
    /* Mientras lee las que abrió, tiene ocasión de abrir la que no debe. */
    for (int i = 0; i < 3; i++)
        for (int veces = 0; primeras[i] && veces < 20; veces++)
            hs_fifo_write(f[i], "palabra ", 8);
    int abiertas = 0;
    for (int i = 0; i < 3; i++)
        abiertas += hs_fifo_opened(f[i]);
    hs_expect_eq_int("tuberías abiertas a la vez, con --concurrencia 2", 2, abiertas);
    for (int i = 0; i < 3; i++)
        if (primeras[i])
            hs_fifo_close(f[i]);
    for (int i = 0; i < 3; i++)
        if (!primeras[i])
            hs_fifo_close(f[i]);
    hs_expect_exit(p, 0, PRONTO);
}

HS_TEST(procesador, concurrencia_limita)
{
    dos_plazas_y_tres_tuberias();
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
    struct hs_dir *d = hs_dir_read_only("d");
    const char *rutas[N];
    int suma = 0;
    for (int i = 0; i < N; i++) {
        int n = hs_random_between(1, 9);
        rutas[i] = hs_file_write_text(d, hs_format("%d", i + 1), texto(n, " "));
        suma += n;
    }
    hs_step("%d archivos, de uno en uno y sin demora; el sistema deja tener abiertos 64",
            N);
    struct hs_program *p = arrancar(OPCIONES(SIN_DEMORA, "--concurrencia", "1"), rutas,
                                    N);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, N,
                    (struct hs_match){.regex = "^d/[0-9]* palabras=[0-9]*$",
                                      .what = "la línea con las palabras de un archivo"});
    exigir_dato(p, "TOTAL", hs_format("palabras=%d", suma));
}

HS_TEST(procesador, archivo_enorme, .segundos = 60)
{
    enum { MIB = 1 << 20, N = 200, MAXIMO_KIB = 64 << 10 };
    struct hs_dir *d = hs_dir_read_only("datos");
    for (int i = 1; i <= N; i++) /* entre medias, ceros: letras como otras */
        hs_file_write_at(d, "enorme.bin", (int64_t)i * MIB - hs_random_between(9, 900000),
                         " palabra ", 9);
    const char *ruta = hs_file_write_at(d, "enorme.bin", (int64_t)N * MIB, "final", 5);
    hs_step("%s mide 200 MiB y tiene %d palabras, casi todas hechas de bytes cero", ruta,
            2 * N + 1);
    struct hs_program *p = hs_start(SIN_DEMORA, ruta);
    struct hs_exit end = hs_wait_exit(p, 20000);
    hs_expect_at_most("KiB de memoria que llegó a ocupar", MAXIMO_KIB, end.peak_kib);
    exigir_palabras(p, ruta, 2 * N + 1);
    hs_expect(end.exited && end.code == 0, "debía salir con código 0, pero %s",
              hs_exit_words(end));
}
