/* La memoria y lo demás que el núcleo guarda para un proceso sin que sea suyo a la vista. Cada cosa,
 * o no se deja hacer, o se ve y se acaba, también sin grupo de control. */
#include "pruebas.h"

#include "box/cgroup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(nucleo, .timeout = 60);

static struct caso atacar(const char *modo)
{
    struct box_options o = ataque("nucleo", ARGS((char *)modo));
    o.limits.rss_kib = 128 << 10;
    return correr(&o);
}

static void se_acaba(const char *modo)
{
    struct caso c = atacar(modo);
    ESPERA_LIMITE(c, BOX_LIMIT_MEMORY);
    soltar(&c);
}

static void no_se_deja(const char *modo, const char *dice)
{
    struct caso c = atacar(modo);
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, dice);
    soltar(&c);
}

Test(nucleo, mapas_de_los_que_queda_una_pagina)
{
    se_acaba("pagina");
    no_se_deja("de_una_vez", "0 MiB");
}

Test(nucleo, paginas_dentro_de_tuberias)
{
    no_se_deja("vmsplice", "0 MiB");
}

/* Lo que hay en ellas no es de ningún proceso: sin grupo de control no se cuenta, y las acotan los
 * descriptores, los procesos y lo que el núcleo deja a cada usuario: 64 MiB y, desde ahí, dos páginas por
 * tubería. */
Test(nucleo, tuberias_llenas, .timeout = 180)
{
    struct box_options o = ataque("nucleo", ARGS("tuberias"));
    o.limits.rss_kib = 128 << 10;
    o.limits.wall_ms = 120000;
    struct caso c = correr(&o);
    if (getenv(BOX_GROUP_VARIABLE)) {
        ESPERA_LIMITE(c, BOX_LIMIT_MEMORY);
    } else {
        long mib = strtol(c.salida.out, NULL, 10);
        cr_assert(mib > 0 && mib <= 200, "clase %d, límite «%s», %ld MiB", c.fin.kind,
                  box_limit_name(c.fin.limit), mib);
    }
    soltar(&c);
}

Test(nucleo, reglas_y_filtros)
{
    no_se_deja("reglas", "0 reglas");
    no_se_deja("filtros", "0 filtros");
}

Test(nucleo, cerrojos)
{
    se_acaba("cerrojos");
    no_se_deja("abiertos", "0 cerrojos");
}

/* Los de un vecino, que llenan la tabla de la máquina: ni se le apuntan a quien no los tiene, ni tapan
 * los de quien sí. */
Test(nucleo, cerrojos_de_un_vecino)
{
    char ruta[300];
    int tuberia[2];
    snprintf(ruta, sizeof ruta, "%s/cerrado", carpeta_nueva());
    cr_assert_eq(pipe2(tuberia, O_CLOEXEC), 0);
    pid_t vecino = fork();
    if (vecino == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* si la prueba cae, no se queda con ellos */
        int fd = open(ruta, O_RDWR | O_CREAT, 0600);
        for (long i = 0; i < 5000; i++) {
            struct flock uno = {.l_type = F_WRLCK, .l_start = 2 * i, .l_len = 1};
            if (fcntl(fd, F_SETLK, &uno) < 0)
                _exit(1);
        }
        if (write(tuberia[1], "listo", 5) == 5)
            pause();
        _exit(1);
    }
    close(tuberia[1]);
    cr_assert(leer_hasta(tuberia[0], "listo"));
    no_se_deja("pocos_cerrojos", "1000 cerrojos");
    se_acaba("cerrojos");
    kill(vecino, SIGKILL);
    waitpid(vecino, NULL, 0);
    close(tuberia[0]);
    unlink(ruta);
    *strrchr(ruta, '/') = '\0';
    cr_assert_eq(rmdir(ruta), 0);
}

/* Doscientas conexiones que nadie lee, o que nadie acepta: o se acaban, o no pasan de un tope. */
static void tcp(const char *modo)
{
    SOLO(peldano() >= BOX_PARTIAL,
         "en la mínima la red es de todos, y no se sabe de quién es lo que guarda");
    cr_assert_eq(box_new_network(), 0);
    struct caso c = atacar(modo);
    if (c.fin.limit != BOX_LIMIT_MEMORY) {
        long mib = strtol(c.salida.out, NULL, 10);
        cr_assert(mib > 0 && mib <= 128, "clase %d, %ld MiB", c.fin.kind, mib);
    }
    soltar(&c);
}

Test(nucleo, conexiones_que_nadie_lee)
{
    tcp("tcp");
}

Test(nucleo, conexiones_que_nadie_acepta)
{
    tcp("huerfanos");
}

Test(nucleo, vigias_de_archivos)
{
    no_se_deja("vigias", "Operation not permitted");
}

Test(nucleo, temporizadores)
{
    struct caso c = atacar("temporizadores");
    long cuantos = strtol(c.salida.out, NULL, 10);
    cr_assert(cuantos > 900 && cuantos <= 1024, "%s", c.salida.out);
    soltar(&c);
}

