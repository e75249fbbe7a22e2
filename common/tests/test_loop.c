#include "prueba.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(loop, .timeout = 60);

/* ---- Dormir y ceder ----------------------------------------------------------------- */

struct dormilona {
    struct diario *diario;
    const char *nombre;
    int ms;
};

static int duerme_y_anota(void *arg)
{
    struct dormilona *d = arg;

    int rc = as_sleep(d->ms);
    anota(d->diario, "%s@%d ", d->nombre, (int)as_now());
    return rc;
}

static int tres_dormilonas(void *arg)
{
    struct dormilona d[] = {
        {arg, "A", 7200000}, {arg, "B", 3600000}, {arg, "C", 9000000}};

    return as_gather_each(duerme_y_anota, d, 3, sizeof *d, NULL);
}

PRUEBA(loop, el_reloj_virtual_salta_y_despierta_en_orden)
{
    struct diario diario = {0};

    /* De verdad, no cabrían en el plazo de la prueba. */
    CORRE(tres_dormilonas, &diario, 0);
    DIARIO_ES(&diario, "B@3600000 A@7200000 C@9000000 ");
}

static int mismo_plazo(void *arg)
{
    struct dormilona d[] = {{arg, "1", 5}, {arg, "2", 5}, {arg, "3", 5}};

    return as_gather_each(duerme_y_anota, d, 3, sizeof *d, NULL);
}

PRUEBA(loop, a_igual_plazo_despierta_antes_quien_durmio_antes)
{
    struct diario diario = {0};

    CORRE(mismo_plazo, &diario, 0);
    DIARIO_ES(&diario, "1@5 2@5 3@5 ");
}

static int cede_tres_veces(void *arg)
{
    struct dormilona *d = arg;

    for (int i = 0; i < 3; i++) {
        anota(d->diario, "%s%d ", d->nombre, i);
        BIEN(as_yield());
    }
    return 0;
}

static int dos_que_ceden(void *arg)
{
    struct dormilona d[] = {{arg, "a", 0}, {arg, "b", 0}};

    return as_gather_each(cede_tres_veces, d, 2, sizeof *d, NULL);
}

PRUEBA(loop, ceder_alterna_las_tareas)
{
    struct diario diario = {0};

    CORRE(dos_que_ceden, &diario, 0);
    DIARIO_ES(&diario, "a0 b0 a1 b1 a2 b2 ");
}

static int duerme_de_verdad(void *arg)
{
    uint64_t antes = uv_hrtime();
    int rc = as_sleep(20);

    *(uint64_t *)arg = uv_hrtime() - antes;
    return rc;
}

PRUEBA(loop, con_el_reloj_real_nunca_despierta_antes_de_tiempo)
{
    uint64_t tardo = 0;

    cr_assert_eq(as_run(duerme_de_verdad, &tardo), 0);
    cr_assert_geq(tardo, 20000000u);
}

/* Una tarea que no para de ceder no deja sin turno a los plazos ni a la red. */
static int gira_hasta(void *arg)
{
    bool *parar = arg;
    long vueltas = 0;

    while (!*parar) {
        BIEN(as_yield());
        cr_assert_lt(++vueltas, 500000000L);
    }
    return 0;
}

static int levanta_bandera(void *arg)
{
    int rc = as_sleep(5);

    *(bool *)arg = true;
    return rc;
}

static int giradora_y_plazo(void *arg)
{
    as_call llamadas[] = {{gira_hasta, arg, "giradora"}, {levanta_bandera, arg, "plazo"}};

    return as_gather(llamadas, 2, NULL);
}

PRUEBA(loop, quien_cede_sin_parar_no_mata_de_hambre_a_los_plazos)
{
    bool parar = false;

    cr_assert_eq(as_run(giradora_y_plazo, &parar), 0);
}

/* ---- as_run ------------------------------------------------------------------------- */

static int devuelve(void *arg)
{
    return *(int *)arg;
}

