/*
 * La promesa de task.h: en un ámbito cancelado, toda función que suspende devuelve
 * UV_ECANCELED sin hacer nada. Aquí, con lo que podrían haber hecho sin esperar. Y el mal uso
 * que se explica antes de abortar.
 */
#include "prueba.h"

#include <sys/wait.h>

TestSuite(cancelado, .timeout = 60);

/* Todo a punto: nada de lo que se pide tendría que esperar. */
struct cosas {
    as_lock cerrojo, suyo;
    as_condition condicion;
    as_semaphore semaforo;
    as_event evento;
    as_queue cola;
    as_rate limite;
    as_future futuro;
    as_task *terminada;
    void *elemento;
    int turnos;
};

static int cede(struct cosas *c)
{
    (void)c;
    return as_yield();
}

static int duerme_nada(struct cosas *c)
{
    (void)c;
    return as_sleep(0);
}

static int duerme(struct cosas *c)
{
    (void)c;
    return as_sleep(10);
}

static int toma_cerrojo(struct cosas *c)
{
    return as_lock_acquire(&c->cerrojo);
}

static int toma_semaforo(struct cosas *c)
{
    return as_semaphore_acquire(&c->semaforo);
}

static int espera_evento(struct cosas *c)
{
    return as_event_wait(&c->evento);
}

static int espera_condicion(struct cosas *c)
{
    return as_condition_wait(&c->condicion);
}

static int pone(struct cosas *c)
{
    return as_queue_put(&c->cola, "dos");
}

static int saca_uno(struct cosas *c)
{
    return as_queue_get(&c->cola, &c->elemento);
}

static int espera_cola(struct cosas *c)
{
    return as_queue_join(&c->cola);
}

static int pasa_limite(struct cosas *c)
{
    return as_rate_wait(&c->limite);
}

static int espera_terminada(struct cosas *c)
{
    return as_await(c->terminada);
}

static int espera_primera(struct cosas *c)
{
    return (int)as_wait_any(&c->terminada, 1);
}

static int espera_futuro(struct cosas *c)
{
    return as_future_wait(&c->futuro, &c->elemento);
}

static int reune_nada(struct cosas *c)
{
    (void)c;
    return as_gather(NULL, 0, NULL);
}

static const struct {
    const char *nombre;
    int (*intenta)(struct cosas *);
} intentos[] = {
    {"as_yield", cede},
    {"as_sleep(0)", duerme_nada},
    {"as_sleep(10)", duerme},
    {"as_lock_acquire", toma_cerrojo},
    {"as_semaphore_acquire", toma_semaforo},
    {"as_event_wait", espera_evento},
    {"as_condition_wait", espera_condicion},
    {"as_queue_put", pone},
    {"as_queue_get", saca_uno},
    {"as_queue_join", espera_cola},
    {"as_rate_wait", pasa_limite},
    {"as_await", espera_terminada},
    {"as_wait_any", espera_primera},
    {"as_future_wait", espera_futuro},
    {"as_gather de ninguna", reune_nada},
};

static int prepara(struct cosas *c)
{
    as_lock_init(&c->cerrojo);
    as_lock_init(&c->suyo);
    as_condition_init(&c->condicion, &c->suyo);
    as_semaphore_init(&c->semaforo, 1);
    as_event_init(&c->evento);
    as_event_set(&c->evento);
    as_queue_init(&c->cola, 4);
    as_future_init(&c->futuro);
    as_future_set_result(&c->futuro, c);
    cr_assert_eq(as_rate_init(&c->limite, 1, 1000), 0);
    cr_assert_eq(as_lock_acquire(&c->suyo), 0);
    return as_queue_put(&c->cola, "uno");
}

/* Nada cambió: todo sigue como estaba, y sin esperar. */
static void comprueba(struct cosas *c)
{
    uint64_t inicio = as_now_ns();

    cr_assert_not(as_lock_locked(&c->cerrojo));
    cr_assert(as_lock_locked(&c->suyo));
    cr_assert_eq(as_semaphore_acquire(&c->semaforo), 0);
    cr_assert_eq(as_queue_size(&c->cola), 1u);
    cr_assert_null(c->elemento);
    cr_assert_eq(as_queue_get(&c->cola, &c->elemento), 0);
    cr_assert_str_eq(c->elemento, "uno");
    cr_assert_eq(as_rate_wait(&c->limite), 0);
    cr_assert_eq(as_now_ns(), inicio);
}

