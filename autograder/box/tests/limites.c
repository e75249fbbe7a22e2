/* Cada límite, con un programa que lo rompe. */
#include "base/dir.h"
#include "pruebas.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <unistd.h>

TestSuite(limites, .timeout = 60);

static struct caso atacar(const char *nombre, const char *modo, struct box_limits limites)
{
    struct box_options o = ataque(nombre, ARGS((char *)modo));
    o.limits = limites;
    return correr(&o);
}

static void cpu_agotada(const char *modo)
{
    struct box_limits l = box_limits_default();
    l.cpu_ms = 600;
    struct caso c = atacar("cpu", modo, l);
    cr_assert_eq(c.fin.limit, BOX_LIMIT_CPU, "clase %d tras %ld ms de CPU y %ld de reloj",
                 c.fin.kind, c.fin.cpu_ms, c.fin.wall_ms);
    /* El exceso depende de la carga, pero nunca llega a los 20 s a los que el ataque cede. */
    cr_assert(c.fin.cpu_ms >= 600 && c.fin.cpu_ms < 10000, "cpu_ms %ld", c.fin.cpu_ms);
    soltar(&c);
}

Test(limites, cpu_en_un_bucle)
{
    cpu_agotada("bucle");
}

Test(limites, cpu_entre_varios_procesos)
{
    cpu_agotada("procesos");
}

Test(limites, cpu_en_cadena_de_procesos)
{
    cpu_agotada("cadena");
}

Test(limites, cpu_ignorando_el_aviso)
{
    cpu_agotada("sordo");
}

static void reloj_agotado(const char *modo)
{
    struct box_limits l = box_limits_default();
    l.wall_ms = 300;
    struct caso c = atacar("procesos", modo, l);
    ESPERA_LIMITE(c, BOX_LIMIT_WALL);
    cr_assert(c.fin.wall_ms >= 300 && c.fin.wall_ms < 15000, "wall_ms %ld",
              c.fin.wall_ms);
    soltar(&c);
}

Test(limites, reloj_durmiendo_sordo_a_las_senales)
{
    reloj_agotado("duerme");
}

Test(limites, reloj_con_un_hijo_en_otra_sesion)
{
    reloj_agotado("subgrupo");
}

/* Quien entretiene al guardián no se libra de él. */
Test(limites, reloj_con_el_guardian_inundado_de_avisos)
{
    reloj_agotado("avisos");
}

/* Todos engendran y ninguno acaba. Donde el máximo de procesos lo vigila el runner, quizá es
 * lo primero que pasa. */
Test(limites, reloj_con_una_hidra)
{
    struct box_limits l = box_limits_default();
    l.wall_ms = 300;
    l.processes = 64;
    struct caso c = atacar("procesos", "hidra", l);
    /* Con grupo de control cuentan además los que han muerto y nadie ha recogido. */
    bool antes = (peldano() <= BOX_MINIMAL && c.fin.limit == BOX_LIMIT_PROCESSES) ||
                 (getenv(BOX_GROUP_VARIABLE) && c.fin.limit == BOX_LIMIT_MEMORY);
    if (!antes)
        ESPERA_LIMITE(c, BOX_LIMIT_WALL);
    cr_assert_lt(c.fin.wall_ms, 15000, "wall_ms %ld", c.fin.wall_ms);
    soltar(&c);
}

Test(limites, reloj_con_huerfanos_sin_parar)
{
    reloj_agotado("huerfanos");
}

static void memoria_agotada_de(const char *modo, bool nuestro, long mib)
{
    struct box_limits l = box_limits_default();
    l.rss_kib = mib << 10;
    l.trusted = nuestro;
    struct caso c = atacar("memoria", modo, l);
    ESPERA_LIMITE(c, BOX_LIMIT_MEMORY);
    cr_assert_geq(c.fin.peak_rss_kib, mib << 10);
    soltar(&c);
}

static void memoria_agotada(const char *modo)
{
    memoria_agotada_de(modo, false, 128);
}

Test(limites, memoria_de_un_proceso)
{
    memoria_agotada("malloc");
}

