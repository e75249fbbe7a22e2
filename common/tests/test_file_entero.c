/* as_file_read_all y as_file_write_all: todo o nada. */
#include "file_apoyo.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

TestSuite(file_entero, .timeout = 60);

/* ---- Enteros ------------------------------------------------------------------------ */

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
    /* También el que lleva a uno que aún no existe, y por otro enlace. */
    cr_assert_eq(mkdir("d", 0700), 0);
    cr_assert_eq(symlink("../por_crear", "d/lejos"), 0);
    cr_assert_eq(symlink("d/lejos", "pendiente"), 0);
    pon("pendiente", "nace");
    contiene("por_crear", "nace");
    cr_assert_eq(lstat("pendiente", &info), 0);
    cr_assert(S_ISLNK(info.st_mode));
    cr_assert_eq(lstat("d/lejos", &info), 0);
    cr_assert(S_ISLNK(info.st_mode));
    char largo[256];
    memset(largo, 'n', 255);
    largo[255] = '\0';
    pon(largo, "nombre largo");
    contiene(largo, "nombre largo");
    cr_assert_eq(cuantos_hay("."), 8, "no queda ningún .asinc-*");
    return 0;
}

PRUEBA_FILE(file_entero, enteros_de_una_vez, enteros)

/* u::rw-, u:33:r--, g::---, m::r--, o::---, como las guarda Linux. */
static const unsigned char acl[] = {2,  0, 0, 0,                          /* versión */
                                    1,  0, 6, 0, 0xff, 0xff, 0xff, 0xff,  /* dueño */
                                    2,  0, 4, 0, 33,   0,    0,    0,     /* el 33 */
                                    4,  0, 0, 0, 0xff, 0xff, 0xff, 0xff,  /* grupo */
                                    16, 0, 4, 0, 0xff, 0xff, 0xff, 0xff,  /* máscara */
                                    32, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}; /* los demás */

static int como_estaba(void *arg)
{
    unsigned char leida[sizeof acl + 1];
    struct stat info;

    (void)arg;
    pon("dos", "viejo");
    cr_assert_eq(link("dos", "otro"), 0);
    cr_assert_eq(as_file_write_all("dos", "nuevo", 5), UV_EMLINK);
    contiene("dos", "viejo");
    contiene("otro", "viejo");

    pon("suyo", "viejo");
    cr_assert_eq(chmod("suyo", 0600), 0);
    bool root = geteuid() == 0 && chown("suyo", 12, 34) == 0;
    bool con_acl = setxattr("suyo", "system.posix_acl_access", acl, sizeof acl, 0) == 0;
    pon("suyo", "nuevo");
    contiene("suyo", "nuevo");
    cr_assert_eq(as_file_stat("suyo", &info), 0);
    cr_assert_eq(info.st_mode & 07777, con_acl ? 0640u : 0600u);
    if (root)
        cr_assert(info.st_uid == 12 && info.st_gid == 34);
    if (con_acl) {
        cr_assert_eq(getxattr("suyo", "system.posix_acl_access", leida, sizeof leida),
                     (ssize_t)sizeof acl);
        cr_assert_eq(memcmp(leida, acl, sizeof acl), 0);
    }
    return 0;
}

PRUEBA_FILE(file_entero, sustituir_un_archivo_lo_deja_de_quien_era, como_estaba)

static int demasiado(void *arg)
{
    char *datos = "x";
    size_t n = 3;

    (void)arg;
    as_file_close(abre("hueco", "w"));
    cr_assert_eq(truncate("hueco", (off_t)AS_FILE_ALL_MAX + 1), 0);
    cr_assert_eq(as_file_read_all("hueco", &datos, &n), AS_EOVERFLOW);
    cr_assert(!datos && n == 0);
    cr_assert(strstr(as_error_text(AS_EOVERFLOW), "hueco"));
#ifndef PRUEBA_LIGERA
    cr_assert_eq(as_file_read_all("/dev/zero", &datos, &n), AS_EOVERFLOW);
    cr_assert_eq(truncate("hueco", (off_t)AS_FILE_ALL_MAX), 0);
    cr_assert_eq(as_file_read_all("hueco", &datos, &n), 0, "el límite cabe");
    cr_assert_eq(n, AS_FILE_ALL_MAX);
    free(datos);
#endif
    return 0;
}

PRUEBA_FILE(file_entero, lo_enorme_no_se_lee_entero, demasiado)

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

PRUEBA(file_entero, matar_a_mitad_deja_el_antiguo_o_el_nuevo)
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

struct corte {
    as_scope *ambito;
    int vueltas;
};

static int corta(void *arg)
{
    struct corte *c = arg;

    for (int i = 0; i < c->vueltas; i++) {
        int rc = as_yield();
        if (rc < 0)
            return rc;
    }
    as_scope_cancel(c->ambito);
    return 0;
}

/* Con pocas vueltas la corta siempre: un hilo no acaba antes de que el bucle lo mire. */
static int escribe_y_corta(const char *datos, int vueltas)
{
    as_scope ambito;
    as_group grupo;
    struct corte c = {&ambito, vueltas};

    as_scope_enter(&ambito, AS_FOREVER);
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, NULL, corta, &c), 0);
    int rc = as_file_write_all("a", datos, TAMANO);
    as_group_cancel(&grupo);
    DA_IGUAL(as_group_leave(&grupo, rc));
    DA_IGUAL(as_scope_leave(&ambito, rc));
    return rc;
}

static int cancela_entero(void *arg)
{
    static char datos[TAMANO];
    int cancelados = 0;

    (void)arg;
    pon("a", "antiguo");
    memset(datos, 'n', TAMANO);
    for (int i = 0; i < 40; i++) {
        struct stat info;
        int rc = escribe_y_corta(datos, i * i);
        cr_assert_eq(as_file_stat("a", &info), 0);
        cr_assert(rc == 0 || rc == UV_ECANCELED, "%s", as_error_text(rc));
        cr_assert_eq(info.st_size, rc == 0 ? TAMANO : 7, "devolvió %d", rc);
        cancelados += rc < 0;
        pon("a", "antiguo");
    }
    cr_assert_eq(cuantos_hay("."), 1, "no queda ningún .asinc-*");
    cr_assert_gt(cancelados, 0);
    return 0;
}

PRUEBA_FILE(file_entero, cancelar_una_escritura_entera_es_todo_o_nada, cancela_entero)