static void recoge(struct cosas *c)
{
    as_lock_release(&c->suyo);
    as_rate_destroy(&c->limite);
    as_queue_destroy(&c->cola);
}

static int termina(void *arg)
{
    (void)arg;
    return 0;
}

/* La vecina corre una vez cada vez que alguien cede el turno. */
static int cuenta_turnos(void *arg)
{
    struct cosas *c = arg;
    int rc;

    while ((rc = as_yield()) == 0)
        c->turnos++;
    return rc;
}

static int intenta_de_todo(void *arg)
{
    struct cosas c = {0};
    as_scope ambito;
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    c.terminada = as_spawn(&grupo, "terminada", termina, NULL);
    int rc = as_start_soon(&grupo, "vecina", cuenta_turnos, &c);
    if (rc == 0)
        rc = as_await(c.terminada);
    if (rc == 0)
        rc = prepara(&c);
    cr_assert_eq(rc, 0);

    as_scope_enter(&ambito, AS_FOREVER);
    as_scope_cancel(&ambito);
    for (size_t i = 0; i < sizeof intentos / sizeof *intentos; i++) {
        int antes = c.turnos;
        rc = intentos[i].intenta(&c);
        cr_assert_eq(rc, UV_ECANCELED, "%s dio %d", intentos[i].nombre, rc);
        cr_assert_eq(c.turnos, antes + 1, "%s cedió el turno %d veces",
                     intentos[i].nombre, c.turnos - antes);
    }
    cr_assert_eq(as_scope_leave(&ambito, UV_ECANCELED), 0);

    comprueba(&c);
    recoge(&c);
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, 0);
}

PRUEBA(cancelado, nada_que_suspenda_hace_nada_y_todo_cede_una_vez)
{
    CORRE(intenta_de_todo, NULL, 0);
}

static int reintenta_cancelada(void *arg)
{
    as_retry reintento;
    as_scope ambito;
    int rc = UV_EIO;

    (void)arg;
    as_retry_init(&reintento, &(as_retry_options){.attempts = 5});
    as_scope_enter(&ambito, AS_FOREVER);
    as_scope_cancel(&ambito);
    cr_assert_not(as_retry_again(&reintento, &rc));
    cr_assert_eq(rc, UV_ECANCELED);
    return as_scope_leave(&ambito, rc);
}

PRUEBA(cancelado, quien_esta_cancelado_no_reintenta)
{
    CORRE(reintenta_cancelada, NULL, 0);
}

/* Cancelada mientras espera su turno, y no antes. */
static int cede_y_lo_dice(void *arg)
{
    *(int *)arg = as_yield();
    return 0;
}

static int cancela_a_quien_cede(void *arg)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, cede_y_lo_dice, arg);
    cr_assert_eq(as_yield(), 0);
    as_cancel(t);
    return as_group_leave(&grupo, 0);
}

PRUEBA(cancelado, ceder_se_entera_de_la_cancelacion_que_llega_mientras_tanto)
{
    int rc = 1;

    CORRE(cancela_a_quien_cede, &rc, 0);
    cr_assert_eq(rc, UV_ECANCELED);
}

/* ---- Mal uso ------------------------------------------------------------------------ */

static int saca(void *arg)
{
    void *elemento;

    return as_queue_get(arg, &elemento);
}

static int destruye_una_cola_en_uso(void *arg)
{
    as_group grupo;
    as_queue cola;

    (void)arg;
    as_queue_init(&cola, 1);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "lectora", saca, &cola);
    BIEN(as_yield());
    as_queue_destroy(&cola);
    return as_group_leave(&grupo, rc);
}

static int espera_sin_el_cerrojo(void *arg)
{
    as_condition condicion;
    as_lock cerrojo;

    (void)arg;
    as_lock_init(&cerrojo);
    as_condition_init(&condicion, &cerrojo);
    return as_condition_wait(&condicion);
}

static as_fn *mal_uso;

static void corre_mal_uso(void)
{
    as_run(mal_uso, NULL);
}

/* Exige que `fn` aborte explicándolo así. */
static void aborta(as_fn *fn, const char *explicacion)
{
    char salida[512];

    mal_uso = fn;
    int estado = en_otro_proceso(corre_mal_uso, salida, sizeof salida);
    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert(strstr(salida, explicacion), "dijo: %s", salida);
}

PRUEBA(cancelado, el_mal_uso_se_explica)
{
    aborta(destruye_una_cola_en_uso, "todavía hay tareas esperando en la cola");
    aborta(espera_sin_el_cerrojo, "esta tarea no tiene el cerrojo de la condición");
}
