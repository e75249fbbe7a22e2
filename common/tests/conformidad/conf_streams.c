/* test_streams.py: lo que se lee es lo que se escribe, a trozos o junto. */
#include "conformidad.h"

TestSuite(conf_stream, .timeout = 60);

#define DATOS "line1\nline2\nline3\n"

/* Una tubería: se escribe en `w` y se lee en `r`. */
struct tubo {
    as_stream *r, *w;
};

static void tubo_abre(struct tubo *t, const char *texto)
{
    BIEN(as_stream_pipe(&t->r, &t->w));
    if (texto != NULL)
        BIEN(as_write(t->w, texto, strlen(texto)));
}

static void tubo_acaba(struct tubo *t)
{
    as_stream_close(t->w);
    t->w = NULL;
}

static void tubo_cierra(struct tubo *t)
{
    as_stream_close(t->w);
    as_stream_close(t->r);
}

static void pone(struct tubo *t, const char *texto)
{
    BIEN(as_write(t->w, texto, strlen(texto)));
}

/* Exige que sea justo lo que queda por leer. */
static void queda(struct tubo *t, const char *esperado)
{
    char resto[256];
    size_t largo = 0;
    ssize_t n;

    tubo_acaba(t);
    while ((n = as_read(t->r, resto + largo, sizeof resto - 1 - largo)) > 0)
        largo += (size_t)n;
    cr_assert_eq(n, 0);
    resto[largo] = '\0';
    cr_assert_str_eq(resto, esperado);
    tubo_cierra(t);
}

static void linea_es(struct tubo *t, const char *esperada)
{
    char linea[64];

    DA(as_readline(t->r, linea, sizeof linea), (int)strlen(esperada));
    cr_assert_str_eq(linea, esperada);
}

PRUEBA_CASO(conf_stream, read)
{
    struct tubo t;
    char datos[31] = "";

    tubo_abre(&t, DATOS);
    DA(as_read(t.r, datos, 30), (int)strlen(DATOS));
    cr_assert_str_eq(datos, DATOS);
    queda(&t, "");
}

PRUEBA_CASO(conf_stream, read_line_breaks)
{
    struct tubo t;
    char datos[6] = "";

    tubo_abre(&t, "line1");
    pone(&t, "line2");
    DA(as_read(t.r, datos, 5), 5);
    cr_assert_str_eq(datos, "line1");
    queda(&t, "line2");
}

PRUEBA_CASO(conf_stream, read_eof)
{
    struct tubo t;
    char datos[16];

    tubo_abre(&t, NULL);
    tubo_acaba(&t);
    DA(as_read(t.r, datos, sizeof datos), 0);
    DA(as_read(t.r, datos, sizeof datos), 0);
    tubo_cierra(&t);
}

PRUEBA_CASO(conf_stream, read_until_eof)
{
    struct tubo t;

    tubo_abre(&t, "chunk1\n");
    pone(&t, "chunk2");
    queda(&t, "chunk1\nchunk2");
}

static int acaba_la_linea(void *arg)
{
    struct tubo *t = arg;

    pone(t, "chunk2 ");
    BIEN(as_yield());
    pone(t, "chunk3 ");
    pone(t, "\n chunk4");
    return 0;
}

PRUEBA_CASO(conf_stream, readline)
{
    struct tubo t;
    as_group grupo;

    tubo_abre(&t, "chunk1 ");
    as_group_enter(&grupo);
    crea(&grupo, acaba_la_linea, &t);
    linea_es(&t, "chunk1 chunk2 chunk3 ");
    cierra(&grupo);
    queda(&t, " chunk4");
}

PRUEBA_CASO(conf_stream, readline_limit_with_existing_data)
{
    struct tubo t;
    char linea[4];

    tubo_abre(&t, "li");
    pone(&t, "ne1\nline2\n");
    DA(as_readline(t.r, linea, sizeof linea), UV_EMSGSIZE);
    queda(&t, "line2\n");
}

