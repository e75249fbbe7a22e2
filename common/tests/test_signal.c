#include "prueba.h"

#include <sys/wait.h>
#include <unistd.h>

TestSuite(signal, .timeout = 60);

static as_signals *abre(const int *cuales, size_t n)
{
    as_signals *s;

    cr_assert_eq(as_signals_open(cuales, n, &s), 0);
    return s;
}

#define ABRE(...)                                                                        \
    abre((const int[]){__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int))

static int por_orden(void *arg)
{
    as_signals *s = ABRE(SIGUSR1, SIGUSR2, SIGTERM);

    (void)arg;
    /* Llegan entre una espera y la siguiente: ninguna se pierde. */
    raise(SIGTERM);
    cr_assert_eq(as_signals_wait(s), SIGTERM);
    raise(SIGUSR2);
    raise(SIGUSR1);
    raise(SIGUSR2);
    BIEN(as_yield());
    int a = as_signals_wait(s), b = as_signals_wait(s);
    cr_assert(a == SIGUSR2 && b == SIGUSR1, "llegaron %d y %d", a, b);
    as_scope plazo;
    as_scope_enter(&plazo, 10);
    cr_assert_eq(as_scope_leave(&plazo, as_signals_wait(s)), UV_ETIMEDOUT);
    raise(SIGUSR1);
    cr_assert_eq(as_signals_wait(s), SIGUSR1, "tras cancelar una espera sigue valiendo");
    as_signals_close(s);
    as_signals_close(NULL);
    return 0;
}

PRUEBA(signal, llegan_por_orden_y_no_se_pierden)
{
    CORRE(por_orden, NULL, 0);
}

static int espera_una(void *arg)
{
    return as_signals_wait(arg);
}

static int cancelar_y_llegar(void *arg)
{
    as_signals *s = ABRE(SIGUSR1);
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, espera_una, s);
    BIEN(as_yield());
    cr_assert_eq(as_signals_wait(s), UV_EBUSY);
    raise(SIGUSR1);
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert_eq(as_signals_wait(s), SIGUSR1,
                 "la que llegó al cancelar es de la próxima");
    int rc = as_group_leave(&grupo, 0);
    as_signals_close(s);
    return rc;
}

PRUEBA(signal, cancelar_una_espera_no_pierde_la_senal)
{
    CORRE(cancelar_y_llegar, NULL, 0);
}

static int dos_receptores(void *arg)
{
    as_signals *a = ABRE(SIGUSR1), *b;

    (void)arg;
    cr_assert_eq(as_signals_open((const int[]){SIGUSR2, SIGUSR1}, 2, &b), UV_EBUSY);
    cr_assert_null(b);
    as_signals_close(a);
    b = ABRE(SIGUSR2, SIGUSR1);
    raise(SIGUSR1);
    cr_assert_eq(as_signals_wait(b), SIGUSR1);
    as_signals_close(b);
    return 0;
}

PRUEBA(signal, una_senal_tiene_un_solo_receptor)
{
    CORRE(dos_receptores, NULL, 0);
}

/* ---- Tormentas ---------------------------------------------------------------------- */

enum { TORMENTA = 20000 };

static pid_t lanza_tormenta(void)
{
    pid_t padre = getpid(), hijo = fork();

    if (hijo == 0) {
        for (int i = 0; i < TORMENTA; i++)
            kill(padre, i % 2 ? SIGUSR1 : SIGUSR2);
        kill(padre, SIGTERM);
        _exit(0);
    }
    return hijo;
}

static int tormenta(void *arg)
{
    as_signals *s = ABRE(SIGUSR1, SIGUSR2, SIGTERM);
    int cuenta[NSIG] = {0}, signum;

    (void)arg;
    pid_t hijo = lanza_tormenta();
    do {
        signum = as_signals_wait(s);
        cr_assert_gt(signum, 0);
        cuenta[signum]++;
    } while (signum != SIGTERM);
    cr_assert_gt(cuenta[SIGUSR1], 0);
    cr_assert_gt(cuenta[SIGUSR2], 0);
    cr_assert_leq(cuenta[SIGUSR1] + cuenta[SIGUSR2], TORMENTA);

    /* Con el bucle parado mientras dura, se juntan pero no falta ninguna. */
    waitpid(hijo, NULL, 0);
    hijo = lanza_tormenta();
    waitpid(hijo, NULL, 0);
    unsigned vistas = 0;
    while ((signum = as_signals_wait(s)) != SIGTERM)
        vistas |= signum == SIGUSR1 ? 1 : 2;
    cr_assert_eq(vistas, 3u);
    as_signals_close(s);
    return 0;
}

PRUEBA(signal, aguanta_una_tormenta)
{
    CORRE(tormenta, NULL, 0);
}

/* ---- El efecto de siempre ------------------------------------------------------------ */

static void (*efecto(int signum))(int)
{
    struct sigaction ahora;

    cr_assert_eq(sigaction(signum, NULL, &ahora), 0);
    return ahora.sa_handler;
}

