/*
 * chat con libuv a secas: un búfer por cliente para juntar sus líneas, y uv_write, que
 * guarda lo que no cabe en el núcleo y dice cuánto es. La única dificultad es acordarse de
 * que un cliente puede estar cerrándose mientras se le nombra.
 */
#include "opciones.h"

#include <asinc/asinc.h>
#include <uv.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_NOMBRE = 20,
    MAX_LINEA = 1000,
    MAX_PENDIENTE = 1 << 20,
    DESPEDIDA_MS = 500,
};

struct cliente {
    uv_tcp_t tcp;
    uv_timer_t plazo; /* para irse */
    uv_shutdown_t cierre;
    struct cliente *siguiente;
    int abiertos;                /* handles por cerrar */
    bool yendose;                /* ya no se le escucha */
    char nombre[MAX_NOMBRE + 1]; /* vacío hasta que lo da */
    char linea[MAX_LINEA + 2];   /* con sitio para un «\r» */
    size_t n;
    bool descartando; /* hasta el próximo «\n» */
};

/* Un mensaje que se está escribiendo en uno o más clientes. */
struct mensaje {
    size_t usos, largo;
    char texto[];
};

struct envio {
    uv_write_t peticion;
    struct mensaje *mensaje;
};

/* Todo ocurre en un hilo: un solo estado para el programa. */
static struct {
    uv_loop_t bucle;
    uv_tcp_t puerta;
    uv_signal_t ctrl_c;
    struct cliente *clientes;
    bool acabando;
} s;

/* ---- Enviar -------------------------------------------------------------------- */

static void cerrar(struct cliente *c);

static void soltar(struct mensaje *m)
{
    if (--m->usos == 0)
        free(m);
}

static void enviado(uv_write_t *peticion, int estado)
{
    struct envio *e = (struct envio *)peticion;
    struct cliente *c = peticion->data;
    soltar(e->mensaje);
    free(e);
    if (estado < 0)
        cerrar(c);
}

static void enviar(struct cliente *c, struct mensaje *m)
{
    uv_stream_t *flujo = (uv_stream_t *)&c->tcp;
    if (uv_is_closing((uv_handle_t *)flujo))
        return;
    struct envio *e = malloc(sizeof *e);
    if (!e || uv_stream_get_write_queue_size(flujo) + m->largo > MAX_PENDIENTE) {
        free(e);
        cerrar(c);
        return;
    }
    uv_buf_t bytes = uv_buf_init(m->texto, (unsigned)m->largo);
    *e = (struct envio){.peticion.data = c, .mensaje = m};
    if (uv_write(&e->peticion, flujo, &bytes, 1, enviado) < 0) {
        free(e);
        cerrar(c);
        return;
    }
    m->usos++; /* libuv no llama a `enviado` hasta que volvamos al bucle */
}

static struct mensaje *componer(const char *formato, va_list datos)
{
    char *texto;
    int largo = vasprintf(&texto, formato, datos);
    struct mensaje *m = largo < 0 ? NULL : malloc(sizeof *m + (size_t)largo + 1);
    if (m) {
        *m = (struct mensaje){.usos = 1, .largo = (size_t)largo + 1};
        memcpy(m->texto, texto, (size_t)largo);
        m->texto[largo] = '\n';
    }
    if (largo >= 0)
        free(texto);
    return m;
}

__attribute__((format(printf, 2, 3))) static void decir(struct cliente *c,
                                                        const char *formato, ...)
{
    va_list datos;
    va_start(datos, formato);
    struct mensaje *m = componer(formato, datos);
    va_end(datos);
    if (!m)
        return;
    enviar(c, m);
    soltar(m);
}

__attribute__((format(printf, 2, 3))) static void difundir(const struct cliente *salvo,
                                                           const char *formato, ...)
{
    va_list datos;
    va_start(datos, formato);
    struct mensaje *m = componer(formato, datos);
    va_end(datos);
    if (!m)
        return;
    for (struct cliente *c = s.clientes; c; c = c->siguiente)
        if (c != salvo && c->nombre[0] && !c->yendose)
            enviar(c, m);
    soltar(m);
}

/* ---- Irse ----------------------------------------------------------------------- */

