/* Un servidor que habla como PostgreSQL, cifrado, y que no calla. Cifra con la libssl que traen libpq y
 * libcurl, a la que se busca al ejecutar: las pruebas no se enlazan con ella. */
#include "prueba.h"

#include "autoridad.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

TestSuite(pg_tls, .timeout = 60);

enum { CLAVES = 60000, PEM = 1, PIDE_OTRA = 0 };

typedef void *nuevo_fn(void *);
typedef void *metodo_fn(void);
typedef int archivo_fn(void *, const char *, int);
typedef int paso_fn(void *);
typedef int numero_fn(void *, int);
typedef int datos_fn(void *, void *, int);
typedef void pone_fn(void *, void *);
typedef void suelta_fn(void *);

#define SSL(tipo, nombre) ((tipo *)dlsym(RTLD_DEFAULT, #nombre))

struct tls {
    int oyente;
    char carpeta[64];
};

static bool hay_tls(void)
{
    return dlsym(RTLD_DEFAULT, "SSL_key_update") && dlsym(RTLD_DEFAULT, "SSL_set0_wbio");
}

static void envia_bio(int fd, void *bio)
{
    char bloque[16384];
    int n;

    while ((n = SSL(datos_fn, BIO_read)(bio, bloque, sizeof bloque)) > 0 &&
           send(fd, bloque, (size_t)n, MSG_NOSIGNAL) == n)
        continue;
}

/* Contesta a la primera consulta con una respuesta vacía, tras cambiar muchas veces de clave. Todo se
 * cifra antes y se manda de golpe: así llega más deprisa de lo que se lee. */
static void responde(int fd, void *ssl)
{
    static char entra[] = "R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I",
                nada[] = "I\0\0\0\x04Z\0\0\0\x05I";
    char texto[1024];

    if (SSL(paso_fn, SSL_accept)(ssl) != 1 ||
        SSL(datos_fn, SSL_read)(ssl, texto, sizeof texto) <= 0)
        return;
    SSL(datos_fn, SSL_write)(ssl, entra, sizeof entra - 1);
    if (SSL(datos_fn, SSL_read)(ssl, texto, sizeof texto) <= 0)
        return;
    void *bio = SSL(nuevo_fn, BIO_new)(SSL(metodo_fn, BIO_s_mem)());
    SSL(pone_fn, SSL_set0_wbio)(ssl, bio);
    for (int i = 0; i < CLAVES; i++) {
        SSL(numero_fn, SSL_key_update)(ssl, PIDE_OTRA);
        SSL(paso_fn, SSL_do_handshake)(ssl);
    }
    SSL(datos_fn, SSL_write)(ssl, nada, sizeof nada - 1);
    envia_bio(fd, bio);
    (void)!recv(fd, texto, sizeof texto, 0); /* la despedida */
}

static void *sirve(void *arg)
{
    const struct tls *t = arg;
    char pem[96], key[96], texto[64];
    void *contexto = SSL(nuevo_fn, SSL_CTX_new)(SSL(metodo_fn, TLS_server_method)());

    snprintf(pem, sizeof pem, "%s/base.pem", t->carpeta);
    snprintf(key, sizeof key, "%s/base.key", t->carpeta);
    SSL(archivo_fn, SSL_CTX_use_certificate_file)(contexto, pem, PEM);
    SSL(archivo_fn, SSL_CTX_use_PrivateKey_file)(contexto, key, PEM);
    int fd = accept(t->oyente, NULL, NULL);
    void *ssl = SSL(nuevo_fn, SSL_new)(contexto);
    SSL(numero_fn, SSL_set_fd)(ssl, fd);
    if (recv(fd, texto, sizeof texto, 0) > 0 && send(fd, "S", 1, MSG_NOSIGNAL) == 1)
        responde(fd, ssl);
    SSL(suelta_fn, SSL_free)(ssl);
    SSL(suelta_fn, SSL_CTX_free)(contexto);
    close(fd);
    return NULL;
}

/* En ns del procesador que gasta este hilo: que la máquina esté ocupada no cuenta. */
static uint64_t gastado(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

struct corazon {
    uint64_t ultimo, hueco; /* la última vez que latió, y lo más que tardó en latir */
    uint64_t total;         /* lo que gastó mientras latía */
};

static int late(void *arg)
{
    struct corazon *c = arg;

    while (as_sleep(2) == 0) {
        uint64_t ahora = gastado();
        if (c->ultimo && ahora - c->ultimo > c->hueco)
            c->hueco = ahora - c->ultimo;
        c->total += c->ultimo ? ahora - c->ultimo : 0;
        c->ultimo = ahora;
    }
    return 0;
}

static int consulta(void *arg)
{
    struct corazon c = {0};
    as_group grupo;
    as_pg *pool;

    BIEN(as_pg_new(arg, NULL, &pool));
    as_group_enter(&grupo);
    as_task *corazon = as_spawn(&grupo, "corazón", late, &c);
    BIEN(as_pg_query(pool, "select 1", NULL, 0, NULL));
    BIEN(as_sleep(5)); /* que el corazón cuente el último hueco */
    as_cancel(corazon);
    BIEN(as_group_leave(&grupo, 0));
    as_pg_close(pool);
    /* Contra el total: con valgrind o ThreadSanitizer todo cuesta decenas de veces más. */
    cr_assert_lt(c.hueco, c.total / 2, "el bucle se paró %d ms de %d",
                 (int)(c.hueco / 1000000), (int)(c.total / 1000000));
    return 0;
}

PRUEBA(pg_tls, quien_cambia_de_clave_sin_parar_no_para_el_bucle)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t largo = sizeof donde;
    struct tls t = {.oyente = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                    .carpeta = "/tmp/pg-tls-XXXXXX"};
    char conninfo[160], orden[96];
    pthread_t hilo;

    EXIGE_OPENSSL();
    if (!hay_tls())
        cr_skip_test("libpq no cifra con OpenSSL");
    cr_assert_not_null(mkdtemp(t.carpeta));
    autoridad_crea(t.carpeta, "base", "IP:127.0.0.1");
    cr_assert_eq(bind(t.oyente, (struct sockaddr *)&donde, sizeof donde), 0);
    cr_assert_eq(listen(t.oyente, 1), 0);
    getsockname(t.oyente, (struct sockaddr *)&donde, &largo);
    snprintf(conninfo, sizeof conninfo,
             "host=127.0.0.1 port=%d user=x dbname=x sslmode=require gssencmode=disable",
             ntohs(donde.sin_port));
    cr_assert_eq(pthread_create(&hilo, NULL, sirve, &t), 0);
    cr_assert_eq(as_run(consulta, conninfo), 0);
    pthread_join(hilo, NULL);
    close(t.oyente);
    snprintf(orden, sizeof orden, "rm -r %s", t.carpeta);
    cr_assert_eq(system(orden), 0);
}
