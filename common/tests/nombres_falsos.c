#include "nombres_falsos.h"

#include "prueba.h"

#include <ares.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

atomic_int nombres_preguntados, nombres_por_tcp;
atomic_int nombres_preguntados_por_libcurl;
atomic_int nombres_lentos_en_curso, nombres_mudos_en_curso;
int nombres_plazo_ms = 30000;
bool nombres_sin_servidor;
const char *nombres_nsswitch, *nombres_resolv_conf;

enum { CABECERA = 12, TIPO_A = 1, TIPO_AAAA = 28, CABE_EN_UDP = 512, MUCHAS = 60 };
enum { NO_EXISTE = 3, NO_PUEDE = 2, TRUNCADA = 0x02 };

static int udp = -1, tcp = -1, aviso = -1, puerto;
static atomic_bool sueltos;

/* Una pregunta que espera a nombres_suelta(). */
struct apartada {
    struct sockaddr_in de;
    size_t tamano;
    unsigned char mensaje[512];
};
static struct apartada apartadas[64];
static size_t cuantas;

void nombres_suelta(void)
{
    uint64_t uno = 1;

    atomic_store(&sueltos, true);
    if (puerto != 0) /* si no, nadie ha preguntado aún */
        cr_assert_eq(write(aviso, &uno, sizeof uno), (ssize_t)sizeof uno);
}

/* ---- Contestar ---------------------------------------------------------------------- */

struct pregunta {
    char nombre[256];
    int tipo;
    size_t final; /* dónde acaba en el mensaje */
};

static bool entiende(const unsigned char *m, size_t n, struct pregunta *p)
{
    size_t i = CABECERA, largo = 0;

    while (i < n && m[i] != 0) {
        size_t trozo = m[i++];
        if (i + trozo >= n || largo + trozo + 2 > sizeof p->nombre)
            return false;
        memcpy(p->nombre + largo, m + i, trozo);
        largo += trozo;
        p->nombre[largo++] = '.';
        i += trozo;
    }
    if (i + 5 > n || largo == 0)
        return false;
    p->nombre[largo - 1] = '\0';
    p->tipo = m[i + 1] << 8 | m[i + 2];
    p->final = i + 5;
    return true;
}

static bool acaba_en(const char *texto, const char *final)
{
    size_t a = strlen(texto), b = strlen(final);

    return a >= b && strcasecmp(texto + a - b, final) == 0;
}

static bool es(const struct pregunta *p, const char *nombre)
{
    return strcasecmp(p->nombre, nombre) == 0;
}

static size_t anade(unsigned char *m, size_t n, const struct pregunta *p, int ultimo)
{
    const unsigned char comun[] = {0xc0, CABECERA, 0, (unsigned char)p->tipo,
                                   0,    1,        0, 0,
                                   0,    60,       0, p->tipo == TIPO_A ? 4 : 16};

    memcpy(m + n, comun, sizeof comun);
    n += sizeof comun;
    if (p->tipo == TIPO_A) {
        memcpy(m + n, (unsigned char[]){127, 0, 0, (unsigned char)ultimo}, 4);
        n += 4;
    } else {
        memcpy(m + n, &in6addr_loopback, 16);
        n += 16;
    }
    m[7]++; /* una respuesta más */
    return n;
}

static int direcciones(const struct pregunta *p)
{
    if (es(p, "dos.prueba") || es(p, "tarde.prueba"))
        return 1;
    if (es(p, "seis.prueba") || es(p, "coja6.prueba"))
        return p->tipo == TIPO_AAAA;
    if (p->tipo != TIPO_A)
        return 0;
    if (es(p, "muchas.prueba"))
        return MUCHAS;
    if (es(p, "tres.prueba"))
        return 3;
    return es(p, "coja.prueba") || acaba_en(p->nombre, "bien.prueba") ||
           es(p, "lento.prueba") || es(p, "vacio.prueba");
}

static bool existe(const struct pregunta *p)
{
    struct pregunta a = *p, aaaa = *p;

    a.tipo = TIPO_A;
    aaaa.tipo = TIPO_AAAA;
    return direcciones(&a) + direcciones(&aaaa) > 0 || es(p, "sin.prueba");
}

