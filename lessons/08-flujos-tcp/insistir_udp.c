/* Preguntar por UDP: si no contestan a tiempo, se pregunta otra vez. */
#include <stdio.h>
#include <string.h>
#include <uv.h>

enum { INTENTOS = 5, PLAZO_MS = 20, SE_PIERDEN = 2 };

/* [formas] */
struct mensaje {
    unsigned numero; /* de la pregunta; la respuesta lo repite */
    char texto[24];
};

struct cliente {
    uv_udp_t socket;
    uv_timer_t plazo;
    struct sockaddr_in servidor;
    struct mensaje pregunta;
    int intento;
};
/* [/formas] */

struct servidor {
    uv_udp_t socket;
    int oidos;
};

static void prestar(uv_handle_t *quien, size_t propuesto, uv_buf_t *b)
{
    static struct mensaje memoria;

    (void)quien, (void)propuesto;
    *b = uv_buf_init((char *)&memoria, sizeof memoria);
}

static int mandar(uv_udp_t *por, const struct mensaje *m,
                  const struct sockaddr *a)
{
    uv_buf_t b = uv_buf_init((char *)m, sizeof *m);

    return uv_udp_try_send(por, &b, 1, a);
}

/* [contestar] */
static void contestar(uv_udp_t *socket, ssize_t n, const uv_buf_t *b,
                      const struct sockaddr *de, unsigned marcas)
{
    struct servidor *s = socket->data;
    struct mensaje respuesta = {.texto = "arroz"};

    (void)marcas;
    if (!de || n != sizeof respuesta)
        return; /* no es una pregunta entera */
    if (++s->oidos <= SE_PIERDEN)
        return; /* como si se hubieran perdido por el camino */
    memcpy(&respuesta.numero, b->base, sizeof respuesta.numero);
    (void)mandar(socket, &respuesta, de);
}
/* [/contestar] */

/* [preguntar] */
static void preguntar(uv_timer_t *plazo)
{
    struct cliente *c = plazo->data;

    if (c->intento == INTENTOS) {
        puts("nadie contesta");
        uv_stop(plazo->loop);
        return;
    }
    c->intento++;
    int rc = mandar(&c->socket, &c->pregunta,
                    (struct sockaddr *)&c->servidor);
    printf("intento %d%s\n", c->intento, rc < 0 ? ": no sale" : "");
    uv_timer_start(plazo, preguntar, PLAZO_MS << c->intento, 0);
}
/* [/preguntar] */

/* [oir] */
static void oir(uv_udp_t *socket, ssize_t n, const uv_buf_t *b,
                const struct sockaddr *de, unsigned marcas)
{
    struct cliente *c = socket->data;
    struct mensaje m;

    (void)marcas;
    if (!de || n != sizeof m)
        return; /* no es una respuesta entera */
    memcpy(&m, b->base, sizeof m);
    if (m.numero != c->pregunta.numero)
        return; /* no es lo que espero: como si no llegara */
    printf("respuesta a la pregunta %u: %.*s\n", m.numero,
           (int)sizeof m.texto, m.texto);
    uv_timer_stop(&c->plazo);
    uv_stop(socket->loop);
}
/* [/oir] */

static int abrir(uv_udp_t *socket, struct sockaddr_in *donde,
                 uv_udp_recv_cb recibir)
{
    int tamano = sizeof *donde;

    uv_ip4_addr("127.0.0.1", 0, donde);
    int rc = uv_udp_bind(socket, (struct sockaddr *)donde, 0);
    if (rc == 0)
        rc = uv_udp_getsockname(socket, (struct sockaddr *)donde,
                                &tamano);
    if (rc == 0)
        rc = uv_udp_recv_start(socket, prestar, recibir);
    return rc;
}

int main(void)
{
    struct cliente c = {.pregunta = {7, "¿plato del día?"}};
    struct servidor s = {.oidos = 0};
    struct sockaddr_in mio;
    uv_loop_t bucle;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_udp_init(&bucle, &s.socket);
    uv_udp_init(&bucle, &c.socket);
    uv_timer_init(&bucle, &c.plazo);
    s.socket.data = &s;
    c.socket.data = c.plazo.data = &c;
    int rc = abrir(&s.socket, &c.servidor, contestar);
    if (rc == 0)
        rc = abrir(&c.socket, &mio, oir);
    if (rc == 0) {
        preguntar(&c.plazo);
        uv_run(&bucle, UV_RUN_DEFAULT);
    }
    uv_close((uv_handle_t *)&s.socket, NULL);
    uv_close((uv_handle_t *)&c.socket, NULL);
    uv_close((uv_handle_t *)&c.plazo, NULL);
    uv_run(&bucle, UV_RUN_DEFAULT);
    return uv_loop_close(&bucle) < 0 || rc < 0;
}
