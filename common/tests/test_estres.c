/*
 * Diez mil tareas que hacen cosas al azar con todo lo que hay: cerrojos, semáforos, colas,
 * condiciones, eventos, futuros, ámbitos, grupos y cancelaciones. Lo que hace cada una no importa;
 * importa lo que tiene que seguir siendo cierto mientras tanto y al final.
 *
 * Con el reloj virtual y sin nada de fuera, una semilla da siempre lo mismo: la de cada mundo se
 * escribe en stderr y se repite con ASINC_SEMILLA=N.
 */
#include "estres.h"

TestSuite(estres, .timeout = 300);

#if defined(PRUEBA_LIGERA) && !defined(PRUEBA_ASAN)
enum { TAREAS = 3000, SEMILLAS = 2 };
#else
enum { TAREAS = 10000, SEMILLAS = 5 };
#endif

enum { HONDURA = 6, HIJAS = 5, OLAS = 60 };

/* ---- Tareas que crean tareas ---------------------------------------------------------- */

struct obra {
    int hondura;
    bool nacio, acabo;
    as_future *cita; /* la de su grupo; a veces la espera */
};

static int tarea(void *arg);

static void avisada(as_future *futuro, void *arg)
{
    EXIGE(as_future_done(futuro));
    ++*(int *)arg;
    m->avisos_hechos++;
}

/* Hace algo con las tareas de su grupo. Un error de una hija no es de quien la espera. */
static int trata(as_group *g, as_task **hijas, unsigned n, as_future *cita, int *avisos)
{
    unsigned cual = azar(n);
    ssize_t rc = 0;

    switch (azar(7)) {
    case 0:
        rc = as_await(hijas[cual]);
        EXIGE(rc == UV_ECANCELED || as_task_done(hijas[cual]));
        break;
    case 1:
        rc = as_yield();
        as_cancel(hijas[cual]);
        break;
    case 2:
        as_group_cancel(g);
        rc = as_sleep(1);
        EXIGE(rc == UV_ECANCELED);
        break;
    case 3:
        rc = as_wait_any(hijas, n);
        EXIGE(rc == UV_ECANCELED || as_task_done(hijas[rc]));
        break;
    case 4:
        EXIGE(as_future_add_done_callback(as_task_future(hijas[cual]), avisada, avisos) ==
              0);
        m->avisos_puestos++;
        --*avisos;
        break;
    case 5:
        EXIGE(as_future_set_result(cita, m) == 0);
        break;
    default:
        as_cancel(hijas[cual]);
        break;
    }
    return rc == UV_ECANCELED && as_cancelled() ? UV_ECANCELED : 0;
}

static int paso_grupo(int hondura)
{
    struct obra obras[HIJAS] = {0};
    as_task *hijas[HIJAS];
    as_future cita;
    as_group g;
    unsigned n = 0;
    int avisos = 0, rc;

    as_future_init(&cita);
    as_group_enter(&g);
    if (azar(2))
        as_group_keep_going(&g);
    for (unsigned quiere = 1 + azar(HIJAS); n < quiere && m->por_nacer > 0; n++) {
        m->por_nacer--;
        obras[n] = (struct obra){.hondura = hondura + 1, .cita = &cita};
        hijas[n] = as_spawn(&g, NULL, tarea, &obras[n]);
        EXIGE(hijas[n]);
    }
    rc = n > 0 ? trata(&g, hijas, n, &cita, &avisos) : 0;
    if (!as_future_done(&cita) && azar(2))
        as_future_cancel(&cita);
    rc = as_group_leave(&g, rc);
    for (unsigned i = 0; i < n; i++)
        EXIGE(obras[i].nacio &&
              obras[i].acabo); /* también las canceladas antes de empezar */
    EXIGE(avisos == 0);
    EXIGE(rc == 0 || rc == UV_ECANCELED || rc == UV_EIO);
    return rc == UV_ECANCELED ? rc : 0;
}

static int paso(int hondura)
{
    if (azar(5) > 0)
        return paso_suelto();
    return hondura < HONDURA && m->por_nacer > 0 ? paso_grupo(hondura) : 0;
}

/* Cada paso, con un plazo: nadie espera para siempre. */
static int paso_con_plazo(struct obra *o)
{
    uint64_t antes = as_now_ns();
    unsigned ms = azar(12);
    bool protegido = azar(10) == 0, estaba = as_cancelled();
    as_scope plazo;

    if (protegido)
        as_shield_enter(&plazo, ms);
    else
        as_scope_enter(&plazo, ms);
    EXIGE(as_cancelled() == (ms == 0 || (estaba && !protegido)));
    int dentro = azar(8) ? paso(o->hondura) : as_future_wait(o->cita, NULL);
    if (!protegido && estaba)
        EXIGE(as_cancelled());
    int rc = as_scope_leave(&plazo, dentro);
    EXIGE(dentro == 0 ? rc == 0 : rc == UV_ECANCELED || rc == UV_ETIMEDOUT);
    EXIGE(rc != UV_ETIMEDOUT || as_now_ns() >= antes + ms * UINT64_C(1000000));
    return rc == UV_ECANCELED && as_cancelled() ? UV_ECANCELED : 0;
}

