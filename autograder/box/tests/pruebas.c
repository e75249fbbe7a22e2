/* Arranque de las pruebas: corren dentro de una caja exterior y sin ser root. */
#include "pruebas.h"

#include "base/process.h"
#include "box/cgroup.h"
#include "box/identity.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIN_PRIVILEGIOS = 65534 };

const char *zona(const char *nombre)
{
    static char ruta[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", ruta, sizeof ruta - 1);
    cr_assert(n > 0);
    ruta[n] = '\0';
    char *barra = strrchr(ruta, '/');
    snprintf(barra + 1, sizeof ruta - (size_t)(barra + 1 - ruta), "%s", nombre);
    return ruta;
}

enum box_rung peldano(void)
{
    return box_rung_named(getenv("ASINC_BOX"));
}

struct box_options ataque(const char *nombre, char *const *args)
{
    static char runner[PATH_MAX], programa[PATH_MAX];
    strcpy(runner, zona("runner"));
    strcpy(programa, zona(nombre));
    struct box_options o = box_options_default();
    o.runner = runner;
    o.program = programa;
    o.args = args;
    o.rung = peldano();
    o.limits.wall_ms = 20000;
    return o;
}

struct caso correr(const struct box_options *opciones)
{
    struct caso caso;
    int rc = box_capture(opciones, NULL, 1 << 20, &caso.salida, &caso.fin);
    cr_assert_eq(rc, 0, "box_capture: %s", strerror(-rc));
    return caso;
}

void soltar(struct caso *caso)
{
    box_output_free(&caso->salida);
}

const char *carpeta_nueva(void)
{
    static char ruta[PATH_MAX];
    const char *tmp = getenv("TMPDIR");
    snprintf(ruta, sizeof ruta, "%s/caja-pruebas-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    cr_assert_not_null(mkdtemp(ruta));
    return ruta;
}

bool leer_hasta(int fd, const char *texto)
{
    char visto[4096];
    size_t len = 0;
    while (len < sizeof visto - 1) {
        ssize_t n = read(fd, visto + len, sizeof visto - 1 - len);
        if (n <= 0)
            return false;
        len += (size_t)n;
        visto[len] = '\0';
        if (strstr(visto, texto))
            return true;
    }
    return false;
}

int vivos(const char *marca)
{
    int cuenta = 0;
    DIR *proc = opendir("/proc");
    cr_assert_not_null(proc);
    for (struct dirent *e; (e = readdir(proc));) {
        char ruta[300], orden[4096];
        snprintf(ruta, sizeof ruta, "/proc/%s/cmdline", e->d_name);
        FILE *archivo = fopen(ruta, "r");
        if (!archivo)
            continue;
        size_t n = fread(orden, 1, sizeof orden - 1, archivo);
        fclose(archivo);
        cuenta += memmem(orden, n, marca, strlen(marca)) != NULL;
    }
    closedir(proc);
    return cuenta;
}

/* Con ASINC_CON_GRUPO, hace el grupo de control de una calificación y sigue en un hijo, dentro. Devuelve
 * con qué acabar, o -1 para seguir. */
static int agrupar(void)
{
    struct cgroup grupo;
    const struct cgroup_budget presupuesto = {.memory_kib = 4L << 20, .processes = 8192};
    if (!getenv("ASINC_CON_GRUPO") || getenv("ASINC_OUTER"))
        return -1;
    uid_t uid = geteuid() == 0 ? SIN_PRIVILEGIOS : geteuid();
    int rc = cgroup_open(&grupo, &presupuesto, uid, uid);
    if (rc < 0) {
        printf("1..1\nok 1 - grupo de control # SKIP %s\n", strerror(-rc));
        return 0;
    }
    char *texto = cgroup_text(&grupo);
    setenv(BOX_GROUP_VARIABLE, texto, 1);
    free(texto);
    pid_t hijo = fork();
    if (hijo == 0)
        return cgroup_join_judge(&grupo) < 0 ? 1 : -1;
    int estado = ag_wait(hijo);
    char *carpeta = strdup(grupo.dir[CGROUP_MEMORY]);
    cgroup_close(&grupo);
    if (access(carpeta, F_OK) == 0) {
        printf("1..1\nnot ok 1 - quedó el grupo %s\n", carpeta);
        estado = 1;
    }
    free(carpeta);
    return WIFEXITED(estado) ? WEXITSTATUS(estado) : 1;
}

/* Deja de ser root y, si el peldaño la tiene, entra en la exterior. Devuelve con qué acabar, o
 * -1 si ya se está donde hay que estar. */
static int entrar(char **argv)
{
    char porque[1200];
    enum box_rung posible;
    if (getenv("ASINC_OUTER")) {
        if (box_inside_outer()) {
            box_ration();
            return -1;
        }
        puts("1..1\nnot ok 1 - la exterior no tiene una red propia con solo lo");
        return 1;
    }
    int rc = box_choose(peldano(), SIN_PRIVILEGIOS, SIN_PRIVILEGIOS, &posible, porque,
                        sizeof porque);
    if (rc < 0 || posible != peldano()) {
        printf("1..1\nok 1 - caja %s # SKIP %s\n", box_rung_name(peldano()), porque);
        return 0;
    }
    int estado;
    if (peldano() == BOX_ISOLATED) {
        uid_t grupo;
        char texto[16];
        if (identity_claim(&grupo) < 0 ||
            identity_drop(SIN_PRIVILEGIOS, SIN_PRIVILEGIOS) < 0)
            return 1;
        snprintf(texto, sizeof texto, "%u", (unsigned)grupo);
        umask(007);
        return setenv(IDENTITY_GROUP, texto, 1) < 0 ? 1 : -1;
    }
    if (peldano() == BOX_MINIMAL)
        return ag_drop(SIN_PRIVILEGIOS, SIN_PRIVILEGIOS) < 0 ? 1 : -1;
    rc = box_outer_run(argv, peldano(), SIN_PRIVILEGIOS, SIN_PRIVILEGIOS, &estado);
    return rc == 0 && WIFEXITED(estado) ? WEXITSTATUS(estado) : 1;
}

int main(int argc, char **argv)
{
    int fin = agrupar();
    if (fin < 0)
        fin = entrar(argv);
    if (fin >= 0)
        return fin;
    struct criterion_test_set *pruebas = criterion_initialize();
    int bien = 1;
    if (criterion_handle_args(argc, argv, true))
        bien = criterion_run_all_tests(pruebas);
    criterion_finalize(pruebas);
    return !bien;
}
