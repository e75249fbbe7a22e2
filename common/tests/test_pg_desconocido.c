#include "prueba.h"

#include <malloc.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

/* Un servidor que no es PostgreSQL, o que se ha vuelto loco: lo que dice no tiene fin. */
TestSuite(pg_desconocido, .timeout = 60);

enum { AVISOS = 4000, TANDAS = 80, ADMISIBLE = 8 << 20 };

/* Deja pasar, y luego no para de avisar. */
#define DEJA_PASAR "R\0\0\0\x08\0\0\0\0"
#define AVISO      "N\0\0\0\x2bSNOTICE\0VNOTICE\0C00000\0Mhola otra vez\0\0"

struct loco {
    as_listener *oyente;
    size_t antes, mas; /* memoria en uso */
};

static size_t en_uso(void)
{
    struct mallinfo2 m = mallinfo2();

    return m.uordblks + m.hblkhd;
}

static int avisa_sin_fin(void *arg)
{
    static char tanda[AVISOS * (sizeof AVISO - 1)];
    struct loco *l = arg;
    as_stream *s;
    char saludo[4];

    for (size_t i = 0; i < AVISOS; i++)
        memcpy(tanda + i * (sizeof AVISO - 1), AVISO, sizeof AVISO - 1);
    BIEN(as_accept(l->oyente, &s));
    BIEN(as_readexactly(s, saludo, sizeof saludo));
    int rc = as_write(s, DEJA_PASAR, sizeof DEJA_PASAR - 1);
    l->antes = en_uso();
    for (int i = 0; i < TANDAS && rc == 0; i++) {
        rc = as_write(s, tanda, sizeof tanda);
        if (rc == 0)
            rc = as_drain(s);
        size_t ahora = en_uso();
        if (ahora > l->antes + l->mas)
            l->mas = ahora - l->antes;
    }
    as_stream_close(s);
    return rc;
}

static int conecta_con_el_loco(void *arg)
{
    struct loco l = {0};
    char conninfo[128];
    as_group grupo;
    as_pg *pool;

    (void)arg;
    BIEN(as_listen("127.0.0.1", 0, 0, &l.oyente));
    snprintf(conninfo, sizeof conninfo,
             "host=127.0.0.1 port=%d user=x dbname=x sslmode=disable gssencmode=disable",
             as_listener_port(l.oyente));
    BIEN(as_pg_new(conninfo, NULL, &pool));
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, "loco", avisa_sin_fin, &l));
    cr_assert_eq(as_pg_query(pool, "select 1", NULL, 0, NULL), UV_ECONNRESET, "%s",
                 as_error_text(UV_ECONNRESET));
    as_listener_close(l.oyente);
    BIEN(as_group_leave(&grupo, 0));
    as_pg_close(pool);
    cr_assert_lt(l.mas, ADMISIBLE, "guardó %zu bytes de avisos", l.mas);
    return 0;
}

PRUEBA(pg_desconocido, los_avisos_sin_fin_de_quien_deja_entrar_no_se_guardan)
{
    CORRE(conecta_con_el_loco, NULL, 0);
}

/* ---- Lo que dice después de dejar entrar ----------------------------------------------- */

#define LETRAS(texto) texto, sizeof(texto) - 1
#define ENTRA         "R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"
#define HECHO         "C\0\0\0\x0dSELECT 1\0Z\0\0\0\x05I"
#define CONEXION                                                                         \
    "host=127.0.0.1 port=%d user=x dbname=x sslmode=disable gssencmode=disable"

enum { MENSAJE = 16 << 10, POR_TANDA = 64, TANDA = POR_TANDA * MENSAJE };

struct charlatan {
    as_listener *oyente;
    as_pg *pool;
    char tanda[TANDA];
    int tandas[3]; /* las que van delante de cada respuesta */
    int enviadas;
    bool cambia; /* cada mensaje lleva un nombre nuevo */
};

/* Rellena la tanda de mensajes `tipo`, con ese número delante de lo que dicen. */
static void prepara(struct charlatan *c, char tipo, size_t salto)
{
    for (int i = 0; i < POR_TANDA; i++) {
        char *m = c->tanda + i * MENSAJE;
        int n = MENSAJE - 1;
        memset(m, 'x', MENSAJE);
        memcpy(m, (char[]){tipo, 0, 0, (char)(n >> 8), (char)n}, 5);
        memset(m + 5, 0, salto);
        memcpy(m + 5 + salto, "canal", 6);
        m[MENSAJE - 1] = '\0';
    }
}

