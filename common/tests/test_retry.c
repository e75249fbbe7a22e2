#include "prueba.h"

TestSuite(retry, .timeout = 60);

/* ---- Reintentos --------------------------------------------------------------------- */

static int sin_azar(void *arg)
{
    as_retry r;
    int rc, intentos = 0;

    as_retry_init(
        &r, &(as_retry_options){
                .attempts = 6, .base_ms = 100, .cap_ms = 500, .jitter = AS_JITTER_NONE});
    do {
        anota(arg, "%d@%d ", r.attempt, (int)as_now());
        intentos++;
        rc = UV_ECONNREFUSED;
    } while (as_retry_again(&r, &rc));
    cr_assert_eq(intentos, 6);
    return rc;
}

PRUEBA(retry, la_espera_se_dobla_hasta_el_tope)
{
    struct diario diario = {0};

    CORRE(sin_azar, &diario, UV_ECONNREFUSED);
    DIARIO_ES(&diario, "1@0 2@100 3@300 4@700 5@1200 6@1700 ");
}

static int esperas_enormes(void *arg)
{
    static const int azares[] = {AS_JITTER_NONE, AS_JITTER_ADDED};
    as_scope plazo;

    (void)arg;
    as_scope_enter(&plazo, 1000); /* las esperas no duran: se mira cuánto iban a durar */
    for (size_t i = 0; i < sizeof azares / sizeof *azares; i++) {
        as_retry r;
        as_retry_init(&r, &(as_retry_options){.attempts = 9,
                                              .base_ms = INT64_MAX / 2 + 1,
                                              .cap_ms = INT64_MAX,
                                              .jitter = azares[i]});
        for (int intento = 1; intento <= 3; intento++) {
            int rc = UV_EIO;
            cr_assert_not(as_retry_again(&r, &rc));
            cr_assert_eq(rc, UV_ECANCELED);
            cr_assert_geq(r.wait_ms, INT64_MAX / 2 + 1);
        }
        cr_assert_eq(r.wait_ms, INT64_MAX);
    }
    return as_scope_leave(&plazo, UV_ECANCELED);
}

PRUEBA(retry, una_espera_enorme_no_da_la_vuelta)
{
    CORRE(esperas_enormes, NULL, UV_ETIMEDOUT);
}

static int a_la_tercera(void *arg)
{
    as_retry r;
    int rc;

    (void)arg;
    as_retry_init(&r, NULL);
    do
        rc = r.attempt < 3 ? UV_EIO : 7;
    while (as_retry_again(&r, &rc));
    cr_assert_eq(r.attempt, 3);
    return rc;
}

PRUEBA(retry, para_al_primer_exito)
{
    CORRE(a_la_tercera, NULL, 7);
}

static bool solo_io(int error, void *arg)
{
    (*(int *)arg)++;
    return error == UV_EIO;
}

static int no_todo_se_reintenta(void *arg)
{
    as_retry r;
    static const int duraderos[] = {UV_ECANCELED, UV_EINVAL,       UV_EPROTO,
                                    UV_ELOOP,     AS_EKEYREJECTED, AS_EOVERFLOW};
    int rc, preguntas = 0;

    (void)arg;
    as_retry_init(&r, NULL);
    for (size_t i = 0; i < sizeof duraderos / sizeof *duraderos; i++) {
        rc = duraderos[i];
        cr_assert_not(as_retry_again(&r, &rc), "insiste tras %s", as_errname(rc));
        cr_assert_eq(rc, duraderos[i]);
    }
    as_retry_init(&r, &(as_retry_options){.retry = solo_io, .retry_arg = &preguntas});
    rc = UV_EPROTO;
    cr_assert_not(as_retry_again(&r, &rc));
    rc = UV_EIO;
    cr_assert(as_retry_again(&r, &rc));
    cr_assert_eq(preguntas, 2);
    return 0;
}

PRUEBA(retry, solo_reintenta_lo_que_merece_la_pena)
{
    CORRE(no_todo_se_reintenta, NULL, 0);
}