static void al_cerrarse(uv_handle_t *handle)
{
    struct cliente *c = handle->data;
    if (--c->abiertos > 0)
        return;
    struct cliente **sitio = &s.clientes;
    while (*sitio != c)
        sitio = &(*sitio)->siguiente;
    *sitio = c->siguiente;
    if (c->nombre[0] && !s.acabando)
        difundir(c, "* %s ha salido", c->nombre);
    free(c);
}

/* En el acto, con lo que haya pendiente perdido. El resto se enterará cuando libuv acabe:
 * quien llama puede estar recorriendo la lista. */
static void cerrar(struct cliente *c)
{
    if (uv_is_closing((uv_handle_t *)&c->tcp))
        return;
    c->yendose = true;
    uv_close((uv_handle_t *)&c->tcp, al_cerrarse);
    uv_close((uv_handle_t *)&c->plazo, al_cerrarse);
}

static void todo_entregado(uv_shutdown_t *cierre, int estado)
{
    (void)estado;
    cerrar(cierre->data);
}

static void vencio_plazo(uv_timer_t *plazo)
{
    cerrar(plazo->data);
}

/* Con educación: espera un poco a que se lleve lo suyo. */
static void despedir(struct cliente *c)
{
    if (c->yendose)
        return;
    uv_read_stop((uv_stream_t *)&c->tcp);
    decir(c, "* Adiós");
    c->yendose = true;
    c->cierre.data = c;
    if (uv_is_closing((uv_handle_t *)&c->tcp))
        return;
    uv_timer_start(&c->plazo, vencio_plazo, DESPEDIDA_MS, 0);
    if (uv_shutdown(&c->cierre, (uv_stream_t *)&c->tcp, todo_entregado) < 0)
        cerrar(c);
}

/* ---- Lo que escribe un cliente --------------------------------------------------- */

static bool ocupado(const char *nombre)
{
    for (const struct cliente *c = s.clientes; c; c = c->siguiente)
        if (strcmp(c->nombre, nombre) == 0)
            return true;
    return false;
}

static const char *pega_del_nombre(const char *nombre, size_t n)
{
    if (n == 0)
        return "el nombre no puede estar vacío";
    if (n > MAX_NOMBRE)
        return "el nombre es demasiado largo: caben 20 bytes";
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)nombre[i] <= ' ' || strchr(":,*/\x7f", nombre[i]))
            return "un nombre no lleva espacios ni caracteres de control ni : , * /";
    return ocupado(nombre) ? "ese nombre ya lo usa otra persona" : NULL;
}

static void dar_nombre(struct cliente *c, const char *nombre, size_t n)
{
    const char *pega = pega_del_nombre(nombre, n);
    if (pega) {
        decir(c, "* ERROR %s", pega);
        decir(c, "* ¿Cómo te llamas?");
        return;
    }
    decir(c, "* Hola, %s", nombre);
    difundir(c, "* %s ha entrado", nombre);
    memcpy(c->nombre, nombre, n + 1);
}

static void listar(struct cliente *c)
{
    size_t total = 0, n = 0;
    for (const struct cliente *o = s.clientes; o; o = o->siguiente)
        total++;
    char *nombres = calloc(total + 1, MAX_NOMBRE + 2);
    if (!nombres)
        return;
    total = 0;
    for (const struct cliente *o = s.clientes; o; o = o->siguiente)
        if (o->nombre[0] && !o->yendose)
            n += (size_t)sprintf(nombres + n, "%s%s", total++ > 0 ? ", " : "", o->nombre);
    decir(c, "* Conectados (%zu): %s", total, nombres);
    free(nombres);
}

static void atender(struct cliente *c, const char *linea, size_t n)
{
    if (!c->nombre[0])
        dar_nombre(c, linea, n);
    else if (n == 0)
        return;
    else if (linea[0] != '/')
        difundir(c, "%s: %s", c->nombre, linea);
    else if (strcmp(linea, "/list") == 0)
        listar(c);
    else if (strcmp(linea, "/quit") == 0)
        despedir(c);
    else
        decir(c, "* ERROR no conozco esa orden; hay /list y /quit");
}

