#include "prueba.h"

#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TestSuite(work, .timeout = 60);

static void duerme(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Un trabajo que la prueba puede ver empezar y decidir cuándo acaba. */
struct obra {
    atomic_bool empezo, sigue, acabo, vio_cancelar;
    atomic_int limpiezas;
};

static int obra_lenta(void *arg)
{
    struct obra *o = arg;

    o->empezo = true;
    while (!o->sigue && !as_work_cancelled())
        duerme(1);
    o->vio_cancelar = as_work_cancelled();
    o->acabo = true;
    return o->vio_cancelar ? UV_ECANCELED : 7;
}

/* Como la anterior, pero no atiende a nadie. */
static int obra_terca(void *arg)
{
    struct obra *o = arg;

    o->empezo = true;
    while (!o->sigue)
        duerme(1);
    o->acabo = true;
    return 7;
}

static void limpia(void *arg)
{
    struct obra *o = arg;

    cr_assert(o->acabo || !o->empezo, "se limpió con el hilo aún dentro");
    o->limpiezas++;
}

static void espera_a(atomic_bool *que)
{
    while (!*que)
        BIEN(as_sleep(1));
}

/* ---- Resultados --------------------------------------------------------------------- */

static int suma(void *arg)
{
    int *n = arg;

    return n[0] + n[1];
}

static int falla(void *arg)
{
    (void)arg;
    return UV_EIO;
}

static int resultados(void *arg)
{
    int n[] = {40, 2};

    (void)arg;
    cr_assert_eq(as_work(suma, n), 42);
    cr_assert_eq(as_work(falla, NULL), UV_EIO);
    cr_assert_eq(as_work_detachable(suma, n, limpia), 42, "sigue siendo mío");
    return 0;
}

PRUEBA(work, el_resultado_llega_a_quien_espera)
{
    CORRE(resultados, NULL, 0);
}

static int quien_soy(void *arg)
{
    *(pthread_t *)arg = pthread_self();
    return 0;
}

static int otra_tarea(void *arg)
{
    struct obra *o = arg;

    espera_a(&o->empezo);
    o->sigue = true; /* si el bucle estuviera parado, nadie llegaría aquí */
    return 0;
}

static int hace_obra(void *arg)
{
    return as_work(obra_terca, arg);
}

static int no_para_el_bucle(void *arg)
{
    struct obra o = {0};
    as_call llamadas[] = {{hace_obra, &o, NULL}, {otra_tarea, &o, NULL}};
    as_outcome finales[2];
    pthread_t hilo;

    (void)arg;
    cr_assert_eq(as_gather(llamadas, 2, finales), 0);
    cr_assert_eq(finales[0].rc, 7);
    cr_assert_eq(as_work(quien_soy, &hilo), 0);
    cr_assert(!pthread_equal(hilo, pthread_self()));
    return 0;
}

PRUEBA(work, el_bucle_sigue_mientras_un_hilo_trabaja)
{
    CORRE(no_para_el_bucle, NULL, 0);
}

/* ---- Cancelar ----------------------------------------------------------------------- */

static int cancela_en_marcha(void *arg)
{
    struct obra o = {0};
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, hace_obra, &o);
    espera_a(&o.empezo);
    as_cancel(t);
    BIEN(as_yield());
    BIEN(as_yield());
    cr_assert(!as_task_done(t), "el hilo aún usa su memoria: hay que esperarlo");
    o.sigue = true;
    cr_assert_eq(as_await(t), 7, "terminó: gana el resultado");
    cr_assert(o.acabo);
    return as_group_leave(&grupo, 0);
}

PRUEBA(work, cancelar_uno_en_marcha_espera_a_su_hilo)
{
    CORRE(cancela_en_marcha, NULL, 0);
}

static int hace_obra_lenta(void *arg)
{
    return as_work(obra_lenta, arg);
}

static int con_bandera(void *arg)
{
    struct obra *o = arg;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, hace_obra_lenta, o);
    espera_a(&o->empezo);
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert(o->vio_cancelar);
    return as_group_leave(&grupo, 0);
}

PRUEBA(work, el_hilo_ve_que_lo_cancelan)
{
    struct obra o = {0};

    CORRE(con_bandera, &o, 0);
}

static int obra_suelta(void *arg)
{
    return as_work_detachable(obra_terca, arg, limpia);
}

static int suelta(void *arg)
{
    struct obra *o = arg;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, obra_suelta, o);
    espera_a(&o->empezo);
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert(!o->acabo, "no esperó al hilo");
    cr_assert_eq(o->limpiezas, 0);
    o->sigue = true;
    while (o->limpiezas == 0)
        BIEN(as_sleep(1));
    return as_group_leave(&grupo, 0);
}

PRUEBA(work, el_trabajo_sobrevive_a_su_tarea)
{
    struct obra o = {0};

    CORRE(suelta, &o, 0);
    cr_assert_eq(o.limpiezas, 1);
}