static int tarea(void *arg)
{
    struct obra *o = arg;
    int rc = 0;

    EXIGE(!o->nacio);
    o->nacio = true;
    m->nacidas++;
    for (unsigned i = 0, n = 2 + azar(10); i < n; i++) {
        rc = paso_con_plazo(o);
        if (rc == UV_ECANCELED && azar(3)) /* a veces no hace caso */
            break;
    }
    o->acabo = true;
    m->acabadas++;
    return azar(20) == 0 ? UV_EIO : rc;
}

/* ---- El mundo ------------------------------------------------------------------------- */

static void crea_mundo(struct mundo *mundo, unsigned semilla)
{
    m = mundo;
    *m = (struct mundo){.azar = semilla, .semilla = semilla, .por_nacer = TAREAS};
    for (int i = 0; i < CERROJOS; i++)
        as_lock_init(&m->cerrojos[i].lock);
    for (int i = 0; i < SEMAFOROS; i++) {
        m->semaforos[i].permisos = 1 + (size_t)i * 2;
        as_semaphore_init(&m->semaforos[i].semaforo, m->semaforos[i].permisos);
    }
    for (int i = 0; i < COLAS; i++)
        as_queue_init(&m->colas[i].cola, TOPE);
    as_lock_init(&m->de_la_condicion);
    as_condition_init(&m->condicion, &m->de_la_condicion);
    as_event_init(&m->evento);
    as_barrier_init(&m->barrera, PARTES);
}

static void nada_se_perdio(void)
{
    EXIGE(m->nacidas == TAREAS && m->acabadas == TAREAS);
    EXIGE(as_task_count() == 1);
    for (int i = 0; i < CERROJOS; i++)
        EXIGE(!as_lock_locked(&m->cerrojos[i].lock));
    EXIGE(!as_lock_locked(&m->de_la_condicion));
    for (int i = 0; i < SEMAFOROS; i++) {
        EXIGE(m->semaforos[i].dentro == 0);
        EXIGE(m->semaforos[i].semaforo.permits == m->semaforos[i].permisos);
    }
    for (int i = 0; i < COLAS; i++) {
        EXIGE(m->colas[i].puestos == m->colas[i].sacados);
        EXIGE(m->colas[i].puestos > 0);
        as_queue_destroy(&m->colas[i].cola);
    }
    for (int i = 0; i < PARTES; i++) /* cada vez que se abre reparte todos los números */
        EXIGE(m->pasaron[i] == m->pasaron[0] && m->pasaron[i] > 0);
    EXIGE(m->llamadas_hechas + m->llamadas_quitadas == m->llamadas_puestas);
    EXIGE(m->avisos_hechos == m->avisos_puestos);
}

static int vive(void *arg)
{
    as_group consumidoras;
    int rc = 0;

    (void)arg;
    as_group_enter(&consumidoras);
    for (int i = 0; i < COLAS; i++)
        for (int j = 0; j < 1 + i % 2; j++) {
            rc = as_start_soon(&consumidoras, "consumidora", consumidora, &m->colas[i]);
            EXIGE(rc == 0);
        }
    while (m->por_nacer > 0) { /* por olas, de muchos grupos cada una */
        as_group ola;
        struct obra raices[OLAS] = {0};
        as_future sin_cita;
        as_future_init(&sin_cita);
        as_group_enter(&ola);
        as_group_keep_going(&ola);
        for (int i = 0; i < OLAS && m->por_nacer > 0; i++) {
            m->por_nacer--;
            raices[i].cita = &sin_cita;
            rc = as_start_soon(&ola, NULL, tarea, &raices[i]);
            EXIGE(rc == 0);
        }
        rc = as_group_leave(&ola, 0);
        EXIGE(rc == 0 || rc == UV_EIO);
    }
    for (int i = 0; i < COLAS; i++) {
        EXIGE(as_queue_join(&m->colas[i].cola) == 0);
        as_queue_close(&m->colas[i].cola);
    }
    rc = as_group_leave(&consumidoras, 0);
    nada_se_perdio();
    return rc;
}

static void prueba_semilla(unsigned semilla)
{
    static struct mundo mundo;

    fprintf(stderr, "# estrés: ASINC_SEMILLA=%u\n", semilla);
    crea_mundo(&mundo, semilla);
    CORRE(vive, NULL, 0);
}

PRUEBA(estres, con_diez_mil_tareas_al_azar_nada_se_pierde_ni_se_cuela)
{
    const char *pedida = getenv("ASINC_SEMILLA");
    unsigned fresca;

    if (pedida) {
        prueba_semilla((unsigned)strtoul(pedida, NULL, 10));
        return;
    }
    for (unsigned semilla = 1; semilla < SEMILLAS; semilla++)
        prueba_semilla(semilla);
    cr_assert_eq(uv_random(NULL, NULL, &fresca, sizeof fresca, 0, NULL), 0);
    prueba_semilla(fresca);
}