PRUEBA(loop, as_run_devuelve_lo_de_la_principal)
{
    int valor = 42;

    CORRE(devuelve, &valor, 42);
    valor = UV_EIO;
    CORRE(devuelve, &valor, UV_EIO);
}

static int anida(void *arg)
{
    int rc = as_run(devuelve, arg);

    cr_assert(strstr(as_error_text(rc), "ya hay un bucle"));
    return rc;
}

PRUEBA(loop, un_bucle_dentro_de_otro_es_un_error)
{
    int valor = 1;

    CORRE(anida, &valor, UV_EBUSY);
}

PRUEBA(loop, las_opciones_absurdas_se_rechazan)
{
    int valor = 1;

    cr_assert_eq(as_run_options(devuelve, &valor, &(as_options){.stack_size = 100}),
                 UV_EINVAL);
    setenv("AS_CLOCK", "lunar", 1);
    cr_assert_eq(as_run(devuelve, &valor), UV_EINVAL);
    setenv("AS_CLOCK", "virtual", 1);
    cr_assert_eq(as_run(devuelve, &valor), 1);
}

static int duerme_un_poco(void *arg)
{
    (void)arg;
    for (int i = 0; i < 50; i++) {
        int rc = as_yield();
        if (rc < 0)
            return rc;
    }
    return as_sleep(1);
}

static void *hilo(void *arg)
{
    *(int *)arg = as_run(tres_dormilonas, &(struct diario){0}) == 0
                      ? as_run(duerme_un_poco, NULL)
                      : UV_EIO;
    return NULL;
}

PRUEBA(loop, cada_hilo_tiene_su_bucle)
{
    pthread_t hilos[4];
    int rc[4];

    setenv("AS_CLOCK", "virtual", 1);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&hilos[i], NULL, hilo, &rc[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(hilos[i], NULL);
        cr_assert_eq(rc[i], 0);
    }
}

PRUEBA(loop, el_tiempo_existe_fuera_del_bucle)
{
    cr_assert_gt(as_now(), 0u);
    cr_assert_not(as_interrupted());
    cr_assert_null(as_current_task());
}

/* ---- Escribir en un tubo roto ------------------------------------------------------- */

static int escribe_en_tubo_roto(void *arg)
{
    int tubo[2];

    (void)arg;
    cr_assert_eq(pipe(tubo), 0);
    close(tubo[0]);
    ssize_t n = write(tubo[1], "x", 1);
    close(tubo[1]);
    return n < 0 ? 0 : UV_EIO;
}

static void (*efecto(int signum))(int)
{
    struct sigaction ahora;

    cr_assert_eq(sigaction(signum, NULL, &ahora), 0);
    return ahora.sa_handler;
}

PRUEBA(loop, un_tubo_roto_no_mata_y_sigpipe_se_restaura)
{
    signal(SIGPIPE, SIG_DFL);
    CORRE(escribe_en_tubo_roto, NULL, 0);
    cr_assert(efecto(SIGPIPE) == SIG_DFL);
}

/* El bucle de otro hilo empieza antes y acaba después, y al revés. */
static sem_t puede_empezar, puede_acabar, esta_dentro;

static int espera_y_escribe(void *arg)
{
    sem_post(&esta_dentro);
    while (sem_wait(&puede_acabar) != 0)
        ;
    return escribe_en_tubo_roto(arg);
}

static void *otro_bucle(void *arg)
{
    while (sem_wait(&puede_empezar) != 0)
        ;
    *(int *)arg = as_run(espera_y_escribe, NULL);
    return NULL;
}

static int deja_empezar(void *arg)
{
    (void)arg;
    sem_post(&puede_empezar);
    while (sem_wait(&esta_dentro) != 0)
        ;
    return 0;
}

