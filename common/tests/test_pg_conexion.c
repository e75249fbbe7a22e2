#include "pg_prueba.h"

#include "nombres_falsos.h"

#include <stdarg.h>
#include <unistd.h>

TestSuite(pg_conexion, .timeout = 60);

static int intenta_con(const char *conninfo)
{
    as_pg *pool = abre_pool(conninfo, 0);

    int rc = as_pg_query(pool, "select 1", NULL, 0, NULL);
    as_pg_close(pool);
    return rc;
}

/* Conecta y consulta; la cadena de conexión, con formato de printf. */
__attribute__((format(printf, 1, 2))) static int intenta(const char *formato, ...)
{
    va_list args;
    char *conninfo;

    va_start(args, formato);
    int n = vasprintf(&conninfo, formato, args);
    va_end(args);
    cr_assert_geq(n, 0);
    int rc = intenta_con(conninfo);
    free(conninfo);
    return rc;
}

/* ---- No hay nadie, o no deja entrar ------------------------------------------------- */

static int rechazos(struct pg_entorno *e)
{
    struct puente *p = puente_abre(PASA);
    int libre = p->puerto;

    puente_cierra(p); /* un puerto donde ya no escucha nadie */
    cr_assert_eq(intenta("host=127.0.0.1 port=%d", libre), UV_ECONNREFUSED);
    cr_assert(strstr(as_error_text(UV_ECONNREFUSED), "Connection refused"), "%s",
              as_error_text(UV_ECONNREFUSED));
    cr_assert_eq(intenta("host=/no/existe"), UV_ECONNREFUSED);
    cr_assert_eq(intenta("host=no.existe.prueba"), UV_EAI_NONAME);
    cr_assert(strstr(as_error_text(UV_EAI_NONAME), "no.existe.prueba"));
    cr_assert_eq(intenta("host=/a,/b,/c port=1,2"), UV_EINVAL);
    cr_assert(strstr(as_error_text(UV_EINVAL), "2 port numbers to 3 hosts"), "%s",
              as_error_text(UV_EINVAL));

    cr_assert_eq(intenta("dbname=no_existe"), UV_ENOENT);
    cr_assert_str_eq(as_pg_sqlstate(UV_ENOENT), "3D000");
    cr_assert(strstr(as_error_text(UV_ENOENT), "database \"no_existe\" does not exist"));
    cr_assert_null(strstr(as_error_text(UV_ENOENT), "LOCATION"));

    hace(e->pool, "drop role if exists con_clave;"
                  "create role con_clave login password 'ábrete'");
    cr_assert_eq(intenta("user=con_clave password=otra"), UV_EACCES);
    cr_assert_str_eq(as_pg_sqlstate(UV_EACCES), "28P01");
    cr_assert_eq(intenta("user=con_clave"), UV_EACCES);
    cr_assert(strstr(as_error_text(UV_EACCES), "no password supplied"));
    cr_assert_eq(intenta("user=con_clave password=ábrete"), 0);
    hace(e->pool, "alter role con_clave connection limit 0");
    cr_assert_eq(intenta("user=con_clave password=ábrete"), UV_EBUSY);
    cr_assert_str_eq(as_pg_sqlstate(UV_EBUSY), "53300");
    hace(e->pool, "drop role con_clave");
    return 0;
}

PRUEBA(pg_conexion, sin_servidor_sin_base_o_sin_permiso)
{
    con_pg(rechazos, 0, NULL);
}

/* ---- Dónde está --------------------------------------------------------------------- */

static int por_nombre(void *arg)
{
    struct puente *p = arg;
    int puerto = p->puerto;

    BIEN(intenta("host=bien.prueba port=%d", puerto));
    cr_assert_eq(atomic_load(&nombres_preguntados), 1);
    /* ::1, donde no hay nadie, y luego 127.0.0.1. */
    BIEN(intenta("host=dos.prueba port=%d", puerto));
    /* Varias máquinas: sin resolver, sin nadie, por socket y la buena, con sus puertos. */
    BIEN(
        intenta("host=no.prueba,/no/existe,127.0.0.1,bien.prueba port=1,2,3,%d", puerto));
    cr_assert_eq(intenta("host=no.prueba hostaddr=127.0.0.1 port=%d", puerto), 0);
    cr_assert_eq(intenta("host=::1 port=%d", puerto), UV_ECONNREFUSED);
    char host[32], texto[16];
    snprintf(texto, sizeof texto, "%d", puerto);
    strcpy(host, "bien.prueba");
    setenv("PGHOST", host, 1);
    setenv("PGPORT", texto, 1);
    cr_assert_eq(intenta(" "), 0, "lo que falta lo dice el entorno");
    cr_assert_eq(atomic_load(&nombres_preguntados_por_libcurl), 0,
                 "libpq no preguntó por ninguno");
    cr_assert_eq(atomic_load(&p->llegadas), 5);
    return 0;
}

PRUEBA(pg_conexion, los_nombres_se_resuelven_sin_bloquear_el_bucle)
{
    necesita_pg();
    struct puente *p = puente_abre(PASA);
    CORRE(por_nombre, p, 0);
    puente_cierra(p);
}

