#include "stream_apoyo.h"

#include "nombres_falsos.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(stream, .timeout = 60);

/* ---- Ir y volver -------------------------------------------------------------------- */

static int va_y_vuelve(void *arg)
{
    struct pareja p;
    char texto[64], nombre[64];

    (void)arg;
    pareja_abre(&p);
    escribe(p.a, "hola");
    cr_assert_eq(as_read(p.b, texto, sizeof texto), 4);
    cr_assert_eq(as_writef(p.b, "%s %d\n", "número", 7), 0);
    cr_assert_eq(as_readline(p.a, texto, sizeof texto), 9);
    cr_assert_str_eq(texto, "número 7");
    cr_assert_eq(as_write(p.a, NULL, 0), 0);
    cr_assert_eq(as_read(p.a, texto, 0), UV_EINVAL);
    cr_assert_eq(as_readline(p.a, texto, 0), UV_EINVAL);
    cr_assert_eq(as_readuntil(p.a, "", 0, texto, sizeof texto), UV_EINVAL);
    cr_assert_eq(as_readexactly(p.a, texto, 0), 0);

    snprintf(nombre, sizeof nombre, "%s", as_stream_sockname(p.a));
    cr_assert_str_eq(as_stream_peername(p.b), nombre);
    cr_assert_eq(strncmp(nombre, "127.0.0.1:", 10), 0);
    cr_assert_str_eq(as_stream_peername(p.a), as_stream_sockname(p.b));
    pareja_cierra(&p);
    as_stream_close(NULL);
    return 0;
}

PRUEBA(stream, va_y_vuelve)
{
    CORRE(va_y_vuelve, NULL, 0);
}

static int un_texto_largo(void *arg)
{
    struct pareja p;
    char *texto = malloc(5001), *leido = malloc(5001);

    (void)arg;
    memset(texto, 'x', 5000);
    texto[5000] = '\0';
    pareja_abre(&p);
    cr_assert_eq(as_writef(p.a, "%s", texto), 0);
    cr_assert_eq(as_readexactly(p.b, leido, 5000), 0);
    cr_assert_eq(memcmp(texto, leido, 5000), 0);
    pareja_cierra(&p);
    free(texto);
    free(leido);
    return 0;
}

PRUEBA(stream, writef_no_tiene_tope)
{
    CORRE(un_texto_largo, NULL, 0);
}

/* ---- Líneas ------------------------------------------------------------------------- */

static int lineas(void *arg)
{
    struct pareja p;
    char l[8];

    (void)arg;
    pareja_abre(&p);
    escribe(p.a, "una\r\n\ndos\r");
    cr_assert_eq(as_readline(p.b, l, sizeof l), 3);
    cr_assert_str_eq(l, "una");
    cr_assert_eq(as_readline(p.b, l, sizeof l), 0, "una línea vacía no es el final");
    cr_assert_str_eq(l, "");
    escribe(p.a, "\nsiete77\r\n1234567\nocho8888\nsigue\n");
    cr_assert_eq(as_readline(p.b, l, sizeof l), 3, "el \\r\\n llegó partido");
    cr_assert_str_eq(l, "dos");
    cr_assert_eq(as_readline(p.b, l, sizeof l), 7, "cabe justa");
    cr_assert_str_eq(l, "siete77");
    cr_assert_eq(as_readline(p.b, l, sizeof l), 7);
    cr_assert_eq(as_readline(p.b, l, sizeof l), UV_EMSGSIZE);
    cr_assert(strstr(as_error_text(UV_EMSGSIZE), "no cabe en 8 bytes"));
    cr_assert_eq(as_readline(p.b, l, sizeof l), 5, "la larga se descartó entera");
    cr_assert_str_eq(l, "sigue");

    /* Muy larga, y llega en trozos: el resto no cuenta como otra línea. */
    escribe(p.a, "aaaaaaaaaaaaaaaa");
    cr_assert_eq(as_readline(p.b, l, sizeof l), UV_EMSGSIZE);
    escribe(p.a, "bbbbbbbbbbbbbbbbbbbbbbbb");
    escribe(p.a, "ccc\nfin");
    as_stream_close(p.a);
    cr_assert_eq(as_readline(p.b, l, sizeof l), 3, "la última, sin fin de línea");
    cr_assert_str_eq(l, "fin");
    cr_assert_eq(as_readline(p.b, l, sizeof l), UV_EOF);
    cr_assert_eq(as_readline(p.b, l, sizeof l), UV_EOF);
    as_stream_close(p.b);
    return 0;
}

