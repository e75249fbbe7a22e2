#include "prueba.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TestSuite(file, .timeout = 60);

#ifdef PRUEBA_LIGERA
enum { GRANDE = 20 };
#else
enum { GRANDE = 200 };
#endif

/* Cada prueba trabaja en un directorio suyo, que se borra al final. */
static void entra_en_directorio(char dir[512])
{
    const char *base = getenv("TMPDIR");

    snprintf(dir, 512, "%s/asinc-XXXXXX", base && *base ? base : "/tmp");
    cr_assert(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
}

static void borra_directorio(const char *dir)
{
    char orden[600];

    cr_assert_eq(chdir("/"), 0);
    snprintf(orden, sizeof orden, "chmod -R u+rwx '%s'; rm -rf '%s'", dir, dir);
    cr_assert_eq(system(orden), 0);
}

static void en_directorio(as_fn *fn)
{
    char dir[512];

    entra_en_directorio(dir);
    CORRE(fn, NULL, 0);
    borra_directorio(dir);
}

#define PRUEBA_FILE(nombre, fn)                                                          \
    PRUEBA(file, nombre)                                                                 \
    {                                                                                    \
        en_directorio(fn);                                                               \
    }

static as_file *abre(const char *ruta, const char *modo)
{
    as_file *f;
    int rc = as_file_open(ruta, modo, &f);

    cr_assert_eq(rc, 0, "%s", as_error_detail());
    return f;
}

static void contiene(const char *ruta, const char *esperado)
{
    char *datos;
    size_t n;

    cr_assert_eq(as_file_read_all(ruta, &datos, &n), 0, "%s", as_error_detail());
    cr_assert_str_eq(datos, esperado);
    cr_assert_eq(n, strlen(esperado));
    free(datos);
}

static void pon(const char *ruta, const char *texto)
{
    cr_assert_eq(as_file_write_all(ruta, texto, strlen(texto)), 0, "%s",
                 as_error_detail());
}

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
    cr_assert(strstr(as_error_detail(), "no se abrió para leer"));
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

PRUEBA_FILE(escribe_lee_y_vuelve, modos)

static char octeto(size_t i)
{
    return (char)(i * 31 + i / 4096);
}

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

PRUEBA_FILE(doscientos_megas_por_partes, grandes)

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

PRUEBA_FILE(lineas_de_todas_las_formas, lineas)

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

PRUEBA_FILE(lineas_que_se_parten_donde_no_se_espera, lineas_partidas)

/* ---- Enteros ------------------------------------------------------------------------ */

static int cuantos_hay(const char *dir)
{
    char **nombres;
    size_t n;

    cr_assert_eq(as_file_list(dir, &nombres, &n), 0);
    free(nombres);
    return (int)n;
}

static int enteros(void *arg)
{
    char *datos;
    size_t n;
    struct stat info;

    (void)arg;
    pon("a", "hola");
    contiene("a", "hola");
    cr_assert_eq(as_file_write_all("a", "con\0cero", 8), 0);
    cr_assert_eq(as_file_read_all("a", &datos, &n), 0);
    cr_assert(n == 8 && memcmp(datos, "con\0cero", 9) == 0);
    free(datos);
    cr_assert_eq(as_file_write_all("a", NULL, 0), 0);
    contiene("a", "");

    /* Los de /proc no dicen su tamaño. */
    cr_assert_eq(as_file_read_all("/proc/self/maps", &datos, &n), 0);
    cr_assert_gt(n, 4096u);
    cr_assert_eq(n, strlen(datos));
    free(datos);

    size_t mucho = 5 * 1024 * 1024 + 3;
    char *grande = malloc(mucho);
    for (size_t i = 0; i < mucho; i++)
        grande[i] = octeto(i);
    cr_assert_eq(as_file_write_all("g", grande, mucho), 0);
    cr_assert_eq(as_file_read_all("g", &datos, &n), 0);
    cr_assert(n == mucho && memcmp(datos, grande, n) == 0);
    free(datos);
    free(grande);

    /* Los permisos y los enlaces se conservan; el umask se respeta. */
    umask(027);
    pon("nuevo", "x");
    cr_assert_eq(as_file_stat("nuevo", &info), 0);
    cr_assert_eq(info.st_mode & 0777, 0640u);
    cr_assert_eq(chmod("a", 0604), 0);
    cr_assert_eq(symlink("a", "enlace"), 0);
    pon("enlace", "por el enlace");
    contiene("a", "por el enlace");
    cr_assert_eq(lstat("enlace", &info), 0);
    cr_assert(S_ISLNK(info.st_mode));
    cr_assert_eq(as_file_stat("a", &info), 0);
    cr_assert_eq(info.st_mode & 0777, 0604u);
    char largo[256];
    memset(largo, 'n', 255);
    largo[255] = '\0';
    pon(largo, "nombre largo");
    contiene(largo, "nombre largo");
    cr_assert_eq(cuantos_hay("."), 5, "no queda ningún .asinc-*");
    return 0;
}

PRUEBA_FILE(enteros_de_una_vez, enteros)

static int demasiado(void *arg)
{
    char *datos = "x";
    size_t n = 3;

    (void)arg;
    as_file_close(abre("hueco", "w"));
    cr_assert_eq(truncate("hueco", (off_t)AS_FILE_ALL_MAX + 1), 0);
    cr_assert_eq(as_file_read_all("hueco", &datos, &n), AS_EOVERFLOW);
    cr_assert(!datos && n == 0);
    cr_assert(strstr(as_error_detail(), "hueco"));
#ifndef PRUEBA_LIGERA
    cr_assert_eq(as_file_read_all("/dev/zero", &datos, &n), AS_EOVERFLOW);
    cr_assert_eq(truncate("hueco", (off_t)AS_FILE_ALL_MAX), 0);
    cr_assert_eq(as_file_read_all("hueco", &datos, &n), 0, "el límite cabe");
    cr_assert_eq(n, AS_FILE_ALL_MAX);
    free(datos);
#endif
    return 0;
}

PRUEBA_FILE(lo_enorme_no_se_lee_entero, demasiado)

/* ---- Matar a mitad ------------------------------------------------------------------- */

enum { TAMANO = 3 * 1024 * 1024 };

static int escribe_siempre(void *arg)
{
    char *datos = arg;

    for (char c = 'A';; c = c == 'A' ? 'B' : 'A') {
        memset(datos, c, TAMANO);
        int rc = as_file_write_all("vivo", datos, TAMANO);
        if (rc < 0)
            return rc;
    }
}

static bool de_una_pieza(void)
{
    static char leido[TAMANO + 1];
    FILE *f = fopen("vivo", "r");
    size_t n = fread(leido, 1, sizeof leido, f);

    fclose(f);
    for (size_t i = 0; i < n; i++) {
        if (leido[i] != leido[0])
            return false;
    }
    return n == TAMANO && (leido[0] == 'A' || leido[0] == 'B');
}

PRUEBA(file, matar_a_mitad_deja_el_antiguo_o_el_nuevo)
{
    static char datos[TAMANO];
    char dir[512];

    entra_en_directorio(dir);
    FILE *f = fopen("vivo", "w");
    memset(datos, 'A', TAMANO);
    cr_assert_eq(fwrite(datos, 1, TAMANO, f), (size_t)TAMANO);
    fclose(f);
    srand(11);
    for (int i = 0; i < 20; i++) {
        pid_t hijo = fork();
        if (hijo == 0)
            _exit(as_run(escribe_siempre, datos) < 0);
        nanosleep(&(struct timespec){0, (5 + rand() % 40) * 1000000}, NULL);
        kill(hijo, SIGKILL);
        cr_assert_eq(waitpid(hijo, NULL, 0), hijo);
        cr_assert(de_una_pieza(), "muerte %d", i);
    }
    borra_directorio(dir);
}

/* ---- Cancelar ----------------------------------------------------------------------- */

struct lectura {
    as_file *file;
    char datos[8];
    ssize_t n;
};

static int lee(void *arg)
{
    struct lectura *l = arg;

    l->n = as_file_read(l->file, l->datos, 4);
    return l->n < 0 ? (int)l->n : 0;
}

static int lee_linea(void *arg)
{
    struct lectura *l = arg;

    l->n = as_file_readline(l->file, l->datos, sizeof l->datos);
    return l->n < 0 ? (int)l->n : 0;
}

/* Que el hilo llegue a entrar en la llamada al sistema. Nada lo anuncia; si aún no entró, lo
 * que se prueba es retirarla de la cola, y el resultado debe ser el mismo. */
static void deja_entrar_al_hilo(void)
{
    as_sleep(5);
}

/* Con una tubería con nombre, el hilo se queda dentro de read hasta que la prueba quiera. */
static int cancela_lectura(void *arg)
{
    struct lectura l = {0};
    as_group grupo;

    (void)arg;
    cr_assert_eq(mkfifo("tubo", 0600), 0);
    int tubo = open("tubo", O_RDWR);
    l.file = abre("tubo", "r");
    as_group_enter(&grupo, 0);
    as_task *t = as_spawn(&grupo, NULL, lee, &l);
    deja_entrar_al_hilo();
    cr_assert_eq(as_file_read(l.file, l.datos, 1), UV_EBUSY, "una tarea a la vez");
    cr_assert(strstr(as_error_detail(), "otra tarea"));
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    memset(l.datos, '.', sizeof l.datos);

    /* Los bytes llegan sin nadie que los espere: son de la próxima lectura. */
    t = as_spawn(&grupo, NULL, lee, &l);
    as_yield();
    as_cancel(t); /* cancelada también la que esperaba a que volviera el hilo */
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert_eq(l.datos[0], '.', "nadie toca la memoria de quien se fue");
    cr_assert_eq(write(tubo, "ABCDEF\nGH", 9), 9);
    cr_assert_eq(as_file_read(l.file, l.datos, 4), 4);
    cr_assert_eq(memcmp(l.datos, "ABCD", 4), 0);

    /* Y media línea, también. */
    cr_assert_eq(as_file_readline(l.file, l.datos, sizeof l.datos), 2);
    t = as_spawn(&grupo, NULL, lee_linea, &l);
    deja_entrar_al_hilo();
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert_eq(write(tubo, "IJ\n", 3), 3);
    cr_assert_eq(as_file_readline(l.file, l.datos, sizeof l.datos), 4);
    cr_assert_str_eq(l.datos, "GHIJ");

    /* Cerrar con el hilo dentro no espera; el descriptor se cierra cuando sale. */
    t = as_spawn(&grupo, NULL, lee, &l);
    deja_entrar_al_hilo();
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert_eq(as_file_close(l.file), 0);
    cr_assert_eq(write(tubo, "x", 1), 1);
    close(tubo);
    return as_group_leave(&grupo, 0);
}

PRUEBA_FILE(cancelar_una_lectura_no_pierde_datos, cancela_lectura)

static int cancela_apertura(void *arg)
{
    as_file *f;
    as_scope plazo;
    char *datos;

    (void)arg;
    cr_assert_eq(mkfifo("tubo", 0600), 0); /* abrirlo espera a que alguien escriba */
    as_scope_enter(&plazo, 20, 0);
    cr_assert_eq(as_scope_leave(&plazo, as_file_open("tubo", "r", &f)), UV_ETIMEDOUT);
    cr_assert_null(f);
    as_scope_enter(&plazo, 20, 0);
    int rc = as_file_read_all("tubo", &datos, NULL);
    cr_assert_eq(as_scope_leave(&plazo, rc), UV_ETIMEDOUT);
    cr_assert_null(datos);
    int tubo = open("tubo", O_RDWR | O_NONBLOCK); /* suelta a los hilos */
    close(tubo);

    as_scope_enter(&plazo, 0, 0);
    cr_assert_eq(as_file_open("no-creado", "w", &f), UV_ECANCELED);
    cr_assert_eq(as_file_write_all("no-creado", "x", 1), UV_ECANCELED);
    cr_assert_eq(as_file_mkdir("no-creado"), UV_ECANCELED);
    cr_assert_eq(as_file_remove("tubo"), UV_ECANCELED);
    (void)as_scope_leave(&plazo, 0);
    cr_assert_eq(access("no-creado", F_OK), -1, "cancelada de antes, no hace nada");
    cr_assert_eq(access("tubo", F_OK), 0);
    return 0;
}

PRUEBA_FILE(un_plazo_acota_tambien_al_que_se_atasca, cancela_apertura)

static int escribe(void *arg)
{
    static char lleno[300000];

    return as_file_write(arg, lleno, sizeof lleno);
}

static void espera_tubo_lleno(int tubo)
{
    int hay = 0;

    while (ioctl(tubo, FIONREAD, &hay) == 0 && hay < 4096)
        as_sleep(1);
}

static int cancela_escritura(void *arg)
{
    enum { TROZO = 64 * 1024 };
    static char b[TROZO];
    as_group grupo;
    as_scope plazo;
    size_t total = 0;

    (void)arg;
    cr_assert_eq(mkfifo("tubo", 0600), 0);
    int tubo = open("tubo", O_RDWR | O_NONBLOCK);
    cr_assert_eq(fcntl(tubo, F_SETPIPE_SZ, 4096), 4096);
    as_file *f = abre("tubo", "w");
    as_group_enter(&grupo, 0);
    as_task *t = as_spawn(&grupo, NULL, escribe, f);
    espera_tubo_lleno(tubo); /* el hilo está a mitad del primer trozo */
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    as_scope_enter(&plazo, 20, 0);
    cr_assert_eq(as_scope_leave(&plazo, as_file_write(f, "z", 1)), UV_ETIMEDOUT,
                 "lo siguiente espera a lo que quedó a medias");
    /* Se vacía: el trozo a medias sale entero y luego, en orden, lo nuevo. */
    while (total < TROZO) {
        ssize_t n = read(tubo, b, sizeof b);
        total += n > 0 ? (size_t)n : 0;
        as_yield();
    }
    cr_assert_eq(total, (size_t)TROZO);
    cr_assert_eq(as_file_write(f, "fin", 3), 0);
    cr_assert_eq(read(tubo, b, sizeof b), 3);
    cr_assert_eq(memcmp(b, "fin", 3), 0);
    cr_assert_eq(as_file_close(f), 0);
    close(tubo);
    return as_group_leave(&grupo, 0);
}

PRUEBA_FILE(cancelar_una_escritura_no_desordena, cancela_escritura)

static int cancela_entero(void *arg)
{
    static char datos[TAMANO];
    int cancelados = 0;

    (void)arg;
    pon("a", "antiguo");
    memset(datos, 'n', TAMANO);
    for (int i = 0; i < 40; i++) {
        as_scope plazo;
        struct stat info;
        as_scope_enter(&plazo, 1 + i % 8, 0);
        int rc = as_scope_leave(&plazo, as_file_write_all("a", datos, TAMANO));
        cr_assert_eq(as_file_stat("a", &info), 0);
        cr_assert(rc == 0 || rc == UV_ETIMEDOUT);
        cr_assert_eq(info.st_size, rc == 0 ? TAMANO : 7, "devolvió %d", rc);
        cancelados += rc < 0;
        pon("a", "antiguo");
    }
    cr_assert_eq(cuantos_hay("."), 1, "no queda ningún .asinc-*");
    cr_assert_gt(cancelados, 0);
    return 0;
}

PRUEBA_FILE(cancelar_una_escritura_entera_es_todo_o_nada, cancela_entero)

/* ---- Errores ------------------------------------------------------------------------ */

static int errores(void *arg)
{
    as_file *f;
    char *datos, **nombres, b[10];
    struct stat info;

    (void)arg;
    cr_assert_eq(as_file_open("no/hay", "r", &f), UV_ENOENT);
    cr_assert_null(f);
    cr_assert(strstr(as_error_detail(), "no/hay"), "dijo: %s", as_error_detail());
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
    cr_assert(strstr(as_error_detail(), "/dev/full"));
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

PRUEBA_FILE(los_errores_dicen_que_archivo, errores)

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
    return strstr(as_error_detail(), "permiso denegado") ? 0 : 6;
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

PRUEBA_FILE(directorios_y_nombres, directorios)

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

static int muchos_a_la_vez(void *arg)
{
    int numeros[100];

    (void)arg;
    for (int i = 0; i < 100; i++)
        numeros[i] = i;
    return as_gather_each(va_y_viene, numeros, 100, sizeof *numeros, NULL);
}

PRUEBA_FILE(cien_a_la_vez, muchos_a_la_vez)
