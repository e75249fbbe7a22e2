#include "servidor.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Vida --------------------------------------------------------------------------- */

static void *corre_conexion(void *arg)
{
    struct conexion *c = arg;

    c->servidor->atiende(c);
    cuelga(c, false);
    return NULL;
}

static void *acepta(void *arg)
{
    struct servidor *s = arg;

    for (;;) {
        int fd = accept(s->escucha, NULL, NULL);
        if (fd < 0 && errno == EMFILE) { /* hay una prueba que agota los descriptores */
            usleep(1000);
            continue;
        }
        if (fd < 0)
            return NULL;
        int si = 1; /* sin esto, cada respuesta en dos envíos tardaría 40 ms */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &si, sizeof si);
        struct conexion *c = calloc(1, sizeof *c);
        c->servidor = s;
        c->fd = fd;
        c->numero = atomic_fetch_add(&s->conexiones, 1);
        pthread_mutex_lock(&s->cerrojo);
        c->siguiente = s->vivas;
        s->vivas = c;
        pthread_mutex_unlock(&s->cerrojo);
        pthread_create(&c->hilo, NULL, corre_conexion, c);
    }
}

struct servidor *servidor_abre(atiende_fn *atiende, void *arg)
{
    struct servidor *s = calloc(1, sizeof *s);
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t largo = sizeof donde;

    signal(SIGPIPE, SIG_IGN);
    s->atiende = atiende;
    s->arg = arg;
    pthread_mutex_init(&s->cerrojo, NULL);
    s->escucha = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(s->escucha, (struct sockaddr *)&donde, sizeof donde), 0);
    cr_assert_eq(listen(s->escucha, 512), 0);
    getsockname(s->escucha, (struct sockaddr *)&donde, &largo);
    s->puerto = ntohs(donde.sin_port);
    cr_assert_eq(pthread_create(&s->aceptador, NULL, acepta, s), 0);
    return s;
}

