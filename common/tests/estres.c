#include "estres.h"

#include "core/list.h"

struct mundo *m;

/* splitmix64, de Steele, Lea y Flood. */
unsigned azar(unsigned n)
{
    uint64_t z = m->azar += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ z >> 31) % n);
}

/* Lo que se hace con algo en la mano. */
static void entretente(void)
{
    switch (azar(4)) {
    case 0:
        DA_IGUAL(as_sleep(azar(3)));
        break;
    case 1:
        DA_IGUAL(as_yield());
        break;
    default:
        break;
    }
}

/* ---- Un paso con cada cosa: devuelven 0 o UV_ECANCELED -------------------------------- */

static int paso_cerrojo(void)
{
    struct cerrojo *c = &m->cerrojos[azar(CERROJOS)];
    uint64_t boleto = ++c->boleto;

    int rc = as_lock_acquire(&c->lock);
    if (rc < 0)
        return rc;
    EXIGE(!c->ocupado);
    EXIGE(boleto > c->ultimo);
    c->ultimo = boleto;
    c->ocupado = true;
    entretente();
    EXIGE(c->ocupado && as_lock_locked(&c->lock));
    c->ocupado = false;
    as_lock_release(&c->lock);
    return 0;
}

static int paso_semaforo(void)
{
    struct semaforo *s = &m->semaforos[azar(SEMAFOROS)];
    uint64_t boleto = ++s->boleto;
    bool espera = s->semaforo.permits == 0;

    int rc = as_semaphore_acquire(&s->semaforo);
    if (rc < 0)
        return rc;
    EXIGE(++s->dentro <= s->permisos);
    if (espera) { /* quien entra sin esperar puede adelantar a quien aún no ha despertado */
        EXIGE(boleto > s->ultimo);
        s->ultimo = boleto;
    }
    entretente();
    s->dentro--;
    as_semaphore_release(&s->semaforo);
    return 0;
}

struct pieza {
    uint64_t serie;
    bool puesta;
};

static int paso_pone(void)
{
    struct cola *c = &m->colas[azar(COLAS)];
    struct pieza *p = malloc(sizeof *p);

    EXIGE(p);
    *p = (struct pieza){.serie = ++c->serie, .puesta = true};
    int rc = as_queue_put(&c->cola, p);
    EXIGE(as_queue_size(&c->cola) <= TOPE);
    if (rc == 0)
        c->puestos++;
    else
        free(p);
    EXIGE(rc == 0 || rc == UV_ECANCELED);
    return rc;
}

static void recibe(struct cola *c, struct pieza *p, bool en_orden)
{
    EXIGE(p->puesta);
    EXIGE(!en_orden || p->serie > c->ultima);
    c->ultima = p->serie;
    p->puesta = false;
    c->sacados++;
    free(p);
    as_queue_task_done(&c->cola);
}

static int paso_saca(void)
{
    struct cola *c = &m->colas[1 + 2 * azar(COLAS / 2)];
    void *p;

    int rc = as_queue_get(&c->cola, &p);
    if (rc == 0)
        recibe(c, p, false);
    return rc;
}

int consumidora(void *arg)
{
    struct cola *c = arg;
    bool en_orden = (c - m->colas) % 2 == 0;
    void *p;
    int rc;

    while ((rc = as_queue_get(&c->cola, &p)) == 0) {
        recibe(c, p, en_orden);
        entretente();
    }
    return rc == UV_EOF ? 0 : rc;
}

static int paso_condicion(void)
{
    int rc = as_lock_acquire(&m->de_la_condicion);

    if (rc < 0)
        return rc;
    EXIGE(!m->condicion_ocupada);
    if (azar(2)) {
        rc = as_condition_wait(&m->condicion);
        EXIGE(rc == 0 || rc == UV_ECANCELED);
        EXIGE(!m->condicion_ocupada && as_lock_locked(&m->de_la_condicion));
    } else {
        as_condition_notify(&m->condicion, 1 + azar(3));
    }
    m->condicion_ocupada = true;
    entretente();
    m->condicion_ocupada = false;
    as_lock_release(&m->de_la_condicion);
    return rc;
}

static int paso_evento(void)
{
    switch (azar(4)) {
    case 0:
        as_event_set(&m->evento);
        return as_yield();
    case 1:
        as_event_clear(&m->evento);
        return as_yield();
    default:
        return as_event_wait(&m->evento);
    }
}

static int paso_barrera(void)
{
    int rc = as_barrier_wait(&m->barrera);

    EXIGE(rc == UV_ECANCELED || (rc >= 0 && rc < PARTES));
    if (rc < 0)
        return rc;
    m->pasaron[rc]++;
    return 0;
}

static void llamada(void *arg)
{
    ++*(int *)arg;
    m->llamadas_hechas++;
}

static int paso_llamada(void)
{
    as_timer timer;
    int hecha = 0;

    as_call_later(&timer, azar(4), llamada, &hecha);
    m->llamadas_puestas++;
    int rc = as_sleep(azar(4));
    if (as_timer_cancel(&timer)) {
        EXIGE(hecha == 0);
        m->llamadas_quitadas++;
    } else {
        EXIGE(hecha == 1);
    }
    return rc;
}

static int paso_duerme(void)
{
    unsigned ms = azar(5);
    uint64_t antes = as_now_ns();

    int rc = as_sleep(ms);
    EXIGE(rc < 0 || as_now_ns() == antes + ms * UINT64_C(1000000));
    return rc;
}

/* Quien espera, espera algo que no hay. */
static void nadie_espera_en_vano(void)
{
    for (int i = 0; i < CERROJOS; i++)
        EXIGE(m->cerrojos[i].lock.owner || as__list_empty(&m->cerrojos[i].lock.waiters));
    for (int i = 0; i < SEMAFOROS; i++) {
        const as_semaphore *s = &m->semaforos[i].semaforo;
        EXIGE(s->permits == 0 || as__list_empty(&s->waiters));
    }
    for (int i = 0; i < COLAS; i++) {
        const as_queue *c = &m->colas[i].cola;
        EXIGE(c->size == TOPE || as__list_empty(&c->putters));
        EXIGE(c->size == 0 || as__list_empty(&c->getters));
    }
    EXIGE(!m->evento.set || as__list_empty(&m->evento.waiters));
}

int paso_suelto(void)
{
    static int (*const pasos[])(void) = {
        paso_cerrojo,   paso_cerrojo, paso_semaforo, paso_semaforo, paso_pone,
        paso_pone,      paso_saca,    paso_evento,   paso_llamada,  paso_duerme,
        paso_condicion, paso_barrera, as_yield};

    nadie_espera_en_vano();
    return pasos[azar(sizeof pasos / sizeof *pasos)]();
}
