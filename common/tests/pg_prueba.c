#include "pg_prueba.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "pg/internal.h"

/* ---- El entorno --------------------------------------------------------------------- */

void necesita_pg(void)
{
    if (!getenv("ASINC_PG_CLUSTER"))
        cr_skip_test("PostgreSQL no está instalado");
}

void servidor_sin_prisa(void)
{
    as__pg_give_up_ms = 30000;
}

static int nada(void *arg)
{
    (void)arg;
    return 0;
}

as_pg *abre_pool(const char *conninfo, size_t max)
{
    as_pg *pool;

    BIEN(as_pg_new(conninfo, &(as_pg_options){.max_connections = max}, &pool));
    return pool;
}

struct envoltorio {
    struct pg_entorno e;
    size_t max;
};

static int prepara_y_corre(void *arg)
{
    struct envoltorio *v = arg;

    v->e.pool = abre_pool(v->e.conninfo, v->max);
    hace(v->e.pool, "create schema prueba_%d", (int)getpid());
    int rc = v->e.fn(&v->e);
    as_pg_close(v->e.pool);
    return rc;
}

void con_pg(int (*fn)(struct pg_entorno *e), size_t max, void *arg)
{
    struct envoltorio v = {.e = {.fn = fn, .arg = arg}, .max = max};

    necesita_pg();
    snprintf(v.e.conninfo, sizeof v.e.conninfo,
             "application_name=prueba_%d options='-c search_path=prueba_%d'",
             (int)getpid(), (int)getpid());
    CORRE(nada, NULL, 0); /* lo que libuv abre una vez y ya no cierra */
    int antes = descriptores();
    CORRE(prepara_y_corre, &v, 0);
    cr_assert_eq(descriptores(), antes, "quedaron descriptores abiertos");
}

/* ---- Consultas cortas --------------------------------------------------------------- */

static as_pg_result *consulta(as_pg *pool, const char *sql, va_list args)
{
    char *texto;
    as_pg_result *r;

    cr_assert_geq(vasprintf(&texto, sql, args), 0);
    int rc = as_pg_query(pool, texto, NULL, 0, &r);
    cr_assert_eq(rc, 0, "«%s»: %s", texto, as_error_text(rc));
    free(texto);
    return r;
}

void hace(as_pg *pool, const char *sql, ...)
{
    va_list args;

    va_start(args, sql);
    as_pg_result_free(consulta(pool, sql, args));
    va_end(args);
}

static long primera_casilla(as_pg_result *r)
{
    const char *valor = as_pg_value(r, 0, 0);

    cr_assert_not_null(valor);
    long n = strtol(valor, NULL, 10);
    as_pg_result_free(r);
    return n;
}

long numero(as_pg *pool, const char *sql, ...)
{
    va_list args;

    va_start(args, sql);
    as_pg_result *r = consulta(pool, sql, args);
    va_end(args);
    return primera_casilla(r);
}

long proceso_de(as_pg_connection *c)
{
    as_pg_result *r;

    int rc = as_pg_query_on(c, "select pg_backend_pid()", NULL, 0, &r);
    cr_assert_eq(rc, 0, "%s", as_error_text(rc));
    return primera_casilla(r);
}

void espera_numero(as_pg *pool, const char *sql, long esperado)
{
    while (numero(pool, "%s", sql) != esperado)
        ;
}

void crea_cita(as_pg *pool)
{
    hace(pool, "create sequence llegadas minvalue 0 start 0;"
               "select nextval('llegadas');" /* last_value cuenta a partir de aquí */
               "create function cita(n int) returns void language plpgsql as $$"
               "begin"
               "  perform nextval('llegadas');"
               "  while (select last_value from llegadas) < n loop"
               "    perform pg_sleep(0.001);"
               "  end loop;"
               "end $$");
}

/* ---- El puente ---------------------------------------------------------------------- */

struct enlace {
    struct puente *puente;
    int tcp;
};

