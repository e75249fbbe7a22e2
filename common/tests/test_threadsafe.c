#include "prueba.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/loop_internal.h"

TestSuite(threadsafe, .timeout = 60);

/* ---- Llamar al bucle ------------------------------------------------------------------ */

enum { LLAMADAS = 2000, HILOS = 4 };

struct cuenta {
    as_loop *bucle;
    pthread_t hilo_del_bucle;
    int siguiente; /* solo la toca el bucle */
    bool en_orden;
};

struct llamada {
    struct cuenta *cuenta;
    int numero;
};

static void llega(void *arg)
{
    struct llamada *l = arg;
    struct cuenta *c = l->cuenta;

    cr_assert(pthread_equal(pthread_self(), c->hilo_del_bucle));
    c->en_orden = c->en_orden && l->numero == c->siguiente;
    c->siguiente++;
    free(l);
}

static int llama_muchas(void *arg)
{
    struct cuenta *c = arg;

    for (int i = 0; i < LLAMADAS; i++) {
        struct llamada *l = malloc(sizeof *l);
        *l = (struct llamada){c, i};
        int rc = as_call_soon_threadsafe(c->bucle, llega, l);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int cuenta_las_de_un_trabajo(void *arg)
{
    struct cuenta c = {as_current_loop(), pthread_self(), 0, true};

    (void)arg;
    cr_assert_eq(as_work(llama_muchas, &c), 0);
    cr_assert_eq(c.siguiente, LLAMADAS, "todas, antes de que vuelva as_work");
    cr_assert(c.en_orden);
    return 0;
}

PRUEBA(threadsafe, las_llamadas_de_un_trabajo_llegan_en_orden_y_antes_que_el)
{
    CORRE(cuenta_las_de_un_trabajo, NULL, 0);
    cr_assert_eq(as_run(cuenta_las_de_un_trabajo, NULL), 0);
}

static void *hilo_que_llama(void *arg)
{
    cr_assert_eq(llama_muchas(arg), 0);
    return NULL;
}

static int varios_hilos(void *arg)
{
    struct cuenta c[HILOS];
    pthread_t hilos[HILOS];
    int llegaron = 0;

    (void)arg;
    for (int i = 0; i < HILOS; i++) {
        c[i] = (struct cuenta){as_current_loop(), pthread_self(), 0, true};
        cr_assert_eq(pthread_create(&hilos[i], NULL, hilo_que_llama, &c[i]), 0);
    }
    while (llegaron < HILOS * LLAMADAS) {
        cr_assert_eq(as_sleep(1), 0);
        llegaron = 0;
        for (int i = 0; i < HILOS; i++)
            llegaron += c[i].siguiente;
    }
    for (int i = 0; i < HILOS; i++) {
        pthread_join(hilos[i], NULL);
        cr_assert(c[i].en_orden);
    }
    return 0;
}

PRUEBA(threadsafe, varios_hilos_a_la_vez_cada_uno_en_su_orden)
{
    cr_assert_eq(as_run(varios_hilos, NULL), 0);
}

/* Todas las tareas esperan, y solo otro hilo puede despertarlas: no es un interbloqueo. */
struct promesa {
    as_future futuro;
    as_loop *bucle;
    pid_t hilo_del_bucle;
};

static void espera_a_que_duerma(pid_t hilo)
{
    char ruta[64], estado = 'R';

    snprintf(ruta, sizeof ruta, "/proc/self/task/%d/stat", (int)hilo);
    while (estado != 'S') {
        FILE *f = fopen(ruta, "r");
        cr_assert_not_null(f);
        cr_assert_eq(fscanf(f, "%*d (%*[^)]) %c", &estado), 1);
        fclose(f);
        sched_yield();
    }
}

static void cumple(void *arg)
{
    as_future_set_result(&((struct promesa *)arg)->futuro, "de otro hilo");
}

static void *cumple_luego(void *arg)
{
    struct promesa *p = arg;

    espera_a_que_duerma(p->hilo_del_bucle);
    cr_assert_eq(as_call_soon_threadsafe(p->bucle, cumple, p), 0);
    return NULL;
}

static int espera_a_otro_hilo(void *arg)
{
    struct promesa p;
    pthread_t hilo;
    void *valor;
    as_scope plazo;

    (void)arg;
    as_future_init(&p.futuro);
    p.bucle = as_current_loop();
    p.hilo_del_bucle = gettid();
    cr_assert_eq(pthread_create(&hilo, NULL, cumple_luego, &p), 0);
    int rc = as_future_wait(&p.futuro, &valor);
    pthread_join(hilo, NULL);
    cr_assert_eq(rc, 0);
    cr_assert_str_eq(valor, "de otro hilo");

    /* Y con un plazo de por medio, el reloj virtual no se adelanta al otro hilo. */
    as_future_init(&p.futuro);
    as_scope_enter(&plazo, 30000);
    cr_assert_eq(pthread_create(&hilo, NULL, cumple_luego, &p), 0);
    rc = as_scope_leave(&plazo, as_future_wait(&p.futuro, &valor));
    pthread_join(hilo, NULL);
    return rc;
}

PRUEBA(threadsafe, esperar_a_otro_hilo_no_es_un_interbloqueo)
{
    cr_assert_eq(as_run(espera_a_otro_hilo, NULL), 0);
    CORRE(espera_a_otro_hilo, NULL, 0);
}

/* ---- Una tarea pedida desde otro hilo -------------------------------------------------- */

static int duerme_y_dobla(void *arg)
{
    int *n = arg;

    cr_assert_not_null(as_current_task());
    int rc = as_sleep(5);
    return rc < 0 ? rc : *n * 2;
}

static int falla(void *arg)
{
    (void)arg;
    DA_IGUAL(as_sleep(1));
    return as_error_set(UV_EIO, "se mojó el cable");
}

static as_loop *bucle;

static int pide(void *arg)
{
    int n = 21;

    (void)arg;
    cr_assert_eq(as_run_threadsafe(bucle, duerme_y_dobla, &n), 42);
    cr_assert_eq(as_run_threadsafe(bucle, falla, NULL), UV_EIO);
    cr_assert_str_eq(as_error_text(UV_EIO), "se mojó el cable");
    return 0;
}

static int atiende(void *arg)
{
    (void)arg;
    bucle = as_current_loop();
    cr_assert_eq((uintptr_t)as_current_loop(), (uintptr_t)bucle, "siempre el mismo");
    return as_work(pide, NULL);
}

PRUEBA(threadsafe, una_tarea_desde_otro_hilo_devuelve_su_resultado_y_su_explicacion)
{
    cr_assert_eq(as_run(atiende, NULL), 0);
    CORRE(atiende, NULL, 0);
}

/* Sin memoria para su pila, la tarea no corre y quien la pidió lo sabe. */
static int pide_sin_pila(void *arg)
{
    cr_assert_eq(as_run_threadsafe(bucle, duerme_y_dobla, arg), UV_ENOMEM);
    cr_assert(strstr(as_error_text(UV_ENOMEM), "pila"), "dijo: %s",
              as_error_text(UV_ENOMEM));
    return 0;
}

static int se_queda_sin_pilas(void *arg)
{
    struct as__stack_pool *pilas = &as__loop->stacks;
    struct as__stack *tomadas = NULL, *otra;
    size_t una = pilas->stack_size;

    bucle = as_current_loop();
    while (pilas->free) {
        otra = as__stack_acquire(pilas);
        otra->next = tomadas;
        tomadas = otra;
    }
    pilas->stack_size = SIZE_MAX / 4; /* ningún sistema da otro bloque así */
    int rc = as_work(pide_sin_pila, arg);
    pilas->stack_size = una;
    for (; tomadas; tomadas = otra) {
        otra = tomadas->next;
        as__stack_release(pilas, tomadas);
    }
    return rc;
}

PRUEBA(threadsafe, sin_memoria_para_su_pila_hay_un_error_claro)
{
    /* Tan grandes que cada una es un bloque: no queda ninguna por estrenar. */
    as_options opciones = {.stack_size = 33 * 1024 * 1024};

    cr_assert_eq(as_run_options(se_queda_sin_pilas, &(int){21}, &opciones), 0);
}

/* Desde otro bucle: para el hilo de quien pide, no el de quien atiende. */
static int pide_desde_una_tarea(void *arg)
{
    cr_assert_eq(pide(arg), 0);
    return 9;
}

static int corre_otro_bucle(void *arg)
{
    return as_run(pide_desde_una_tarea, arg);
}

static int atiende_a_otro_bucle(void *arg)
{
    bucle = as_current_loop();
    return as_work(corre_otro_bucle, arg);
}

PRUEBA(threadsafe, una_tarea_de_otro_bucle_tambien_puede_pedirla)
{
    cr_assert_eq(as_run(atiende_a_otro_bucle, NULL), 9);
}

static int se_pide_a_si_misma(void *arg)
{
    (void)arg;
    int rc = as_run_threadsafe(as_current_loop(), falla, NULL);
    cr_assert(strstr(as_error_text(rc), "as_spawn"), "dijo: %s", as_error_text(rc));
    return rc;
}

PRUEBA(threadsafe, desde_el_propio_bucle_seria_esperarse_a_si_mismo)
{
    CORRE(se_pide_a_si_misma, NULL, AS_EDEADLK);
}

/* ---- Cuando el bucle termina ----------------------------------------------------------- */

static int anota_el_bucle(void *arg)
{
    *(as_loop **)arg = as_current_loop();
    return 0;
}

static void nunca(void *arg)
{
    (void)arg;
    cr_assert_fail("el bucle ya no existe");
}

PRUEBA(threadsafe, un_bucle_terminado_es_un_error)
{
    as_loop *muerto, *otro;

    cr_assert_null(as_current_loop());
    CORRE(anota_el_bucle, &muerto, 0);
    CORRE(anota_el_bucle, &otro, 0);
    cr_assert_neq((uintptr_t)muerto, (uintptr_t)otro, "nunca se repite");
    cr_assert_eq(as_call_soon_threadsafe(muerto, nunca, NULL), UV_ESRCH);
    cr_assert(strstr(as_error_text(UV_ESRCH), "ya terminó"));
    cr_assert_eq(as_run_threadsafe(muerto, falla, NULL), UV_ESRCH);
    cr_assert(strstr(as_error_text(UV_ESRCH), "ya terminó"));
    cr_assert_eq(as_call_soon_threadsafe(NULL, nunca, NULL), UV_ESRCH);
}

/* Un hilo que no para de llamar mientras los bucles nacen y mueren. */
static _Atomic(as_loop *) vivo;
static atomic_bool basta;
static atomic_long aceptadas, rechazadas, hechas;

static void hecha(void *arg)
{
    (void)arg;
    hechas++;
}

static int una_mas(void *arg)
{
    (void)arg;
    hechas++;
    return as_yield();
}

static void *no_para_de_llamar(void *arg)
{
    bool espera = arg != NULL;

    while (!basta) {
        int rc = espera ? as_run_threadsafe(vivo, una_mas, NULL)
                        : as_call_soon_threadsafe(vivo, hecha, NULL);
        if (rc == UV_ESRCH)
            rechazadas++;
        else
            aceptadas++;
        cr_assert(rc == 0 || rc == UV_ESRCH || rc == UV_ECANCELED, "%d", rc);
        /* Valgrind corre un hilo cada vez: si este no para, el del bucle no corre. */
        usleep(10);
    }
    return NULL;
}

static int vive_poco(void *arg)
{
    (void)arg;
    vivo = as_current_loop();
    long antes = hechas;
    while (hechas < antes + 3)
        cr_assert_eq(as_sleep(1), 0);
    return 0;
}

#ifdef PRUEBA_LIGERA
enum { BUCLES = 20 };
#else
enum { BUCLES = 200 };
#endif

PRUEBA(threadsafe, los_bucles_mueren_mientras_otros_hilos_los_llaman)
{
    pthread_t hilos[2];

    for (int i = 0; i < 2; i++)
        cr_assert_eq(
            pthread_create(&hilos[i], NULL, no_para_de_llamar, i ? "espera" : NULL), 0);
    for (int i = 0; i < BUCLES; i++)
        cr_assert_eq(as_run(vive_poco, NULL), 0);
    basta = true;
    for (int i = 0; i < 2; i++)
        pthread_join(hilos[i], NULL);
    cr_assert_gt(aceptadas, BUCLES);
    cr_assert_leq(hechas, aceptadas);
}

/* La principal termina con una tarea de otro hilo en marcha: se cancela y se la espera. */
static atomic_bool en_marcha;
static pthread_t quien_la_pide;
static int acabo_con;

static int espera_siempre(void *arg)
{
    as_scope limpieza;

    (void)arg;
    en_marcha = true;
    int rc = as_sleep(3600000);
    as_shield_enter(&limpieza, 1000);
    cr_assert_eq(as_sleep(2), 0, "puede despedirse con calma");
    cr_assert_eq(as_scope_leave(&limpieza, 0), 0);
    return rc;
}

static void *pide_una_larga(void *arg)
{
    acabo_con = as_run_threadsafe(*(as_loop **)arg, espera_siempre, NULL);
    return NULL;
}

static int termina_antes(void *arg)
{
    *(as_loop **)arg = as_current_loop();
    cr_assert_eq(pthread_create(&quien_la_pide, NULL, pide_una_larga, arg), 0);
    while (!en_marcha)
        cr_assert_eq(as_sleep(1), 0);
    return 3;
}

PRUEBA(threadsafe, la_tarea_de_otro_hilo_se_cancela_si_la_principal_termina)
{
    as_loop *aqui;

    cr_assert_eq(as_run(termina_antes, &aqui), 3);
    pthread_join(quien_la_pide, NULL);
    cr_assert_eq(acabo_con, UV_ECANCELED);
}

/* Lo que se pidió y no llegó a empezar no toca memoria de la principal, que ya no existe. */
static int termina_con_llamadas_pendientes(void *arg)
{
    (void)arg;
    for (int i = 0; i < 10; i++)
        cr_assert_eq(as_call_soon_threadsafe(as_current_loop(), nunca, NULL), 0);
    return 0;
}

PRUEBA(threadsafe, lo_pendiente_al_terminar_no_se_hace)
{
    CORRE(termina_con_llamadas_pendientes, NULL, 0);
}

static int se_bloquea(void *arg)
{
    as_event evento;

    as_event_init(&evento);
    en_marcha = true;
    (void)arg;
    return as_event_wait(&evento);
}

static void *pide_una_bloqueada(void *arg)
{
    acabo_con = as_run_threadsafe(*(as_loop **)arg, se_bloquea, NULL);
    return NULL;
}

/* Con Ctrl+C se cancela la principal, y al terminar esta, lo que pidieron otros hilos. */
static int espera_ctrl_c(void *arg)
{
    *(as_loop **)arg = as_current_loop();
    cr_assert_eq(pthread_create(&quien_la_pide, NULL, pide_una_bloqueada, arg), 0);
    while (!en_marcha)
        cr_assert_eq(as_sleep(1), 0);
    kill(getpid(), SIGINT);
    return as_sleep(60000);
}

PRUEBA(threadsafe, ctrl_c_acaba_tambien_con_lo_de_otros_hilos)
{
    as_loop *aqui;

    cr_assert_eq(as_run(espera_ctrl_c, &aqui), UV_ECANCELED);
    pthread_join(quien_la_pide, NULL);
    cr_assert_eq(acabo_con, UV_ECANCELED);
}