/* Convierte la pregunta en su respuesta y devuelve su tamaño. */
static size_t contesta(unsigned char *m, const struct pregunta *p, bool por_udp)
{
    size_t n = p->final;

    m[2] = 0x81; /* es una respuesta */
    m[3] = es(p, "roto.prueba") ? NO_PUEDE : existe(p) ? 0 : NO_EXISTE;
    memset(m + 6, 0, 6);
    for (int i = direcciones(p); i > 0; i--)
        n = anade(m, n, p, i);
    if (es(p, "basura.prueba"))
        memset(m + CABECERA, 0xff, n - CABECERA);
    if (por_udp && n > CABE_EN_UDP) {
        m[2] |= TRUNCADA;
        m[7] = 0;
        n = p->final;
    }
    return n;
}

static bool apuntala(const struct pregunta *p)
{
    if (p->tipo == TIPO_A)
        atomic_fetch_add(&nombres_preguntados, 1);
    if (p->tipo == TIPO_A && acaba_en(p->nombre, ".mudo.prueba"))
        atomic_fetch_add(&nombres_mudos_en_curso, 1);
    if (p->tipo == TIPO_A && es(p, "lento.prueba"))
        atomic_fetch_add(&nombres_lentos_en_curso, 1);
    return !acaba_en(p->nombre, ".mudo.prueba") &&
           !(es(p, "coja.prueba") && p->tipo == TIPO_AAAA) &&
           !(es(p, "coja6.prueba") && p->tipo == TIPO_A);
}

static void atiende_udp(void)
{
    unsigned char m[4096];
    struct sockaddr_in de;
    socklen_t largo = sizeof de;
    struct pregunta p;

    ssize_t n = recvfrom(udp, m, CABE_EN_UDP, 0, (struct sockaddr *)&de, &largo);
    if (n < CABECERA || !entiende(m, (size_t)n, &p) || !apuntala(&p))
        return;
    bool espera = es(&p, "lento.prueba") ||
                  (es(&p, "tarde.prueba") && p.tipo == TIPO_AAAA);
    if (espera && !atomic_load(&sueltos)) {
        apartadas[cuantas] = (struct apartada){.de = de, .tamano = (size_t)n};
        memcpy(apartadas[cuantas++].mensaje, m, (size_t)n);
        return;
    }
    if (es(&p, "vacio.prueba"))
        sendto(udp, m, 0, 0, (struct sockaddr *)&de, largo);
    sendto(udp, m, contesta(m, &p, true), 0, (struct sockaddr *)&de, largo);
}

static void contesta_apartadas(void)
{
    unsigned char m[4096];
    struct pregunta p;

    while (cuantas > 0) {
        struct apartada *a = &apartadas[--cuantas];
        memcpy(m, a->mensaje, a->tamano);
        if (entiende(m, a->tamano, &p))
            sendto(udp, m, contesta(m, &p, true), 0, (struct sockaddr *)&a->de,
                   sizeof a->de);
    }
}

/* Con el tamaño delante; la respuesta, a trozos, como puede llegar de verdad. */
static void atiende_tcp(void)
{
    unsigned char m[2 + 4096];
    struct pregunta p;

    int fd = accept(tcp, NULL, NULL);
    if (recv(fd, m, 2, MSG_WAITALL) == 2) {
        size_t n = (size_t)(m[0] << 8 | m[1]);
        if (n <= CABE_EN_UDP && recv(fd, m + 2, n, MSG_WAITALL) == (ssize_t)n &&
            entiende(m + 2, n, &p)) {
            atomic_fetch_add(&nombres_por_tcp, 1);
            n = contesta(m + 2, &p, false);
            m[0] = (unsigned char)(n >> 8);
            m[1] = (unsigned char)n;
            for (size_t i = 0, trozo; i < n + 2; i += trozo) {
                trozo = n + 2 - i < 100 ? n + 2 - i : 100;
                send(fd, m + i, trozo, MSG_NOSIGNAL);
            }
        }
    }
    close(fd);
}

static void *servidor(void *arg)
{
    struct pollfd mira[] = {{udp, POLLIN, 0}, {tcp, POLLIN, 0}, {aviso, POLLIN, 0}};
    uint64_t visto;

    for (;;) {
        poll(mira, 3, -1);
        if (mira[0].revents)
            atiende_udp();
        if (mira[1].revents)
            atiende_tcp();
        if (mira[2].revents && read(aviso, &visto, sizeof visto) > 0)
            contesta_apartadas();
    }
    return arg;
}

/* ---- Ponerse en medio --------------------------------------------------------------- */