static int deja_suelto(void *arg)
{
    struct obra *o = arg;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, obra_suelta, o);
    espera_a(&o->empezo);
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    o->sigue = true; /* acaba con as_run, o después */
    return as_group_leave(&grupo, 0);
}

PRUEBA(work, as_run_espera_a_los_que_quedan)
{
    for (int i = 0; i < 20; i++) {
        struct obra o = {0};

        CORRE(deja_suelto, &o, 0);
        cr_assert_eq(o.limpiezas, 1);
    }
}

/* Mientras una tarea acapara el bucle, el trabajo termina y vence el plazo de quien lo espera:
 * el bucle se entera de las dos cosas en la misma vuelta, antes de que nadie corra. */
enum { PLAZO = 50 };

struct carrera {
    struct obra obra;
    as_fn *forma;
    bool volvio;
};

static int con_plazo(void *arg)
{
    struct carrera *c = arg;
    as_scope plazo;

    as_scope_enter(&plazo, PLAZO);
    int rc = as_scope_leave(&plazo, c->forma(&c->obra));
    c->volvio = true;
    return rc;
}

static int acapara(void *arg)
{
    struct carrera *c = arg;

    while (!c->obra.empezo && !c->volvio)
        BIEN(as_sleep(1));
    c->obra.sigue = true;
    while (c->obra.empezo && !c->obra.acabo)
        duerme(1);
    duerme(PLAZO);
    return 0;
}

static int a_la_vez(void *arg)
{
    as_fn *formas[] = {hace_obra, obra_suelta};

    (void)arg;
    for (int i = 0; i < 2;) {
        struct carrera c = {.forma = formas[i]};
        as_call llamadas[] = {{con_plazo, &c, NULL}, {acapara, &c, NULL}};
        as_outcome finales[2];
        cr_assert_geq(as_gather(llamadas, 2, finales), 0);
        if (!c.obra.empezo)
            continue; /* la máquina iba tan lenta que venció sin empezar */
        cr_assert_eq(finales[0].rc, 7, "terminó: gana el resultado");
        cr_assert_eq(c.obra.limpiezas, 0, "sigue siendo mío");
        i++;
    }
    return 0;
}

PRUEBA(work, terminar_y_vencer_el_plazo_a_la_vez)
{
    cr_assert_eq(as_run(a_la_vez, NULL), 0);
}

static int cancelada_antes(void *arg)
{
    struct obra *o = arg;
    as_scope ambito;

    as_scope_enter(&ambito, AS_FOREVER);
    as_scope_cancel(&ambito);
    cr_assert_eq(as_work(obra_terca, o), UV_ECANCELED);
    cr_assert_eq(o->limpiezas, 0);
    cr_assert_eq(as_work_detachable(obra_terca, o, limpia), UV_ECANCELED);
    cr_assert_eq(o->limpiezas, 1, "con UV_ECANCELED, arg ya no es de quien llama");
    cr_assert(!o->empezo);
    return as_scope_leave(&ambito, 0);
}

PRUEBA(work, cancelado_de_antes_no_empieza)
{
    struct obra o = {0};

    CORRE(cancelada_antes, &o, 0);
}

/* ---- La cola ------------------------------------------------------------------------ */

enum { MUCHOS = 200 };

/* Llena los hilos de trabajos; los de más esperan su turno. */
static int cola_llena(void *arg)
{
    static struct obra obras[MUCHOS];
    as_task *tareas[MUCHOS];
    as_group grupo;
    int en_marcha = 0;
    char *texto;

    (void)arg;
    as_group_enter(&grupo);
    for (int i = 0; i < MUCHOS; i++)
        tareas[i] = as_spawn(&grupo, NULL, i % 2 ? obra_suelta : hace_obra, &obras[i]);
    espera_a(&obras[0].empezo);

    /* Los archivos no hacen cola detrás: siempre les queda un hilo. */
    cr_assert_eq(as_file_read_all("/proc/self/stat", &texto, NULL), 0);
    free(texto);
    for (int i = 0; i < MUCHOS; i++)
        en_marcha += obras[i].empezo;
    cr_assert_leq(en_marcha, 32, "corren %d a la vez", en_marcha);

    /* Los que hacen cola no llegan a correr. */
    for (int i = MUCHOS / 2; i < MUCHOS; i++)
        as_cancel(tareas[i]);
    for (int i = MUCHOS / 2; i < MUCHOS; i++) {
        cr_assert_eq(as_await(tareas[i]), UV_ECANCELED);
        cr_assert(!obras[i].empezo);
        cr_assert_eq(obras[i].limpiezas, i % 2);
    }
    for (int i = 0; i < MUCHOS / 2; i++)
        obras[i].sigue = true;
    for (int i = 0; i < MUCHOS / 2; i++)
        cr_assert_eq(as_await(tareas[i]), 7);
    return as_group_leave(&grupo, 0);
}

