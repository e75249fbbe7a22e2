#include "file_apoyo.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(file, .timeout = 60);

#ifdef PRUEBA_LIGERA
enum { GRANDE = 20 };
#else
enum { GRANDE = 200 };
#endif

/* ---- Leer y escribir ----------------------------------------------------------------- */

static int modos(void *arg)
{
    char b[100];
    as_file *f = abre("a.txt", "w");

    (void)arg;
    cr_assert_eq(as_file_write(f, "hola", 4), 0);
    cr_assert_eq(as_file_writef(f, " número %d\n", 7), 0);
    cr_assert_eq(as_file_write(f, "", 0), 0);
    cr_assert_eq(as_file_read(f, b, 1), UV_EBADF);
    cr_assert(strstr(as_error_text(UV_EBADF), "no se abrió para leer"));
    cr_assert_eq(as_file_sync(f), 0);
    cr_assert_eq(as_file_close(f), 0);
    contiene("a.txt", "hola número 7\n");

    f = abre("a.txt", "ab");
    cr_assert_eq(as_file_write(f, "más", 4), 0);
    cr_assert_eq(as_file_close(f), 0);
    contiene("a.txt", "hola número 7\nmás");

    f = abre("a.txt", "r");
    cr_assert_eq(as_file_read(f, b, 4), 4);
    cr_assert_eq(memcmp(b, "hola", 4), 0);
    cr_assert_eq(as_file_write(f, "x", 1), UV_EBADF);
    cr_assert_eq(as_file_read(f, b, sizeof b), 15, "se lee lo que queda");
    cr_assert_eq(as_file_read(f, b, sizeof b), 0);
    cr_assert_eq(as_file_seek(f, 6), 0);
    cr_assert_eq(as_file_read(f, b, 2), 2);
    cr_assert_eq(memcmp(b, "ú", 2), 0);
    cr_assert_eq(as_file_seek(f, -1), UV_EINVAL);
    cr_assert_eq(as_file_close(f), 0);

    /* Leer y escribir: lo leído de más no descoloca la escritura. */
    f = abre("a.txt", "r+");
    cr_assert_eq(as_file_read(f, b, 5), 5);
    cr_assert_eq(as_file_write(f, "NUMERO ", 7), 0);
    cr_assert_eq(as_file_read(f, b, 1), 1);
    cr_assert_eq(b[0], ' ');
    cr_assert_eq(as_file_close(f), 0);
    contiene("a.txt", "hola NUMERO  7\nmás");

    cr_assert_eq(as_file_open("a.txt", "x", &f), UV_EEXIST);
    cr_assert_null(f);
    as_file_close(abre("nuevo", "x"));
    contiene("nuevo", "");
    as_file_close(abre("a.txt", "w+"));
    contiene("a.txt", "");
    cr_assert_eq(as_file_close(NULL), 0);
    return 0;
}

PRUEBA_FILE(file, escribe_lee_y_vuelve, modos)

/* 200 MB pasan por las manos sin que la memoria crezca. */
static int grandes(void *arg)
{
    enum { TROZO = 100000 };
    static char b[TROZO];
    size_t total = (size_t)GRANDE * 1000 * 1000, leido = 0;
    struct stat info;
    ssize_t n;

    (void)arg;
    as_file *f = abre("grande.part", "w");
    for (size_t i = 0; i < total; i += TROZO) {
        for (size_t k = 0; k < TROZO; k++)
            b[k] = octeto(i + k);
        cr_assert_eq(as_file_write(f, b, TROZO), 0);
    }
    cr_assert_eq(as_file_close(f), 0);
    cr_assert_eq(as_file_rename("grande.part", "grande"), 0);
    cr_assert_eq(as_file_stat("grande", &info), 0);
    cr_assert_eq((size_t)info.st_size, total);
    f = abre("grande", "r");
    while ((n = as_file_read(f, b, 77777)) > 0) {
        for (ssize_t k = 0; k < n; k++)
            cr_assert(b[k] == octeto(leido + (size_t)k));
        leido += (size_t)n;
    }
    cr_assert_eq(n, 0);
    cr_assert_eq(leido, total);
#ifndef PRUEBA_LIGERA
    struct rusage uso;
    getrusage(RUSAGE_SELF, &uso);
    cr_assert_lt(uso.ru_maxrss, 64 * 1024, "llegó a ocupar %ld KiB", uso.ru_maxrss);
#endif
    return as_file_close(f);
}

PRUEBA_FILE(file, doscientos_megas_por_partes, grandes)

