/*
 * chat con dos hilos por cliente: uno se bloquea leyendo y otro, escribiendo lo que haya en
 * su cola. Un solo cerrojo guarda la sala y todas las colas; nadie lo tiene mientras espera
 * a la red. Para echar a alguien basta shutdown(): despierta a sus dos hilos.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_NOMBRE = 20,
    MAX_LINEA = 1000,
    MAX_PENDIENTE = 1 << 20,
    DESPEDIDA_MS = 500,
    PILA = 64 << 10, /* un hilo hace poco, y puede haber mil */
};

/* Una línea en la cola de un cliente. */
struct mensaje {
    struct mensaje *siguiente;
    size_t largo;
    char texto[];
};

struct cliente {
    struct cliente *siguiente;
    int fd;
    pthread_t escritor;
    pthread_cond_t cambio;
    struct mensaje *primero, **ultimo;
    size_t pendiente;
    bool fin;       /* no habrá más mensajes: el escritor acaba al vaciar la cola */
    bool terminado; /* el escritor acabó */
    char nombre[MAX_NOMBRE + 1];

    char bytes[4096]; /* solo del lector: recibido y sin repartir en líneas */
    size_t desde, hasta;
};

static pthread_mutex_t cerrojo = PTHREAD_MUTEX_INITIALIZER; /* todo lo de abajo */
static pthread_cond_t se_fue_uno = PTHREAD_COND_INITIALIZER;
static struct cliente *clientes; /* también los que aún no tienen nombre */
static bool acabando;

/* ---- Enviar (con el cerrojo tomado) ----------------------------------------------- */

static void encolar(struct cliente *c, const char *texto, size_t n)
{
    if (c->fin)
        return;
    struct mensaje *m = malloc(sizeof *m + n + 1);
    if (!m || c->pendiente + n + 1 > MAX_PENDIENTE) {
        free(m);
        c->fin = true;
        shutdown(c->fd, SHUT_RDWR);
        return;
    }
    *m = (struct mensaje){.largo = n + 1};
    memcpy(m->texto, texto, n);
    m->texto[n] = '\n';
    *c->ultimo = m;
    c->ultimo = &m->siguiente;
    c->pendiente += m->largo;
    pthread_cond_signal(&c->cambio);
}

__attribute__((format(printf, 2, 3))) static void decir(struct cliente *c,
                                                        const char *formato, ...)
{
    char texto[MAX_LINEA + 100];
    va_list datos;
    va_start(datos, formato);
    int n = vsnprintf(texto, sizeof texto, formato, datos);
    va_end(datos);
    encolar(c, texto, (size_t)n);
}

__attribute__((format(printf, 2, 3))) static void difundir(const struct cliente *salvo,
                                                           const char *formato, ...)
{
    char texto[MAX_LINEA + 100];
    va_list datos;
    va_start(datos, formato);
    int n = vsnprintf(texto, sizeof texto, formato, datos);
    va_end(datos);
    for (struct cliente *c = clientes; c; c = c->siguiente)
        if (c != salvo && c->nombre[0])
            encolar(c, texto, (size_t)n);
}

/* ---- El hilo que escribe ------------------------------------------------------------ */

static bool escribir_todo(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t hechos = send(fd, bytes, n, MSG_NOSIGNAL);
        if (hechos < 0 && errno == EINTR)
            continue;
        if (hechos <= 0)
            return false;
        bytes += hechos;
        n -= (size_t)hechos;
    }
    return true;
}

static void *escribir_salida(void *arg)
{
    struct cliente *c = arg;
    bool bien = true;
    pthread_mutex_lock(&cerrojo);
    while (bien) {
        while (!c->primero && !c->fin)
            pthread_cond_wait(&c->cambio, &cerrojo);
        struct mensaje *m = c->primero;
        if (!m)
            break;
        c->primero = m->siguiente;
        if (!c->primero)
            c->ultimo = &c->primero;
        pthread_mutex_unlock(&cerrojo);
        bien = escribir_todo(c->fd, m->texto, m->largo);
        pthread_mutex_lock(&cerrojo);
        c->pendiente -= m->largo;
        free(m);
    }
    c->fin = c->terminado = true;
    shutdown(c->fd, bien ? SHUT_WR : SHUT_RDWR);
    pthread_cond_broadcast(&c->cambio);
    pthread_mutex_unlock(&cerrojo);
    return NULL;
}

/* ---- El hilo que lee ----------------------------------------------------------------- */

