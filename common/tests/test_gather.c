/* Las casillas de as_gather y lo que cuenta como error; lo demás, en test_task.c. */
#include "prueba.h"

TestSuite(gather, .timeout = 60);

static int duerme(void *arg)
{
    return as_sleep((intptr_t)arg);
}

static int falla_con_motivo(void *arg)
{
    int rc = as_sleep(10);

    return rc < 0 ? rc : as_error_set(UV_EIO, "se rompió %s", (const char *)arg);
}

static int falla_sin_motivo(void *arg)
{
    as_error_set(UV_EIO, "algo que se pudo arreglar");
    return (int)(intptr_t)arg;
}

static int devuelve(void *arg)
{
    return (int)(intptr_t)arg;
}

#define ES(final, codigo, texto_esperado)                                                \
    do {                                                                                 \
        cr_assert_eq((final).rc, codigo, "%s", as_errname((final).rc));                  \
        cr_assert_str_eq((final).text, texto_esperado);                                  \
    } while (0)

/* ---- Casillas ----------------------------------------------------------------------- */

static int cada_una_su_motivo(void *arg)
{
    as_call llamadas[] = {
        {falla_con_motivo, "la copa", NULL},
        {falla_con_motivo, "el plato", NULL},
        {falla_sin_motivo, (void *)(intptr_t)UV_EPIPE, NULL},
        {devuelve, (void *)7, NULL},
    };
    as_outcome finales[4];

    (void)arg;
    memset(finales, 'x', sizeof finales);
    cr_assert_eq(as_gather(llamadas, 4, finales), 3);
    ES(finales[0], UV_EIO, "se rompió la copa");
    ES(finales[1], UV_EIO, "se rompió el plato");
    ES(finales[2], UV_EPIPE, as_strerror(UV_EPIPE));
    ES(finales[3], 7, "");
    return 0;
}

PRUEBA(gather, cada_casilla_guarda_su_codigo_y_su_explicacion)
{
    CORRE(cada_una_su_motivo, NULL, 0);
}

static int motivo_largo(void *arg)
{
    char largo[400] = "";

    (void)arg;
    for (int i = 0; i < 150; i++)
        strcat(largo, "ñ");
    as_outcome final;
    as_call llamada = {falla_con_motivo, largo, NULL};
    cr_assert_eq(as_gather(&llamada, 1, &final), 1);
    cr_assert_str_eq(final.text + strlen(final.text) - 2, "ñ", "cortado por un carácter");
    cr_assert_geq(strlen(final.text), sizeof final.text - 2);
    return 0;
}

PRUEBA(gather, un_texto_que_no_cabe_se_corta_entre_caracteres)
{
    CORRE(motivo_largo, NULL, 0);
}

static int cortadas(void *arg)
{
    as_call llamadas[] = {{duerme, (void *)1000, NULL}, {devuelve, NULL, NULL}};
    as_outcome finales[2];
    as_scope ambito;

    (void)arg;
    as_error_set(UV_ECANCELED, "lo mío de antes");
    as_scope_enter(&ambito, 50);
    int rc = as_scope_leave(&ambito, as_gather(llamadas, 2, finales));
    cr_assert_eq(rc, UV_ETIMEDOUT);
    ES(finales[0], UV_ECANCELED, as_strerror(UV_ECANCELED));
    ES(finales[1], 0, "");
    return 0;
}

PRUEBA(gather, un_plazo_llena_tambien_las_casillas)
{
    CORRE(cortadas, NULL, 0);
}

/* ---- Sin casillas ------------------------------------------------------------------- */

static int se_da_por_cancelada(void *arg)
{
    int rc = as_sleep((intptr_t)arg);

    return rc < 0 ? rc : UV_ECANCELED;
}

static int una_cancelada(void *arg)
{
    as_call llamadas[] = {{duerme, (void *)1000, NULL},
                          {se_da_por_cancelada, (void *)20, NULL}};
    as_outcome finales[2];

    (void)arg;
    cr_assert_eq(as_gather(llamadas, 2, NULL), UV_ECANCELED);
    cr_assert_eq(as_now(), 20u, "la otra no sigue");
    cr_assert(!as_cancelled(), "quien reúne no está cancelado");
    cr_assert_eq(as_gather(llamadas, 2, finales), 1, "con casillas solo es un fallo");
    ES(finales[1], UV_ECANCELED, as_strerror(UV_ECANCELED));
    return 0;
}

