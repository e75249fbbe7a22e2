#include "prueba.h"

TestSuite(rate, .timeout = 60);

/* ---- Ventana deslizante ------------------------------------------------------------- */

struct paso {
    as_rate *limite;
    struct diario *diario;
    int numero;
};

static int pasa(void *arg)
{
    struct paso *p = arg;
    int rc = as_rate_wait(p->limite);

    if (rc == 0)
        anota(p->diario, "%d@%d ", p->numero, (int)as_now());
    return rc;
}

static int diez_pasos(void *arg)
{
    as_rate limite;
    struct paso p[10];

    cr_assert_eq(as_rate_init(&limite, 3, 1000), 0);
    for (int i = 0; i < 10; i++)
        p[i] = (struct paso){&limite, arg, i};
    int rc = as_gather_each(pasa, p, 10, sizeof *p, NULL);
    as_rate_destroy(&limite);
    return rc;
}

PRUEBA(rate, no_pasan_mas_de_tres_por_segundo_y_en_orden)
{
    struct diario diario = {0};

    CORRE(diez_pasos, &diario, 0);
    DIARIO_ES(&diario, "0@0 1@0 2@0 3@1000 4@1000 5@1000 6@2000 7@2000 8@2000 9@3000 ");
}

static int una_vez_en_la_vida(void *arg)
{
    as_rate limite;
    as_scope ambito;

    (void)arg;
    BIEN(as_sleep(1000));
    BIEN(as_rate_init(&limite, 1, INT64_MAX));
    BIEN(as_rate_wait(&limite));
    as_scope_enter(&ambito, 24 * 3600 * 1000);
    int rc = as_scope_leave(&ambito, as_rate_wait(&limite));
    as_rate_destroy(&limite);
    return rc;
}

PRUEBA(rate, una_ventana_enorme_no_da_la_vuelta)
{
    CORRE(una_vez_en_la_vida, NULL, UV_ETIMEDOUT);
}

static int a_ritmos_distintos(void *arg)
{
    as_rate limite;
    uint64_t pasos[60];

    (void)arg;
    srand(5);
    cr_assert_eq(as_rate_init(&limite, 4, 1000), 0);
    for (int i = 0; i < 60; i++) {
        cr_assert_eq(as_sleep(rand() % 500), 0);
        cr_assert_eq(as_rate_wait(&limite), 0);
        pasos[i] = as_now();
        if (i >= 4)
            cr_assert_geq(pasos[i] - pasos[i - 4], 1000u, "cinco en una ventana");
    }
    as_rate_destroy(&limite);
    return 0;
}

PRUEBA(rate, en_ninguna_ventana_caben_mas)
{
    CORRE(a_ritmos_distintos, NULL, 0);
}

static int cancelar_no_gasta(void *arg)
{
    struct diario *diario = arg;
    as_rate limite;
    as_group grupo;

    cr_assert_eq(as_rate_init(&limite, 1, 1000), 0);
    struct paso p[3] = {{&limite, diario, 0}, {&limite, diario, 1}, {&limite, diario, 2}};
    as_task *t[3];
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        t[i] = as_spawn(&grupo, NULL, pasa, &p[i]);
    BIEN(as_sleep(500));
    as_cancel(t[1]);
    cr_assert_eq(as_await(t[1]), UV_ECANCELED);
    int rc = as_group_leave(&grupo, 0);
    as_rate_destroy(&limite);
    return rc;
}

PRUEBA(rate, cancelar_a_quien_espera_no_gasta_su_turno)
{
    struct diario diario = {0};

    CORRE(cancelar_no_gasta, &diario, 0);
    DIARIO_ES(&diario, "0@0 2@1000 ");
}

static int absurdos(void *arg)
{
    as_rate r;

    (void)arg;
    cr_assert_eq(as_rate_init(&r, 0, 1000), UV_EINVAL);
    cr_assert_eq(as_rate_init(&r, 3, 0), UV_EINVAL);
    return 0;
}

PRUEBA(rate, los_limites_absurdos_se_rechazan)
{
    CORRE(absurdos, NULL, 0);
}