/* ---- Líneas ------------------------------------------------------------------------- */

static int lineas(void *arg)
{
    char l[16];
    as_file *f;

    (void)arg;
    pon("l", "uno\r\n\r\ndos\n\n  tres \rx\nfin");
    const char *esperadas[] = {"uno", "", "dos", "", "  tres \rx", "fin"};
    f = abre("l", "r");
    for (size_t i = 0; i < sizeof esperadas / sizeof *esperadas; i++) {
        cr_assert_eq(as_file_readline(f, l, sizeof l), (ssize_t)strlen(esperadas[i]));
        cr_assert_str_eq(l, esperadas[i]);
    }
    cr_assert_eq(as_file_readline(f, l, sizeof l), UV_EOF);
    cr_assert_eq(as_file_readline(f, l, sizeof l), UV_EOF);
    cr_assert_eq(as_file_seek(f, 0), 0);
    cr_assert_eq(as_file_readline(f, l, sizeof l), 3);
    cr_assert_eq(as_file_read(f, l, 3), 3, "leer sigue donde quedó la línea");
    cr_assert_eq(memcmp(l, "\r\nd", 3), 0);
    as_file_close(f);

    pon("l", "");
    f = abre("l", "r");
    cr_assert_eq(as_file_readline(f, l, sizeof l), UV_EOF);
    as_file_close(f);

    /* El límite exacto, con y sin retorno de carro, y la última sin salto. */
    pon("l", "1234567\n1234567\r\n12345678\n12345678\r\nsigue\n1234567");
    f = abre("l", "r");
    const ssize_t n[] = {7, 7, UV_EMSGSIZE, UV_EMSGSIZE, 5, 7, UV_EOF};
    for (size_t i = 0; i < sizeof n / sizeof *n; i++)
        cr_assert_eq(as_file_readline(f, l, 8), n[i], "línea %zu", i);
    as_file_close(f);
    pon("l", "12345678");
    f = abre("l", "r");
    cr_assert_eq(as_file_readline(f, l, 8), UV_EMSGSIZE);
    cr_assert_eq(as_file_readline(f, l, 8), UV_EOF);
    as_file_close(f);
    return 0;
}

PRUEBA_FILE(file, lineas_de_todas_las_formas, lineas)

/* Líneas de todos los tamaños, con letras de dos, tres y cuatro bytes, alrededor de los
 * 64 KiB en que se parte la lectura. */
static int lineas_partidas(void *arg)
{
    static const char *letras[] = {"ñ", "€", "😀", "a"};
    enum { LINEA = 300000 };
    char *esperada = malloc(LINEA), *leida = malloc(LINEA);

    (void)arg;
    for (size_t largo = 65520; largo < 65560; largo += 3) {
        as_file *f = abre("l", "w");
        for (int cual = 0; cual < 3; cual++) {
            size_t n = 0;
            while (n < largo * (cual == 1 ? 4 : 1))
                n = (size_t)(stpcpy(esperada + n, letras[(n + largo) % 4]) - esperada);
            strcpy(esperada + n, cual == 2 ? "" : "\r\n");
            cr_assert_eq(as_file_write(f, esperada, strlen(esperada)), 0);
        }
        as_file_close(f);
        f = abre("l", "r");
        for (int cual = 0; cual < 3; cual++) {
            size_t n = 0;
            while (n < largo * (cual == 1 ? 4 : 1))
                n = (size_t)(stpcpy(esperada + n, letras[(n + largo) % 4]) - esperada);
            cr_assert_eq(as_file_readline(f, leida, LINEA), (ssize_t)n);
            cr_assert_str_eq(leida, esperada);
        }
        cr_assert_eq(as_file_readline(f, leida, LINEA), UV_EOF);
        cr_assert_eq(as_file_seek(f, 0), 0);
        cr_assert_eq(as_file_readline(f, leida, 100), UV_EMSGSIZE);
        cr_assert_eq(as_file_readline(f, leida, 100), UV_EMSGSIZE);
        cr_assert_gt(as_file_readline(f, leida, LINEA), 60000);
        as_file_close(f);
    }
    free(esperada);
    free(leida);
    return 0;
}

PRUEBA_FILE(file, lineas_que_se_parten_donde_no_se_espera, lineas_partidas)

/* ---- Errores ------------------------------------------------------------------------ */