/* El límite es estricto: cabe lo que cabe con su '\0', y ni un byte más. */
PRUEBA_CASO(conf_stream, readline_limit)
{
    struct tubo t;
    char linea[8];

    tubo_abre(&t, "chunk1chunk2\nchunk3\n1234567\n12345678\n");
    DA(as_readline(t.r, linea, sizeof linea), UV_EMSGSIZE);
    DA(as_readline(t.r, linea, sizeof linea), 6);
    DA(as_readline(t.r, linea, sizeof linea), 7);
    cr_assert_str_eq(linea, "1234567");
    DA(as_readline(t.r, linea, sizeof linea), UV_EMSGSIZE);
    queda(&t, "");
}

PRUEBA_CASO(conf_stream, readline_nolimit_nowait)
{
    struct tubo t;

    tubo_abre(&t, "line1\n");
    pone(&t, "line2\nline3\n");
    linea_es(&t, "line1");
    queda(&t, "line2\nline3\n");
}

PRUEBA_CASO(conf_stream, readline_eof)
{
    struct tubo t;
    char linea[16];

    tubo_abre(&t, "some data");
    tubo_acaba(&t);
    linea_es(&t, "some data");
    DA(as_readline(t.r, linea, sizeof linea), UV_EOF);
    tubo_cierra(&t);
}

PRUEBA_CASO(conf_stream, readline_empty_eof)
{
    struct tubo t;
    char linea[16];

    tubo_abre(&t, NULL);
    tubo_acaba(&t);
    DA(as_readline(t.r, linea, sizeof linea), UV_EOF);
    tubo_cierra(&t);
}

PRUEBA_CASO(conf_stream, readline_read_byte_count)
{
    struct tubo t;
    char datos[8] = "";

    tubo_abre(&t, DATOS);
    linea_es(&t, "line1");
    DA(as_read(t.r, datos, 7), 7);
    cr_assert_str_eq(datos, "line2\nl");
    queda(&t, "ine3\n");
}

PRUEBA_CASO(conf_stream, readuntil_multi_chunks)
{
    struct tubo t;
    char datos[32];

    tubo_abre(&t, "lineAAA");
    DA(as_readuntil(t.r, "AAA", 3, datos, sizeof datos), 7);
    cr_assert_str_eq(datos, "lineAAA");
    pone(&t, "lineAAAxxx");
    DA(as_readuntil(t.r, "AAA", 3, datos, sizeof datos), 7);
    queda(&t, "xxx");
}

/* La marca llega cortada de todas las formas. */
PRUEBA_CASO(conf_stream, readuntil_multi_chunks_1)
{
    static const char *const trozos[][4] = {{"QWEaa", "XYaa", "a", NULL},
                                            {"QWEaa", "XYa", "aa", NULL},
                                            {"aaa", NULL},
                                            {"Xaaa", NULL},
                                            {"XXX", "a", "aa", NULL}};
    struct tubo t;
    char datos[32], esperado[32];

    tubo_abre(&t, NULL);
    for (size_t i = 0; i < sizeof trozos / sizeof *trozos; i++) {
        esperado[0] = '\0';
        for (size_t j = 0; trozos[i][j] != NULL; j++) {
            pone(&t, trozos[i][j]);
            strcat(esperado, trozos[i][j]);
        }
        DA(as_readuntil(t.r, "aaa", 3, datos, sizeof datos), (int)strlen(esperado));
        cr_assert_str_eq(datos, esperado);
    }
    queda(&t, "");
}

PRUEBA_CASO(conf_stream, readuntil_eof)
{
    struct tubo t;
    char datos[32];

    tubo_abre(&t, "some dataAA");
    tubo_acaba(&t);
    DA(as_readuntil(t.r, "AAA", 3, datos, sizeof datos), UV_EOF);
    queda(&t, "some dataAA"); /* no se consume */
}

