#include "prueba.h"

#include <sys/wait.h>

TestSuite(queue, .timeout = 60);

#define ITEM(n)  ((void *)(intptr_t)(n))
#define VALOR(p) ((int)(intptr_t)(p))

static int orden_y_vueltas(void *arg)
{
    as_queue cola;
    void *item;

    (void)arg;
    as_queue_init(&cola, 0);
    cr_assert_eq(as_queue_get_nowait(&cola, &item), UV_EAGAIN);
    /* Entran y salen a distinto ritmo, para que el anillo dé la vuelta y crezca. */
    int puesto = 0, sacado = 0;
    for (int ronda = 0; ronda < 40; ronda++) {
        for (int i = 0; i < 7; i++)
            cr_assert_eq(as_queue_put(&cola, ITEM(++puesto)), 0);
        for (int i = 0; i < 5; i++) {
            cr_assert_eq(as_queue_get(&cola, &item), 0);
            cr_assert_eq(VALOR(item), ++sacado);
        }
    }
    cr_assert_eq(as_queue_size(&cola), 80u);
    while (as_queue_get_nowait(&cola, &item) == 0)
        cr_assert_eq(VALOR(item), ++sacado);
    cr_assert_eq(sacado, puesto);
    as_queue_destroy(&cola);
    return 0;
}

PRUEBA(queue, sale_en_el_orden_en_que_entro)
{
    CORRE(orden_y_vueltas, NULL, 0);
}

/* ---- Contrapresión ------------------------------------------------------------------ */

struct tuberia {
    as_queue cola;
    struct diario *diario;
    int n;
};

static int produce(void *arg)
{
    struct tuberia *t = arg;

    for (int i = 1; i <= t->n; i++) {
        int rc = as_queue_put(&t->cola, ITEM(i));
        if (rc < 0)
            return rc;
        anota(t->diario, "p%d ", i);
    }
    as_queue_close(&t->cola);
    return 0;
}

static int consume(void *arg)
{
    struct tuberia *t = arg;
    void *item;
    int rc;

    while ((rc = as_queue_get(&t->cola, &item)) == 0) {
        rc = as_sleep(100);
        if (rc < 0)
            return rc;
        anota(t->diario, "c%d ", VALOR(item));
        as_queue_task_done(&t->cola);
    }
    anota(t->diario, "%s", as_errname(rc));
    return rc == UV_EOF ? 0 : rc;
}

static int produce_y_consume(void *arg)
{
    struct tuberia t = {.diario = arg, .n = 5};
    as_call llamadas[] = {{produce, &t, NULL}, {consume, &t, NULL}};

    as_queue_init(&t.cola, 2);
    int rc = as_gather(llamadas, 2, NULL);
    as_queue_destroy(&t.cola);
    return rc;
}

PRUEBA(queue, quien_produce_deprisa_espera)
{
    struct diario diario = {0};

    CORRE(produce_y_consume, &diario, 0);
    DIARIO_ES(&diario, "p1 p2 p3 c1 p4 c2 p5 c3 c4 c5 EOF");
}

/* ---- join --------------------------------------------------------------------------- */

static int obrera(void *arg)
{
    as_queue *cola = arg;
    void *item;
    int rc;

    while ((rc = as_queue_get(cola, &item)) == 0) {
        rc = as_sleep(VALOR(item));
        if (rc < 0)
            return rc;
        as_queue_task_done(cola);
    }
    return rc;
}

static int espera_todo(void *arg)
{
    as_queue cola;
    as_group grupo;

    (void)arg;
    as_queue_init(&cola, 0);
    cr_assert_eq(as_queue_join(&cola), 0, "sin nada puesto no espera");
    as_group_enter(&grupo);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(as_start_soon(&grupo, NULL, obrera, &cola), 0);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(as_queue_put(&cola, ITEM(100)), 0);
    as_scope ambito;
    as_scope_enter(&ambito, 50);
    int rc = as_scope_leave(&ambito, as_queue_join(&cola));
    cr_assert_eq(rc, UV_ETIMEDOUT);
    cr_assert_eq(as_queue_join(&cola), 0);
    cr_assert_eq(as_now(), 200u);
    as_group_cancel(&grupo);
    rc = as_group_leave(&grupo, 0);
    as_queue_destroy(&cola);
    return rc;
}