static int errores(void *arg)
{
    as_file *f;
    char *datos, **nombres, b[10];
    struct stat info;

    (void)arg;
    cr_assert_eq(as_file_open("no/hay", "r", &f), UV_ENOENT);
    cr_assert_null(f);
    cr_assert(strstr(as_error_text(UV_ENOENT), "no/hay"), "dijo: %s",
              as_error_text(UV_ENOENT));
    cr_assert_eq(as_file_open("no/hay", "w", &f), UV_ENOENT);
    cr_assert_eq(as_file_open(".", "r", &f), UV_EISDIR);
    cr_assert_eq(as_file_open(".", "w", &f), UV_EISDIR);
    const char *modos_malos[] = {"", "q", "rw", "+r", "r-"};
    for (size_t i = 0; i < sizeof modos_malos / sizeof *modos_malos; i++)
        cr_assert_eq(as_file_open("x", modos_malos[i], &f), UV_EINVAL, "%s",
                     modos_malos[i]);
    cr_assert_eq(as_file_read_all("no", &datos, NULL), UV_ENOENT);
    cr_assert_eq(as_file_read_all(".", &datos, NULL), UV_EISDIR);
    cr_assert_eq(as_file_write_all(".", "x", 1), UV_EISDIR);
    cr_assert_eq(as_file_write_all("no/hay", "x", 1), UV_ENOENT);
    cr_assert_eq(as_file_write_all("/dev/null", "x", 1), UV_EINVAL);
    cr_assert_eq(stat("/dev/null", &info), 0);
    cr_assert(S_ISCHR(info.st_mode), "no se sustituye un dispositivo");
    cr_assert_eq(as_file_stat("no", &info), UV_ENOENT);
    cr_assert_eq(as_file_list("no", &nombres, NULL), UV_ENOENT);
    cr_assert_null(nombres);
    cr_assert_eq(as_file_remove("no"), UV_ENOENT);
    cr_assert_eq(as_file_rename("no", "si"), UV_ENOENT);

    f = abre("/dev/full", "w");
    cr_assert_eq(as_file_write(f, "x", 1), UV_ENOSPC);
    cr_assert(strstr(as_error_text(UV_ENOSPC), "/dev/full"));
    cr_assert_eq(as_file_close(f), 0);

    f = abre("/dev/null", "w"); /* ni posición ni disco */
    cr_assert_eq(as_file_sync(f), UV_EINVAL);
    as_file_close(f);
    cr_assert_eq(mkfifo("tubo", 0600), 0);
    f = abre("tubo", "r+");
    cr_assert_eq(as_file_seek(f, 0), UV_ESPIPE);
    as_file_close(f);

    pon("archivo", "x");
    cr_assert_eq(as_file_list("archivo", &nombres, NULL), UV_ENOTDIR);
    cr_assert_eq(as_file_mkdir("archivo"), UV_EEXIST);
    cr_assert_eq(as_file_mkdir("archivo/dentro"), UV_EEXIST);
    cr_assert_eq(as_file_open("archivo/dentro", "r", &f), UV_ENOTDIR);
    f = abre("archivo", "r");
    cr_assert_eq(as_file_read(f, b, 0), 0);
    as_file_close(f);
    return 0;
}

PRUEBA_FILE(file, los_errores_dicen_que_archivo, errores)

/* Root lo puede todo: los permisos se prueban siendo otro. */
static int sin_permiso(void *arg)
{
    as_file *f;
    char *datos;

    (void)arg;
    if (as_file_open("cerrado/a", "r", &f) != UV_EACCES)
        return 1;
    if (as_file_read_all("cerrado/a", &datos, NULL) != UV_EACCES)
        return 2;
    if (as_file_write_all("fijo/a", "x", 1) != UV_EACCES)
        return 3;
    if (as_file_mkdir("fijo/b/c") != UV_EACCES)
        return 4;
    if (as_file_remove("fijo/a") != UV_EACCES)
        return 5;
    return strstr(as_error_text(UV_EACCES), "permiso denegado") ? 0 : 6;
}

static void como_nadie(void)
{
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        _exit(9);
    _exit(as_run(sin_permiso, NULL));
}

PRUEBA(file, sin_permiso_no_se_puede)
{
    char dir[512], salida[512];

    entra_en_directorio(dir);
    cr_assert_eq(system("mkdir cerrado fijo; touch cerrado/a fijo/a; chmod 755 . fijo; "
                        "chmod 000 cerrado; chmod 555 fijo"),
                 0);
    int estado = en_otro_proceso(como_nadie, salida, sizeof salida);
    cr_assert_eq(estado, 0, "salió con %d: %s", WEXITSTATUS(estado), salida);
    borra_directorio(dir);
}

