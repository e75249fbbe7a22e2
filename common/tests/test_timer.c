#include "prueba.h"

#include <unistd.h>

TestSuite(timer, .timeout = 60);

static struct diario diario;

static void apunta(void *arg)
{
    cr_assert_null(as_current_task(), "no es una tarea");
    anota(&diario, "%s@%d ", (const char *)arg, (int)as_now());
}

static int por_orden(void *arg)
{
    as_timer t[4];

    (void)arg;
    as_call_later(&t[0], 30, apunta, "a");
    as_call_later(&t[1], 10, apunta, "b");
    as_call_later(&t[2], 10, apunta, "c");
    as_call_later(&t[3], -5, apunta, "ya");
    anota(&diario, "antes ");
    cr_assert_eq(as_sleep(10), 0);
    anota(&diario, "tarea@%d ", (int)as_now());
    return as_sleep(100);
}

PRUEBA(timer, llaman_por_orden_de_plazo_y_nunca_dentro_de_la_llamada)
{
    CORRE(por_orden, NULL, 0);
    DIARIO_ES(&diario, "antes ya@0 b@10 c@10 tarea@10 a@30 ");
}

static int cancela(void *arg)
{
    as_timer hecha, a_tiempo, nunca = {0};

    (void)arg;
    as_call_later(&hecha, 5, apunta, "hecha");
    as_call_later(&a_tiempo, 20, apunta, "no");
    cr_assert_eq(as_sleep(10), 0);
    cr_assert(as_timer_cancel(&a_tiempo));
    cr_assert(!as_timer_cancel(&a_tiempo), "ya estaba cancelada");
    cr_assert(!as_timer_cancel(&hecha), "ya estaba hecha");
    cr_assert(!as_timer_cancel(&nunca));
    as_call_later(&a_tiempo, 1, apunta, "otra vez");
    return as_sleep(100);
}

PRUEBA(timer, cancelar_dice_si_llego_a_tiempo)
{
    CORRE(cancela, NULL, 0);
    DIARIO_ES(&diario, "hecha@5 otra vez@11 ");
}

/* Dos que vencen a la vez: la primera cancela a la segunda. */
static void cancela_a(void *arg)
{
    cr_assert(as_timer_cancel(arg));
    anota(&diario, "gano ");
}

static int carrera(void *arg)
{
    as_timer primera, segunda;

    (void)arg;
    as_call_later(&primera, 5, cancela_a, &segunda);
    as_call_later(&segunda, 5, apunta, "pierde");
    return as_sleep(50);
}

PRUEBA(timer, una_llamada_cancela_a_otra_que_vence_a_la_vez)
{
    CORRE(carrera, NULL, 0);
    DIARIO_ES(&diario, "gano ");
}

/* Vuelve a apuntarse dentro de la propia llamada, como un metrónomo. */
struct metronomo {
    as_timer timer;
    int64_t cada;
    int veces;
};

static void tic(void *arg)
{
    struct metronomo *m = arg;

    anota(&diario, "%d ", (int)as_now());
    if (++m->veces < 4)
        as_call_later(&m->timer, m->cada, tic, m);
}

static int con_metronomo(void *arg)
{
    struct metronomo m = {.cada = 250};

    (void)arg;
    as_call_later(&m.timer, m.cada, tic, &m);
    int rc = as_sleep(2000);
    cr_assert_eq(m.veces, 4);
    return rc;
}

PRUEBA(timer, puede_apuntarse_otra_vez_dentro_de_la_llamada)
{
    CORRE(con_metronomo, NULL, 0);
    DIARIO_ES(&diario, "250 500 750 1000 ");
}

/* Con plazo 0 no se queda con el bucle: entre una y otra se mira lo demás. */
static int lee_una(void *arg)
{
    char byte;
    ssize_t n = as_read(arg, &byte, 1);

    return n == 1 ? 0 : UV_EIO;
}

static bool parar;

static void sin_parar(void *arg)
{
    if (!parar)
        as_call_later(arg, 0, sin_parar, arg);
}

static int entre_llamada_y_llamada(void *arg)
{
    as_timer timer;
    as_stream *s;
    int tubo[2];

    (void)arg;
    parar = false;
    cr_assert_eq(pipe(tubo), 0);
    cr_assert_eq(as_stream_open_fd(tubo[0], &s), 0);
    as_call_later(&timer, 0, sin_parar, &timer);
    cr_assert_eq(write(tubo[1], "x", 1), 1);
    int rc = lee_una(s);
    parar = true;
    as_timer_cancel(&timer);
    as_stream_close(s);
    close(tubo[1]);
    return rc;
}

PRUEBA(timer, la_que_se_repite_sin_plazo_deja_sitio_a_la_red)
{
    CORRE(entre_llamada_y_llamada, NULL, 0);
    cr_assert_eq(as_run(entre_llamada_y_llamada, NULL), 0);
}