/* Una línea sin su fin, o -1 si no hay más, o -2 si no cabía y se ha descartado. */
static ssize_t leer_linea(struct cliente *c, char linea[static MAX_LINEA + 2])
{
    size_t n = 0;
    bool larga = false;
    for (;;) {
        if (c->desde == c->hasta) {
            ssize_t leidos = recv(c->fd, c->bytes, sizeof c->bytes, 0);
            if (leidos < 0 && errno == EINTR)
                continue;
            if (leidos <= 0)
                return -1; /* lo que quedara a medias no era una línea */
            c->desde = 0;
            c->hasta = (size_t)leidos;
        }
        char byte = c->bytes[c->desde++];
        if (byte == '\n')
            break;
        if (n <= MAX_LINEA)
            linea[n++] = byte;
        else
            larga = true;
    }
    if (!larga && n > 0 && linea[n - 1] == '\r')
        n--;
    if (larga || n > MAX_LINEA)
        return -2;
    linea[n] = '\0';
    return (ssize_t)n;
}

static const char *pega_del_nombre(const char *nombre, ssize_t n)
{
    if (n == 0)
        return "el nombre no puede estar vacío";
    if (n < 0 || n > MAX_NOMBRE)
        return "el nombre es demasiado largo: caben 20 bytes";
    for (ssize_t i = 0; i < n; i++)
        if ((unsigned char)nombre[i] <= ' ' || strchr(":,*/\x7f", nombre[i]))
            return "un nombre no lleva espacios ni caracteres de control ni : , * /";
    for (const struct cliente *c = clientes; c; c = c->siguiente)
        if (strcmp(c->nombre, nombre) == 0)
            return "ese nombre ya lo usa otra persona";
    return NULL;
}

static void listar(struct cliente *c)
{
    char *texto = NULL;
    size_t n = 0, total = 0;
    FILE *lista = open_memstream(&texto, &n);
    if (!lista)
        return;
    for (const struct cliente *o = clientes; o; o = o->siguiente)
        total += o->nombre[0] != '\0';
    fprintf(lista, "* Conectados (%zu): ", total);
    for (const struct cliente *o = clientes; o; o = o->siguiente)
        if (o->nombre[0])
            fprintf(lista, "%s%s", o->nombre, --total > 0 ? ", " : "");
    fclose(lista);
    encolar(c, texto, n);
    free(texto);
}

/* Con el cerrojo tomado; falso si se va. `n` es lo que devolvió leer_linea. */
static bool atender(struct cliente *c, const char *linea, ssize_t n)
{
    if (!c->nombre[0]) {
        const char *pega = pega_del_nombre(linea, n);
        if (pega) {
            decir(c, "* ERROR %s", pega);
            decir(c, "* ¿Cómo te llamas?");
        } else {
            decir(c, "* Hola, %s", linea);
            difundir(c, "* %s ha entrado", linea);
            memcpy(c->nombre, linea, (size_t)n + 1);
        }
    } else if (n == -2) {
        decir(c, "* ERROR la línea es demasiado larga: caben %d bytes", MAX_LINEA);
    } else if (strcmp(linea, "/list") == 0) {
        listar(c);
    } else if (strcmp(linea, "/quit") == 0) {
        decir(c, "* Adiós");
        return false;
    } else if (linea[0] == '/') {
        decir(c, "* ERROR no conozco esa orden; hay /list y /quit");
    } else if (n > 0) {
        difundir(c, "%s: %s", c->nombre, linea);
    }
    return true;
}

static struct timespec dentro_de(int ms)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += ms * 1000000L;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

/* Con el cerrojo tomado: fuera de la sala, y un rato para que se lleve lo suyo. */
static void despedir(struct cliente *c)
{
    struct timespec limite = dentro_de(DESPEDIDA_MS);
    char nombre[MAX_NOMBRE + 1];
    memcpy(nombre, c->nombre, sizeof nombre);
    c->nombre[0] = '\0';
    c->fin = true;
    pthread_cond_broadcast(&c->cambio);
    if (nombre[0] && !acabando)
        difundir(c, "* %s ha salido", nombre);
    while (!c->terminado &&
           pthread_cond_timedwait(&c->cambio, &cerrojo, &limite) != ETIMEDOUT)
        ;
    shutdown(c->fd, SHUT_RDWR); /* si aún escribía, deja de hacerlo */
}

static void olvidar(struct cliente *c)
{
    struct cliente **sitio = &clientes;
    while (*sitio != c)
        sitio = &(*sitio)->siguiente;
    *sitio = c->siguiente;
    pthread_cond_signal(&se_fue_uno);
    while (c->primero) {
        struct mensaje *m = c->primero;
        c->primero = m->siguiente;
        free(m);
    }
}

