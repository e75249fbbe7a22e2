/* as_getaddrinfo, y con ella el DNS de verdad que hay debajo. */
#include "prueba.h"

#include "nombres_falsos.h"

#include <ctype.h>
#include <net/if.h>
#include <sys/resource.h>

TestSuite(nombres, .timeout = 60);

/* Lo que da as_getaddrinfo, en un solo texto: «::1 127.0.0.1», o el nombre del error. */
static const char *direcciones(const char *maquina)
{
    static char texto[1024];
    char **lista;
    size_t n, largo = 0;

    int rc = as_getaddrinfo(maquina, &lista, &n);
    if (rc < 0) {
        cr_assert_null(lista);
        cr_assert_eq(n, 0u);
        return as_errname(rc);
    }
    cr_assert_geq(n, 1u);
    cr_assert_null(lista[n]);
    for (size_t i = 0; i < n; i++)
        largo += (size_t)snprintf(texto + largo, sizeof texto - largo, "%s%s",
                                  i ? " " : "", lista[i]);
    free(lista);
    return texto;
}

#define DIRECCIONES_ES(maquina, esperado)                                                \
    cr_assert_str_eq(direcciones(maquina), esperado, "%s: %s", maquina,                  \
                     direcciones(maquina))

/* ---- Sin preguntar a nadie ---------------------------------------------------------- */

static int ya_escritas(void *arg)
{
    char local[64], sin_cuenta[64];
    char **lista;

    (void)arg;
    DIRECCIONES_ES("127.0.0.1", "127.0.0.1");
    DIRECCIONES_ES("::1", "::1");
    DIRECCIONES_ES("2001:db8:0:0::0:7", "2001:db8::7");
    DIRECCIONES_ES("127.1", "127.0.0.1");
    DIRECCIONES_ES("0x7f.0.0.010", "127.0.0.8");
    DIRECCIONES_ES("2130706433", "127.0.0.1");
    snprintf(local, sizeof local, "fe80::1%%%s", if_indextoname(1, sin_cuenta));
    DIRECCIONES_ES(local, local);
    DIRECCIONES_ES("localhost", "127.0.0.1 ::1");
    DIRECCIONES_ES("LocalHost.", "127.0.0.1 ::1");
    DIRECCIONES_ES("app.localhost", "127.0.0.1 ::1");
    DIRECCIONES_ES("", "EAI_NONAME");
    cr_assert_eq(as_getaddrinfo("127.0.0.1", &lista, NULL), 0);
    free(lista);
    cr_assert_eq(atomic_load(&nombres_preguntados), 0);
    return 0;
}

PRUEBA(nombres, lo_que_ya_es_una_direccion_y_localhost_no_se_preguntan)
{
    CORRE(ya_escritas, NULL, 0);
}

/* El primer nombre de /etc/hosts que no sea localhost ni lo parezca. */
static bool nombre_de_hosts(char direccion[64], char nombre[64])
{
    FILE *f = fopen("/etc/hosts", "r");
    char linea[512];
    bool hay = false;

    while (f && !hay && fgets(linea, sizeof linea, f))
        hay = isdigit((unsigned char)*linea) &&
              sscanf(linea, "%63s %63s", direccion, nombre) == 2 &&
              !strstr(nombre, "localhost") && *nombre != '#';
    if (f)
        fclose(f);
    return hay;
}

static int en_hosts(void *arg)
{
    char direccion[64], nombre[64];

    (void)arg;
    if (!nombre_de_hosts(direccion, nombre))
        cr_skip_test("en /etc/hosts solo está localhost");
    cr_assert_not_null(strstr(direcciones(nombre), direccion), "%s", nombre);
    cr_assert_eq(atomic_load(&nombres_preguntados), 0);
    return 0;
}

PRUEBA(nombres, lo_que_esta_en_etc_hosts_tampoco)
{
    CORRE(en_hosts, NULL, 0);
}

/* ---- Preguntando -------------------------------------------------------------------- */

