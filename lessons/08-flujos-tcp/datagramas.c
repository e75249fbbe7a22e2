/* Tres cosas que TCP no hace: guardar los límites de cada mensaje,
 * cortar el que no cabe y perder sin avisar. */
#include <stdio.h>
#include <string.h>
#include <uv.h>

enum { LETRAS = 8, MUCHOS = 1000 };

static int llegados;

/* [recibir] */
static void prestar(uv_handle_t *oido, size_t propuesto, uv_buf_t *b)
{
    static char memoria[LETRAS];

    (void)oido, (void)propuesto;
    *b = uv_buf_init(memoria, sizeof memoria);
}

static void recibir(uv_udp_t *oido, ssize_t n, const uv_buf_t *b,
                    const struct sockaddr *de, unsigned marcas)
{
    const int *callado = oido->data;

    if (n < 0 || !de)
        return; /* un error, o que por ahora no hay más */
    llegados++;
    if (!*callado)
        printf("%d bytes: «%.*s»%s\n", (int)n, (int)n, b->base,
               marcas & UV_UDP_PARTIAL ? ", cortado" : "");
}
/* [/recibir] */

/* Espera en un puerto libre de esta máquina, que deja en *aqui. */
/* [escuchar] */
static int escuchar(uv_loop_t *bucle, uv_udp_t *oido,
                    struct sockaddr_in *aqui)
{
    int tamano = sizeof *aqui;

    uv_udp_init(bucle, oido);
    uv_ip4_addr("127.0.0.1", 0, aqui); /* 0: el que esté libre */
    int rc = uv_udp_bind(oido, (struct sockaddr *)aqui, 0);
    if (rc == 0)
        rc = uv_udp_getsockname(oido, (struct sockaddr *)aqui, &tamano);
    if (rc == 0)
        rc = uv_udp_recv_start(oido, prestar, recibir);
    return rc;
}
/* [/escuchar] */

/* [mandar] */
static int mandar(uv_udp_t *boca, const char *texto,
                  const struct sockaddr_in *a)
{
    uv_buf_t b = uv_buf_init((char *)texto, (unsigned)strlen(texto));

    return uv_udp_try_send(boca, &b, 1, (const struct sockaddr *)a);
}
/* [/mandar] */

/* Da vueltas hasta que no llega nada más. */
static void atender(uv_loop_t *bucle)
{
    int antes;

    uv_run(bucle, UV_RUN_ONCE); /* lo primero puede tardar */
    do {
        antes = llegados;
        uv_run(bucle, UV_RUN_NOWAIT);
    } while (llegados > antes);
}

static int conversar(uv_loop_t *bucle, uv_udp_t *oido, uv_udp_t *boca)
{
    struct sockaddr_in aqui;
    int callado = 0, errores = 0, pequena = 4096;

    oido->data = &callado;
    int rc = escuchar(bucle, oido, &aqui);
    if (rc < 0)
        return rc;
    /* [tres] */
    (void)mandar(boca, "sopa", &aqui);
    (void)mandar(boca, "", &aqui);
    (void)mandar(boca, "arroz con leche", &aqui);
    atender(bucle);
    /* [/tres] */

    /* [muchos] */
    callado = 1;
    llegados = 0;
    uv_recv_buffer_size((uv_handle_t *)oido, &pequena);
    for (int i = 0; i < MUCHOS; i++)
        errores += mandar(boca, "ya", &aqui) < 0;
    atender(bucle);
    printf("%d mandados, %d errores, ¿llegan todos? %s\n", MUCHOS,
           errores, llegados == MUCHOS ? "sí" : "no");
    /* [/muchos] */
    return 0;
}

int main(void)
{
    uv_loop_t bucle;
    uv_udp_t oido, boca;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_udp_init(&bucle, &boca);
    int rc = conversar(&bucle, &oido, &boca);
    if (rc < 0)
        fprintf(stderr, "datagramas: %s\n", uv_strerror(rc));
    uv_close((uv_handle_t *)&boca, NULL);
    uv_close((uv_handle_t *)&oido, NULL);
    uv_run(&bucle, UV_RUN_DEFAULT);
    return uv_loop_close(&bucle) < 0 || rc < 0;
}