/* Una llamada pendiente basta para que no haya interbloqueo: puede despertar a alguien. */
static void cumple(void *arg)
{
    as_future_set_result(arg, "listo");
}

static int espera_llamada(void *arg)
{
    as_future futuro;
    as_timer timer;
    void *valor;

    (void)arg;
    as_future_init(&futuro);
    as_call_later(&timer, 1000, cumple, &futuro);
    int rc = as_future_wait(&futuro, &valor);
    cr_assert_str_eq(valor, "listo");
    return rc;
}

PRUEBA(timer, puede_despertar_a_una_tarea)
{
    CORRE(espera_llamada, NULL, 0);
}

static as_timer pendiente;

static int la_deja_pendiente(void *arg)
{
    as_call_later(&pendiente, 1, apunta, "tarde");
    return as_sleep(*(int *)arg);
}

PRUEBA(timer, las_pendientes_al_terminar_no_se_hacen)
{
    CORRE(la_deja_pendiente, &(int){0}, 0);
    DIARIO_ES(&diario, "");
    CORRE(la_deja_pendiente, &(int){2}, 0);
    DIARIO_ES(&diario, "tarde@1 ");
}

/* ---- Cuando todas esperan ------------------------------------------------------------- */

static int cede_y_apunta(void *arg)
{
    for (int i = 0; i < 5; i++) {
        int rc = as_yield();
        if (rc < 0)
            return rc;
    }
    anota(&diario, "%s ", (const char *)arg);
    return 0;
}

static int apunta_a_los(void *arg)
{
    int rc = as_sleep(*(int *)arg);

    anota(&diario, "%d ", *(int *)arg);
    return rc;
}

static int espera_a_que_esperen(void *arg)
{
    as_group grupo;
    int largo = 1000;

    (void)arg;
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, cede_y_apunta, "cedió");
    cr_assert_eq(rc, 0);
    rc = as_start_soon(&grupo, NULL, apunta_a_los, &largo);
    cr_assert_eq(rc, 0);
    rc = as_wait_all_blocked();
    anota(&diario, "todas esperan, a los %d ms ", (int)as_now());
    return as_group_leave(&grupo, rc);
}

PRUEBA(timer, vuelve_cuando_todas_las_demas_esperan)
{
    CORRE(espera_a_que_esperen, NULL, 0);
    DIARIO_ES(&diario, "cedió todas esperan, a los 0 ms 1000 ");
}

static int espera_y_apunta(void *arg)
{
    int rc = as_wait_all_blocked();

    anota(&diario, "%s ", (const char *)arg);
    return rc;
}

static int esperan_las_dos(void *arg)
{
    (void)arg;
    return as_gather((as_call[]){{espera_y_apunta, "una", NULL},
                                 {cede_y_apunta, "cedió", NULL},
                                 {espera_y_apunta, "otra", NULL}},
                     3, NULL);
}

PRUEBA(timer, esperar_a_que_esperen_todas_lo_pueden_hacer_varias)
{
    CORRE(esperan_las_dos, NULL, 0);
    DIARIO_ES(&diario, "cedió una otra ");
}

/* Lo escrito en una tubería despierta a quien lee: todavía no esperan todas. */
static int lee_y_apunta(void *arg)
{
    int rc = lee_una(arg);

    anota(&diario, "leyó ");
    return rc;
}

static int con_algo_en_la_red(void *arg)
{
    as_group grupo;
    as_stream *s;
    int tubo[2];

    (void)arg;
    cr_assert_eq(pipe(tubo), 0);
    cr_assert_eq(as_stream_open_fd(tubo[0], &s), 0);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, lee_y_apunta, s);
    cr_assert_eq(rc, 0);
    cr_assert_eq(as_wait_all_blocked(), 0);
    anota(&diario, "espera ");
    cr_assert_eq(write(tubo[1], "x", 1), 1);
    cr_assert_eq(as_wait_all_blocked(), 0);
    anota(&diario, "fin ");
    rc = as_group_leave(&grupo, 0);
    as_stream_close(s);
    close(tubo[1]);
    return rc;
}

PRUEBA(timer, mientras_la_red_traiga_algo_no_esperan_todas)
{
    CORRE(con_algo_en_la_red, NULL, 0);
    DIARIO_ES(&diario, "espera leyó fin ");
}

static int cancelada_al_esperar(void *arg)
{
    as_scope ambito;

    (void)arg;
    as_scope_enter(&ambito, 0);
    cr_assert_eq(as_wait_all_blocked(), UV_ECANCELED);
    return as_scope_leave(&ambito, 0);
}

PRUEBA(timer, esperar_a_que_esperen_se_deja_cancelar)
{
    CORRE(cancelada_al_esperar, NULL, 0);
}