/* Un PostgreSQL al que se le pide una respuesta enorme. */
Test(limites, memoria_de_un_programa_nuestro)
{
    memoria_agotada_de("malloc", true, 128);
    memoria_agotada_de("hijos", true, 128);
}

Test(limites, memoria_entre_varios_procesos)
{
    memoria_agotada("hijos");
}

Test(limites, memoria_compartida_que_no_sale_en_rss)
{
    memoria_agotada("oculta");
}

Test(limites, memoria_compartida_de_un_proceso_opaco)
{
    memoria_agotada("opaca");
}

Test(limites, memoria_compartida_entre_procesos_pequenos)
{
    memoria_agotada("reparto");
}

Test(limites, memoria_de_un_hilo_cuyo_proceso_parece_muerto)
{
    memoria_agotada("zombi");
}

Test(limites, memoria_en_tablas_de_paginas)
{
    memoria_agotada("tablas");
}

/* Cada uno tiene 15 MiB de mapas, y son nueve. Contarlos es leerlos, cuatro veces hasta estar seguro: con un
 * límite de 128 MiB, y los procesos que eso pide, era más de lo que da de sí una máquina ocupada en 20 s. */
Test(limites, memoria_en_mapas_que_heredan_los_hijos)
{
    memoria_agotada_de("mapas", false, 40);
}

Test(limites, memoria_en_sockets_que_nadie_lee)
{
    SOLO(peldano() >= BOX_PARTIAL,
         "en la mínima la red es de todos, y no se sabe de quién");
    cr_assert_eq(box_new_network(), 0);
    memoria_agotada("sockets");
}

/* 80 MiB compartidos con hijos son 80, no 160 ni 400. */
Test(limites, memoria_compartida_con_hijos_no_se_cuenta_dos_veces)
{
    char *const modos[] = {"fork", "vfork"};
    /* Saber si dos procesos usan la misma memoria solo se puede siendo su usuario. */
    for (int i = 0; i < (peldano() == BOX_ISOLATED ? 1 : 2); i++) {
        struct box_options o = ataque("herencia", ARGS(modos[i]));
        o.limits.rss_kib = 128 << 10;
        struct caso c = correr(&o);
        ESPERA_CODIGO(c, 0);
        ESPERA_SALIDA(c, "compartido");
        soltar(&c);
    }
}

Test(limites, memoria_por_memfd_y_sysv_prohibida)
{
    const char *const modos[] = {"memfd", "sysv"};
    for (int i = 0; i < 2; i++) {
        struct caso c = atacar("memoria", modos[i], box_limits_default());
        ESPERA_CODIGO(c, 0);
        ESPERA_SALIDA(c, "0 MiB");
        soltar(&c);
    }
}

/* Sin espacio de IPC, lo que dejó ese programa sigue ahí: en las pruebas de un laboratorio lo borra quien
 * arrancó PostgreSQL, que es el único que la pide. */
static void barrer_memoria(void)
{
    struct shmid_ds es;
    struct shm_info info;
    int ultimo = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info);
    for (int i = 0; i <= ultimo; i++) {
        int id = shmctl(i, SHM_STAT, &es);
        if (id >= 0 && es.shm_perm.cuid == geteuid() && es.shm_nattch == 0)
            shmctl(id, IPC_RMID, NULL);
    }
}

Test(limites, memoria_por_sysv_permitida_cuenta_como_la_demas)
{
    struct box_options o = ataque("memoria", ARGS("sysv"));
    o.shared_memory = true;
    o.limits.rss_kib = 128 << 10;
    struct caso c = correr(&o);
    ESPERA_LIMITE(c, BOX_LIMIT_MEMORY);
    soltar(&c);
    barrer_memoria();
}

Test(limites, procesos)
{
    struct box_limits l = box_limits_default();
    l.processes = 20;
    bool vigilado = peldano() <= BOX_MINIMAL; /* por el runner, y no por el núcleo */
    struct caso c = atacar("procesos", vigilado ? "bomba_terca" : "bomba", l);
    if (vigilado) {
        ESPERA_LIMITE(c, BOX_LIMIT_PROCESSES);
        soltar(&c);
        return;
    }
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "19 procesos");
    cr_assert_eq(c.fin.leftovers, 19);
    soltar(&c);
}