PRUEBA(loop, un_tubo_roto_no_mata_mientras_quede_un_bucle)
{
    pthread_t hilo;
    int rc = 1;

    signal(SIGPIPE, SIG_DFL);
    sem_init(&puede_empezar, 0, 0);
    sem_init(&puede_acabar, 0, 0);
    sem_init(&esta_dentro, 0, 0);
    cr_assert_eq(pthread_create(&hilo, NULL, otro_bucle, &rc), 0);
    cr_assert_eq(as_run(deja_empezar, NULL), 0);
    cr_assert(efecto(SIGPIPE) == SIG_IGN, "el otro bucle sigue");
    sem_post(&puede_acabar);
    pthread_join(hilo, NULL);
    cr_assert_eq(rc, 0);
    cr_assert(efecto(SIGPIPE) == SIG_DFL);
}

static void al_escribir(int senal)
{
    (void)senal;
}

static int se_pone_sigpipe(void *arg)
{
    (void)arg;
    signal(SIGPIPE, al_escribir);
    return 0;
}

PRUEBA(loop, un_manejador_de_sigpipe_puesto_durante_as_run_se_queda)
{
    CORRE(se_pone_sigpipe, NULL, 0);
    cr_assert(efecto(SIGPIPE) == al_escribir);
}

/* ---- Sin entrada, salida o salida de error -------------------------------------------- */

static int abre_y_cierra(void *arg)
{
    as_stream *lector, *escritor, *entrada;
    char b[8];

    (void)arg;
    BIEN(as_stream_pipe(&lector, &escritor));
    BIEN(as_write(escritor, "hola", 4));
    cr_assert_eq(as_read(lector, b, sizeof b), 4);
    as_stream_close(lector);
    as_stream_close(escritor);
    BIEN(as_stream_open_fd(STDIN_FILENO, &entrada));
    cr_assert_eq(as_read(entrada, b, sizeof b), UV_EBADF);
    as_stream_close(entrada);
    cr_assert(write(STDOUT_FILENO, "x", 1) == -1 && errno == EBADF);
    return 0;
}

static void sin_los_tres(void)
{
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    _exit(as_run(abre_y_cierra, NULL) == 0 ? 0 : 1);
}

PRUEBA(loop, sin_entrada_ni_salidas_nadie_ocupa_su_sitio)
{
    char salida[512];
    int estado = en_otro_proceso(sin_los_tres, salida, sizeof salida);

    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 0, "%#x: %s", estado, salida);
}

/* ---- Interbloqueo ------------------------------------------------------------------- */

static int espera_futuro(void *arg)
{
    return as_future_wait(arg, NULL);
}

static int nadie_cumple(void *arg)
{
    as_future futuro;
    as_group grupo;

    (void)arg;
    as_future_init(&futuro);
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "ingenua", espera_futuro, &futuro);
    return as_group_leave(&grupo, tarea ? 0 : UV_ENOMEM);
}

static void corre_interbloqueo(void)
{
    int rc = as_run(nadie_cumple, NULL);

    fprintf(stderr, "rc=%s\n", as_errname(rc));
}

PRUEBA(loop, un_interbloqueo_se_cuenta_y_no_cuelga)
{
    char salida[1024];
    int estado = en_otro_proceso(corre_interbloqueo, salida, sizeof salida);

    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 0);
    cr_assert_str_eq(salida, "asinc: interbloqueo: nada puede despertar a estas tareas.\n"
                             "  - «principal» espera: a las tareas de su grupo\n"
                             "    - «ingenua» espera: un futuro\n"
                             "rc=EDEADLK\n");
}

static int espera_protegida(void *arg)
{
    as_future futuro;
    as_scope ambito;

    (void)arg;
    as_future_init(&futuro);
    as_shield_enter(&ambito, AS_FOREVER);
    return as_scope_leave(&ambito, as_future_wait(&futuro, NULL));
}

PRUEBA(loop, un_interbloqueo_tambien_rompe_lo_protegido)
{
    CORRE(espera_protegida, NULL, AS_EDEADLK);
}
