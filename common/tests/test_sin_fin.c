#include "stream_apoyo.h"

#include <malloc.h>

/*
 * Lo que puede mandar un desconocido por un flujo o por la salida de un proceso: sin fin, muy
 * despacio o nada. La tabla, en common/DECISIONES.md.
 */
TestSuite(sin_fin, .timeout = 60);

enum { MUCHO = 32 << 20, BLOQUE = 1 << 16, ADMISIBLE = 2 << 20, PLAZO = 500 };

static size_t en_uso(void)
{
    struct mallinfo2 m = mallinfo2();

    return m.uordblks + m.hblkhd;
}

/* ---- Un flujo ----------------------------------------------------------------------- */

static int manda_sin_marcas(void *arg)
{
    static char bloque[BLOQUE];
    int rc = 0;

    memset(bloque, 'x', BLOQUE);
    for (size_t i = 0; i < MUCHO && rc == 0; i += BLOQUE)
        rc = as_write(arg, bloque, BLOQUE);
    rc = rc < 0 ? rc : as_write(arg, "\nfin\n", 5);
    return rc < 0 ? rc : as_drain(arg);
}

static int linea_sin_fin(void *arg)
{
    char linea[100];
    as_stream *lector, *escritor;
    as_group grupo;
    size_t antes = en_uso();

    (void)arg;
    BIEN(as_stream_pipe(&lector, &escritor));
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, "desconocido", manda_sin_marcas, escritor));
    cr_assert_eq(as_readuntil(lector, "\n", 1, linea, sizeof linea), UV_EMSGSIZE);
    cr_assert_eq(as_readline(lector, linea, sizeof linea), UV_EMSGSIZE);
    size_t ahora = en_uso();
    cr_assert(ahora < antes + ADMISIBLE, "guarda %zu bytes", ahora - antes);
    cr_assert_eq(as_readline(lector, linea, sizeof linea), 3);
    cr_assert_str_eq(linea, "fin");
    as_stream_close(lector);
    as_stream_close(escritor);
    return as_group_leave(&grupo, 0);
}

PRUEBA(sin_fin, una_linea_no_ocupa_mas_que_su_limite)
{
    CORRE(linea_sin_fin, NULL, 0);
}

static int gotea(void *arg)
{
    int rc = 0;

    while (rc == 0 && (rc = as_write(arg, "x", 1)) == 0)
        rc = as_sleep(PLAZO / 10);
    return rc == UV_EPIPE ? 0 : rc;
}

/* Que lleguen bytes no alarga el plazo: es de la línea entera. */
static int linea_a_gotas(void *arg)
{
    const bool callado = *(bool *)arg;
    char linea[100];
    as_stream *lector, *escritor;
    as_group grupo;
    as_scope plazo;

    BIEN(as_stream_pipe(&lector, &escritor));
    as_group_enter(&grupo);
    if (!callado)
        BIEN(as_start_soon(&grupo, "desconocido", gotea, escritor));
    as_scope_enter(&plazo, PLAZO);
    ssize_t n = as_readline(lector, linea, sizeof linea);
    cr_assert_eq(as_scope_leave(&plazo, (int)n), UV_ETIMEDOUT);
    if (!callado) /* y lo que llegó no se ha perdido */
        cr_assert_geq(as_read(lector, linea, sizeof linea), 9);
    as_group_cancel(&grupo);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    as_stream_close(lector);
    as_stream_close(escritor);
    return 0;
}

PRUEBA(sin_fin, a_quien_calla_o_gotea_le_vence_el_plazo)
{
    CORRE(linea_a_gotas, &(bool){true}, 0);
    CORRE(linea_a_gotas, &(bool){false}, 0);
}

/* ---- La salida de un proceso --------------------------------------------------------- */

static int conversa(const char *orden, size_t tope)
{
    const as_process_options tuberias = {.in = AS_PIPE, .out = AS_PIPE, .err = AS_PIPE};
    as_process_output salida;
    as_process *p;

    BIEN(as_process_spawn((const char *[]){"sh", "-c", orden, NULL}, &tuberias, &p));
    int rc = as_process_communicate(p, NULL, 0, tope, &salida);
    cr_assert(rc < 0 && !salida.out && !salida.err);
    as_process_close(p);
    return rc;
}

static int procesos(void *arg)
{
    static const char *const lentos[] = {
        "sleep 600", "while :; do echo x; sleep 0.01; done", "sleep 600 & echo suelto"};
    as_scope plazo;
    size_t antes = en_uso();

    (void)arg;
    cr_assert_eq(conversa("yes", 1 << 18), AS_EOVERFLOW);
    cr_assert_eq(conversa("yes >&2", 1 << 18), AS_EOVERFLOW);
    size_t ahora = en_uso();
    cr_assert(ahora < antes + ADMISIBLE, "guarda %zu bytes", ahora - antes);
    for (size_t i = 0; i < 3; i++) {
        as_scope_enter(&plazo, PLAZO);
        cr_assert_eq(as_scope_leave(&plazo, conversa(lentos[i], 1 << 18)), UV_ETIMEDOUT,
                     "%s", lentos[i]);
    }
    return 0;
}

PRUEBA(sin_fin, la_salida_de_un_proceso_tiene_tope_y_plazo)
{
    CORRE(procesos, NULL, 0);
}