/* En la mínima no hay espacio de usuarios que los cuente; si el usuario es de una sola calificación, los
 * de todas sus cajas son los de él. */
Test(limites, procesos_de_la_calificacion)
{
    SOLO(peldano() == BOX_MINIMAL, "en las demás los cuenta un espacio de usuarios");
    /* Uno menos de los que dejaría el sistema: pocos no bastarían si otras pruebas son del mismo usuario. */
    struct rlimit ahora;
    cr_assert_eq(getrlimit(RLIMIT_NPROC, &ahora), 0);
    long caben = ahora.rlim_max > 1000000 ? 1000000 : (long)ahora.rlim_max - 1;
    for (int propio = 0; propio < 2; propio++) {
        struct box_options o = ataque("final", ARGS("-c", "ulimit -u"));
        o.program = "/usr/bin/bash";
        o.limits.processes = caben + 1;
        o.processes = caben;
        o.own_user = propio;
        struct caso c = correr(&o);
        ESPERA_CODIGO(c, 0);
        cr_assert_eq(atol(c.salida.out) == caben, propio, "%s", c.salida.out);
        soltar(&c);
    }
}

Test(limites, cuentan_los_que_deja_quien_acaba_antes_de_que_se_le_mire)
{
    SOLO(peldano() <= BOX_MINIMAL, "en las demás no los deja el núcleo");
    struct box_limits l = box_limits_default();
    l.processes = 20;
    struct caso c = atacar("procesos", "racha", l);
    ESPERA_LIMITE(c, BOX_LIMIT_PROCESSES);
    soltar(&c);
}

Test(limites, hilos)
{
    SOLO(peldano() >= BOX_PARTIAL, "en la mínima lo vigila el runner, como los procesos");
    struct box_limits l = box_limits_default();
    l.processes = 20;
    struct caso c = atacar("procesos", "hilos", l);
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "19 hilos");
    soltar(&c);
}

/* Los que puede pedir libuv con UV_THREADPOOL_SIZE, o un programa con dos por cliente. */
Test(limites, mil_hilos_caben)
{
    struct caso c = atacar("procesos", "mil_hilos", box_limits_default());
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "1024 hilos");
    soltar(&c);
}

/* Como libuv: si no puede crear un hilo, aborta sin decir por qué. */
Test(limites, quien_muere_al_llegar_al_maximo_se_distingue)
{
    SOLO(peldano() == BOX_FULL,
         "los que se crean y acaban solo se cuentan con pids propios");
    char *const modos[] = {"hilos_o_abortar", "procesos_o_abortar", "abortar"};
    for (int i = 0; i < 3; i++) {
        struct box_limits l = box_limits_default();
        l.processes = 20;
        struct caso c = atacar("procesos", modos[i], l);
        cr_assert_eq(c.fin.kind, BOX_SIGNALED);
        cr_assert_eq(c.fin.signal, SIGABRT);
        cr_assert_eq(c.fin.crowded, i < 2, "%s", modos[i]);
        soltar(&c);
    }
}

Test(limites, descriptores)
{
    struct box_limits l = box_limits_default();
    l.files = 20;
    struct caso c = atacar("archivos", "descriptores", l);
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "17 Too many open files");
    soltar(&c);
}

Test(limites, archivo_grande)
{
    struct box_limits l = box_limits_default();
    l.fsize = 1 << 20;
    struct caso c = atacar("archivos", "grande", l);
    ESPERA_LIMITE(c, BOX_LIMIT_FSIZE);
    cr_assert_eq(c.fin.signal, SIGXFSZ);
    soltar(&c);
}

