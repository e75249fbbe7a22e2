/* archivos.c: directorios y archivos que la prueba y el programa comparten. */
#include "harness/harness.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

HS_SUITE(archivos)

static const char *run(const char *mode, const char *a, const char *b)
{
    struct hs_program *p = hs_start(mode, a, b);
    hs_expect_exit(p, 0, 5000);
    return hs_stdout(p);
}

HS_TEST(archivos, el_programa_los_lee)
{
    struct hs_dir *d = hs_dir("datos"), *otro = hs_dir_read_only("otro");
    hs_expect_eq_str("ruta", "datos/uno.txt", hs_file_write_text(d, "uno.txt", "hola"));
    hs_file_write(otro, "a/b/dos.bin", "x\0y", 3);
    hs_expect_eq_str("uno", "[hola]\n", run("leer", "datos/uno.txt", "64"));
    hs_expect_eq_str("dos", "[x.y]\n", run("leer", "otro/a/b/dos.bin", "64"));
    hs_file_write_text(d, "uno.txt", "no");
    hs_expect_eq_str("sustituido", "[no]\n", run("leer", hs_dir_path(d, "uno.txt"), "9"));
    hs_expect_eq_str("ruta de otro", "otro/x", hs_dir_path(otro, "x"));
    hs_expect_eq_str("el directorio", "otro", hs_dir_path(otro, ""));
}

HS_TEST(archivos, el_programa_escribe)
{
    struct hs_dir *d = hs_dir("salida");
    size_t size = 99;
    hs_expect(!hs_file_read(d, "x", &size), "aún no existe");
    hs_expect_eq_int("sin tamaño", -1, hs_file_size(d, "x"));
    run("escribir", "salida/x", "ñandú");
    hs_expect_eq_str("contenido", "ñandú", hs_file_read(d, "x", &size));
    hs_expect_eq_int("bytes", 7, (int64_t)size);
    hs_expect_eq_int("tamaño", 7, hs_file_size(d, "x"));
    run("escribir", "salida/x", "");
    hs_expect_eq_str("vacío", "", hs_file_read(d, "x", NULL));
}

HS_TEST(archivos, de_solo_lectura)
{
    struct hs_dir *d = hs_dir_read_only("fijo");
    const char *boxed = getenv("ASINC_BOX");
    struct hs_program *p = hs_start("escribir", "fijo/x", "algo");
    struct hs_exit end = hs_wait_exit(p, 5000);
    if (boxed && strcmp(boxed, "completa") == 0)
        hs_expect(end.code == 1 && hs_file_size(d, "x") == -1, "no se puede escribir");
    else
        hs_expect_eq_int("sin caja, escribe", 4, hs_file_size(d, "x"));
}

HS_TEST(archivos, listar)
{
    int n;
    struct hs_dir *d = hs_dir("lista");
    hs_expect(!hs_file_list(d, &n)[0] && n == 0, "vacía");
    hs_file_write_text(d, "b", "");
    hs_file_write_text(d, "sub/dentro", "");
    hs_file_mkdir(d, "hueco/mas/hondo");
    run("escribir", "lista/a", "x");
    const char *const *names = hs_file_list(d, &n);
    hs_expect_eq_int("cuántos", 4, n);
    hs_expect_eq_str("1", "a", names[0]);
    hs_expect_eq_str("2", "b", names[1]);
    hs_expect_eq_str("3", "hueco/", names[2]);
    hs_expect_eq_str("4", "sub/", names[3]);
    hs_expect(!names[4], "acaba en NULL");
}

HS_TEST(archivos, enorme_y_barato)
{
    struct hs_dir *d = hs_dir_read_only("grande");
    hs_file_write_at(d, "g", (int64_t)5 << 30, "fin", 3);
    hs_file_write_at(d, "g", 0, "ini", 3);
    hs_expect_eq_int("bytes", ((int64_t)5 << 30) + 3, hs_file_size(d, "g"));
    hs_expect_eq_str("principio", "[ini.]\n[....]\n[....]\n",
                     hs_format("%.21s", run("leer-poco", "grande/g", "4")));
}

HS_TEST(archivos, sin_permiso_de_lectura)
{
    struct hs_dir *d = hs_dir_read_only("cerrado");
    hs_file_write_text(d, "x", "secreto");
    hs_file_mode(d, "x", 0);
    hs_expect_exit(hs_start("leer", "cerrado/x", "64"), 1, 5000);
}

