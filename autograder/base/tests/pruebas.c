/* Lo que comparten la caja, el banco y el corrector. */
#include "base/dir.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(texto, .timeout = 20);
TestSuite(carpetas, .timeout = 20);
TestSuite(procesos, .timeout = 20);

/* ---- Texto -------------------------------------------------------------------------- */

static void exigir_limpio(const char *sucio, enum ag_shape forma, const char *limpio)
{
    char *texto = ag_clean(sucio, strlen(sucio), SIZE_MAX, forma);
    cr_expect_str_eq(texto, limpio);
    free(texto);
}

Test(texto, controles_y_bytes_sueltos_a_la_vista)
{
    static const char *const casos[][2] = {
        {"", ""},
        {"año ✓ 😀", "año ✓ 😀"},
        {"\x1b[2J", "\\x1b[2J"},
        {"\x7f", "\\u007f"},
        {"\xc2\x9b", "\\u009b"}, /* CSI de 8 bits */
        {"uno\u202edos", "uno\\u202edos"},
        {"\U000e0041", "\\U0e0041"},
        {"\xef\xbf\xbf\xef\xbf\xbe", "\\uffff\\ufffe"}, /* XML no los admite */
        {"\xf4\x8f\xbf\xbf\xef\xb7\x90", "\\U10ffff\\ufdd0"},
        {"\u180e\ufffa\u034f", "\\u180e\\ufffa\\u034f"},
        {"\u3164\u115f\uffa0", "\\u3164\\u115f\\uffa0"}, /* letras sin dibujo */
        {"\U0001d173", "\\U01d173"},
        {"\xff\xfe", "\uFFFD\uFFFD"},
        {"\xc0\xaf", "\uFFFD\uFFFD"},           /* forma larga de más */
        {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"}, /* sustituto */
        {"\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
        {"corte \xc3", "corte \uFFFD"},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        exigir_limpio(casos[i][0], AG_LINE, casos[i][1]);
        exigir_limpio(casos[i][0], AG_LINES, casos[i][1]);
    }
}

Test(texto, los_saltos_dependen_de_la_forma)
{
    exigir_limpio("a\tb\nc\rd", AG_LINE, "a\\tb\\nc\\rd");
    exigir_limpio("a\tb\nc\rd", AG_LINES, "a\tb\nc\\rd");
}

Test(texto, lo_largo_se_corta_entre_caracteres_y_se_dice)
{
    char *texto = ag_clean("añoañoaño", strlen("añoañoaño"), 6, AG_LINE);
    cr_expect_str_eq(texto, "añoa… (7 bytes más)");
    free(texto);
    texto = ag_clean("a\0b", 3, SIZE_MAX, AG_LINE);
    cr_expect_str_eq(texto, "a\\x00b");
    free(texto);
}

Test(texto, columnas_y_caracteres)
{
    uint32_t codigo = 0;
    cr_expect_eq(ag_width("año ✓", strlen("año ✓")), 5);
    cr_expect(ag_utf8("✓", 3, &codigo) == 3 && codigo == 0x2713);
    cr_expect_eq(ag_utf8("✓", 2, &codigo), 0);
    cr_expect_eq(ag_utf8("\x93", 1, &codigo), 0);
    cr_expect(ag_utf8("😀", 4, &codigo) == 4 && codigo == 0x1f600);
}

Test(texto, palabra_de_la_shell)
{
    static const char *const casos[][2] = {
        {"datos/a-1.txt", "datos/a-1.txt"},
        {"", "''"},
        {"O'Brien", "'O'\\''Brien'"},
        {"dos palabras", "'dos palabras'"},
        {"~/$HOME", "'~/$HOME'"},
        {"año", "año"},
        {"mi año", "'mi año'"},
        {"a\x1b'b", "$'a\\x1b\\'b'"},
        {"\xff", "$'\\xff'"},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        char *palabra = ag_shell_word(casos[i][0]);
        cr_expect_str_eq(palabra, casos[i][1]);
        char *orden = ag_format("printf %%s %s", palabra), leido[64] = "";
        char *const bash[] = {"bash", "-c", orden, NULL};
        int tubo[2];
        cr_assert_eq(pipe2(tubo, O_CLOEXEC), 0);
        pid_t pid = fork();
        if (pid == 0) {
            dup2(tubo[1], 1);
            execvp(*bash, bash);
            _exit(127);
        }
        close(tubo[1]);
        cr_expect(read(tubo[0], leido, sizeof leido - 1) >= 0);
        close(tubo[0]);
        waitpid(pid, NULL, 0);
        cr_expect_str_eq(leido, casos[i][0], "bash lee «%s» de %s", leido, palabra);
        free(orden);
        free(palabra);
    }
}

/* ---- Carpetas ----------------------------------------------------------------------- */

static char *carpeta(void)
{
    char *ruta;
    cr_assert_eq(ag_temp_dir("base", &ruta), 0);
    return ruta;
}

static void crear(const char *dir, const char *nombre, const char *texto)
{
    char *ruta = ag_format("%s/%s", dir, nombre);
    int fd = open(ruta, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    cr_assert(fd >= 0 && ag_write(fd, texto, strlen(texto)) == 0 && close(fd) == 0);
    free(ruta);
}

Test(carpetas, lo_temporal_va_a_tmpdir_si_es_absoluta)
{
    char *dentro, *fuera = carpeta();
    setenv("TMPDIR", fuera, 1);
    cr_expect_str_eq(ag_tmp(), fuera);
    cr_assert_eq(ag_temp_dir("otra", &dentro), 0);
    cr_expect(strncmp(dentro, fuera, strlen(fuera)) == 0, "%s", dentro);
    ag_remove_tree(fuera);
    cr_expect_eq(ag_temp_dir("otra", &dentro), -ENOENT);
    cr_expect_null(dentro);
    setenv("TMPDIR", "relativa", 1);
    cr_expect_str_eq(ag_tmp(), "/tmp");
}

Test(carpetas, crea_las_que_faltan_y_no_la_ultima_parte)
{
    struct stat st;
    char *top = carpeta(), *archivo = ag_format("%s/a/b/c", top);
    cr_expect_eq(ag_make_parents(archivo, 0700), 0);
    cr_expect(stat(archivo, &st) < 0 && errno == ENOENT);
    cr_expect_eq(ag_make_parents(archivo, 0700), 0, "repetirlo no es un error");
    crear(top, "a/b/c", "x");
    char *detras = ag_format("%s/d", archivo);
    cr_expect_eq(ag_make_parents(detras, 0700), 0);
    detras = ag_format("%s/d/e", archivo);
    cr_expect_eq(ag_make_parents(detras, 0700), -ENOTDIR);
    ag_remove_tree(top);
}

Test(carpetas, se_borra_un_arbol_cerrado)
{
    char *top = carpeta();
    char *inner = ag_format("%s/a", top), *deep = ag_format("%s/a/b", top);
    cr_assert(mkdir(inner, 0700) == 0 && mkdir(deep, 0000) == 0 && chmod(inner, 0) == 0);
    ag_remove_tree(top);
    cr_expect(access(top, F_OK) < 0);
}

/* Ninguna ruta llega al fondo: 80 KiB de nombres. */
Test(carpetas, se_borra_un_arbol_muy_hondo)
{
    char name[256], *top;
    cr_assert_eq(ag_temp_dir("prueba", &top), 0);
    memset(name, 'a', 255);
    name[255] = '\0';
    int fd = open(top, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 320; i++) {
        cr_assert_eq(mkdirat(fd, name, 0700), 0);
        cr_assert_eq(mkdirat(fd, ".0", 0500), 0);
        int file = openat(fd, "datos", O_WRONLY | O_CREAT, 0600);
        cr_assert_geq(file, 0);
        close(file);
        int below = openat(fd, name, O_RDONLY | O_DIRECTORY);
        cr_assert_eq(fchmod(fd, i % 2 ? 0700 : 0000), 0);
        close(fd);
        fd = below;
    }
    close(fd);
    ag_remove_tree(top);
    cr_expect(access(top, F_OK) < 0 && errno == ENOENT, "queda %s", top);
    free(top);
}

Test(carpetas, no_se_lee_a_traves_de_un_enlace_ni_fuera)
{
    char *top = carpeta(), *datos;
    size_t n;
    char *enlace = ag_format("%s/enlace", top), *fifo = ag_format("%s/fifo", top);
    crear(top, "bueno", "hola");
    cr_assert(symlink("bueno", enlace) == 0 && mkfifo(fifo, 0600) == 0);
    cr_assert_eq(ag_read_file(top, "bueno", 4, &datos, &n), 0);
    cr_expect(n == 4 && strcmp(datos, "hola") == 0);
    free(datos);
    cr_expect_eq(ag_read_file(top, "bueno", 3, &datos, &n), -EFBIG);
    cr_expect_eq(ag_read_file(top, "enlace", 100, &datos, &n), -ELOOP);
    cr_expect_eq(ag_read_file(top, "fifo", 100, &datos, &n), -EINVAL);
    cr_expect_eq(ag_read_file(top, "../bueno", 100, &datos, &n), -EXDEV);
    cr_expect_eq(ag_read_file(top, "nada", 100, &datos, &n), -ENOENT);
    cr_expect_eq(ag_read_file("/no/existe", "nada", 100, &datos, &n), -ENOENT);
    ag_remove_tree(top);
}

/* ---- Procesos ----------------------------------------------------------------------- */

static void nada(int signum)
{
    (void)signum;
}

Test(procesos, el_estado_de_un_hijo_llega_aunque_haya_senales)
{
    struct sigaction action = {
        .sa_handler = nada}; /* sin SA_RESTART: interrumpe la espera */
    sigaction(SIGUSR1, &action, NULL);
    pid_t hijo = fork();
    if (hijo == 0) {
        for (int i = 0; i < 100; i++)
            kill(getppid(), SIGUSR1);
        _exit(7);
    }
    int estado = ag_wait(hijo);
    cr_expect(WIFEXITED(estado) && WEXITSTATUS(estado) == 7, "estado %x", estado);
    cr_expect_eq(ag_wait(hijo), -1, "ya no es hijo de nadie");
}

Test(procesos, nadie_pasa_de_root_a_root)
{
    cr_expect_eq(ag_drop(0, 0), geteuid() == 0 ? -EPERM : 0);
}