static void renombra(struct charlatan *c)
{
    for (int i = 0; i < POR_TANDA; i++)
        snprintf(c->tanda + i * MENSAJE + 5, 12, "n%010d", c->enviadas * POR_TANDA + i);
}

static int lee_mensaje(as_stream *s, size_t antes)
{
    unsigned char cabeza[5];
    char resto[1024];

    int rc = as_readexactly(s, cabeza, antes + 4);
    if (rc == 0)
        rc = as_readexactly(s, resto,
                            (size_t)(cabeza[antes + 2] << 8 | cabeza[antes + 3]) - 4);
    return rc;
}

/* Deja entrar, y delante de cada respuesta dice sus tandas. */
static int charla(void *arg)
{
    struct charlatan *c = arg;
    as_stream *s;

    BIEN(as_accept(c->oyente, &s));
    int rc = lee_mensaje(s, 0);
    if (rc == 0)
        rc = as_write(s, LETRAS(ENTRA));
    for (int i = 0; i < 3 && rc == 0; i++) {
        rc = lee_mensaje(s, 1);
        for (int j = 0; j < c->tandas[i] && rc == 0; j++, c->enviadas++) {
            if (c->cambia)
                renombra(c);
            rc = as_write(s, c->tanda, TANDA);
            if (rc == 0)
                rc = as_drain(s);
        }
        if (rc == 0)
            rc = as_write(s, LETRAS(HECHO));
    }
    as_stream_close(s);
    return rc == UV_EPIPE || rc == UV_ECONNRESET || rc == UV_EOF ? 0 : rc;
}

static void abre(struct charlatan *c)
{
    char conninfo[160];

    BIEN(as_listen("127.0.0.1", 0, 0, &c->oyente));
    snprintf(conninfo, sizeof conninfo, CONEXION, as_listener_port(c->oyente));
    BIEN(as_pg_new(conninfo, NULL, &c->pool));
}

static void cierra(struct charlatan *c, as_group *grupo, as_pg_connection *conexion)
{
    as_pg_release(conexion);
    as_pg_close(c->pool);
    BIEN(as_group_leave(grupo, 0));
    as_listener_close(c->oyente);
}

static struct charlatan charlatan;

static int durante_una(void *arg)
{
    struct charlatan *c = &charlatan;
    as_pg_connection *conexion;
    as_group grupo;

    (void)arg;
    prepara(c, 'A', 4);
    c->tandas[0] = 100;
    abre(c);
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, "charlatán", charla, c));
    BIEN(as_pg_acquire(c->pool, &conexion));
    size_t antes = en_uso();
    cr_assert_eq(as_pg_query_on(conexion, "select 1", NULL, 0, NULL), AS_EOVERFLOW);
    cr_assert_not_null(strstr(as_error_text(AS_EOVERFLOW), "notificaciones"));
    cr_assert_lt(en_uso(), antes + (48 << 20));
    cr_assert_eq(as_pg_query_on(conexion, "select 1", NULL, 0, NULL), UV_ENOTCONN);
    cierra(c, &grupo, conexion);
    return 0;
}

PRUEBA(pg_desconocido, las_notificaciones_sin_fin_de_una_consulta_no_se_guardan)
{
    CORRE(durante_una, NULL, 0);
}

static int entre_consultas(void *arg)
{
    struct charlatan *c = &charlatan;
    as_pg_connection *conexion;
    as_pg_notification aviso;
    as_group grupo;

    (void)arg;
    prepara(c, 'A', 4);
    c->tandas[0] = 20;
    abre(c);
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, "charlatán", charla, c));
    BIEN(as_pg_acquire(c->pool, &conexion));
    BIEN(as_pg_query_on(conexion, "select 1", NULL, 0, NULL));
    cr_assert_eq(as_pg_query_on(conexion, "select 2", NULL, 0, NULL), AS_EOVERFLOW);
    for (int i = 0; i < 20 * POR_TANDA; i++) {
        BIEN(as_pg_notification_wait(conexion, &aviso));
        cr_assert_str_eq(aviso.channel, "canal");
        as_pg_notification_clear(&aviso);
    }
    BIEN(as_pg_query_on(conexion, "select 2", NULL, 0, NULL));
    BIEN(as_pg_query_on(conexion, "select 3", NULL, 0, NULL));
    cierra(c, &grupo, conexion);
    return 0;
}