static int conecta_al_servidor(const struct puente *p)
{
    struct sockaddr_un donde = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    strcpy(donde.sun_path, p->servidor);
    if (connect(fd, (struct sockaddr *)&donde, sizeof donde) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

bool puente_tiene_servidor(const struct puente *p)
{
    int fd = conecta_al_servidor(p);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool traslada(int de, int a)
{
    char datos[65536];
    ssize_t n = recv(de, datos, sizeof datos, 0), hecho = 0;

    while (hecho < n) {
        ssize_t m = send(a, datos + hecho, (size_t)(n - hecho), MSG_NOSIGNAL);
        if (m < 0)
            return false;
        hecho += m;
    }
    return n > 0;
}

/* La petición de cifrar son 8 bytes, y la respuesta una letra. */
static bool acepta_cifrar(int tcp)
{
    char peticion[8];

    return recv(tcp, peticion, sizeof peticion, MSG_WAITALL) == sizeof peticion &&
           send(tcp, "S", 1, MSG_NOSIGNAL) == 1;
}

static void *enlaza(void *arg)
{
    struct enlace *enlace = arg;
    struct puente *p = enlace->puente;
    int fds[2] = {enlace->tcp, conecta_al_servidor(p)};
    bool sigue = fds[1] >= 0 && (!p->tls || acepta_cifrar(fds[0]));

    while (sigue && !atomic_load(&p->cerrando) && atomic_load(&p->modo) != CORTA) {
        struct pollfd mira[2] = {{.fd = fds[0], .events = POLLIN},
                                 {.fd = fds[1], .events = POLLIN}};
        if (atomic_load(&p->modo) == CONGELA || atomic_load(&p->modo) == ENMUDECE) {
            usleep(1000);
            continue;
        }
        poll(mira, 2, 1);
        for (int i = 0; i < 2 && sigue; i++) {
            if (mira[i].revents)
                sigue = traslada(fds[i], fds[!i]);
        }
    }
    if (atomic_load(&p->modo) == CORTA) {
        struct linger corte = {.l_onoff = 1};
        setsockopt(fds[0], SOL_SOCKET, SO_LINGER, &corte, sizeof corte);
    }
    close(fds[0]);
    if (fds[1] >= 0)
        close(fds[1]);
    free(enlace);
    atomic_fetch_sub(&p->vivos, 1);
    return NULL;
}

static void *acepta(void *arg)
{
    struct puente *p = arg;
    pthread_t hilo;
    int fd;

    while ((fd = accept4(p->escucha, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        while (atomic_load(&p->modo) == ENMUDECE && !atomic_load(&p->cerrando))
            usleep(1000);
        struct enlace *enlace = malloc(sizeof *enlace);
        *enlace = (struct enlace){p, fd};
        atomic_fetch_add(&p->vivos, 1);
        atomic_fetch_add(&p->llegadas, 1);
        pthread_create(&hilo, NULL, enlaza, enlace);
        pthread_detach(hilo);
    }
    return NULL;
}

static struct sockaddr_in direccion(int puerto)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)puerto),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Llama a la puerta. En la propia máquina se sabe enseguida si cabe. */
static bool cabe_otro(const struct puente *p, int *fd)
{
    struct sockaddr_in donde = direccion(p->puerto);

    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    cr_assert_geq(*fd, 0);
    if (connect(*fd, (struct sockaddr *)&donde, sizeof donde) == 0)
        return true;
    cr_assert_eq(errno, EINPROGRESS);
    return poll(&(struct pollfd){.fd = *fd, .events = POLLOUT}, 1, 100) == 1;
}

void puente_enmudece(struct puente *p)
{
    int i = 0;

    atomic_store(&p->modo, ENMUDECE);
    cr_assert_eq(listen(p->escucha, 0), 0);
    while (cabe_otro(p, &p->puerta[i]))
        cr_assert_lt(++i, EN_LA_PUERTA, "la puerta no se llena");
}

struct puente *puente_abre(int modo)
{
    struct puente *p = calloc(1, sizeof *p);
    struct sockaddr_in donde = direccion(0);
    socklen_t largo = sizeof donde;

    atomic_store(&p->modo, modo);
    snprintf(p->servidor, sizeof p->servidor, "%s/.s.PGSQL.5432", getenv("PGHOST"));
    p->escucha = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(p->escucha, (struct sockaddr *)&donde, sizeof donde), 0);
    cr_assert_eq(listen(p->escucha, 128), 0);
    getsockname(p->escucha, (struct sockaddr *)&donde, &largo);
    p->puerto = ntohs(donde.sin_port);
    cr_assert_eq(pthread_create(&p->aceptador, NULL, acepta, p), 0);
    return p;
}

void puente_cierra(struct puente *p)
{
    atomic_store(&p->cerrando, true);
    shutdown(p->escucha, SHUT_RDWR);
    pthread_join(p->aceptador, NULL);
    close(p->escucha);
    for (int i = 0; i < EN_LA_PUERTA && p->puerta[i] > 0; i++)
        close(p->puerta[i]);
    while (atomic_load(&p->vivos) > 0)
        usleep(500);
    free(p);
}