PRUEBA(queue, join_espera_a_que_este_todo_hecho)
{
    CORRE(espera_todo, NULL, 0);
}

/* ---- Cancelar y cerrar -------------------------------------------------------------- */

struct intento {
    as_queue *cola;
    int valor;
};

static int pone(void *arg)
{
    struct intento *i = arg;

    return as_queue_put(i->cola, ITEM(i->valor));
}

static int saca(void *arg)
{
    struct intento *i = arg;
    void *item = NULL;
    int rc = as_queue_get(i->cola, &item);

    i->valor = VALOR(item);
    return rc;
}

static int carreras(void *arg)
{
    as_queue cola;
    as_group grupo;
    void *item;

    (void)arg;
    as_queue_init(&cola, 1);
    as_group_enter(&grupo);

    /* Cancelada mientras espera sitio: lo suyo no entra. */
    struct intento a = {&cola, 2}, b = {&cola, 3};
    cr_assert_eq(as_queue_put(&cola, ITEM(1)), 0);
    cr_assert_eq(as_queue_put_nowait(&cola, ITEM(9)), UV_EAGAIN);
    as_task *ta = as_spawn(&grupo, NULL, pone, &a),
            *tb = as_spawn(&grupo, NULL, pone, &b);
    BIEN(as_yield());
    as_cancel(ta);
    cr_assert_eq(as_queue_get(&cola, &item), 0);
    cr_assert_eq(VALOR(item), 1);
    cr_assert_eq(as_await(ta), UV_ECANCELED);
    cr_assert_eq(as_await(tb), 0);
    cr_assert_eq(as_queue_get(&cola, &item), 0);
    cr_assert_eq(VALOR(item), 3);

    /* Entregado y cancelado a la vez: gana la entrega, el elemento no se pierde. */
    struct intento c = {&cola, 0}, d = {&cola, 0};
    as_task *tc = as_spawn(&grupo, NULL, saca, &c),
            *td = as_spawn(&grupo, NULL, saca, &d);
    BIEN(as_yield());
    cr_assert_eq(as_queue_put(&cola, ITEM(4)), 0);
    as_cancel(tc);
    as_cancel(td);
    cr_assert_eq(as_queue_put(&cola, ITEM(5)), 0);
    cr_assert_eq(as_await(tc), 0);
    cr_assert_eq(c.valor, 4);
    cr_assert_eq(as_await(td), UV_ECANCELED);
    cr_assert_eq(as_queue_get(&cola, &item), 0);
    cr_assert_eq(VALOR(item), 5, "no se entregó a quien ya no esperaba");

    int rc = as_group_leave(&grupo, 0);
    as_queue_destroy(&cola);
    return rc;
}

PRUEBA(queue, cancelar_no_pierde_ni_duplica)
{
    CORRE(carreras, NULL, 0);
}

static int cierra(void *arg)
{
    as_queue cola;
    as_group grupo;
    void *item;

    (void)arg;
    as_queue_init(&cola, 1);
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    struct intento a = {&cola, 2};
    cr_assert_eq(as_queue_put(&cola, ITEM(1)), 0);
    as_task *t = as_spawn(&grupo, NULL, pone, &a);
    BIEN(as_yield());
    as_queue_close(&cola);
    as_queue_close(&cola);
    cr_assert_eq(as_await(t), UV_EPIPE);
    cr_assert_eq(as_queue_put(&cola, ITEM(3)), UV_EPIPE);
    cr_assert_eq(as_queue_get(&cola, &item), 0, "lo que quedaba se puede sacar");
    cr_assert_eq(VALOR(item), 1);
    cr_assert_eq(as_queue_get(&cola, &item), UV_EOF);
    cr_assert_eq(as_group_leave(&grupo, 0), UV_EPIPE);
    as_queue_destroy(&cola);
    return 0;
}

PRUEBA(queue, cerrada_se_vacia_y_luego_se_acaba)
{
    CORRE(cierra, NULL, 0);
}