PRUEBA(stream, lineas_con_limite)
{
    CORRE(lineas, NULL, 0);
}

static int ultima_larga(void *arg)
{
    struct pareja p;
    char l[8];

    (void)arg;
    pareja_abre(&p);
    escribe(p.a, "12345678");
    as_stream_close(p.a);
    cr_assert_eq(as_readline(p.b, l, sizeof l), UV_EMSGSIZE);
    cr_assert_eq(as_readline(p.b, l, sizeof l), UV_EOF);
    as_stream_close(p.b);
    return 0;
}

PRUEBA(stream, ultima_linea_que_no_cabe)
{
    CORRE(ultima_larga, NULL, 0);
}

/* Líneas de todos los largos, cortadas por todas partes: nada se pierde ni se mezcla. */
static int escribe_a_trozos(void *arg)
{
    struct pareja *p = arg;
    char linea[512];
    unsigned semilla = 7;

    for (int i = 0; i < 400; i++) {
        memset(linea, 'a' + i % 26, sizeof linea);
        linea[i] = '\n';
        for (int hecho = 0; hecho <= i;) {
            int trozo = 1 + rand_r(&semilla) % 97;
            if (trozo > i + 1 - hecho)
                trozo = i + 1 - hecho;
            cr_assert_eq(as_write(p->a, linea + hecho, (size_t)trozo), 0);
            if (rand_r(&semilla) % 4 == 0)
                BIEN(as_yield());
            hecho += trozo;
        }
    }
    return as_shutdown(p->a);
}

static int lee_lineas(void *arg)
{
    struct pareja *p = arg;
    char linea[512];
    ssize_t n;
    int i = 0;

    while ((n = as_readline(p->b, linea, sizeof linea)) >= 0) {
        cr_assert_eq(n, i);
        for (int k = 0; k < i; k++)
            cr_assert_eq(linea[k], 'a' + i % 26);
        i++;
    }
    cr_assert_eq(n, UV_EOF);
    cr_assert_eq(i, 400);
    return 0;
}

static int a_trozos(void *arg)
{
    struct pareja p;

    (void)arg;
    pareja_abre(&p);
    int rc = as_gather((as_call[]){{escribe_a_trozos, &p, NULL}, {lee_lineas, &p, NULL}},
                       2, NULL);
    pareja_cierra(&p);
    return rc;
}

PRUEBA(stream, lineas_cortadas_por_todas_partes)
{
    CORRE(a_trozos, NULL, 0);
}

/* ---- Marcas y cuentas exactas ------------------------------------------------------- */

static int hasta_la_marca(void *arg)
{
    struct pareja p;
    char t[16];

    (void)arg;
    pareja_abre(&p);
    /* La marca llega partida de todas las formas, y lo parecido no la engaña. */
    for (int corte = 0; corte <= 9; corte++) {
        cr_assert_eq(as_write(p.a, "ab\r\n\r\r\n\r\n", (size_t)corte), 0);
        as_scope plazo;
        as_scope_enter(&plazo, 10);
        ssize_t n = as_readuntil(p.b, "\r\n\r\n", 4, t, sizeof t);
        n = as_scope_leave(&plazo, (int)n);
        if (corte < 9) {
            cr_assert_eq(n, UV_ETIMEDOUT, "cortado en %d dio %zd", corte, n);
            cr_assert_eq(as_write(p.a, &"ab\r\n\r\r\n\r\n"[corte], (size_t)(9 - corte)),
                         0);
            n = as_readuntil(p.b, "\r\n\r\n", 4, t, sizeof t);
        }
        cr_assert_eq(n, 9);
        cr_assert_str_eq(t, "ab\r\n\r\r\n\r\n");
    }
    /* Justa, y un byte más de la cuenta; entonces no se consume nada. */
    escribe(p.a, "0123456789abcd;");
    cr_assert_eq(as_readuntil(p.b, ";", 1, t, sizeof t), 15);
    escribe(p.a, "0123456789abcde;");
    cr_assert_eq(as_readuntil(p.b, ";", 1, t, sizeof t), UV_EMSGSIZE);
    cr_assert_eq(as_readuntil(p.b, ";", 1, t, sizeof t), UV_EMSGSIZE);
    llega(p.b, "0123456789abcde;");
    /* Sin marca y sin caber: lo dice sin esperar a más. */
    escribe(p.a, "0123456789abcdef");
    cr_assert_eq(as_readuntil(p.b, ";", 1, t, sizeof t), UV_EMSGSIZE);
    llega(p.b, "0123456789abcdef");
    escribe(p.a, "a medias");
    as_stream_close(p.a);
    cr_assert_eq(as_readuntil(p.b, ";", 1, t, sizeof t), UV_EOF);
    cr_assert_eq(as_read(p.b, t, sizeof t), 8, "lo que llegó sigue ahí");
    as_stream_close(p.b);
    return 0;
}