HS_TEST(archivos, memoria_de_mas)
{
    struct hs_exit end = hs_expect_exit(hs_start("llenar", "48"), 0, 10000);
    hs_expect_at_least("KiB del que llena 48 MiB", 48 << 10, end.peak_kib);
    end = hs_expect_exit(hs_start("salir", "0"), 0, 10000);
    hs_expect_at_most("KiB del que no hace nada", 16 << 10, end.peak_kib);
}

/* --------------------------------------------------------------- A trozos */

HS_TEST(archivos, los_cortes_los_pone_la_prueba)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    struct hs_fifo *f = hs_fifo(d, "tubo");
    struct hs_program *p = hs_start("leer", "datos/tubo", "64");
    hs_fifo_wait_open(f, 5000);
    hs_expect(hs_fifo_opened(f), "la abrió");
    hs_fifo_write_text(f, "ab");
    hs_fifo_write(f, "c\0d", 3);
    hs_fifo_write_text(f, "e");
    hs_wait_line(p, hs_regex("^.e.$", "la línea que busca"), 5000);
    hs_expect(hs_running(p), "espera más");
    hs_fifo_close(f);
    hs_expect_exit(p, 0, 5000);
    hs_expect_eq_str("lecturas", "[ab]\n[c.d]\n[e]\n", hs_stdout(p));
}

HS_TEST(archivos, trozos_grandes)
{
    static char bytes[10000];
    struct hs_fifo *f = hs_fifo(hs_dir_read_only("datos"), "tubo");
    struct hs_program *p = hs_start("leer", "datos/tubo", "64");
    memset(bytes, 'z', sizeof bytes);
    hs_fifo_write(f, bytes, sizeof bytes);
    hs_fifo_close(f);
    hs_expect_exit(p, 0, 5000);
    int64_t read = 0;
    for (int i = 1; i <= hs_count_lines(p, hs_has("[")); i++)
        read += (int64_t)hs_find_line(p, hs_has("["), i)->length - 2;
    hs_expect_eq_int("bytes leídos", sizeof bytes, read);
}

HS_TEST(archivos, cada_tuberia_a_su_paso)
{
    struct hs_dir *d = hs_dir_read_only("datos");
    struct hs_fifo *a = hs_fifo(d, "a"), *b = hs_fifo(d, "b"), *c = hs_fifo(d, "c");
    struct hs_program *p = hs_start("leer", "datos/a", "64");
    struct hs_program *q = hs_start("leer", "datos/b", "64");
    hs_fifo_close(b);
    hs_expect_exit(q, 0, 5000);
    hs_expect(hs_running(p), "la otra sigue");
    hs_fifo_close(a);
    hs_expect_exit(p, 0, 5000);
    hs_fifo_wait_some((struct hs_fifo *const[]){c, b, a}, 3, 2, 5000);
    hs_expect(!hs_fifo_opened(c), "nadie abrió la tercera, y la prueba acaba igual");
}

/* ------------------------------------------------------------- Programas con trampas */

HS_TEST(archivos, un_enlace_no_es_un_archivo_pero_se_ve)
{
    int n;
    struct hs_dir *d = hs_dir("d"), *e = hs_dir("e");
    hs_file_write_text(e, "otro", "intacto");
    run("enlazar", "../e", "d/puerta");
    run("enlazar", "/etc/passwd", "d/x");
    hs_expect_eq_str("primero", "puerta", hs_file_list(d, &n)[0]);
    hs_expect_eq_int("cuántos", 2, n);
    run("escribir", "e/nuevo", "");
    hs_expect_eq_str("el de al lado", "intacto", hs_file_read(e, "otro", NULL));
}

HS_TEST(archivos, borrar_lo_que_no_se_deja)
{
    struct hs_dir *d = hs_dir("d");
    struct hs_fifo *f = hs_fifo(d, "tubo");
    hs_file_write_text(d, "sub/x", "");
    run("permisos", "d/sub", "0");
    run("permisos", "d/tubo", "0");
    run("permisos", "d", "0");
    hs_expect(!hs_fifo_opened(f), "no la abrió");
}