PRUEBA(gather, una_llamada_cancelada_no_pasa_por_buena)
{
    CORRE(una_cancelada, NULL, 0);
}

static int falla_al_limpiar(void *arg)
{
    int rc = as_sleep((intptr_t)arg);

    return rc < 0 ? as_error_set(UV_ENOSPC, "al limpiar") : 0;
}

static int gana_la_primera(void *arg)
{
    as_call cancelada_antes[] = {{falla_al_limpiar, (void *)1000, NULL},
                                 {se_da_por_cancelada, (void *)20, NULL}};
    as_call error_antes[] = {{se_da_por_cancelada, (void *)1000, NULL},
                             {falla_con_motivo, "la copa", NULL}};

    (void)arg;
    int rc = as_gather(cancelada_antes, 2, NULL);
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_str_eq(as_error_text(rc), as_strerror(rc));
    rc = as_gather(error_antes, 2, NULL);
    cr_assert_eq(rc, UV_EIO);
    cr_assert_str_eq(as_error_text(rc), "se rompió la copa");
    return 0;
}

PRUEBA(gather, gana_el_primer_error_sea_cual_sea)
{
    CORRE(gana_la_primera, NULL, 0);
}

/* Cada una recibe algo que es suyo desde que se pide: tiene que correr para soltarlo. */
static int suelta_lo_suyo(void *arg)
{
    char **suyo = arg;
    int rc = as_sleep(1000);

    free(*suyo);
    *suyo = NULL;
    return rc;
}

static int reune_con_plazo(void *arg)
{
    const int64_t *plazo = arg;
    char *suyos[] = {strdup("una"), strdup("otra")};
    as_call llamadas[] = {{suelta_lo_suyo, &suyos[0], NULL},
                          {suelta_lo_suyo, &suyos[1], NULL}};
    as_outcome finales[2];
    as_scope ambito;

    as_scope_enter(&ambito, *plazo);
    cr_assert_eq(as_gather(llamadas, 2, NULL), UV_ECANCELED);
    DA_IGUAL(as_scope_leave(&ambito, 0));
    cr_assert_null(suyos[0]);
    cr_assert_null(suyos[1]);

    suyos[0] = strdup("tercera");
    suyos[1] = strdup("cuarta");
    as_scope_enter(&ambito, *plazo);
    cr_assert_eq(as_gather_each(suelta_lo_suyo, suyos, 2, sizeof *suyos, finales),
                 UV_ECANCELED);
    DA_IGUAL(as_scope_leave(&ambito, 0));
    cr_assert_null(suyos[0]);
    cr_assert_null(suyos[1]);
    ES(finales[0], UV_ECANCELED, as_strerror(UV_ECANCELED));
    return 0;
}

PRUEBA(gather, cancelada_antes_o_despues_todas_corren_y_sueltan_lo_suyo)
{
    CORRE(reune_con_plazo, &(int64_t){50}, 0);
    CORRE(reune_con_plazo, &(int64_t){0}, 0);
}

static int reune_lo_que_no_espera(void *arg)
{
    as_call llamada = {devuelve, (void *)7, NULL};
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, 0);
    int rc = as_gather(&llamada, 1, NULL);
    cr_assert_eq(rc, 0, "dio %s", as_errname(rc));
    return as_scope_leave(&ambito, rc);
}

PRUEBA(gather, cancelada_antes_vale_lo_que_llego_al_final)
{
    CORRE(reune_lo_que_no_espera, NULL, 0);
}

static int vacia_y_cancelada(void *arg)
{
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, 0);
    int rc = as_gather(NULL, 0, NULL);
    cr_assert_eq(rc, UV_ECANCELED, "dio %s", as_errname(rc));
    return as_scope_leave(&ambito, rc);
}

PRUEBA(gather, sin_llamadas_tambien_se_entera_de_la_cancelacion)
{
    CORRE(vacia_y_cancelada, NULL, UV_ETIMEDOUT);
}