PRUEBA(stream, readuntil_entre_trozos_y_con_limite)
{
    CORRE(hasta_la_marca, NULL, 0);
}

static int exactos(void *arg)
{
    struct pareja p;
    char t[16];

    (void)arg;
    pareja_abre(&p);
    escribe(p.a, "12345");
    as_stream_close(p.a);
    cr_assert_eq(as_readexactly(p.b, t, 8), UV_EOF);
    cr_assert(strstr(as_error_text(UV_EOF), "5 de 8"), "%s", as_error_text(UV_EOF));
    cr_assert_eq(as_readexactly(p.b, t, 5), 0);
    cr_assert_eq(as_read(p.b, t, 8), 0);
    cr_assert_eq(as_read(p.b, t, 8), 0, "el final se repite");
    as_stream_close(p.b);
    return 0;
}

PRUEBA(stream, readexactly_dice_cuantos_llegaron)
{
    CORRE(exactos, NULL, 0);
}

/* Mucho más de lo que cabe en los búferes, en los dos sentidos a la vez. */
enum { GRANDE = 3 * 1024 * 1024 + 17 };

static int envia_grande(void *arg)
{
    unsigned char *datos = malloc(GRANDE);

    for (size_t i = 0; i < GRANDE; i++)
        datos[i] = (unsigned char)(i * 7 + i / 251);
    int rc = as_write(arg, datos, GRANDE);
    if (rc == 0)
        rc = as_shutdown(arg);
    free(datos);
    return rc;
}

static int recibe_grande(void *arg)
{
    unsigned char *datos = malloc(GRANDE);

    int rc = as_readexactly(arg, datos, GRANDE);
    for (size_t i = 0; rc == 0 && i < GRANDE; i++)
        cr_assert_eq(datos[i], (unsigned char)(i * 7 + i / 251));
    cr_assert_eq(as_read(arg, datos, 1), 0);
    free(datos);
    return rc;
}

static int los_dos_sentidos(void *arg)
{
    struct pareja p;

    (void)arg;
    pareja_abre(&p);
    const as_call llamadas[] = {{envia_grande, p.a, NULL},
                                {envia_grande, p.b, NULL},
                                {recibe_grande, p.a, NULL},
                                {recibe_grande, p.b, NULL}};
    int rc = as_gather(llamadas, 4, NULL);
    pareja_cierra(&p);
    return rc;
}

PRUEBA(stream, mucho_en_los_dos_sentidos)
{
    CORRE(los_dos_sentidos, NULL, 0);
}

/* ---- Contrapresión ------------------------------------------------------------------ */

static int vacia(void *arg)
{
    static char basura[32 * 1024];
    ssize_t n;
    size_t total = 0;

    while ((n = as_read(arg, basura, sizeof basura)) > 0)
        total += (size_t)n;
    return n < 0 ? (int)n : (int)total;
}

