/* test_locks.py: el semáforo. */
#include "conformidad.h"

TestSuite(conf_semaphore, .timeout = 60);

struct turno {
    as_semaphore *semaforo;
    struct diario *diario;
    int numero;
};

/* Toma un permiso, lo apunta y se lo queda. */
static int toma(void *arg)
{
    struct turno *t = arg;
    int rc = as_semaphore_acquire(t->semaforo);

    if (rc == 0)
        anota(t->diario, "%d ", t->numero);
    return rc;
}

/* true si no queda ningún permiso: pedirlo haría esperar. */
static bool agotado(as_semaphore *semaforo)
{
    as_scope plazo;

    as_scope_enter(&plazo, 1);
    int rc = as_scope_leave(&plazo, as_semaphore_acquire(semaforo));
    if (rc == 0)
        as_semaphore_release(semaforo);
    else
        cr_assert_eq(rc, UV_ETIMEDOUT);
    return rc < 0;
}

PRUEBA_CASO(conf_semaphore, initial_value_zero)
{
    as_semaphore semaforo;

    as_semaphore_init(&semaforo, 0);
    cr_assert(agotado(&semaforo));
}

PRUEBA_CASO(conf_semaphore, acquire)
{
    struct diario diario = {0};
    struct turno tareas[4];
    as_semaphore semaforo;
    as_group grupo;

    as_semaphore_init(&semaforo, 3);
    BIEN(as_semaphore_acquire(&semaforo));
    BIEN(as_semaphore_acquire(&semaforo));
    cr_assert_not(agotado(&semaforo));
    as_group_enter(&grupo);
    for (int i = 0; i < 4; i++)
        tareas[i] = (struct turno){&semaforo, &diario, i + 1};
    for (int i = 0; i < 3; i++)
        crea(&grupo, toma, &tareas[i]);
    turnos(1);
    DIARIO_ES(&diario, "1 ");
    crea(&grupo, toma, &tareas[3]);
    as_semaphore_release(&semaforo);
    as_semaphore_release(&semaforo);
    turnos(1);
    DIARIO_ES(&diario, "1 2 3 ");
    cr_assert(agotado(&semaforo));
    as_semaphore_release(&semaforo);
    cierra(&grupo);
    DIARIO_ES(&diario, "1 2 3 4 ");
}

PRUEBA_CASO(conf_semaphore, acquire_cancel)
{
    struct diario diario = {0};
    struct turno tarea;
    as_semaphore semaforo;
    as_group grupo;

    as_semaphore_init(&semaforo, 1);
    BIEN(as_semaphore_acquire(&semaforo));
    tarea = (struct turno){&semaforo, &diario, 1};
    as_group_enter(&grupo);
    as_task *t = crea(&grupo, toma, &tarea);
    turnos(1);
    as_cancel(t);
    DA(as_await(t), UV_ECANCELED);
    as_semaphore_release(&semaforo);
    cr_assert_not(agotado(&semaforo), "el permiso no se quedó con quien ya no espera");
    cierra(&grupo);
}

PRUEBA_CASO(conf_semaphore, acquire_cancel_before_awoken)
{
    struct diario diario = {0};
    struct turno tareas[4];
    as_semaphore semaforo;
    as_group grupo;
    as_task *t[4];

    as_semaphore_init(&semaforo, 0);
    as_group_enter(&grupo);
    for (int i = 0; i < 4; i++) {
        tareas[i] = (struct turno){&semaforo, &diario, i + 1};
        t[i] = crea(&grupo, toma, &tareas[i]);
    }
    turnos(1);
    as_cancel(t[0]);
    as_cancel(t[1]);
    as_semaphore_release(&semaforo);
    turnos(2);
    cr_assert(as_task_done(t[2]));
    cr_assert_not(as_task_done(t[3]));
    DIARIO_ES(&diario, "3 ");
    as_cancel(t[3]);
    cierra(&grupo);
}

PRUEBA_CASO(conf_semaphore, acquire_hang)
{
    struct diario diario = {0};
    struct turno tareas[2];
    as_semaphore semaforo;
    as_group grupo;
    as_task *t[2];

    as_semaphore_init(&semaforo, 0);
    as_group_enter(&grupo);
    for (int i = 0; i < 2; i++) {
        tareas[i] = (struct turno){&semaforo, &diario, i + 1};
        t[i] = crea(&grupo, toma, &tareas[i]);
    }
    turnos(1);
    as_cancel(t[0]);
    as_semaphore_release(&semaforo);
    turnos(2);
    cr_assert(agotado(&semaforo));
    cr_assert(as_task_done(t[1]));
    cierra(&grupo);
}

/* La primera suelta el permiso y cancela a la segunda, a quien ya se lo habían entregado. */
struct pareja_de_turnos {
    as_semaphore semaforo;
    as_task *segunda;
    bool entro;
};