static int directorios(void *arg)
{
    char **nombres;
    size_t n;
    struct stat info;

    (void)arg;
    cr_assert_eq(as_file_mkdir("a/b/c"), 0);
    cr_assert_eq(as_file_mkdir("a/b/c"), 0, "que exista no es un error");
    cr_assert_eq(as_file_mkdir("a//b/d/"), 0);
    cr_assert_eq(as_file_mkdir("/"), 0);
    cr_assert_eq(as_file_mkdir(""), UV_ENOENT);
    pon("a/b/z", "");
    pon("a/b/ñ", "");
    pon("a/b/.oculto", "");
    cr_assert_eq(as_file_list("a/b", &nombres, &n), 0);
    const char *esperados[] = {".oculto", "c", "d", "z", "ñ"};
    cr_assert_eq(n, 5u);
    for (size_t i = 0; i < n; i++)
        cr_assert_str_eq(nombres[i], esperados[i]);
    cr_assert_null(nombres[n]);
    free(nombres);
    cr_assert_eq(as_file_list("a/b/c", &nombres, &n), 0);
    cr_assert(n == 0 && nombres && !nombres[0]);
    free(nombres);
    cr_assert_eq(as_file_remove("a/b"), UV_ENOTEMPTY);
    cr_assert_eq(as_file_remove("a/b/c"), 0);
    cr_assert_eq(as_file_rename("a/b/z", "a/b/ñ"), 0);
    cr_assert_eq(as_file_remove("a/b/ñ"), 0);
    cr_assert_eq(as_file_stat("a/b", &info), 0);
    cr_assert(S_ISDIR(info.st_mode));
    return 0;
}

PRUEBA_FILE(file, directorios_y_nombres, directorios)

/* ---- A la vez ----------------------------------------------------------------------- */

static int va_y_viene(void *arg)
{
    char ruta[32], linea[64];
    int n = *(int *)arg;

    snprintf(ruta, sizeof ruta, "f%d", n);
    as_file *f = abre(ruta, "w");
    for (int i = 0; i < 20; i++)
        cr_assert_eq(as_file_writef(f, "línea %d de %d\n", i, n), 0);
    cr_assert_eq(as_file_close(f), 0);
    f = abre(ruta, "r");
    for (int i = 0; i < 20; i++) {
        char esperada[64];
        int largo = snprintf(esperada, sizeof esperada, "línea %d de %d", i, n);
        cr_assert_eq(as_file_readline(f, linea, sizeof linea), largo);
        cr_assert_str_eq(linea, esperada);
    }
    cr_assert_eq(as_file_readline(f, linea, sizeof linea), UV_EOF);
    return as_file_close(f);
}

enum { ESCRITORAS = 20, TROZO = 100000 };

struct escritora {
    as_file *f;
    char letra;
};

/* Cada una, más de lo que se escribe de una vez. */
static int escribe_trozo(void *arg)
{
    struct escritora *e = arg;
    char *trozo = malloc(TROZO);

    memset(trozo, e->letra, TROZO);
    int rc = as_file_write(e->f, trozo, TROZO);
    free(trozo);
    return rc < 0 ? rc : as_file_sync(e->f);
}

static int varias_escriben(void *arg)
{
    struct escritora todas[ESCRITORAS];
    as_file *f = abre("diario", "w");
    char *datos;
    size_t tamano;

    (void)arg;
    for (int i = 0; i < ESCRITORAS; i++)
        todas[i] = (struct escritora){f, (char)('a' + i)};
    BIEN(as_gather_each(escribe_trozo, todas, ESCRITORAS, sizeof *todas, NULL));
    BIEN(as_file_close(f));
    BIEN(as_file_read_all("diario", &datos, &tamano));
    cr_assert_eq(tamano, (size_t)ESCRITORAS * TROZO);
    for (size_t i = 0; i < tamano; i++)
        cr_assert_eq(datos[i], (char)('a' + i / TROZO), "se mezclan en %zu", i);
    free(datos);
    as_file_remove("diario"); /* si no se puede, da igual: no hay que decirlo */
    return 0;
}

PRUEBA_FILE(file, varias_tareas_escriben_por_turno_sin_mezclarse, varias_escriben)

static int muchos_a_la_vez(void *arg)
{
    int numeros[100];

    (void)arg;
    for (int i = 0; i < 100; i++)
        numeros[i] = i;
    return as_gather_each(va_y_viene, numeros, 100, sizeof *numeros, NULL);
}

PRUEBA_FILE(file, cien_a_la_vez, muchos_a_la_vez)