PRUEBA(pg_desconocido, con_muchas_sin_esperar_no_hay_consultas_hasta_que_se_esperan)
{
    CORRE(entre_consultas, NULL, 0);
}

/* libpq guarda un parámetro por cada nombre, y no deja contarlos: lo que los acaba es el plazo. */
static int con_nombres_nuevos(void *arg)
{
    struct charlatan *c = &charlatan;
    as_pg_connection *conexion;
    as_scope plazo;
    as_group grupo;

    (void)arg;
    prepara(c, 'S', 12);
    c->cambia = true;
    c->tandas[0] = INT_MAX;
    abre(c);
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, "charlatán", charla, c));
    BIEN(as_pg_acquire(c->pool, &conexion));
    size_t antes = en_uso();
    as_scope_enter(&plazo, 300);
    int rc = as_pg_query_on(conexion, "select 1", NULL, 0, NULL);
    cr_assert_eq(as_scope_leave(&plazo, rc), UV_ETIMEDOUT, "%s", as_error_text(rc));
    cr_assert_gt(c->enviadas, 0, "el bucle se paró");
    cierra(c, &grupo, conexion);
    cr_assert_lt(en_uso(), antes + ADMISIBLE, "no soltó lo que guardaba");
    return 0;
}

PRUEBA(pg_desconocido, los_parametros_sin_fin_acaban_con_el_plazo_y_se_sueltan)
{
    cr_assert_eq(as_run(con_nombres_nuevos, NULL), 0);
}

/* ---- Una conexión ociosa que no calla ----------------------------------------------------
 *
 * En un hilo: pararía con el bucle. */

struct ocioso {
    int escucha;
    atomic_bool lleno;
};

static int atiende_una(int escucha)
{
    char texto[1024];
    int fd = accept(escucha, NULL, NULL);

    cr_assert_gt(recv(fd, texto, sizeof texto, 0), 0);
    cr_assert_gt(send(fd, LETRAS(ENTRA), MSG_NOSIGNAL), 0);
    cr_assert_gt(recv(fd, texto, sizeof texto, 0), 0);
    cr_assert_gt(send(fd, LETRAS(HECHO), MSG_NOSIGNAL), 0);
    return fd;
}

static void *no_calla(void *arg)
{
    static char tanda[AVISOS * (sizeof AVISO - 1)];
    struct ocioso *o = arg;
    size_t va = 0;
    ssize_t n;

    for (size_t i = 0; i < AVISOS; i++)
        memcpy(tanda + i * (sizeof AVISO - 1), AVISO, sizeof AVISO - 1);
    int fd = atiende_una(o->escucha);
    while ((n = send(fd, tanda + va, sizeof tanda - va, MSG_NOSIGNAL | MSG_DONTWAIT)) > 0)
        va = (va + (size_t)n) % sizeof tanda;
    atomic_store(&o->lleno, true);
    while ((n = send(fd, tanda + va, sizeof tanda - va, MSG_NOSIGNAL)) > 0)
        va = (va + (size_t)n) % sizeof tanda;
    close(fd);
    close(atiende_una(o->escucha));
    return NULL;
}

static int dos_consultas(void *arg)
{
    struct ocioso *o = arg;
    struct sockaddr_in donde;
    socklen_t largo = sizeof donde;
    char conninfo[160];
    as_pg *pool;

    getsockname(o->escucha, (struct sockaddr *)&donde, &largo);
    snprintf(conninfo, sizeof conninfo, CONEXION, ntohs(donde.sin_port));
    BIEN(as_pg_new(conninfo, &(as_pg_options){.max_connections = 1}, &pool));
    BIEN(as_pg_query(pool, "select 1", NULL, 0, NULL));
    while (!atomic_load(&o->lleno))
        BIEN(as_sleep(1));
    BIEN(as_pg_query(pool, "select 2", NULL, 0, NULL)); /* por otra */
    as_pg_close(pool);
    return 0;
}

PRUEBA(pg_desconocido, una_ociosa_que_no_calla_no_para_el_bucle_y_se_cambia_por_otra)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct ocioso o = {.escucha = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    pthread_t hilo;

    cr_assert_eq(bind(o.escucha, (struct sockaddr *)&donde, sizeof donde), 0);
    cr_assert_eq(listen(o.escucha, 2), 0);
    cr_assert_eq(pthread_create(&hilo, NULL, no_calla, &o), 0);
    cr_assert_eq(as_run(dos_consultas, &o), 0);
    pthread_join(hilo, NULL);
    close(o.escucha);
}