static int no_lee_nadie(void *arg)
{
    struct pareja p;
    as_scope plazo;
    as_group grupo;

    (void)arg;
    pareja_abre(&p);
    size_t escrito = atasca(p.a);
    as_scope_enter(&plazo, 50);
    cr_assert_eq(as_scope_leave(&plazo, as_drain(p.a)), UV_ETIMEDOUT);
    as_scope_enter(&plazo, 50);
    cr_assert_eq(as_scope_leave(&plazo, as_shutdown(p.a)), UV_ETIMEDOUT,
                 "no se puede despedir sin entregar lo escrito");

    as_group_enter(&grupo);
    as_task *lectora = as_spawn(&grupo, NULL, vacia, p.b);
    cr_assert_eq(as_drain(p.a), 0);
    escribe(p.a, "último");
    cr_assert_eq(as_shutdown(p.a), 0);
    cr_assert_eq(as_shutdown(p.a), 0, "repetirla no hace nada");
    cr_assert_eq(as_await(lectora), (int)(escrito + strlen("último")),
                 "una escritura cancelada no escribe nada");
    int rc = as_group_leave(&grupo, 0);
    pareja_cierra(&p);
    return rc;
}

PRUEBA(stream, quien_no_lee_frena_a_quien_escribe)
{
    CORRE(no_lee_nadie, NULL, 0);
}

struct escritora {
    as_stream *s;
    char letra;
};

static int escribe_letras(void *arg)
{
    struct escritora *e = arg;
    char texto[1000];

    memset(texto, e->letra, sizeof texto);
    return as_write(e->s, texto, sizeof texto);
}

static int por_turno(void *arg)
{
    struct pareja p;
    as_group grupo;
    struct escritora e[4];
    as_task *t[4];
    static char basura[16 * 1024], texto[1000];

    (void)arg;
    pareja_abre(&p);
    size_t escrito = atasca(p.a);
    as_group_enter(&grupo);
    for (int i = 0; i < 4; i++) {
        e[i] = (struct escritora){p.a, (char)('a' + i)};
        t[i] = as_spawn(&grupo, NULL, escribe_letras, &e[i]);
    }
    BIEN(as_yield());
    as_cancel(t[1]); /* espera su turno */
    as_cancel(t[0]); /* espera a que haya sitio */
    while (escrito > 0) {
        size_t trozo = escrito < sizeof basura ? escrito : sizeof basura;
        cr_assert_eq(as_readexactly(p.b, basura, trozo), 0);
        escrito -= trozo;
    }
    for (int i = 2; i < 4; i++) {
        cr_assert_eq(as_readexactly(p.b, texto, sizeof texto), 0);
        for (size_t k = 0; k < sizeof texto; k++)
            cr_assert_eq(texto[k], 'a' + i, "en orden y sin mezclarse");
    }
    cr_assert_eq(as_await(t[0]), UV_ECANCELED);
    cr_assert_eq(as_await(t[1]), UV_ECANCELED);
    int rc = as_group_leave(&grupo, 0);
    pareja_cierra(&p);
    return rc;
}

PRUEBA(stream, varias_escriben_por_orden_de_llegada)
{
    CORRE(por_turno, NULL, 0);
}

/* ---- Medio cierre y cortes ---------------------------------------------------------- */

static int medio_cierre(void *arg)
{
    struct pareja p;
    char t[64];

    (void)arg;
    pareja_abre(&p);
    escribe(p.a, "pregunta");
    cr_assert_eq(as_shutdown(p.a), 0);
    cr_assert_eq(as_write(p.a, "x", 1), UV_EPIPE);
    cr_assert(strstr(as_error_text(UV_EPIPE), "as_shutdown"));
    lee_todo(p.b, t, sizeof t);
    cr_assert_str_eq(t, "pregunta");
    escribe(p.b, "respuesta");
    cr_assert_eq(as_shutdown(p.b), 0);
    lee_todo(p.a, t, sizeof t);
    cr_assert_str_eq(t, "respuesta");
    pareja_cierra(&p);
    return 0;
}

PRUEBA(stream, medio_cierre_en_los_dos_sentidos)
{
    CORRE(medio_cierre, NULL, 0);
}