static void *manejar_cliente(void *arg)
{
    struct cliente *c = arg;
    char linea[MAX_LINEA + 2];
    bool sigue = true;
    ssize_t n;
    while (sigue && (n = leer_linea(c, linea)) != -1) {
        pthread_mutex_lock(&cerrojo);
        sigue = atender(c, linea, n);
        pthread_mutex_unlock(&cerrojo);
    }
    pthread_mutex_lock(&cerrojo);
    despedir(c);
    pthread_mutex_unlock(&cerrojo);
    pthread_join(c->escritor, NULL);
    pthread_mutex_lock(&cerrojo);
    olvidar(c);
    pthread_mutex_unlock(&cerrojo);
    close(c->fd);
    pthread_cond_destroy(&c->cambio);
    free(c);
    return NULL;
}

/* ---- El servidor -------------------------------------------------------------------- */

static bool lanzar(struct cliente *c)
{
    pthread_attr_t atributos;
    pthread_t lector;
    pthread_attr_init(&atributos);
    pthread_attr_setstacksize(&atributos, PILA);
    bool bien = pthread_create(&c->escritor, &atributos, escribir_salida, c) == 0;
    if (bien && pthread_create(&lector, &atributos, manejar_cliente, c) == 0)
        pthread_detach(lector);
    else if (bien)
        bien =
            false; /* su escritor ya corre: acabará solo al no tener a quien escribir */
    pthread_attr_destroy(&atributos);
    return bien;
}

static void admitir(int fd)
{
    struct cliente *c = calloc(1, sizeof *c);
    if (!c) {
        close(fd);
        return;
    }
    c->fd = fd;
    c->ultimo = &c->primero;
    pthread_cond_init(&c->cambio, NULL);
    pthread_mutex_lock(&cerrojo);
    if (acabando) {
        pthread_mutex_unlock(&cerrojo);
        close(fd);
        free(c);
        return;
    }
    c->siguiente = clientes;
    clientes = c;
    decir(c, "* ¿Cómo te llamas?");
    bool bien = lanzar(c);
    if (!bien) {
        fprintf(stderr, "chat: no se puede crear un hilo más\n");
        _exit(SALIDA_FALLO);
    }
    pthread_mutex_unlock(&cerrojo);
}

static void *aceptar(void *arg)
{
    int puerta = *(int *)arg;
    for (;;) {
        int fd = accept(puerta, NULL, NULL);
        if (fd >= 0)
            admitir(fd);
    }
    return NULL;
}

static int escuchar(const char *host, int puerto)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)puerto)};
    socklen_t tamano = sizeof donde;
    int uno = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (inet_pton(AF_INET, host, &donde.sin_addr) != 1)
        errno = EADDRNOTAVAIL;
    else if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &uno, sizeof uno) == 0 &&
             bind(fd, (struct sockaddr *)&donde, tamano) == 0 && listen(fd, 128) == 0 &&
             getsockname(fd, (struct sockaddr *)&donde, &tamano) == 0) {
        printf("Escuchando en %s:%d\n", host, ntohs(donde.sin_port));
        fflush(stdout);
        return fd;
    }
    fprintf(stderr, "chat: no puedo escuchar en %s:%d: %s\n", host, puerto,
            as_strerror(-errno));
    return -1;
}

static void despedir_a_todos(void)
{
    struct timespec limite = dentro_de(2 * DESPEDIDA_MS);
    pthread_mutex_lock(&cerrojo);
    acabando = true;
    for (struct cliente *c = clientes; c; c = c->siguiente) {
        decir(c, "* Adiós");
        c->fin = true;
        pthread_cond_broadcast(&c->cambio);
        shutdown(c->fd, SHUT_RD); /* despierta a su lector, que hace el resto */
    }
    while (clientes &&
           pthread_cond_timedwait(&se_fue_uno, &cerrojo, &limite) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&cerrojo);
}

int main(int argc, char **argv)
{
    struct opciones o;
    int senal;
    if (leer_opciones(argc, argv, &o) < 0)
        return SALIDA_ARGUMENTOS;
    /* Antes de crear hilos, para que la hereden bloqueada y solo la reciba sigwait. */
    sigset_t interrupcion;
    sigemptyset(&interrupcion);
    sigaddset(&interrupcion, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupcion, NULL);
    pthread_t portero;
    int puerta = escuchar(o.host, o.puerto);
    if (puerta < 0 || pthread_create(&portero, NULL, aceptar, &puerta) != 0)
        return SALIDA_FALLO;
    sigwait(&interrupcion, &senal);
    despedir_a_todos();
    return SALIDA_BIEN;
}
