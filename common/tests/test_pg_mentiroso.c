#include "prueba.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* Un servidor que habla como PostgreSQL y dice lo que no puede ser. */
TestSuite(pg_mentiroso, .timeout = 60);

#define LETRAS(texto) texto, sizeof(texto) - 1

#define ENTRA "R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"
#define UNA                                                                              \
    "T\0\0\0\x1a\0\x01"                                                                  \
    "a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0"
#define TERMINA "C\0\0\0\x0dSELECT 1\0Z\0\0\0\x05I"

struct mentiroso {
    as_listener *oyente;
    as_pg *pool;
    const char *respuesta;
    size_t tamano;
};

/* Lee un mensaje: `tipo`, cuánto mide y lo demás. */
static int lee_mensaje(as_stream *s, char *tipo)
{
    unsigned char medida[4];
    char resto[1024];

    int rc = tipo ? as_readexactly(s, tipo, 1) : 0;
    if (rc == 0)
        rc = as_readexactly(s, medida, sizeof medida);
    if (rc == 0)
        rc = as_readexactly(s, resto, (size_t)(medida[2] << 8 | medida[3]) - 4);
    return rc;
}

/* Deja entrar y contesta a la primera consulta. */
static int miente(void *arg)
{
    struct mentiroso *m = arg;
    as_stream *s;
    char tipo;

    BIEN(as_accept(m->oyente, &s));
    BIEN(lee_mensaje(s, NULL));
    BIEN(as_write(s, LETRAS(ENTRA)));
    BIEN(lee_mensaje(s, &tipo));
    BIEN(as_write(s, m->respuesta, m->tamano));
    (void)!lee_mensaje(s, &tipo); /* la despedida */
    as_stream_close(s);
    return 0;
}

static void abre(struct mentiroso *m)
{
    char conninfo[160];

    BIEN(as_listen("127.0.0.1", 0, 0, &m->oyente));
    snprintf(conninfo, sizeof conninfo,
             "host=127.0.0.1 port=%d user=x dbname=x password=x sslmode=disable "
             "gssencmode=disable",
             as_listener_port(m->oyente));
    BIEN(as_pg_new(conninfo, NULL, &m->pool));
}

/* ---- Lo que no es memoria no se dice memoria ------------------------------------------ */

static const struct mentira {
    const char *que, *texto;
    size_t tamano;
} mentiras[] = {
    {"una casilla de más", LETRAS(UNA "D\0\0\0\x10\0\x02\0\0\0\x01"
                                      "1\0\0\0\x01"
                                      "2" TERMINA)},
    {"un mensaje que no existe", LETRAS("?\0\0\0\x05x" TERMINA)},
    {"un error sin SQLSTATE", LETRAS("E\0\0\0\x0bMHola\0\0Z\0\0\0\x05I")},
    {"ni resultado ni error", LETRAS("Z\0\0\0\x05I")},
};

static int escucha_mentiras(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < sizeof mentiras / sizeof *mentiras; i++) {
        struct mentiroso m = {.respuesta = mentiras[i].texto,
                              .tamano = mentiras[i].tamano};
        as_group grupo;
        abre(&m);
        as_group_enter(&grupo);
        BIEN(as_start_soon(&grupo, "mentiroso", miente, &m));
        int rc = as_pg_query(m.pool, "select 1", NULL, 0, NULL);
        cr_assert_eq(rc, UV_EIO, "%s: %s, %s", mentiras[i].que, as_errname(rc),
                     as_error_text(rc));
        as_pg_close(m.pool);
        BIEN(as_group_leave(&grupo, 0));
        as_listener_close(m.oyente);
    }
    return 0;
}

PRUEBA(pg_mentiroso, lo_que_no_se_entiende_no_es_falta_de_memoria)
{
    CORRE(escucha_mentiras, NULL, 0);
}

/* ---- Un cálculo que no acaba ---------------------------------------------------------- */

/* Con cuántas vueltas se calcula la contraseña lo dice el servidor: estas son décimas de segundo. */
#define VUELTAS "300000"

struct calculo {
    struct mentiroso m;
    int latidos, durante; /* los que hubo mientras se calculaba */
    bool contestado;
    bool puestos; /* los deberes */
};

static int late(void *arg)
{
    struct calculo *c = arg;

    while (as_sleep(2) == 0)
        c->latidos++;
    return 0;
}

/* Lee la respuesta a «SCRAM-SHA-256» y deja la palabra del cliente; false si se fue antes. */
static bool lee_palabra(as_stream *s, char *palabra, size_t tamano)
{
    unsigned char cabeza[5];
    char texto[512] = "";

    if (as_readexactly(s, cabeza, sizeof cabeza) != 0)
        return false;
    size_t largo = (size_t)(cabeza[3] << 8 | cabeza[4]) - 4,
           antes = sizeof "SCRAM-SHA-256" + 4;
    cr_assert_lt(largo, sizeof texto);
    BIEN(as_readexactly(s, texto, largo));
    const char *r = strstr(texto + antes, ",r=");
    cr_assert_not_null(r);
    snprintf(palabra, tamano, "%s", r + 3);
    return true;
}