/* ---- Prioridades -------------------------------------------------------------------- */

static int compara(const void *a, const void *b)
{
    return VALOR(a) - VALOR(b);
}

static int con_prioridad(void *arg)
{
    as_queue cola;
    void *item;
    int anterior = 0;

    (void)arg;
    srand(3);
    as_queue_init_priority(&cola, 0, compara);
    for (int i = 0; i < 500; i++)
        cr_assert_eq(as_queue_put(&cola, ITEM(1 + rand() % 100)), 0);
    for (int i = 0; i < 250; i++) {
        cr_assert_eq(as_queue_get(&cola, &item), 0);
        cr_assert_geq(VALOR(item), anterior);
        anterior = VALOR(item);
    }
    cr_assert_eq(as_queue_put(&cola, ITEM(-5)), 0);
    cr_assert_eq(as_queue_get(&cola, &item), 0);
    cr_assert_eq(VALOR(item), -5);
    as_queue_destroy(&cola);
    return 0;
}

PRUEBA(queue, con_prioridad_sale_antes_el_menor)
{
    CORRE(con_prioridad, NULL, 0);
}

/* ---- Turnos y usos equivocados ------------------------------------------------------ */

static int acapara(void *arg)
{
    as_queue cola;
    void *item;
    const bool *basta = arg;
    long vueltas = 0;

    as_queue_init(&cola, 0);
    while (!*basta) {
        cr_assert_eq(as_queue_put(&cola, ITEM(1)), 0);
        cr_assert_eq(as_queue_get(&cola, &item), 0);
        cr_assert_lt(++vueltas, 100000, "nunca cedió el turno");
    }
    as_queue_destroy(&cola);
    return 0;
}

static int dice_basta(void *arg)
{
    BIEN(as_yield());
    *(bool *)arg = true;
    return 0;
}

static int acapara_y_basta(void *arg)
{
    as_call llamadas[] = {{acapara, arg, NULL}, {dice_basta, arg, NULL}};

    return as_gather(llamadas, 2, NULL);
}

PRUEBA(queue, quien_nunca_espera_tambien_cede_el_turno)
{
    bool basta = false;

    CORRE(acapara_y_basta, &basta, 0);
}

static int saca_uno(void *arg)
{
    void *uno;
    int rc = as_queue_get(arg, &uno);

    return rc < 0 ? rc : (int)(intptr_t)uno;
}

static int por_numero(const void *a, const void *b)
{
    return (int)((intptr_t)a - (intptr_t)b);
}

/* Lo que se promete con prioridades es de lo que espera en la cola. */
static int ya_esperaba(void *arg)
{
    as_queue cola;
    as_group grupo;

    (void)arg;
    as_queue_init_priority(&cola, 0, por_numero);
    as_group_enter(&grupo);
    as_task *lector = as_spawn(&grupo, NULL, saca_uno, &cola);
    BIEN(as_yield());
    for (intptr_t n = 5; n > 2; n--)
        BIEN(as_queue_put_nowait(&cola, (void *)n));
    cr_assert_eq(as_await(lector), 5, "lo primero, no lo menor");
    cr_assert_eq(saca_uno(&cola), 3);
    cr_assert_eq(saca_uno(&cola), 4);
    as_queue_destroy(&cola);
    return as_group_leave(&grupo, 0);
}

PRUEBA(queue, con_prioridad_quien_ya_esperaba_recibe_lo_primero)
{
    CORRE(ya_esperaba, NULL, 0);
}

static int hecho_de_mas(void *arg)
{
    as_queue cola;

    (void)arg;
    as_queue_init(&cola, 0);
    as_queue_task_done(&cola);
    return 0;
}

static void corre_hecho_de_mas(void)
{
    as_run(hecho_de_mas, NULL);
}

PRUEBA(queue, task_done_de_mas_se_explica)
{
    char salida[256];
    int estado = en_otro_proceso(corre_hecho_de_mas, salida, sizeof salida);

    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert(strstr(salida, "más veces que elementos hubo"), "dijo: %s", salida);
}