static int devuelve_efecto(void *arg)
{
    as_signals *s = ABRE(SIGHUP, SIGPIPE, SIGUSR1);
    int tubo[2];

    (void)arg;
    cr_assert_eq(pipe(tubo), 0);
    close(tubo[0]);
    cr_assert_eq(write(tubo[1], "x", 1), -1);
    cr_assert_eq(as_signals_wait(s), SIGPIPE);
    as_signals_close(s);
    cr_assert_eq(efecto(SIGHUP), SIG_IGN, "con nohup, sigue ignorada al cerrar");
    cr_assert_eq(efecto(SIGUSR1), SIG_DFL);
    cr_assert_eq(write(tubo[1], "x", 1), -1, "as_run la ignora: no mata");
    close(tubo[1]);
    return 0;
}

PRUEBA(signal, al_cerrar_vuelve_el_efecto_de_antes)
{
    signal(SIGHUP, SIG_IGN);
    CORRE(devuelve_efecto, NULL, 0);
}

/* ---- Ctrl+C ------------------------------------------------------------------------- */

static int ctrl_c_propio(void *arg)
{
    as_signals *s = ABRE(SIGINT);

    (void)arg;
    for (int i = 0; i < 3; i++) {
        raise(SIGINT);
        cr_assert_eq(as_signals_wait(s), SIGINT);
        cr_assert(!as_interrupted());
    }
    as_signals_close(s);
    raise(SIGINT);
    cr_assert_eq(as_sleep(10000), UV_ECANCELED,
                 "cerrado el receptor, cancela como siempre");
    cr_assert(as_interrupted());
    return 5;
}

PRUEBA(signal, con_receptor_ctrl_c_no_cancela)
{
    CORRE(ctrl_c_propio, NULL, 5);
}

static void al_llegar(int signum)
{
    (void)signum;
}

static int se_pone_manejador(void *arg)
{
    as_signals *s = ABRE(SIGINT, SIGUSR1);

    (void)arg;
    signal(SIGINT, al_llegar);
    as_signals_close(s);
    cr_assert(efecto(SIGINT) == al_llegar);
    cr_assert(efecto(SIGUSR1) == SIG_DFL);
    return 0;
}

PRUEBA(signal, un_manejador_propio_puesto_entretanto_se_queda)
{
    CORRE(se_pone_manejador, NULL, 0);
    cr_assert(efecto(SIGINT) == al_llegar, "ni as_run lo quita");
}

static int olvida_cerrar(void *arg)
{
    as_signals *s = ABRE(SIGINT, SIGTERM);

    (void)arg;
    raise(SIGTERM);
    return as_signals_wait(s);
}

static void corre_olvida_cerrar(void)
{
    if (as_run(olvida_cerrar, NULL) != SIGTERM)
        _exit(2);
    raise(SIGTERM); /* sin bucle ya, mata como siempre */
    _exit(3);
}

PRUEBA(signal, un_receptor_olvidado_no_deja_rastro)
{
    char salida[512];
    int estado = en_otro_proceso(corre_olvida_cerrar, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGTERM, "%d: %s", estado,
              salida);
}

/* ---- Errores ------------------------------------------------------------------------ */

static int errores(void *arg)
{
    const int malas[] = {0, -1, 99999, SIGKILL, SIGSTOP, SIGSEGV, SIGCHLD, 32};
    as_signals *s = arg;

    for (size_t i = 0; i < sizeof malas / sizeof *malas; i++) {
        int rc = as_signals_open((const int[]){SIGUSR1, malas[i]}, 2, &s);
        cr_assert_lt(rc, 0, "señal %d", malas[i]);
        cr_assert_null(s);
        cr_assert_str_neq(as_error_text(rc), as_strerror(rc));
    }
    cr_assert_eq(as_signals_open(NULL, 0, &s), UV_EINVAL);
    cr_assert_eq(efecto(SIGUSR1), SIG_DFL);
    s = ABRE(SIGUSR1);
    as_scope ambito;
    as_scope_enter(&ambito, AS_FOREVER);
    as_scope_cancel(&ambito);
    raise(SIGUSR1);
    cr_assert_eq(as_signals_wait(s), UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&ambito, UV_ECANCELED), 0);
    cr_assert_eq(as_signals_wait(s), SIGUSR1);
    as_signals_close(s);
    return 0;
}

PRUEBA(signal, errores_y_cancelacion)
{
    CORRE(errores, NULL, 0);
}

static int espera_con_receptor(void *arg)
{
    as_signals *s = ABRE(SIGUSR1);
    as_event nunca;

    (void)arg;
    as_event_init(&nunca);
    cr_assert_eq(as_event_wait(&nunca), UV_ECANCELED);
    as_signals_close(s);
    return 0;
}

static void corre_espera_con_receptor(void)
{
    _exit(as_run(espera_con_receptor, NULL) == AS_EDEADLK ? 0 : 1);
}

PRUEBA(signal, un_receptor_que_nadie_espera_no_tapa_un_interbloqueo)
{
    char salida[1024];
    int estado = en_otro_proceso(corre_espera_con_receptor, salida, sizeof salida);

    cr_assert_eq(estado, 0, "%d: %s", estado, salida);
}
