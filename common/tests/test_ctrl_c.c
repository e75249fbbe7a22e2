#include "prueba.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(ctrl_c, .timeout = 60);

static void (*efecto(void))(int)
{
    struct sigaction ahora;

    cr_assert_eq(sigaction(SIGINT, NULL, &ahora), 0);
    return ahora.sa_handler;
}

/* Ejecuta `fn` en otro proceso y exige que lo mate Ctrl+C. */
static void muere_de_ctrl_c(void (*fn)(void))
{
    char salida[512];
    int estado = en_otro_proceso(fn, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGINT, "acabó con %d: %s",
              estado, salida);
}

/* ---- El primero cancela, el segundo mata --------------------------------------------- */

static int espera_ctrl_c(void *arg)
{
    (void)arg;
    raise(SIGINT);
    int rc = as_sleep(60000);
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert(as_interrupted());
    return 5;
}

static int sin_prisa(void *arg)
{
    (void)arg;
    cr_assert(!as_interrupted());
    return as_sleep(1);
}

PRUEBA(ctrl_c, cancela_la_principal)
{
    cr_assert_eq(as_run(espera_ctrl_c, NULL), 5);
    cr_assert(as_interrupted(), "también después de as_run");
    cr_assert(efecto() == SIG_DFL);
    cr_assert_eq(as_run(sin_prisa, NULL), 0);
    cr_assert(!as_interrupted(), "hasta el próximo");
}

static int cede_hasta_ctrl_c(void *arg)
{
    (void)arg;
    raise(SIGINT);
    for (long i = 0; i < 50000000; i++) {
        int rc = as_yield();
        if (rc < 0)
            return rc;
    }
    return 0;
}

PRUEBA(ctrl_c, quien_solo_cede_tambien_lo_ve)
{
    cr_assert_eq(as_run(cede_hasta_ctrl_c, NULL), UV_ECANCELED);
}

static int sordo(void *arg)
{
    (void)arg;
    raise(SIGINT);
    DA_IGUAL(as_sleep(60000));
    raise(SIGINT);
    return 0;
}

static void corre_sordo(void)
{
    as_run(sordo, NULL);
}

PRUEBA(ctrl_c, el_segundo_mata)
{
    muere_de_ctrl_c(corre_sordo);
}

static int acapara(void *arg)
{
    (void)arg;
    raise(SIGINT);
    raise(SIGINT);
    return 0;
}

static void corre_acaparadora(void)
{
    as_run(acapara, NULL);
}

PRUEBA(ctrl_c, el_segundo_mata_aunque_una_tarea_acapare_el_hilo)
{
    muere_de_ctrl_c(corre_acaparadora);
}

/* ---- Al terminar ---------------------------------------------------------------------- */

static int llega_al_terminar(void *arg)
{
    (void)arg;
    raise(SIGINT);
    cr_assert(!as_interrupted(), "la principal no fue cancelada");
    return 7;
}

PRUEBA(ctrl_c, el_que_llega_al_terminar_no_se_pierde)
{
    cr_assert_eq(as_run(llega_al_terminar, NULL), 7);
    cr_assert(as_interrupted());
    cr_assert(efecto() == SIG_DFL);
}

static void acaba_con_130(void)
{
    int rc = as_run(espera_ctrl_c, NULL);

    _exit(as_interrupted() ? 130 : rc < 0);
}

PRUEBA(ctrl_c, main_puede_acabar_con_130)
{
    char salida[512];
    int estado = en_otro_proceso(acaba_con_130, salida, sizeof salida);

    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 130, "%d: %s", estado, salida);
}

static void llega_despues(void)
{
    as_run(sin_prisa, NULL);
    raise(SIGINT);
}

PRUEBA(ctrl_c, despues_de_as_run_mata_como_siempre)
{
    muere_de_ctrl_c(llega_despues);
}

/* ---- Cuando as_run no la toca --------------------------------------------------------- */

static int no_se_entera(void *arg)
{
    (void)arg;
    raise(SIGINT);
    return as_sleep(5);
}

PRUEBA(ctrl_c, ignorada_sigue_ignorada)
{
    signal(SIGINT, SIG_IGN);
    cr_assert_eq(as_run(no_se_entera, NULL), 0);
    cr_assert(!as_interrupted());
    cr_assert(efecto() == SIG_IGN);
}