static int del_dns(void *arg)
{
    (void)arg;
    DIRECCIONES_ES("bien.prueba", "127.0.0.1");
    DIRECCIONES_ES("BIEN.Prueba.", "127.0.0.1");
    DIRECCIONES_ES("seis.prueba", "::1");
    const char *dos = direcciones("dos.prueba"); /* cuál va antes, lo dice el sistema */
    cr_assert(strcmp(dos, "::1 127.0.0.1") == 0 || strcmp(dos, "127.0.0.1 ::1") == 0,
              "%s", dos);
    DIRECCIONES_ES("sin.prueba", "EAI_NODATA");
    DIRECCIONES_ES("no-existe.prueba", "EAI_NONAME");
    cr_assert_str_eq(as_error_text(UV_EAI_NONAME),
                     "no se pudo resolver «no-existe.prueba»: el "
                     "nombre de la máquina no existe");
    DIRECCIONES_ES("roto.prueba", "EAI_AGAIN");
    int antes = atomic_load(&nombres_preguntados);
    DIRECCIONES_ES("vacio.prueba", "127.0.0.1");
    cr_assert_eq(atomic_load(&nombres_preguntados), antes + 1,
                 "no se volvió a preguntar");
    char larga[300];
    memset(larga, 'x', sizeof larga - 1);
    larga[sizeof larga - 1] = '\0';
    DIRECCIONES_ES(larga, "EAI_NONAME");
    cr_assert_eq(atomic_load(&nombres_preguntados_por_libcurl), 0,
                 "nadie llama a getaddrinfo");
    return 0;
}

PRUEBA(nombres, se_preguntan_al_dns_y_cada_fallo_tiene_su_codigo)
{
    CORRE(del_dns, NULL, 0);
}

static int no_caben(void *arg)
{
    char **lista;
    size_t n;

    (void)arg;
    cr_assert_eq(as_getaddrinfo("muchas.prueba", &lista, &n), 0);
    cr_assert_eq(n, 60u, "son sesenta, y fueron %zu", n);
    cr_assert_eq(strncmp(lista[59], "127.0.0.", 8), 0);
    cr_assert_eq(atomic_load(&nombres_por_tcp), 1);
    free(lista);
    return 0;
}

PRUEBA(nombres, la_respuesta_que_no_cabe_se_pide_por_tcp)
{
    CORRE(no_caben, NULL, 0);
}

static int media_respuesta(void *arg)
{
    uint64_t antes = as_now();

    (void)arg;
    DIRECCIONES_ES("coja.prueba", "127.0.0.1");
    DIRECCIONES_ES("coja6.prueba", "::1");
    cr_assert_lt(as_now() - antes, (unsigned)nombres_plazo_ms);
    return 0;
}

PRUEBA(nombres, si_una_de_las_dos_clases_calla_vale_la_otra)
{
    CORRE(media_respuesta, NULL, 0);
}

static int en_otro_dominio(void *arg)
{
    (void)arg;
    DIRECCIONES_ES("una-maquina", "127.0.0.1");
    DIRECCIONES_ES("una-maquina.", "EAI_NONAME"); /* con punto, es el nombre entero */
    return 0;
}

PRUEBA(nombres, un_nombre_corto_se_busca_en_los_dominios_del_sistema)
{
    nombres_resolv_conf = "search no.prueba bien.prueba\n";
    CORRE(en_otro_dominio, NULL, 0);
}

static int nadie_contesta(void *arg)
{
    (void)arg;
    DIRECCIONES_ES("1.mudo.prueba", "EAI_AGAIN");
    cr_assert_eq(atomic_load(&nombres_mudos_en_curso), 3);
    DIRECCIONES_ES("basura.prueba", "EAI_AGAIN");
    return 0;
}

PRUEBA(nombres, a_quien_no_contesta_se_le_pregunta_tres_veces)
{
    nombres_plazo_ms = 20;
    cr_assert_eq(as_run(nadie_contesta, NULL), 0);
}

static int sin_servidor(void *arg)
{
    uint64_t antes = uv_hrtime();

    (void)arg;
    DIRECCIONES_ES("bien.prueba", "EAI_AGAIN");
    cr_assert_lt((uv_hrtime() - antes) / 1000000, (unsigned)nombres_plazo_ms,
                 "se esperó a quien ya había dicho que no");
    return 0;
}