/* Atiende a un cliente; `puestos` si no se fue antes de tener con qué calcular. */
static int pone_deberes(void *arg)
{
    static const char reto[] = "R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0";
    struct calculo *c = arg;
    char palabra[256], texto[512] = "R\0\0\0\0\0\0\0\x0b";
    as_stream *s;

    BIEN(as_accept(c->m.oyente, &s));
    if (lee_mensaje(s, NULL) != 0 || as_write(s, reto, sizeof reto) != 0 ||
        !lee_palabra(s, palabra, sizeof palabra)) {
        as_stream_close(s);
        return 0;
    }
    int n = snprintf(texto + 9, sizeof texto - 9, "r=%sx,s=c2Fs,i=" VUELTAS, palabra);
    texto[3] = (char)((n + 8) >> 8);
    texto[4] = (char)(n + 8);
    c->puestos = as_write(s, texto, (size_t)n + 9) == 0;
    c->durante = c->latidos;
    c->contestado = as_read(s, palabra, sizeof palabra) > 0;
    c->durante = c->latidos - c->durante;
    as_stream_close(s);
    return 0;
}

static int insiste(void *arg)
{
    struct calculo *c = arg;

    while (!c->puestos)
        BIEN(pone_deberes(c));
    return 0;
}

static int calcula(void *arg)
{
    struct calculo c = {0};
    as_group grupo;
    as_scope plazo;

    (void)arg;
    abre(&c.m);
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, "mentiroso", pone_deberes, &c));
    as_task *corazon = as_spawn(&grupo, "corazón", late, &c);
    cr_assert_eq(as_pg_query(c.m.pool, "select 1", NULL, 0, NULL), UV_ECONNRESET);
    cr_assert(c.puestos && c.contestado);
    cr_assert_gt(c.durante, 5, "el bucle se paró mientras calculaba");

    /* Y a quien vence su plazo no lo retiene. Si venció antes de que calculara, con otro más largo. */
    c.puestos = c.contestado = false;
    as_task *otro = as_spawn(&grupo, "mentiroso", insiste, &c);
    for (int64_t ms = 40; !c.puestos; ms *= 2) {
        as_scope_enter(&plazo, ms);
        cr_assert_eq(
            as_scope_leave(&plazo, as_pg_query(c.m.pool, "select 1", NULL, 0, NULL)),
            UV_ETIMEDOUT);
    }
    cr_assert_not(c.contestado, "esperó a que acabara");
    as_pg_close(c.m.pool);
    BIEN(as_await(otro));
    as_cancel(corazon);
    BIEN(as_group_leave(&grupo, 0));
    as_listener_close(c.m.oyente);
    return 0;
}

PRUEBA(pg_mentiroso, las_vueltas_que_pida_para_entrar_no_paran_el_bucle)
{
    cr_assert_eq(as_run(calcula, NULL), 0);
}

/* ---- Un saludo que no acaba ------------------------------------------------------------ */

/* Contesta que sí a TLS, y manda HelloRequest sin cifrar, cada uno en su registro, hasta que se cansan
 * de él. El cliente, que está saludando, no les hace caso. En un hilo: si no, pararía con el bucle. */
static void *saluda_sin_fin(void *arg)
{
    static char registros[50000][9];
    char hola[1024];
    ssize_t n = 0;

    for (size_t i = 0; i < sizeof registros / sizeof *registros; i++)
        memcpy(registros[i], "\x16\x03\x03\0\x04\0\0\0", 9);
    int fd = accept(*(int *)arg, NULL, NULL);
    /* A quien cortó con la ventana cerrada el núcleo le espera un minuto. */
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){.tv_sec = 1},
               sizeof(struct timeval));
    if (recv(fd, hola, sizeof hola, 0) > 0 && send(fd, "S", 1, MSG_NOSIGNAL) == 1 &&
        recv(fd, hola, sizeof hola, 0) > 0) {
        while (n >= 0)
            n = send(fd, registros, sizeof registros, MSG_NOSIGNAL);
    }
    close(fd);
    return NULL;
}

static int saluda(void *arg)
{
    const char *conninfo = arg;
    as_pg *pool;
    as_scope plazo;

    BIEN(as_pg_new(conninfo, NULL, &pool));
    as_scope_enter(&plazo, 200);
    cr_assert_eq(as_scope_leave(&plazo, as_pg_query(pool, "select 1", NULL, 0, NULL)),
                 UV_ETIMEDOUT);
    as_pg_close(pool);
    return 0;
}

PRUEBA(pg_mentiroso, un_saludo_que_no_acaba_ni_para_el_bucle_ni_se_queda_con_el_hilo)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t largo = sizeof donde;
    char conninfo[160];
    pthread_t hilo;
    int oyente = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_eq(bind(oyente, (struct sockaddr *)&donde, sizeof donde), 0);
    cr_assert_eq(listen(oyente, 1), 0);
    getsockname(oyente, (struct sockaddr *)&donde, &largo);
    snprintf(conninfo, sizeof conninfo,
             "host=127.0.0.1 port=%d user=x dbname=x sslmode=require gssencmode=disable",
             ntohs(donde.sin_port));
    cr_assert_eq(pthread_create(&hilo, NULL, saluda_sin_fin, &oyente), 0);
    cr_assert_eq(as_run(saluda, conninfo), 0);
    pthread_join(hilo, NULL); /* si le siguieran leyendo, no acabaría */
    close(oyente);
}