static void corre_sin_manejador(void)
{
    as_run_options(no_se_entera, NULL, &(as_options){.no_sigint = true});
}

PRUEBA(ctrl_c, con_no_sigint_mata_como_siempre)
{
    muere_de_ctrl_c(corre_sin_manejador);
}

static volatile sig_atomic_t veces;

static void al_pulsar(int senal)
{
    (void)senal;
    veces++;
}

PRUEBA(ctrl_c, un_manejador_de_antes_sigue_siendo_el_suyo)
{
    signal(SIGINT, al_pulsar);
    cr_assert_eq(as_run(no_se_entera, NULL), 0);
    cr_assert_eq(veces, 1);
    cr_assert(!as_interrupted());
    cr_assert(efecto() == al_pulsar);
}

static int se_pone_manejador(void *arg)
{
    (void)arg;
    signal(SIGINT, al_pulsar);
    raise(SIGINT);
    return as_sleep(5);
}

PRUEBA(ctrl_c, un_manejador_puesto_durante_as_run_se_queda)
{
    cr_assert_eq(as_run(se_pone_manejador, NULL), 0);
    cr_assert_eq(veces, 1);
    cr_assert(efecto() == al_pulsar);
}

/* Quien cambia el efecto un rato y luego devuelve el que había puede hacerlo ya sin bucle. */
static struct sigaction el_que_habia;

static int toma_prestada(void *arg)
{
    (void)arg;
    return sigaction(SIGINT, &(struct sigaction){.sa_handler = al_pulsar}, &el_que_habia);
}

static void devuelve_tarde(void)
{
    as_run(toma_prestada, NULL);
    sigaction(SIGINT, &el_que_habia, NULL);
    raise(SIGINT);
}

PRUEBA(ctrl_c, devolver_tarde_el_efecto_del_bucle_no_la_traga)
{
    muere_de_ctrl_c(devuelve_tarde);
}

/* ---- Varios hilos --------------------------------------------------------------------- */

enum { HILOS = 3 };

static _Atomic int dentro;
static _Atomic bool principal_acabo;

static int espera_a_la_principal(void *arg)
{
    (void)arg;
    dentro++;
    while (!principal_acabo) {
        int rc = as_sleep(1);
        if (rc < 0)
            return rc;
    }
    return as_interrupted() ? UV_EINTR : 0;
}

static void *bucle_de_otro_hilo(void *arg)
{
    *(int *)arg = as_run(espera_a_la_principal, NULL);
    return NULL;
}

static int espera_a_los_demas(void *arg)
{
    (void)arg;
    while (dentro < HILOS)
        cr_assert_eq(as_sleep(1), 0);
    kill(getpid(), SIGINT); /* lo puede atender cualquier hilo */
    return as_sleep(60000);
}

PRUEBA(ctrl_c, con_varios_bucles_es_del_hilo_principal)
{
    pthread_t hilos[HILOS];
    int rc[HILOS];

    for (int i = 0; i < HILOS; i++)
        cr_assert_eq(pthread_create(&hilos[i], NULL, bucle_de_otro_hilo, &rc[i]), 0);
    cr_assert_eq(as_run(espera_a_los_demas, NULL), UV_ECANCELED);
    cr_assert(as_interrupted());
    principal_acabo = true;
    for (int i = 0; i < HILOS; i++) {
        pthread_join(hilos[i], NULL);
        cr_assert_eq(rc[i], 0, "el bucle de otro hilo no se entera");
    }
}

static int se_interrumpe_sola(void *arg)
{
    (void)arg;
    kill(getpid(), SIGINT);
    return as_sleep(60000);
}

static void *bucle_sin_principal(void *arg)
{
    as_run(se_interrumpe_sola, arg);
    return NULL;
}

static void corre_sin_bucle_principal(void)
{
    pthread_t hilo;

    pthread_create(&hilo, NULL, bucle_sin_principal, NULL);
    pthread_join(hilo, NULL);
}

PRUEBA(ctrl_c, sin_bucle_en_el_hilo_principal_mata_como_siempre)
{
    muere_de_ctrl_c(corre_sin_bucle_principal);
}