static void linea_larga(struct cliente *c)
{
    c->n = 0;
    decir(c, "* ERROR la línea es demasiado larga: caben %d bytes", MAX_LINEA);
    if (!c->nombre[0])
        decir(c, "* ¿Cómo te llamas?");
}

/* Un byte más. */
static void recibir(struct cliente *c, char byte)
{
    if (byte != '\n') {
        if (c->descartando)
            return;
        if (c->n == sizeof c->linea - 1) {
            c->descartando = true;
            return;
        }
        c->linea[c->n++] = byte;
        return;
    }
    if (!c->descartando && c->n > 0 && c->linea[c->n - 1] == '\r')
        c->n--;
    if (c->descartando || c->n > MAX_LINEA) {
        c->descartando = false;
        linea_larga(c);
        return;
    }
    size_t n = c->n;
    c->linea[n] = '\0';
    c->n = 0;
    atender(c, c->linea, n);
}

/* ---- libuv ----------------------------------------------------------------------- */

static void pedir_bufer(uv_handle_t *handle, size_t sugerido, uv_buf_t *bytes)
{
    static char compartido[65536]; /* se vacía en cada lectura */
    (void)handle;
    (void)sugerido;
    *bytes = uv_buf_init(compartido, sizeof compartido);
}

static void leido(uv_stream_t *flujo, ssize_t n, const uv_buf_t *bytes)
{
    struct cliente *c = flujo->data;
    for (ssize_t i = 0; i < n && !c->yendose; i++)
        recibir(c, bytes->base[i]);
    if (n < 0)
        cerrar(c);
}

static void llega_alguien(uv_stream_t *puerta, int estado)
{
    struct cliente *c = estado < 0 ? NULL : calloc(1, sizeof *c);
    if (!c)
        return;
    c->abiertos = 2;
    uv_tcp_init(&s.bucle, &c->tcp);
    uv_timer_init(&s.bucle, &c->plazo);
    c->tcp.data = c->plazo.data = c;
    c->siguiente = s.clientes;
    s.clientes = c;
    if (uv_accept(puerta, (uv_stream_t *)&c->tcp) < 0 ||
        uv_read_start((uv_stream_t *)&c->tcp, pedir_bufer, leido) < 0)
        cerrar(c);
    uv_tcp_nodelay(&c->tcp, 1); /* que una línea corta no espere a la siguiente */
    decir(c, "* ¿Cómo te llamas?");
}

static void acabar(uv_signal_t *senal, int numero)
{
    (void)numero;
    s.acabando = true;
    uv_close((uv_handle_t *)senal, NULL);
    uv_close((uv_handle_t *)&s.puerta, NULL);
    for (struct cliente *c = s.clientes; c; c = c->siguiente)
        despedir(c);
}

static int escuchar(const char *host, int puerto)
{
    struct sockaddr_in donde;
    int tamano = sizeof donde;
    char texto[64];
    uv_tcp_init(&s.bucle, &s.puerta);
    int rc = uv_ip4_addr(host, puerto, &donde);
    if (rc == 0)
        rc = uv_tcp_bind(&s.puerta, (struct sockaddr *)&donde, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&s.puerta, 128, llega_alguien);
    if (rc == 0)
        rc = uv_tcp_getsockname(&s.puerta, (struct sockaddr *)&donde, &tamano);
    if (rc < 0) {
        fprintf(stderr, "chat: no puedo escuchar en %s:%d: %s\n", host, puerto,
                as_strerror(rc));
        return rc;
    }
    uv_ip4_name(&donde, texto, sizeof texto);
    printf("Escuchando en %s:%d\n", texto, ntohs(donde.sin_port));
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    struct opciones o;
    if (leer_opciones(argc, argv, &o) < 0)
        return SALIDA_ARGUMENTOS;
    signal(SIGPIPE, SIG_IGN);
    if (uv_loop_init(&s.bucle) < 0)
        return SALIDA_FALLO;
    uv_signal_init(&s.bucle, &s.ctrl_c);
    uv_signal_start(&s.ctrl_c, acabar, SIGINT); /* antes de decir que escucha */
    if (escuchar(o.host, o.puerto) < 0)
        return SALIDA_FALLO;
    uv_run(&s.bucle, UV_RUN_DEFAULT);
    uv_loop_close(&s.bucle);
    return SALIDA_BIEN;
}
