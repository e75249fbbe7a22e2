/*
 * La promesa de task.h: en un ámbito cancelado, toda función que suspende devuelve
 * UV_ECANCELED sin hacer nada. Aquí, con lo que podrían haber hecho sin esperar. Y el mal uso
 * que se explica antes de abortar.
 */
#include "prueba.h"

#include <sys/wait.h>

TestSuite(cancelado, .timeout = 60);

static int intenta_de_todo(void *arg)
{
    as_scope ambito;
    as_lock cerrojo, suyo;
    as_condition condicion;
    as_semaphore semaforo;
    as_event evento;
    as_queue cola;
    as_rate limite;
    as_bucket cubo;
    as_retry reintento;
    void *elemento;
    int rc = UV_EIO;

    (void)arg;
    as_lock_init(&cerrojo);
    as_lock_init(&suyo);
    as_condition_init(&condicion, &suyo);
    as_semaphore_init(&semaforo, 1);
    as_event_init(&evento);
    as_queue_init(&cola, 4);
    as_retry_init(&reintento, &(as_retry_options){.attempts = 5});
    cr_assert_eq(as_rate_init(&limite, 1, 1000), 0);
    cr_assert_eq(as_bucket_init(&cubo, 1, 1), 0);
    cr_assert_eq(as_lock_acquire(&suyo), 0);
    cr_assert_eq(as_queue_put(&cola, "uno"), 0);

    as_scope_enter(&ambito, AS_FOREVER, 0);
    as_scope_cancel(&ambito);
    cr_assert_eq(as_sleep(0), UV_ECANCELED);
    cr_assert_eq(as_sleep(10), UV_ECANCELED);
    cr_assert_eq(as_lock_acquire(&cerrojo), UV_ECANCELED);
    cr_assert_eq(as_semaphore_acquire(&semaforo), UV_ECANCELED);
    cr_assert_eq(as_event_wait(&evento), UV_ECANCELED);
    cr_assert_eq(as_condition_wait(&condicion), UV_ECANCELED);
    cr_assert_eq(as_queue_put(&cola, "dos"), UV_ECANCELED);
    cr_assert_eq(as_queue_get(&cola, &elemento), UV_ECANCELED);
    cr_assert_eq(as_queue_join(&cola), UV_ECANCELED);
    cr_assert_eq(as_rate_wait(&limite), UV_ECANCELED);
    cr_assert_eq(as_bucket_take(&cubo, 1), UV_ECANCELED);
    cr_assert_not(as_retry_again(&reintento, &rc));
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&ambito, UV_ECANCELED), 0);

    /* Nada cambió: todo sigue como estaba, y sin esperar. */
    uint64_t inicio = as_now_ns();
    cr_assert_not(as_lock_locked(&cerrojo));
    cr_assert(as_lock_locked(&suyo));
    cr_assert_eq(as_semaphore_acquire(&semaforo), 0);
    cr_assert_eq(as_queue_size(&cola), 1u);
    cr_assert_eq(as_queue_get(&cola, &elemento), 0);
    cr_assert_str_eq(elemento, "uno");
    cr_assert_eq(as_rate_wait(&limite), 0);
    cr_assert_eq(as_bucket_take(&cubo, 1), 0);
    cr_assert_eq(as_now_ns(), inicio);
    as_lock_release(&suyo);
    as_rate_destroy(&limite);
    as_queue_destroy(&cola);
    return 0;
}

PRUEBA(cancelado, nada_que_suspenda_hace_nada)
{
    CORRE(intenta_de_todo, NULL, 0);
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
    as_group_enter(&grupo, 0);
    int rc = as_start_soon(&grupo, "lectora", saca, &cola);
    as_yield();
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