/* Desde el principio ocupa los descriptores que usará: hay pruebas que los cuentan. */
__attribute__((constructor)) static void aparta_descriptores(void)
{
    udp = open("/dev/null", O_RDONLY | O_CLOEXEC);
    tcp = open("/dev/null", O_RDONLY | O_CLOEXEC);
    aviso = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void pon(int fd, int apartado)
{
    cr_assert_geq(fd, 0);
    dup3(fd, apartado, O_CLOEXEC);
    close(fd);
}

/* El mismo puerto en los dos protocolos. */
static void abre_sockets(void)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t largo = sizeof donde;

    do {
        donde.sin_port = 0;
        pon(socket(AF_INET, SOCK_DGRAM, 0), udp);
        pon(socket(AF_INET, SOCK_STREAM, 0), tcp);
        cr_assert_eq(bind(udp, (struct sockaddr *)&donde, sizeof donde), 0);
        getsockname(udp, (struct sockaddr *)&donde, &largo);
    } while (bind(tcp, (struct sockaddr *)&donde, sizeof donde) != 0 ||
             listen(tcp, 16) != 0);
    puerto = ntohs(donde.sin_port);
    pon(eventfd(0, EFD_NONBLOCK), aviso);
}

static void abre_servidor(void)
{
    pthread_attr_t suelto;
    pthread_t hilo;
    sigset_t todas, antes;

    abre_sockets();
    sigfillset(&todas);
    pthread_sigmask(SIG_BLOCK, &todas, &antes); /* las señales son para las pruebas */
    pthread_attr_init(&suelto);
    pthread_attr_setdetachstate(&suelto, PTHREAD_CREATE_DETACHED);
    cr_assert_eq(pthread_create(&hilo, &suelto, servidor, NULL), 0);
    pthread_attr_destroy(&suelto);
    pthread_sigmask(SIG_SETMASK, &antes, NULL);
}

/* El enlazador prefiere estas a las de las bibliotecas. La de c-ares no se declara igual en todas
 * sus versiones: aquí solo lleva su nombre para el enlazador. */
int init_falso(ares_channel *canal, const struct ares_options *opciones,
               int mascara) __asm__("ares_init_options");

int init_falso(ares_channel *canal, const struct ares_options *opciones, int mascara)
{
    typedef int init_fn(ares_channel *, const struct ares_options *, int);
    static pid_t de; /* un proceso hijo no hereda el hilo */
    struct ares_options suyas = *opciones;
    char donde[32];

    if (de != getpid()) {
        abre_servidor();
        de = getpid();
    }
    init_fn *real = (init_fn *)dlsym(RTLD_NEXT, "ares_init_options");
    suyas.timeout = nombres_plazo_ms;
    int rc = real(canal, &suyas, mascara | ARES_OPT_TIMEOUTMS);
    /* En el puerto 1, de tcpmux, no hay nadie. */
    snprintf(donde, sizeof donde, "127.0.0.1:%d", nombres_sin_servidor ? 1 : puerto);
    if (rc == ARES_SUCCESS) {
        rc = ares_set_servers_ports_csv(*canal, donde);
        if (rc != ARES_SUCCESS)
            ares_destroy(*canal);
    }
    return rc;
}

FILE *fopen(const char *ruta, const char *modo)
{
    typedef FILE *fopen_fn(const char *, const char *);
    const char *texto = strcmp(ruta, "/etc/nsswitch.conf") == 0 ? nombres_nsswitch
                        : strcmp(ruta, "/etc/resolv.conf") == 0 ? nombres_resolv_conf
                                                                : NULL;
    fopen_fn *real = (fopen_fn *)dlsym(RTLD_NEXT, "fopen");

    return texto ? fmemopen((char *)texto, strlen(texto), modo) : real(ruta, modo);
}

int getaddrinfo(const char *nombre, const char *servicio, const struct addrinfo *pistas,
                struct addrinfo **salida)
{
    typedef int getaddrinfo_fn(const char *, const char *, const struct addrinfo *,
                               struct addrinfo **);
    getaddrinfo_fn *real = (getaddrinfo_fn *)dlsym(RTLD_NEXT, "getaddrinfo");

    if (nombre && acaba_en(nombre, ".prueba"))
        atomic_fetch_add(&nombres_preguntados_por_libcurl, 1);
    return real(nombre, servicio, pistas, salida);
}
