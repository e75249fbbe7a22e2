#include "conformidad.h"

#include <sys/wait.h>

as_task *crea(as_group *grupo, as_fn *fn, void *arg)
{
    as_task *t = as_spawn(grupo, NULL, fn, arg);

    cr_assert_not_null(t);
    return t;
}

void cierra(as_group *grupo)
{
    BIEN(as_group_leave(grupo, 0));
}

void turnos(int n)
{
    while (n-- > 0)
        BIEN(as_yield());
}

static void despidete(const struct durmiente *d)
{
    as_scope protegido;

    if (d->despide == 0)
        return;
    as_shield_enter(&protegido, AS_FOREVER);
    BIEN(as_scope_leave(&protegido, as_sleep(d->despide)));
}

int duerme(void *arg)
{
    struct durmiente *d = arg;

    d->empezo++;
    int rc = as_sleep(d->ms);
    if (rc == UV_ECANCELED) {
        d->corte++;
        despidete(d);
        rc = d->al_cortar != 0 ? d->al_cortar : UV_ECANCELED;
    } else if (rc == 0) {
        rc = d->rc;
    }
    d->acabo = true;
    return rc;
}

int espera_futuro(void *arg)
{
    return as_future_wait(arg, NULL);
}

int nada(void *arg)
{
    (void)arg;
    return 0;
}

int espera_siempre(void *arg)
{
    as_future nunca;

    (void)arg;
    as_future_init(&nunca);
    return as_future_wait(&nunca, NULL);
}

int saca(as_queue *cola)
{
    void *cosa = NULL;

    BIEN(as_queue_get(cola, &cosa));
    return (int)(intptr_t)cosa;
}

int saca_ya(as_queue *cola)
{
    void *cosa = NULL;

    BIEN(as_queue_get_nowait(cola, &cosa));
    return (int)(intptr_t)cosa;
}

int lectora(void *arg)
{
    void *cosa = NULL;
    int rc = as_queue_get(arg, &cosa);

    return rc < 0 ? rc : (int)(intptr_t)cosa;
}

int escritora(void *arg)
{
    struct puesta *p = arg;
    int rc = as_queue_put(p->cola, COSA(p->cosa));

    p->puesta = rc == 0;
    return rc;
}

int pone_varias(void *arg)
{
    struct tanda *t = arg;

    for (int i = 0; i < t->cuantas; i++) {
        BIEN(as_queue_put(t->cola, COSA(i)));
        t->puestas++;
    }
    return 0;
}

static as_fn *lo_que_aborta;

static void corre_lo_que_aborta(void)
{
    as_run(lo_que_aborta, NULL);
}

void aborta_con(as_fn *fn, const char *explicacion)
{
    char salida[1024];

    lo_que_aborta = fn;
    int estado = en_otro_proceso(corre_lo_que_aborta, salida, sizeof salida);
    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT, "no abortó: %s",
              salida);
    cr_assert(strstr(salida, explicacion), "dijo: %s", salida);
}
