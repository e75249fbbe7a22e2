/* Cada límite, con un programa que lo rompe. */
#include "pruebas.h"

#include <signal.h>
#include <string.h>

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
    ESPERA_LIMITE(c, BOX_LIMIT_CPU);
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

Test(limites, reloj_con_huerfanos_sin_parar)
{
    reloj_agotado("huerfanos");
}

static void memoria_agotada(const char *modo)
{
    struct box_limits l = box_limits_default();
    l.rss_kib = 128 << 10;
    struct caso c = atacar("memoria", modo, l);
    ESPERA_LIMITE(c, BOX_LIMIT_MEMORY);
    cr_assert_geq(c.fin.peak_rss_kib, 128 << 10);
    soltar(&c);
}

Test(limites, memoria_de_un_proceso)
{
    memoria_agotada("malloc");
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

Test(limites, memoria_en_tablas_de_paginas)
{
    memoria_agotada("tablas");
}

/* 80 MiB compartidos con hijos son 80, no 160 ni 400. */
Test(limites, memoria_compartida_con_hijos_no_se_cuenta_dos_veces)
{
    char *const modos[] = {"fork", "vfork"};
    for (int i = 0; i < 2; i++) {
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

Test(limites, memoria_por_sysv_permitida_cuenta_como_la_demas)
{
    struct box_options o = ataque("memoria", ARGS("sysv"));
    o.shared_memory = true;
    o.limits.rss_kib = 128 << 10;
    struct caso c = correr(&o);
    ESPERA_LIMITE(c, BOX_LIMIT_MEMORY);
    soltar(&c);
}

Test(limites, procesos)
{
    struct box_limits l = box_limits_default();
    l.processes = 20;
    struct caso c = atacar("procesos", "bomba", l);
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "19 procesos");
    cr_assert_eq(c.fin.leftovers, 19);
    soltar(&c);
}

Test(limites, hilos)
{
    struct box_limits l = box_limits_default();
    l.processes = 20;
    struct caso c = atacar("procesos", "hilos", l);
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "19 hilos");
    soltar(&c);
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

Test(limites, demasiados_archivos)
{
    struct box_limits l = box_limits_default();
    l.inodes = 500;
    struct caso c = atacar("archivos", "muchos", l);
    ESPERA_LIMITE(c, BOX_LIMIT_INODES);
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