Test(nucleo, todos_los_puertos)
{
    SOLO(peldano() <= BOX_MINIMAL, "más arriba los puertos son suyos");
    struct caso c = atacar("puertos");
    ESPERA_LIMITE(c, BOX_LIMIT_SOCKETS);
    soltar(&c);
}

static struct caso tomar(char *modo, char *cuantos, long toca)
{
    struct box_options o = ataque("nucleo", ARGS(modo, cuantos));
    o.limits.files = 400;
    o.limits.ports = toca;
    return correr(&o);
}

/* A cada caja le tocan unos cuantos. */
Test(nucleo, los_puertos_que_le_tocan)
{
    struct caso c = tomar("tomar", "150", 200);
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "150 puertos");
    soltar(&c);
    char *const modos[] = {"tomar", "tomar_escondido"};
    for (int i = 0; i < 2; i++) {
        c = tomar(modos[i], "300", 200);
        if (peldano() <= BOX_MINIMAL)
            ESPERA_LIMITE(c, BOX_LIMIT_SOCKETS);
        else
            ESPERA_CODIGO(c, 0);
        soltar(&c);
    }
}

/* Quien atiende a muchos por un puerto solo toma ese. */
Test(nucleo, muchas_conexiones_por_un_puerto)
{
    struct box_options o = ataque("nucleo", ARGS("atender"));
    struct sockaddr_in a = {.sin_family = AF_INET};
    struct box_result fin;
    int tuberia[2], clientes[300];
    box_run *run;
    char dicho[32] = "";
    cr_assert_eq(pipe2(tuberia, O_CLOEXEC), 0);
    o.limits.files = 400;
    o.limits.ports = 200;
    o.stdout_fd = tuberia[1];
    cr_assert_eq(box_start(&run, &o), 0);
    close(tuberia[1]);
    for (size_t n = 0; n + 1 < sizeof dicho && !strchr(dicho, '.');)
        n += (size_t)read(tuberia[0], dicho + n, 1);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.sin_port = htons((in_port_t)atoi(dicho + strlen("puerto ")));
    for (int i = 0; i < 300; i++) {
        clientes[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        cr_assert_eq(connect(clientes[i], (struct sockaddr *)&a, sizeof a), 0, "%d %s", i,
                     strerror(errno));
    }
    cr_assert(leer_hasta(tuberia[0], "300 conexiones"));
    cr_assert_eq(box_wait(run, -1, &fin), 0);
    cr_assert_eq(fin.kind, BOX_EXITED, "límite «%s»", box_limit_name(fin.limit));
    box_free(run);
    for (int i = 0; i < 300; i++)
        close(clientes[i]);
    close(tuberia[0]);
}

Test(nucleo, procesador_de_quien_nadie_espera)
{
    SOLO(getenv(BOX_GROUP_VARIABLE), "sin grupo de control no se cuenta entero");
    struct box_options o = ataque("nucleo", ARGS("nietos"));
    o.limits.cpu_ms = 600;
    struct caso c = correr(&o);
    ESPERA_LIMITE(c, BOX_LIMIT_CPU);
    soltar(&c);
}

/* Los descriptores que se pierden en un hijo se pierden igual. */
Test(nucleo, descriptores_de_un_hijo)
{
    struct box_options o = ataque("nucleo", ARGS("abiertos_por_un_hijo"));
    struct box_usage uso;
    int tuberia[2];
    box_run *run;
    cr_assert_eq(pipe2(tuberia, O_CLOEXEC), 0);
    o.stdout_fd = tuberia[1];
    cr_assert_eq(box_start(&run, &o), 0);
    close(tuberia[1]);
    cr_assert(leer_hasta(tuberia[0], "listo"));
    cr_assert_eq(box_sample(run, &uso), 0);
    cr_assert_eq(uso.processes, 2);
    /* Tres y una tubería cada uno, y los suyos. */
    cr_assert_eq(uso.open_files, 2 * 5 + 25);
    box_free(run);
    close(tuberia[0]);
}

/* ---- dónde se puede hacer un grupo ------------------------------------------------------- */

#define MONTAJES                                                                         \
    "24 1 0:22 / /sys rw - sysfs sysfs rw\n"                                             \
    "30 24 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"                  \
    "31 24 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"        \
    "32 24 0:28 /docker/abc /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"

Test(nucleo, grupos_de_la_version_1)
{
    struct cgroup g;
    cr_assert_eq(
        cgroup_locate("9:pids:/docker/abc/x\n8:cpu,cpuacct:/\n4:memory:/a/b\n0::/\n",
                      MONTAJES, &g),
        0);
    cr_assert_eq(g.version, 1);
    cr_assert_str_eq(g.dir[CGROUP_MEMORY], "/sys/fs/cgroup/memory/a/b");
    cr_assert_str_eq(g.dir[CGROUP_PIDS], "/sys/fs/cgroup/pids/x");
    cr_assert_str_eq(g.dir[CGROUP_CPU], "/sys/fs/cgroup/cpu,cpuacct");
    char *texto = cgroup_text(&g);
    cgroup_free(&g);
    cr_assert_eq(cgroup_parse(texto, &g), 0);
    cr_assert_str_eq(g.dir[CGROUP_PIDS], "/sys/fs/cgroup/pids/x");
    cgroup_free(&g);
    free(texto);
    cr_assert_lt(cgroup_parse("3:/x::", &g), 0);
    cr_assert_lt(cgroup_parse("", &g), 0);
    cr_assert_lt(cgroup_parse(NULL, &g), 0);
}

static void escribir(const char *dir, const char *nombre, const char *texto)
{
    char ruta[512];
    snprintf(ruta, sizeof ruta, "%s/%s", dir, nombre);
    FILE *f = fopen(ruta, "w");
    cr_assert_not_null(f);
    fputs(texto, f);
    fclose(f);
}

static char *leer(const char *dir, const char *nombre)
{
    static char texto[256];
    char ruta[512];
    snprintf(ruta, sizeof ruta, "%s/%s", dir, nombre);
    FILE *f = fopen(ruta, "r");
    texto[f ? fread(texto, 1, sizeof texto - 1, f) : 0] = '\0';
    if (f)
        fclose(f);
    return texto;
}

/* La versión 2, con carpetas y archivos corrientes que hacen de jerarquía. */
Test(nucleo, grupos_de_la_version_2)
{
    char raiz[256], propio[300], procesos[32];
    struct cgroup g;
    snprintf(raiz, sizeof raiz, "%s", carpeta_nueva());
    snprintf(propio, sizeof propio, "%s/propio", raiz);
    char montaje[512];
    snprintf(montaje, sizeof montaje, "30 24 0:26 / %s rw - cgroup2 cgroup2 rw\n", raiz);
    cr_assert_eq(mkdir(propio, 0700), 0);
    cr_assert_eq(cgroup_locate("0::/propio\n", montaje, &g), -ENOENT,
                 "sin controladores");
    escribir(propio, "cgroup.controllers", "cpu pids\n");
    cr_assert_eq(cgroup_locate("0::/propio\n", montaje, &g), -ENOENT, "sin memoria");
    escribir(propio, "cgroup.controllers", "cpu memory pids\n");

    /* Solos en él: nos apartamos y se reparte. */
    snprintf(procesos, sizeof procesos, "%d\n", (int)getpid());
    escribir(propio, "cgroup.procs", procesos);
    escribir(propio, "cgroup.subtree_control", "");
    char mando[340];
    snprintf(mando, sizeof mando, "%s/asinc-mando", propio);
    cr_assert_eq(mkdir(mando, 0700), 0);
    escribir(mando, "cgroup.procs", "");
    cr_assert_eq(cgroup_locate("0::/propio\n", montaje, &g), 0);
    cr_assert_eq(g.version, 2);
    cr_assert_eq(cgroup_base_from(&g), 0);
    cr_assert_str_eq(g.dir[CGROUP_MEMORY], propio);
    cr_assert_str_eq(leer(mando, "cgroup.procs"), "0");
    cr_assert(strstr(leer(propio, "cgroup.subtree_control"), "cpu"));
    cgroup_free(&g);

    /* Con más procesos, si aun así deja repartir, que es lo que hace el de la raíz. */
    escribir(propio, "cgroup.procs", "1\n2\n");
    cr_assert_eq(cgroup_locate("0::/propio\n", montaje, &g), 0);
    cr_assert_eq(cgroup_base_from(&g), 0);
    cr_assert_str_eq(g.dir[CGROUP_MEMORY], propio);
    cgroup_free(&g);

    /* Si no, el que lo contiene, cuando ya reparte. */
    char reparto[340];
    snprintf(reparto, sizeof reparto, "%s/cgroup.subtree_control", propio);
    cr_assert_eq(unlink(reparto), 0);
    cr_assert_eq(mkdir(reparto, 0700), 0); /* nadie escribe en una carpeta, ni root */
    cr_assert_eq(cgroup_locate("0::/propio\n", montaje, &g), 0);
    cr_assert_eq(cgroup_base_from(&g), -EACCES, "el de fuera no reparte");
    escribir(raiz, "cgroup.procs", "");
    escribir(raiz, "cgroup.subtree_control", "memory\n");
    cr_assert_eq(cgroup_base_from(&g), -EACCES, "el de fuera no reparte procesos");
    escribir(raiz, "cgroup.subtree_control", "memory pids\n");
    cr_assert_eq(cgroup_base_from(&g), 0);
    cr_assert_str_eq(g.dir[CGROUP_MEMORY], raiz);
    cgroup_free(&g);
    char orden[300];
    snprintf(orden, sizeof orden, "rm -rf '%s'", raiz);
    cr_assert_eq(system(orden), 0);
}
