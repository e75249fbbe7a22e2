/* La barrera: nadie pasa hasta que llegan todas. */
#include "prueba.h"

#include <sys/wait.h>

TestSuite(barrier, .timeout = 60);

struct participante {
    as_barrier *barrera;
    struct diario *diario;
    int numero;
};

/* Llega a los `numero` milisegundos, dos veces. */
static int llega_dos_veces(void *arg)
{
    struct participante *p = arg;

    for (int ronda = 0; ronda < 2; ronda++) {
        int rc = as_sleep(p->numero);
        anota(p->diario, "+%d ", p->numero);
        if (rc == 0)
            rc = as_barrier_wait(p->barrera);
        if (rc < 0)
            return rc;
        anota(p->diario, "%d:%d ", p->numero, rc);
    }
    return 0;
}

static int dos_rondas(void *arg)
{
    struct participante p[3];
    as_barrier barrera;

    as_barrier_init(&barrera, 3);
    for (int i = 0; i < 3; i++)
        p[i] = (struct participante){&barrera, arg, (i + 1) * 10};
    return as_gather_each(llega_dos_veces, p, 3, sizeof *p, NULL);
}

PRUEBA(barrier, nadie_pasa_hasta_que_llegan_todas_y_sirve_otra_vez)
{
    struct diario diario = {0};

    CORRE(dos_rondas, &diario, 0);
    DIARIO_ES(&diario, "+10 +20 +30 30:2 10:0 20:1 +10 +20 +30 30:2 10:0 20:1 ");
}

static int de_una(void *arg)
{
    as_barrier barrera;

    (void)arg;
    as_barrier_init(&barrera, 1);
    cr_assert_eq(as_barrier_wait(&barrera), 0);
    cr_assert_eq(as_barrier_wait(&barrera), 0);
    return 0;
}

PRUEBA(barrier, la_de_una_no_espera)
{
    CORRE(de_una, NULL, 0);
}

/* ---- Cancelar ----------------------------------------------------------------------- */

static int llega(void *arg)
{
    return as_barrier_wait(arg);
}

/* La cancelada deja libre su sitio: la barrera sigue pidiendo tres, y reparte 0, 1 y 2. */
static int una_se_va(void *arg)
{
    as_barrier barrera;
    as_group grupo;
    as_task *t[4];

    (void)arg;
    as_barrier_init(&barrera, 3);
    as_group_enter(&grupo);
    t[0] = as_spawn(&grupo, NULL, llega, &barrera);
    t[1] = as_spawn(&grupo, NULL, llega, &barrera);
    cr_assert_eq(as_sleep(1), 0);
    as_cancel(t[0]);
    t[2] = as_spawn(&grupo, NULL, llega, &barrera);
    cr_assert_eq(as_sleep(1), 0);
    cr_assert(as_task_done(t[0]));
    cr_assert_not(as_task_done(t[1]), "solo hay dos");
    t[3] = as_spawn(&grupo, NULL, llega, &barrera);
    cr_assert_eq(as_await(t[0]), UV_ECANCELED);
    cr_assert_eq(as_await(t[1]), 0);
    cr_assert_eq(as_await(t[2]), 1);
    cr_assert_eq(as_await(t[3]), 2);
    return as_group_leave(&grupo, 0);
}

PRUEBA(barrier, la_que_se_cancela_deja_libre_su_sitio)
{
    CORRE(una_se_va, NULL, 0);
}

/* Interrumpida pero sin haber seguido aún, ya no cuenta. */
static int se_va_y_llega_otra(void *arg)
{
    as_barrier barrera;
    as_group grupo;

    (void)arg;
    as_barrier_init(&barrera, 2);
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, llega, &barrera);
    cr_assert_eq(as_yield(), 0);
    as_cancel(t);
    as_scope ambito;
    as_scope_enter(&ambito, 5);
    int rc = as_barrier_wait(&barrera);
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT, "pasó sola");
    cr_assert_eq(as_await(t), UV_ECANCELED);
    as_task *otra = as_spawn(&grupo, NULL, llega, &barrera);
    cr_assert_eq(as_yield(), 0);
    cr_assert_not(as_task_done(otra), "la del plazo vencido tampoco cuenta");
    cr_assert_eq(as_barrier_wait(&barrera), 1);
    cr_assert_eq(as_await(otra), 0);
    return as_group_leave(&grupo, 0);
}

PRUEBA(barrier, la_interrumpida_ya_no_cuenta)
{
    CORRE(se_va_y_llega_otra, NULL, 0);
}

/* Si llegan todas antes de que la cancelen, ha pasado. */
static int pasa_y_la_cancelan(void *arg)
{
    as_barrier barrera;
    as_group grupo;

    (void)arg;
    as_barrier_init(&barrera, 2);
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, llega, &barrera);
    cr_assert_eq(as_yield(), 0);
    cr_assert_eq(as_barrier_wait(&barrera), 1);
    as_cancel(t);
    cr_assert_eq(as_await(t), 0);
    return as_group_leave(&grupo, 0);
}

PRUEBA(barrier, cancelada_cuando_ya_habian_llegado_todas_pasa)
{
    CORRE(pasa_y_la_cancelan, NULL, 0);
}

/* ---- Mal uso ------------------------------------------------------------------------ */

static int de_ninguna(void *arg)
{
    as_barrier barrera;

    (void)arg;
    as_barrier_init(&barrera, 0);
    return 0;
}

static void corre_de_ninguna(void)
{
    as_run(de_ninguna, NULL);
}

static int espera_sola(void *arg)
{
    as_barrier barrera;

    (void)arg;
    as_barrier_init(&barrera, 2);
    return as_barrier_wait(&barrera);
}

static void corre_espera_sola(void)
{
    as_run(espera_sola, NULL);
}

PRUEBA(barrier, lo_que_no_puede_ser_se_explica)
{
    char salida[512];
    int estado = en_otro_proceso(corre_de_ninguna, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert_str_eq(salida,
                     "asinc: as_barrier_init: una barrera es al menos de una tarea "
                     "(tarea «principal»).\n");
    cr_assert_eq(en_otro_proceso(corre_espera_sola, salida, sizeof salida), 0);
    cr_assert(strstr(salida, "«principal» espera: a las que faltan en una barrera\n"),
              "dijo: %s", salida);
}