PRUEBA(nombres, si_no_hay_servidor_se_sabe_enseguida)
{
    nombres_sin_servidor = true;
    cr_assert_eq(as_run(sin_servidor, NULL), 0);
}

static int solo_hosts(void *arg)
{
    (void)arg;
    DIRECCIONES_ES("localhost", "127.0.0.1 ::1");
    DIRECCIONES_ES("bien.prueba", "EAI_NONAME");
    cr_assert_eq(atomic_load(&nombres_preguntados), 0);
    return 0;
}

PRUEBA(nombres, si_el_sistema_solo_mira_en_etc_hosts_lo_demas_no_existe)
{
    nombres_nsswitch = "hosts: files\n";
    CORRE(solo_hosts, NULL, 0);
}

static int sin_descriptores(void *arg)
{
    struct rlimit limite;

    (void)arg;
    DIRECCIONES_ES("bien.prueba", "127.0.0.1");
    int libre = dup(0);
    close(libre);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limite), 0);
    limite.rlim_cur = (rlim_t)libre;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limite), 0);
    DIRECCIONES_ES("bien.prueba", "EMFILE"); /* no se sabe si existe */
    return 0;
}

PRUEBA(nombres, sin_descriptores_no_se_dice_que_no_existe)
{
    CORRE(sin_descriptores, NULL, 0);
}

/* ---- Muchos, y con prisa ------------------------------------------------------------ */

enum { MUCHOS = 100 };

static int uno(void *arg)
{
    char nombre[32], **lista;

    snprintf(nombre, sizeof nombre, "%d.bien.prueba", *(int *)arg);
    int rc = as_getaddrinfo(nombre, &lista, NULL);
    free(lista);
    return rc;
}

static int cien(void *arg)
{
    static int numeros[MUCHOS];
    struct rlimit limite;

    (void)arg;
    int libre = dup(0);
    close(libre);
    /* Con menos descriptores que nombres: comparten socket. */
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limite), 0);
    limite.rlim_cur = (rlim_t)libre + 10;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limite), 0);
    for (int i = 0; i < MUCHOS; i++)
        numeros[i] = i;
    BIEN(as_gather_each(uno, numeros, MUCHOS, sizeof *numeros, NULL));
    cr_assert_eq(dup(0), libre, "no queda ningún socket");
    close(libre);
    return 0;
}

PRUEBA(nombres, cien_a_la_vez_comparten_un_socket)
{
    CORRE(cien, NULL, 0);
}

static int mudo(void *arg)
{
    char **lista;

    (void)arg;
    return as_getaddrinfo("1.mudo.prueba", &lista, NULL);
}

static int se_cancela(void *arg)
{
    as_group grupo;

    (void)arg;
    int libre = dup(0);
    close(libre);
    as_group_enter(&grupo);
    as_task *a = as_spawn(&grupo, "a", mudo, NULL);
    as_task *b = as_spawn(&grupo, "b", mudo, NULL);
    while (atomic_load(&nombres_mudos_en_curso) < 2)
        cr_assert_eq(as_yield(), 0);
    as_cancel(a);
    cr_assert_eq(as_await(a), UV_ECANCELED);
    cr_assert_neq(dup(0), libre, "b sigue esperando");
    cr_assert_str_eq(direcciones("bien.prueba"), "127.0.0.1", "y c-ares, sirviendo");
    as_cancel(b);
    cr_assert_eq(as_await(b), UV_ECANCELED);
    cr_assert_eq(dup(0), libre, "no queda nada en marcha");
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    /* Cancelada de antes, ni pregunta. */
    as_scope ambito;
    as_scope_enter(&ambito, 0);
    cr_assert_str_eq(direcciones("bien.prueba"), "ECANCELED");
    cr_assert_eq(as_scope_leave(&ambito, 0), 0);
    return 0;
}

PRUEBA(nombres, cancelar_la_ultima_cierra_los_sockets_en_el_acto)
{
    CORRE(se_cancela, NULL, 0);
}