PRUEBA_CASO(conf_stream, readuntil_limit_found_sep)
{
    struct tubo t;
    char datos[4];

    tubo_abre(&t, "some dataAA");
    DA(as_readuntil(t.r, "AAA", 3, datos, sizeof datos), UV_EMSGSIZE);
    pone(&t, "A");
    DA(as_readuntil(t.r, "AAA", 3, datos, sizeof datos), UV_EMSGSIZE);
    queda(&t, "some dataAAA");
}

PRUEBA_CASO(conf_stream, readexactly_zero_or_less)
{
    struct tubo t;
    char datos[4];

    tubo_abre(&t, DATOS);
    BIEN(as_readexactly(t.r, datos, 0));
    queda(&t, DATOS);
}

PRUEBA_CASO(conf_stream, readexactly)
{
    struct tubo t;
    char datos[37] = "";

    tubo_abre(&t, DATOS);
    pone(&t, DATOS);
    pone(&t, DATOS);
    BIEN(as_readexactly(t.r, datos, 36));
    cr_assert_str_eq(datos, DATOS DATOS);
    queda(&t, DATOS);
}

PRUEBA_CASO(conf_stream, readexactly_eof)
{
    struct tubo t;
    char datos[36];

    tubo_abre(&t, DATOS);
    tubo_acaba(&t);
    int rc = as_readexactly(t.r, datos, 36);
    DA(rc, UV_EOF);
    cr_assert(strstr(as_error_text(rc), "18"), "dice: %s", as_error_text(rc));
    queda(&t, DATOS); /* no se consume */
}

static int lee_linea(void *arg)
{
    char linea[16];

    return (int)as_readline(arg, linea, sizeof linea);
}

PRUEBA_CASO(conf_stream, exception_cancel)
{
    struct tubo t;
    as_group grupo;

    tubo_abre(&t, NULL);
    as_group_enter(&grupo);
    as_task *lee = crea(&grupo, lee_linea, t.r);
    turnos(1);
    as_cancel(lee);
    DA(as_await(lee), UV_ECANCELED);
    pone(&t, "hola\n");
    linea_es(&t, "hola");
    cierra(&grupo);
    tubo_cierra(&t);
}

PRUEBA_CASO(conf_stream, open_connection_error)
{
    as_stream *s;
    as_listener *l;

    BIEN(as_listen("127.0.0.1", 0, 0, &l));
    int puerto = as_listener_port(l);
    as_listener_close(l);
    DA(as_connect("127.0.0.1", puerto, &s), UV_ECONNREFUSED);
    cr_assert_null(s);
}

/* ---- Un servidor que devuelve la línea ---------------------------------------------- */

static int devuelve_la_linea(as_stream *cliente, void *arg)
{
    char linea[64];

    (void)arg;
    ssize_t n = as_readline(cliente, linea, sizeof linea);
    return n < 0 ? (int)n : as_writef(cliente, "%s\n", linea);
}

static int sirve(void *arg)
{
    return as_serve(arg, devuelve_la_linea, NULL);
}

PRUEBA_CASO(conf_stream, start_server)
{
    struct tubo t;
    as_listener *l;
    as_group grupo;

    BIEN(as_listen("127.0.0.1", 0, 0, &l));
    as_group_enter(&grupo);
    crea(&grupo, sirve, l);
    BIEN(as_connect("127.0.0.1", as_listener_port(l), &t.r));
    BIEN(as_writef(t.r, "hello world!\n"));
    linea_es(&t, "hello world!");
    as_stream_close(t.r);
    as_listener_close(l);
    cierra(&grupo);
}

PRUEBA_CASO(conf_stream, multiple_drain)
{
    struct tubo t;

    tubo_abre(&t, "x");
    BIEN(as_drain(t.w));
    BIEN(as_drain(t.w));
    queda(&t, "x");
}