static int esperas_al_azar(void *arg)
{
    enum as_jitter jitter = *(enum as_jitter *)arg;
    int64_t esperas[2][20], maximo = 0;

    for (int vez = 0; vez < 2; vez++) {
        as_retry r;
        int rc = UV_EIO;
        as_retry_init(&r, &(as_retry_options){.attempts = 21,
                                              .base_ms = 1000,
                                              .cap_ms = 1000,
                                              .jitter = jitter,
                                              .seed = 42});
        for (int i = 0; i < 20; i++) {
            cr_assert(as_retry_again(&r, &rc));
            esperas[vez][i] = r.wait_ms;
            maximo = r.wait_ms > maximo ? r.wait_ms : maximo;
            if (jitter == AS_JITTER_FULL)
                cr_assert(r.wait_ms >= 0 && r.wait_ms <= 1000);
            else
                cr_assert(r.wait_ms >= 1000 && r.wait_ms <= 1100);
        }
    }
    cr_assert_eq(memcmp(esperas[0], esperas[1], sizeof esperas[0]), 0,
                 "la misma semilla da las mismas esperas");
    int distintas = 0;
    for (int i = 1; i < 20; i++)
        distintas += esperas[0][i] != esperas[0][0];
    cr_assert_gt(distintas, 15);
    cr_assert_gt(maximo, jitter == AS_JITTER_FULL ? 500 : 1050);
    return 0;
}

PRUEBA(retry, el_azar_se_reparte_y_se_repite_con_su_semilla)
{
    enum as_jitter jitter = AS_JITTER_FULL;

    CORRE(esperas_al_azar, &jitter, 0);
    jitter = AS_JITTER_ADDED;
    CORRE(esperas_al_azar, &jitter, 0);
}

static int con_plazo_total(void *arg)
{
    as_scope ambito;
    as_retry r;
    int rc;

    (void)arg;
    as_scope_enter(&ambito, 2500);
    as_retry_init(&r, &(as_retry_options){.attempts = 100, .jitter = AS_JITTER_NONE});
    do
        rc = UV_ECONNREFUSED;
    while (as_retry_again(&r, &rc));
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    cr_assert_eq(as_now(), 2500u);
    cr_assert_eq(r.attempt, 3);
    return 0;
}

PRUEBA(retry, el_ambito_pone_el_plazo_total)
{
    CORRE(con_plazo_total, NULL, 0);
}

static int lo_que_pide_el_servidor(void *arg)
{
    as_retry r;
    int rc = UV_EAGAIN;

    (void)arg;
    as_retry_init(&r, &(as_retry_options){.base_ms = 10});
    as_retry_at_least(&r, 5000);
    cr_assert(as_retry_again(&r, &rc));
    cr_assert_eq(as_now(), 5000u);
    cr_assert(as_retry_again(&r, &rc));
    cr_assert_leq(as_now(), 5020u, "solo vale para una espera");
    return 0;
}

PRUEBA(retry, se_respeta_lo_que_pide_el_servidor)
{
    CORRE(lo_que_pide_el_servidor, NULL, 0);
}

static int mas_de_lo_que_hay(void *arg)
{
    as_scope fuera, dentro;
    as_retry r;
    int rc = UV_EAGAIN;

    (void)arg;
    as_retry_init(&r, &(as_retry_options){.attempts = 9, .cap_ms = 4000});
    as_retry_at_least(&r, 4001);
    cr_assert_not(as_retry_again(&r, &rc), "es más que cap_ms");
    as_retry_at_least(&r, 4000);
    cr_assert(as_retry_again(&r, &rc));
    cr_assert_eq(as_now(), 4000u);

    as_scope_enter(&fuera, 3000);
    as_scope_enter(&dentro, 5000);
    as_retry_at_least(&r, 3000);
    cr_assert_not(as_retry_again(&r, &rc), "el plazo del ámbito vencería antes");
    cr_assert_eq(as_now(), 4000u);
    as_retry_at_least(&r, 2999);
    cr_assert(as_retry_again(&r, &rc));
    BIEN(as_scope_leave(&dentro, 0));
    as_shield_enter(&dentro, 5000); /* el de fuera no le alcanza */
    as_retry_at_least(&r, 3000);
    cr_assert(as_retry_again(&r, &rc));
    BIEN(as_scope_leave(&dentro, 0));
    BIEN(as_scope_leave(&fuera, 0));
    cr_assert_eq(rc, UV_EAGAIN);
    return 0;
}

PRUEBA(retry, no_se_espera_lo_que_no_cabe)
{
    CORRE(mas_de_lo_que_hay, NULL, 0);
}