PRUEBA(work, los_de_mas_hacen_cola_y_no_tapan_a_los_archivos)
{
    CORRE(cola_llena, NULL, 0);
}

/* Con un solo hilo, el trabajo ya entregado a libuv se puede retirar aún. */
static int retira_de_libuv(void *arg)
{
    struct obra primero = {0}, segundo = {0};
    as_group grupo;
    char *texto;

    (void)arg;
    as_group_enter(&grupo);
    as_task *a = as_spawn(&grupo, NULL, hace_obra, &primero);
    espera_a(&primero.empezo);
    as_task *b = as_spawn(&grupo, NULL, obra_suelta, &segundo);
    BIEN(as_yield());
    as_scope plazo;
    as_scope_enter(&plazo, 30);
    int rc = as_scope_leave(&plazo, as_file_read_all("/proc/self/stat", &texto, NULL));
    cr_assert_eq(rc, UV_ETIMEDOUT, "el único hilo está ocupado");
    as_cancel(b);
    cr_assert_eq(as_await(b), UV_ECANCELED);
    cr_assert_eq(segundo.limpiezas, 1);
    primero.sigue = true;
    cr_assert_eq(as_await(a), 7);
    cr_assert(!segundo.empezo);
    return as_group_leave(&grupo, 0);
}

PRUEBA(work, con_un_solo_hilo)
{
    setenv("UV_THREADPOOL_SIZE", "1", 1);
    CORRE(retira_de_libuv, NULL, 0);
}

/* ---- Al terminar as_run -------------------------------------------------------------- */

static struct obra eterna;

static int hace_eterna(void *arg)
{
    (void)arg;
    return as_work_detachable(obra_terca, &eterna, limpia);
}

static int deja_eterna(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "eterna", hace_eterna, NULL);
    espera_a(&eterna.empezo);
    as_cancel(tarea);
    return as_group_leave(&grupo, as_await(tarea));
}

static void corre_eterna(void)
{
    int rc = as_run(deja_eterna, NULL);

    _exit(rc == UV_ECANCELED && eterna.empezo && !eterna.acabo ? 0 : 1);
}

PRUEBA(work, as_run_no_espera_siempre_a_un_hilo_que_no_acaba)
{
#ifdef PRUEBA_VALGRIND
    cr_skip_test("lo que se deja a propósito es una fuga, y valgrind lo dice");
#endif
    char salida[1024];
    int estado = en_otro_proceso(corre_eterna, salida, sizeof salida);

    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 0, "%d: %s", estado, salida);
    cr_assert(strstr(salida, "sigue en otro hilo (trabajos, archivos): 1."), "dijo: %s",
              salida);
    cr_assert(strstr(salida, "las deja y vuelve"), "dijo: %s", salida);
}

/* ---- Usos equivocados ---------------------------------------------------------------- */

static int pregunta_fuera(void *arg)
{
    (void)arg;
    return as_work_cancelled();
}

static void corre_pregunta_fuera(void)
{
    as_run(pregunta_fuera, NULL);
}

PRUEBA(work, preguntar_fuera_de_un_trabajo_se_explica)
{
    char salida[256];
    int estado = en_otro_proceso(corre_pregunta_fuera, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert(strstr(salida, "as_work_cancelled"), "dijo: %s", salida);
}

/* ---- Sin hilos ---------------------------------------------------------------------- */

static int nada(void *arg)
{
    (void)arg;
    return 5;
}

static int pide_hilos(void *arg)
{
    struct rlimit limite;
    char *datos;
    size_t tamano;

    (void)arg;
    cr_assert_eq(getrlimit(RLIMIT_NPROC, &limite), 0);
    rlim_t antes = limite.rlim_cur;
    limite.rlim_cur = 0;
    cr_assert_eq(setrlimit(RLIMIT_NPROC, &limite), 0);
    cr_assert_eq(as_work(nada, NULL), UV_EAGAIN);
    cr_assert(strstr(as_error_text(UV_EAGAIN), "hilos"), "%s", as_error_text(UV_EAGAIN));
    cr_assert_eq(as_file_read_all("/etc/passwd", &datos, &tamano), UV_EAGAIN);
    cr_assert(strstr(as_error_text(UV_EAGAIN), "leer «/etc/passwd»: no se pueden crear"),
              "%s", as_error_text(UV_EAGAIN));
    limite.rlim_cur = antes;
    cr_assert_eq(setrlimit(RLIMIT_NPROC, &limite), 0);
    cr_assert_eq(as_work(nada, NULL), 5);
    return 0;
}

PRUEBA(work, sin_hilos_es_un_error_y_no_el_fin)
{
    /* A root no se le cuentan. */
    if (geteuid() == 0)
        cr_assert_eq(setresuid(65534, 65534, 65534), 0);
    CORRE(pide_hilos, NULL, 0);
}