Test(limites, disco_lleno)
{
    SOLO(peldano() >= BOX_PARTIAL, "en la mínima no hay tmpfs propios");
    const struct {
        char *ruta;
        const char *esperado;
    } casos[] = {{"/caja/x", "1048576"},
                 {"/tmp/x", "1048576"},
                 {"/dev/shm/x", "4194304"},
                 {"/x", "-1 Read-only file system"},
                 {"/dev/x", "-1 Read-only file system"},
                 {"/etc/x", "-1 Read-only file system"},
                 {"/usr/x", "-1 Read-only file system"}};
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        struct box_options o = ataque("archivos", ARGS("llenar", casos[i].ruta));
        o.limits.tmp_bytes = 1 << 20;
        struct caso c = correr(&o);
        ESPERA_CODIGO(c, 0);
        ESPERA_SALIDA(c, casos[i].esperado);
        soltar(&c);
    }
}

/* Sin tmpfs propio el disco lo vigila el runner, esté donde esté lo escrito. */
Test(limites, disco_vigilado)
{
    SOLO(peldano() <= BOX_MINIMAL, "más arriba escribir da ENOSPC");
    char *const modos[] = {"llenar", "sueltos", "hondo"};
    for (int i = 0; i < 3; i++) {
        struct box_options o = ataque("archivos", ARGS(modos[i], "x"));
        o.limits.fsize = 0;
        struct caso c = correr(&o);
        ESPERA_LIMITE(c, BOX_LIMIT_DISK);
        soltar(&c);
    }
    /* Con nombre propio: si ya es de otro, como el de otra ejecución a la vez, no deja escribir. */
    const char *const fuera[] = {"/tmp", "/dev/shm", "/var/tmp", ""};
    for (int i = 0; i < 4; i++) {
        char ruta[64];
        snprintf(ruta, sizeof ruta, "%s/caja-%d", fuera[i], getpid());
        struct box_options o = ataque("archivos", ARGS("llenar", ruta));
        o.limits.fsize = 0;
        struct caso c = correr(&o);
        if (peldano() == BOX_ISOLATED && i < 3) { /* ahí escribe cualquiera */
            ESPERA_LIMITE(c, BOX_LIMIT_DISK);
            cr_assert_neq(access(ruta, F_OK), 0, "quedó %s", ruta);
        } else {
            ESPERA_SALIDA(c, "-1 Permission denied");
        }
        soltar(&c);
    }
}

Test(limites, demasiados_archivos)
{
    struct box_limits l = box_limits_default();
    l.inodes = 500;
    struct caso c = atacar("archivos", "muchos", l);
    ESPERA_LIMITE(c, BOX_LIMIT_INODES);
    soltar(&c);
}

/* Ni en la carpeta que se le presta, que no está en ningún tmpfs suyo. */
Test(limites, demasiados_archivos_en_lo_prestado)
{
    char *const modos[] = {"muchos", "tapados"};
    setenv("TMPDIR", "/tmp", 1); /* el de la exterior, donde lo haya */
    for (int i = 0; i < 2; i++) {
        char *dir = strdup(carpeta_nueva());
        struct box_options o = ataque("archivos", ARGS(modos[i], "salida"));
        o.binds = &(struct box_bind){.host = dir, .inside = "salida", .writable = true};
        o.bind_count = 1;
        o.limits.inodes = 500;
        struct caso c = correr(&o);
        ESPERA_LIMITE(c, BOX_LIMIT_INODES);
        soltar(&c);
        ag_remove_tree(dir);
        cr_assert_lt(access(dir, F_OK), 0);
        free(dir);
    }
}

/* Los atributos de un archivo ocupan memoria y no cuentan como contenido suyo. */
Test(limites, atributos_prohibidos)
{
    struct caso c = atacar("archivos", "atributos", box_limits_default());
    ESPERA_CODIGO(c, 0);
    cr_assert_str_eq(c.salida.out, "0 atributos\n");
    soltar(&c);
}

/* La salida va por una tubería de quien llama: el tope lo pone quien la lee. */
Test(limites, salida_sin_fin)
{
    char *const modos[] = {"inundar", "inundar_errores"};
    for (int i = 0; i < 2; i++) {
        struct caso c = atacar("final", modos[i], box_limits_default());
        ESPERA_LIMITE(c, BOX_LIMIT_OUTPUT);
        cr_assert_eq(i ? c.salida.err_len : c.salida.out_len, 1 << 20);
        soltar(&c);
    }
}