static int corte(void *arg)
{
    as_listener *l;
    as_stream *s;
    char t[64];

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    int fd = conecta_de_fuera(as_listener_port(l));
    cr_assert_eq(as_accept(l, &s), 0);
    cr_assert_eq(write(fd, "medio", 5), 5);
    cr_assert_eq(as_readexactly(s, t, 2), 0);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(fd);
    cr_assert_eq(as_read(s, t, sizeof t), 3, "lo que ya había llegado no se pierde");
    cr_assert_eq(as_read(s, t, sizeof t), UV_ECONNRESET);
    cr_assert_eq(as_readline(s, t, sizeof t), UV_ECONNRESET);
    int rc = as_write(s, "x", 1);
    cr_assert(rc == UV_EPIPE || rc == UV_ECONNRESET, "%s", as_strerror(rc));
    as_stream_close(s);
    as_listener_close(l);
    return 0;
}

PRUEBA(stream, corte_sin_despedida)
{
    CORRE(corte, NULL, 0);
}

/* Todo llega antes de que el bucle mire: los datos, y que ya no habrá más. */
static int corte_junto(void *arg)
{
    as_listener *l;
    as_stream *s;
    char t[64];

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    int fd = conecta_de_fuera(as_listener_port(l));
    cr_assert_eq(as_accept(l, &s), 0);
    cr_assert_eq(write(fd, "medio", 5), 5);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(fd);
    cr_assert_eq(as_read(s, t, sizeof t), 5);
    cr_assert_eq(as_read(s, t, sizeof t), UV_ECONNRESET, "un corte no es un final");
    as_stream_close(s);
    as_listener_close(l);
    return 0;
}

PRUEBA(stream, un_corte_que_llega_con_los_datos_no_pasa_por_final)
{
    CORRE(corte_junto, NULL, 0);
}

static void manda_con_descriptor(int fd, const char *texto, int descriptor)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr cabecera;
    } sobre = {.cabecera = {.cmsg_len = CMSG_LEN(sizeof(int)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS}};
    struct iovec parte = {(void *)texto, strlen(texto)};
    struct msghdr mensaje = {.msg_iov = &parte,
                             .msg_iovlen = 1,
                             .msg_control = &sobre,
                             .msg_controllen = sizeof sobre.bytes};

    memcpy(CMSG_DATA(&sobre.cabecera), &descriptor, sizeof descriptor);
    cr_assert_eq(sendmsg(fd, &mensaje, 0), (ssize_t)strlen(texto));
}

/* El núcleo no junta en una lectura lo de antes y lo de después de un descriptor enviado. */
static int detras_de_un_descriptor(void *arg)
{
    as_stream *s;
    char t[64];
    int fds[2];

    (void)arg;
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    cr_assert_eq(as_stream_open_fd(fds[0], &s), 0);
    manda_con_descriptor(fds[1], "uno", STDERR_FILENO);
    cr_assert_eq(write(fds[1], "dos", 3), 3);
    close(fds[1]);
    lee_todo(s, t, sizeof t);
    cr_assert_str_eq(t, "unodos");
    as_stream_close(s);
    return 0;
}

PRUEBA(stream, lo_que_va_detras_de_un_descriptor_enviado_tambien_llega)
{
    CORRE(detras_de_un_descriptor, NULL, 0);
}

/* Siempre está listo y no tiene saltos: sin ceder, ni el plazo ni Ctrl+C podrían con él. */
static int linea_sin_fin(void *arg)
{
    char linea[100];
    as_stream *s;
    as_scope plazo;

    (void)arg;
    BIEN(as_stream_open_fd(open("/dev/zero", O_RDONLY | O_CLOEXEC), &s));
    as_scope_enter(&plazo, 50);
    cr_assert_eq(as_readline(s, linea, sizeof linea), UV_EMSGSIZE);
    ssize_t rc = as_readline(s, linea, sizeof linea);
    cr_assert_eq(as_scope_leave(&plazo, (int)rc), UV_ETIMEDOUT);
    as_stream_close(s);
    return 0;
}

PRUEBA(stream, una_linea_sin_fin_de_un_archivo_se_puede_cancelar)
{
    cr_assert_eq(as_run(linea_sin_fin, NULL),
                 0); /* sin nadie que espere, el virtual no anda */
}
