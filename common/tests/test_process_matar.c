/* Matar procesos, cancelar a quien los espera, y el reloj. */
#include "process_apoyo.h"

#include <sys/wait.h>
#include <unistd.h>

TestSuite(process_matar, .timeout = 60);

/* El proceso tiene un hijo; se sabe que ambos murieron porque la tubería que comparten se
 * acaba. */
static int mata_grupo(void *arg)
{
    char linea[64];
    int signum;
    as_process *p = lanza(ORDEN("sleep 1000 & echo listo; wait"), &tuberias);

    (void)arg;
    cr_assert_eq(as_readline(as_process_stdout(p), linea, sizeof linea), 5);
    cr_assert_eq(as_process_kill(p, 0), 0, "la señal 0 solo pregunta");
    cr_assert_eq(as_process_kill(p, 12345), UV_EINVAL);
    cr_assert_eq(as_process_kill(p, SIGTERM), 0);
    cr_assert_eq(as_process_wait(p, &signum), 128 + SIGTERM);
    cr_assert_eq(as_readline(as_process_stdout(p), linea, sizeof linea), UV_EOF);
    as_process_close(p);
    return 0;
}

PRUEBA(process_matar, matar_alcanza_a_todo_el_grupo)
{
    CORRE(mata_grupo, NULL, 0);
}

static int sesion(pid_t pid)
{
    return (int)getsid(pid);
}

static int mismo_grupo(void *arg)
{
    as_process *p = lanza((const char *[]){"sleep", "1000", NULL},
                          &(as_process_options){.same_group = true});

    (void)arg;
    cr_assert_eq(sesion(as_process_pid(p)), sesion(0));
    cr_assert_eq(getpgid(as_process_pid(p)), getpgrp());
    cr_assert_eq(as_process_kill(p, SIGKILL), 0, "y este programa sigue vivo");
    cr_assert_eq(as_process_wait(p, NULL), 128 + SIGKILL);
    as_process_close(p);
    return 0;
}

PRUEBA(process_matar, en_el_mismo_grupo_solo_muere_el)
{
    CORRE(mismo_grupo, NULL, 0);
}

static int cierra_vivo(void *arg)
{
    as_scope plazo;
    char linea[64];
    as_process *p = lanza(ORDEN("trap '' TERM; echo listo; while :; do sleep 100; done"),
                          &tuberias);
    pid_t pid = as_process_pid(p);

    (void)arg;
    cr_assert_eq(as_readline(as_process_stdout(p), linea, sizeof linea), 5);
    as_process_kill(p, SIGTERM);
    as_scope_enter(&plazo, 50);
    cr_assert_eq(as_scope_leave(&plazo, as_process_wait(p, NULL)), UV_ETIMEDOUT);
    /* También desde una tarea cancelada, y con algo que ya nadie va a leer. */
    as_scope_enter(&plazo, 0);
    as_process_close(p);
    (void)as_scope_leave(&plazo, 0);
    cr_assert_eq(kill(pid, 0), -1);
    cr_assert_eq(errno, ESRCH, "ni vivo ni zombi");
    return 0;
}

PRUEBA(process_matar, cerrar_mata_y_recoge)
{
    CORRE(cierra_vivo, NULL, 0);
}

static int escribe_sin_fin(void *arg)
{
    as_process *p = arg;
    static char lleno[300000];

    return as_write(as_process_stdin(p), lleno, sizeof lleno);
}

static int cierra_con_escritura(void *arg)
{
    as_process *p = lanza(ORDEN("sleep 1000"), &tuberias);
    as_process_output s;
    as_scope plazo;

    (void)arg;
    cr_assert_eq(escribe_sin_fin(p), 0);
    as_scope_enter(&plazo, 30);
    int rc = as_process_communicate(p, NULL, 0, 1000, &s);
    cr_assert_eq(as_scope_leave(&plazo, rc), UV_ETIMEDOUT);
    as_process_close(p);
    return 0;
}

PRUEBA(process_matar, cerrar_no_espera_a_quien_no_lee)
{
    CORRE(cierra_con_escritura, NULL, 0);
}

static int reloj(void *arg)
{
    as_scope plazo;
    as_process *p = lanza(ORDEN("sleep 0.1; exit 6"), NULL);

    (void)arg;
    as_scope_enter(&plazo, 30000);
    cr_assert_eq(as_scope_leave(&plazo, as_process_wait(p, NULL)), 6);
    as_process_close(p);
    return 0;
}

PRUEBA(process_matar, el_reloj_virtual_no_salta_mientras_se_espera)
{
    CORRE(reloj, NULL, 0);
}

static int nadie_espera(void *arg)
{
    as_process *p = lanza(ORDEN("sleep 1000"), &tuberias);
    as_event nunca;

    (void)arg;
    as_event_init(&nunca);
    cr_assert_eq(as_event_wait(&nunca), UV_ECANCELED);
    as_process_close(p);
    return 0;
}

static void corre_nadie_espera(void)
{
    _exit(as_run(nadie_espera, NULL) == AS_EDEADLK ? 0 : 1);
}

PRUEBA(process_matar, un_proceso_que_nadie_espera_no_tapa_un_interbloqueo)
{
    char salida[1024];
    int estado = en_otro_proceso(corre_nadie_espera, salida, sizeof salida);

    cr_assert_eq(estado, 0, "%d: %s", estado, salida);
}

/* Quien lo lanzó bloqueó SIGCHLD, que se hereda: sin ella nadie dice que un proceso terminó. */
static int termina_sin_aviso(void *arg)
{
    as_process *p = lanza(ORDEN("exit 7"), NULL);
    as_scope plazo;

    (void)arg;
    as_scope_enter(&plazo, 10000);
    int rc = as_scope_leave(&plazo, as_process_wait(p, NULL));
    if (rc < 0)
        _exit(1); /* cerrarlo no acabaría */
    cr_assert_eq(rc, 7);
    as_process_close(p);
    return 0;
}

PRUEBA(process_matar, con_sigchld_bloqueada_tambien_se_sabe_que_termino)
{
    sigset_t chld;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    cr_assert_eq(as_run(termina_sin_aviso, NULL), 0);
}

/* Otra biblioteca del programa recoge a todos los hijos que terminan. */
static int recogido_por_otro(void *arg)
{
    as_process *p = lanza(ORDEN("exit 7"), NULL);
    as_scope plazo;

    (void)arg;
    cr_assert_eq(waitpid(as_process_pid(p), NULL, 0), as_process_pid(p));
    as_scope_enter(&plazo, 10000);
    int rc = as_scope_leave(&plazo, as_process_wait(p, NULL));
    cr_assert_eq(rc, UV_ESRCH, "%s", as_errname(rc));
    cr_assert_eq(as_process_kill(p, SIGKILL), UV_ESRCH);
    as_process_close(p);
    return 0;
}

PRUEBA(process_matar, el_que_recogio_otro_se_puede_cerrar)
{
    cr_assert_eq(as_run(recogido_por_otro, NULL), 0);
}
