#include "prueba.h"

#include <malloc.h>

/* Un servidor que no es PostgreSQL, o que se ha vuelto loco: lo que dice no tiene fin. */
TestSuite(pg_desconocido, .timeout = 60);

enum { AVISOS = 4000, TANDAS = 80, ADMISIBLE = 8 << 20 };

/* Deja pasar, y luego no para de avisar. */
#define DEJA_PASAR "R\0\0\0\x08\0\0\0\0"
#define AVISO      "N\0\0\0\x2bSNOTICE\0VNOTICE\0C00000\0Mhola otra vez\0\0"

struct loco {
    as_listener *oyente;
    size_t antes, mas; /* memoria en uso */
};

static size_t en_uso(void)
{
    struct mallinfo2 m = mallinfo2();

    return m.uordblks + m.hblkhd;
}

static int avisa_sin_fin(void *arg)
{
    static char tanda[AVISOS * (sizeof AVISO - 1)];
    struct loco *l = arg;
    as_stream *s;
    char saludo[4];

    for (size_t i = 0; i < AVISOS; i++)
        memcpy(tanda + i * (sizeof AVISO - 1), AVISO, sizeof AVISO - 1);
    BIEN(as_accept(l->oyente, &s));
    BIEN(as_readexactly(s, saludo, sizeof saludo));
    int rc = as_write(s, DEJA_PASAR, sizeof DEJA_PASAR - 1);
    l->antes = en_uso();
    for (int i = 0; i < TANDAS && rc == 0; i++) {
        rc = as_write(s, tanda, sizeof tanda);
        if (rc == 0)
            rc = as_drain(s);
        size_t ahora = en_uso();
        if (ahora > l->antes + l->mas)
            l->mas = ahora - l->antes;
    }
    as_stream_close(s);
    return rc;
}

static int conecta_con_el_loco(void *arg)
{
    struct loco l = {0};
    char conninfo[128];
    as_group grupo;
    as_pg *pool;

    (void)arg;
    BIEN(as_listen("127.0.0.1", 0, 0, &l.oyente));
    snprintf(conninfo, sizeof conninfo,
             "host=127.0.0.1 port=%d user=x dbname=x sslmode=disable gssencmode=disable",
             as_listener_port(l.oyente));
    BIEN(as_pg_new(conninfo, NULL, &pool));
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, "loco", avisa_sin_fin, &l));
    cr_assert_eq(as_pg_query(pool, "select 1", NULL, 0, NULL), UV_ECONNRESET, "%s",
                 as_error_text(UV_ECONNRESET));
    as_listener_close(l.oyente);
    BIEN(as_group_leave(&grupo, 0));
    as_pg_close(pool);
    cr_assert_lt(l.mas, ADMISIBLE, "guardó %zu bytes de avisos", l.mas);
    return 0;
}

PRUEBA(pg_desconocido, los_avisos_sin_fin_de_quien_deja_entrar_no_se_guardan)
{
    CORRE(conecta_con_el_loco, NULL, 0);
}