/* ---- Una red que se estropea -------------------------------------------------------- */

static int consulta(void *arg)
{
    return as_pg_query(arg, "select pg_sleep(600)", NULL, 0, NULL);
}

static int congelada(void *arg)
{
    struct puente *p = arg;
    char conninfo[64];
    as_scope ambito;
    as_group grupo;

    snprintf(conninfo, sizeof conninfo, "host=127.0.0.1 port=%d", p->puerto);
    as_pg *pool = abre_pool(conninfo, 1);
    as_pg *directo = abre_pool(NULL, 0);

    /* Conectando. */
    atomic_store(&p->modo, CONGELA);
    as_scope_enter(&ambito, 50);
    cr_assert_eq(as_scope_leave(&ambito, as_pg_query(pool, "select 1", NULL, 0, NULL)),
                 UV_ETIMEDOUT);
    cr_assert_eq(intenta("%s connect_timeout=1", conninfo), UV_ETIMEDOUT);
    cr_assert(strstr(as_error_text(UV_ETIMEDOUT), "1 s"), "%s",
              as_error_text(UV_ETIMEDOUT));
    atomic_store(&p->modo, PASA);
    long proceso = numero(pool, "select pg_backend_pid()");

    /* A media consulta: la petición de cancelarla tampoco llega. Un segundo, y se cuelga. */
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, NULL, consulta, pool);
    while (numero(directo,
                  "select count(*) from pg_stat_activity where state = 'active' "
                  "and pid = %ld",
                  proceso) == 0)
        ;
    atomic_store(&p->modo, CONGELA);
    uint64_t antes = uv_hrtime();
    as_cancel(tarea);
    cr_assert_eq(as_await(tarea), UV_ECANCELED);
    uint64_t ms = (uv_hrtime() - antes) / 1000000;
    cr_assert(ms >= 900 && ms < 20000, "tardó %llu ms", (unsigned long long)ms);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    atomic_store(&p->modo, PASA);
    cr_assert_neq(numero(pool, "select pg_backend_pid()"), proceso);

    /* Enviando: no llegó entera, así que colgar basta. */
    char *enorme = malloc(32 << 20);
    memset(enorme, 'x', 32 << 20);
    enorme[(32 << 20) - 1] = '\0';
    const char *params[] = {enorme};
    hace(directo, "create table congelada(t text)");
    atomic_store(&p->modo, CONGELA);
    int llegadas = atomic_load(&p->llegadas);
    as_scope_enter(&ambito, 50);
    int rc = as_pg_query(pool, "insert into congelada values ($1)", params, 1, NULL);
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    cr_assert_eq(atomic_load(&p->llegadas), llegadas, "no pidió interrumpirla");
    free(enorme);
    atomic_store(&p->modo, PASA);
    hace(pool, "select 1");
    cr_assert_eq(numero(directo, "select count(*) from congelada"), 0);
    hace(directo, "drop table congelada");
    as_pg_close(directo);
    as_pg_close(pool);
    return 0;
}

PRUEBA(pg_conexion, una_red_congelada_no_congela_el_programa)
{
    necesita_pg();
    struct puente *p = puente_abre(PASA);
    CORRE(congelada, p, 0);
    puente_cierra(p);
}

static int cortada(void *arg)
{
    struct puente *p = arg;
    char conninfo[64];
    as_group grupo;

    snprintf(conninfo, sizeof conninfo, "host=127.0.0.1 port=%d", p->puerto);
    as_pg *pool = abre_pool(conninfo, 1);
    as_pg *directo = abre_pool(NULL, 0);
    for (int vez = 0; vez < 3; vez++) {
        long proceso = numero(pool, "select pg_backend_pid()");
        as_group_enter(&grupo);
        as_group_keep_going(&grupo);
        as_task *tarea = as_spawn(&grupo, NULL, consulta, pool);
        while (numero(directo,
                      "select count(*) from pg_stat_activity where state = 'active' "
                      "and pid = %ld",
                      proceso) == 0)
            ;
        atomic_store(&p->modo, CORTA); /* un RST: epoll da POLLERR */
        int rc = as_await(tarea);
        cr_assert_eq(rc, UV_ECONNRESET, "%s", as_error_text(rc));
        cr_assert_str_neq(as_error_text(rc), as_strerror(rc));
        cr_assert_eq(as_group_leave(&grupo, 0), UV_ECONNRESET);
        cr_assert_eq(as_pg_query(pool, "select 1", NULL, 0, NULL), UV_ECONNRESET,
                     "y también al conectar");
        atomic_store(&p->modo, PASA);
        hace(directo, "select pg_terminate_backend(%ld)", proceso);
    }
    hace(pool, "select 1");
    as_pg_close(directo);
    as_pg_close(pool);
    return 0;
}

PRUEBA(pg_conexion, una_conexion_cortada_por_la_red_se_sustituye)
{
    necesita_pg();
    struct puente *p = puente_abre(PASA);
    CORRE(cortada, p, 0);
    puente_cierra(p);
}