void servidor_cierra(struct servidor *s)
{
    shutdown(s->escucha, SHUT_RDWR);
    pthread_join(s->aceptador, NULL);
    close(s->escucha);
    pthread_mutex_lock(&s->cerrojo);
    s->cerrando = true;
    for (struct conexion *c = s->vivas; c; c = c->siguiente) {
        if (!c->cerrada)
            shutdown(c->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&s->cerrojo);
    while (s->vivas) {
        struct conexion *c = s->vivas;
        s->vivas = c->siguiente;
        pthread_join(c->hilo, NULL);
        free(c->peticion);
        free(c);
    }
    pthread_mutex_destroy(&s->cerrojo);
    free(s);
}

const char *url_en(const struct servidor *s, const char *maquina, const char *ruta)
{
    static _Thread_local char textos[16][512]; /* cada hilo, los suyos */
    static _Thread_local unsigned turno;
    char *texto = textos[turno++ % 16];

    snprintf(texto, sizeof textos[0], "http://%s:%d%s", maquina, s->puerto, ruta);
    return texto;
}

const char *url(const struct servidor *s, const char *ruta)
{
    return url_en(s, "127.0.0.1", ruta);
}

/* ---- Atender ------------------------------------------------------------------------ */

static size_t cuerpo_anunciado(const char *cabeza)
{
    const char *p = strcasestr(cabeza, "\r\nContent-Length:");

    return p ? strtoul(p + 17, NULL, 10) : 0;
}

bool lee_peticion(struct conexion *c)
{
    size_t capacidad = 4096, falta = 1;
    char *fin = NULL;

    free(c->peticion);
    c->peticion = malloc(capacidad);
    c->tamano = 0;
    while (falta > 0) {
        if (c->tamano + 1 == capacidad)
            c->peticion = realloc(c->peticion, capacidad *= 2);
        ssize_t n = recv(c->fd, c->peticion + c->tamano, capacidad - 1 - c->tamano, 0);
        if (n <= 0)
            return false;
        c->tamano += (size_t)n;
        c->peticion[c->tamano] = '\0';
        fin = strstr(c->peticion, "\r\n\r\n");
        if (fin) {
            size_t total = (size_t)(fin + 4 - c->peticion) +
                           cuerpo_anunciado(c->peticion);
            falta = total > c->tamano ? total - c->tamano : 0;
        }
    }
    c->cuerpo = fin + 4;
    atomic_fetch_add(&c->servidor->peticiones, 1);
    return true;
}

bool pide(const struct conexion *c, const char *texto)
{
    return strstr(c->peticion, texto) != NULL;
}

bool envia(struct conexion *c, const void *datos, size_t tamano)
{
    const char *p = datos;

    while (tamano > 0) {
        ssize_t n = send(c->fd, p, tamano, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        p += n;
        tamano -= (size_t)n;
    }
    return true;
}

bool envia_texto(struct conexion *c, const char *texto)
{
    return envia(c, texto, strlen(texto));
}

static void responde_bytes(struct conexion *c, int estado, const char *cabeceras,
                           const char *cuerpo, size_t tamano)
{
    char cabeza[2048];
    int n = snprintf(cabeza, sizeof cabeza,
                     "HTTP/1.1 %d Prueba\r\n%sContent-Length: %zu\r\n\r\n", estado,
                     cabeceras, tamano);

    envia(c, cabeza, (size_t)n);
    envia(c, cuerpo, tamano);
}

void responde(struct conexion *c, int estado, const char *cabeceras, const char *cuerpo)
{
    responde_bytes(c, estado, cabeceras, cuerpo, strlen(cuerpo));
}

void responde_eco(struct conexion *c)
{
    responde_bytes(c, 200, "", c->peticion, c->tamano);
}

void cuelga(struct conexion *c, bool de_golpe)
{
    struct linger golpe = {.l_onoff = 1, .l_linger = 0};

    pthread_mutex_lock(&c->servidor->cerrojo);
    if (!c->cerrada) {
        if (de_golpe)
            setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &golpe, sizeof golpe);
        close(c->fd);
        c->cerrada = true;
    }
    pthread_mutex_unlock(&c->servidor->cerrojo);
}

/* El descriptor del cliente, que es de este mismo proceso; -1 si ya lo cerró. */
static int el_del_cliente(const struct conexion *c)
{
    struct sockaddr_in suya, a;
    socklen_t largo = sizeof suya;

    if (getpeername(c->fd, (struct sockaddr *)&suya, &largo) < 0)
        return -1;
    for (int fd = 0; fd < 1024; fd++) {
        largo = sizeof a;
        if (getsockname(fd, (struct sockaddr *)&a, &largo) == 0 &&
            a.sin_family == AF_INET && a.sin_port == suya.sin_port)
            return fd;
    }
    return -1;
}

void espera_a_que_lo_lea(const struct conexion *c)
{
    int por_llegar = 1, por_leer = 0, fd;

    while ((fd = el_del_cliente(c)) >= 0 && ioctl(c->fd, SIOCOUTQ, &por_llegar) == 0 &&
           (por_llegar > 0 || (ioctl(fd, FIONREAD, &por_leer) == 0 && por_leer > 0)))
        usleep(200);
}

void espera_permiso(struct conexion *c, int valor)
{
    struct servidor *s = c->servidor;
    bool cerrando = false;

    while (atomic_load(&s->suelta) < valor && !cerrando) {
        usleep(200);
        pthread_mutex_lock(&s->cerrojo);
        cerrando = s->cerrando;
        pthread_mutex_unlock(&s->cerrojo);
    }
}

void atiende_eco(struct conexion *c)
{
    while (lee_peticion(c))
        responde_eco(c);
}

void atiende_mudo(struct conexion *c)
{
    while (lee_peticion(c))
        ;
}

/* ---- La prueba ---------------------------------------------------------------------- */

static int con_cliente(void *arg)
{
    struct entorno *e = arg;

    int rc = as_http_new(&e->opciones, &e->http);
    cr_assert_eq(rc, 0, "%s", as_strerror(rc));
    rc = e->cuerpo(e);
    as_http_close(e->http);
    return rc;
}

void con_servidor_y(atiende_fn *atiende, int (*cuerpo)(struct entorno *e), void *arg,
                    as_http_options opciones)
{
    struct entorno e = {.servidor = servidor_abre(atiende, arg),
                        .arg = arg,
                        .cuerpo = cuerpo,
                        .opciones = opciones};

    CORRE(con_cliente, &e, 0);
    servidor_cierra(e.servidor);
}

void con_servidor(atiende_fn *atiende, int (*cuerpo)(struct entorno *e))
{
    con_servidor_y(atiende, cuerpo, NULL, (as_http_options){0});
}

void espera_a(const atomic_int *contador, int valor)
{
    while (atomic_load(contador) < valor) {
        /* El reloj virtual saltaría sin descanso: una pausa de verdad para el servidor. */
        usleep(100);
        cr_assert_eq(as_sleep(1), 0);
    }
}

void get_correcto(struct entorno *e, const char *direccion)
{
    as_http_response r;
    int rc = as_http_get(e->http, direccion, &r);

    cr_assert_eq(rc, 0, "%s: %s", direccion, as_error_text(rc));
    cr_assert_eq(r.status, 200);
    as_http_response_clear(&r);
}