static int suelta_y_cancela(void *arg)
{
    struct pareja_de_turnos *p = arg;

    BIEN(as_semaphore_acquire(&p->semaforo));
    BIEN(as_yield());
    as_semaphore_release(&p->semaforo);
    as_cancel(p->segunda);
    return 0;
}

static int entra_y_espera(void *arg)
{
    struct pareja_de_turnos *p = arg;
    int rc = as_semaphore_acquire(&p->semaforo);

    if (rc < 0)
        return rc;
    p->entro = true;
    rc = as_yield();
    as_semaphore_release(&p->semaforo);
    return rc;
}

PRUEBA_CASO(conf_semaphore, acquire_no_hang)
{
    struct pareja_de_turnos p = {.entro = false};
    as_group grupo;

    as_semaphore_init(&p.semaforo, 1);
    as_group_enter(&grupo);
    as_task *primera = crea(&grupo, suelta_y_cancela, &p);
    p.segunda = crea(&grupo, entra_y_espera, &p);
    BIEN(as_await(primera));
    DA(as_await(p.segunda), UV_ECANCELED);
    cr_assert(p.entro, "lo entregado es suyo: se entera en la espera siguiente");
    cr_assert_not(agotado(&p.semaforo));
    cierra(&grupo);
}

PRUEBA_CASO(conf_semaphore, release_not_acquired)
{
    as_semaphore semaforo;

    as_semaphore_init(&semaforo, 1);
    as_semaphore_release(&semaforo);
    BIEN(as_semaphore_acquire(&semaforo));
    cr_assert_not(agotado(&semaforo), "soltar de más añade un permiso");
}

PRUEBA_CASO(conf_semaphore, release_no_waiters)
{
    as_semaphore semaforo;

    as_semaphore_init(&semaforo, 1);
    BIEN(as_semaphore_acquire(&semaforo));
    cr_assert(agotado(&semaforo));
    as_semaphore_release(&semaforo);
    cr_assert_not(agotado(&semaforo));
}

static int dos_veces(void *arg)
{
    struct turno *t = arg;

    for (int vez = 1; vez <= 2; vez++) {
        BIEN(as_semaphore_acquire(t->semaforo));
        anota(t->diario, "%d_%d ", t->numero, vez);
        BIEN(as_sleep(10));
        as_semaphore_release(t->semaforo);
    }
    return 0;
}

PRUEBA_CASO(conf_semaphore, acquire_fifo_order)
{
    struct diario diario = {0};
    struct turno tareas[3];
    as_semaphore semaforo;
    as_group grupo;

    as_semaphore_init(&semaforo, 1);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++) {
        tareas[i] = (struct turno){&semaforo, &diario, i + 1};
        crea(&grupo, dos_veces, &tareas[i]);
    }
    cierra(&grupo);
    DIARIO_ES(&diario, "1_1 2_1 3_1 1_2 2_2 3_2 ");
}

/* Toma, suelta y vuelve a pedir: se pone a la cola. */
static int suelta_y_vuelve(void *arg)
{
    struct turno *t = arg;

    BIEN(as_semaphore_acquire(t->semaforo));
    anota(t->diario, "%d ", t->numero);
    as_semaphore_release(t->semaforo);
    BIEN(as_semaphore_acquire(t->semaforo));
    anota(t->diario, "%d ", t->numero + 2);
    return 0;
}

PRUEBA_CASO(conf_semaphore, acquire_fifo_order_2)
{
    struct diario diario = {0};
    struct turno tareas[3];
    as_semaphore semaforo;
    as_group grupo;

    as_semaphore_init(&semaforo, 1);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        tareas[i] = (struct turno){&semaforo, &diario, i + 1};
    crea(&grupo, toma, &tareas[0]);
    crea(&grupo, suelta_y_vuelve, &tareas[1]);
    crea(&grupo, toma, &tareas[2]);
    turnos(1);
    as_semaphore_release(&semaforo);
    as_semaphore_release(&semaforo);
    cierra(&grupo);
    /* La 3 ya tenía su permiso cuando la 2 volvió a pedir: solo le faltaba el turno. */
    DIARIO_ES(&diario, "1 2 4 3 ");
}

PRUEBA_CASO(conf_semaphore, acquire_fifo_order_3)
{
    struct diario diario = {0};
    struct turno tareas[3];
    as_semaphore semaforo;
    as_group grupo;
    as_task *t[3];

    as_semaphore_init(&semaforo, 0);
    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++) {
        tareas[i] = (struct turno){&semaforo, &diario, i + 1};
        t[i] = crea(&grupo, toma, &tareas[i]);
    }
    turnos(1);
    as_cancel(t[0]);
    turnos(1);
    as_semaphore_release(&semaforo);
    as_semaphore_release(&semaforo);
    cierra(&grupo);
    DIARIO_ES(&diario, "2 3 ");
}
