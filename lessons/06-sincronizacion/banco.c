/*
 * El banco entero: se espera a que abran, a que haya dinero en la cuenta y a que
 * quede libre una línea de la central.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { LINEAS = 2, CONSULTA_MS = 50, ABREN_MS = 200 };

/* [cuenta] */
struct banco {
    as_event abierto;
    as_semaphore lineas;
};

struct cuenta {
    const char *nombre;
    struct banco *banco;
    int saldo;
    as_lock cerrojo;
    as_condition hay_cambio;
};

struct orden {
    struct cuenta *cuenta;
    int cantidad; /* negativa, sale; positiva, entra */
    int ms;       /* cuándo llega */
};
/* [/cuenta] */

static uint64_t inicio;

static int consultar_con_permiso(struct banco *b)
{
    int rc = as_semaphore_acquire(&b->lineas);
    if (rc < 0)
        return rc;
    rc = as_sleep(CONSULTA_MS); /* aquí habría una petición de red */
    as_semaphore_release(&b->lineas);
    return rc;
}

static void contar(const struct cuenta *c, int cantidad)
{
    printf("%4d ms: %-4s %+4d; quedan %d\n", (int)(as_now() - inicio),
           c->nombre, cantidad, c->saldo);
}

/* [mover] */
/* Con el cerrojo de la cuenta tomado. */
static int mover(struct cuenta *c, int cantidad)
{
    int rc = 0;

    while (rc == 0 && c->saldo + cantidad < 0)
        rc = as_condition_wait(&c->hay_cambio);
    if (rc == 0)
        rc = consultar_con_permiso(c->banco);
    if (rc == 0) {
        c->saldo += cantidad;
        as_condition_notify_all(&c->hay_cambio);
        contar(c, cantidad);
    }
    return rc;
}
/* [/mover] */

/* [atender] */
static int atender(void *arg)
{
    const struct orden *o = arg;
    struct cuenta *c = o->cuenta;

    int rc = as_sleep(o->ms);
    if (rc == 0)
        rc = as_event_wait(&c->banco->abierto);
    if (rc == 0)
        rc = as_lock_acquire(&c->cerrojo);
    if (rc < 0)
        return rc;
    rc = mover(c, o->cantidad);
    as_lock_release(&c->cerrojo);
    return rc;
}
/* [/atender] */

static int abrir(void *arg)
{
    struct banco *b = arg;

    int rc = as_sleep(ABREN_MS); /* arranca la central */
    if (rc < 0)
        return rc;
    printf("%4d ms: abrimos\n", (int)(as_now() - inicio));
    as_event_set(&b->abierto);
    return 0;
}

static void preparar(struct cuenta *c, struct banco *b)
{
    c->banco = b;
    as_lock_init(&c->cerrojo);
    as_condition_init(&c->hay_cambio, &c->cerrojo);
}

static int principal(void *arg)
{
    (void)arg;
    struct banco banco;
    struct cuenta ana = {.nombre = "Ana", .saldo = 100},
                  blas = {.nombre = "Blas", .saldo = 10},
                  cora = {.nombre = "Cora", .saldo = 70};
    struct orden ordenes[] = {{&ana, -30, 0},
                              {&ana, -50, 0},
                              {&blas, -40, 10},
                              {&cora, -20, 20},
                              {&blas, +60, 500}};
    enum { ORDENES = sizeof ordenes / sizeof *ordenes };
    as_group grupo;

    inicio = as_now();
    as_event_init(&banco.abierto);
    as_semaphore_init(&banco.lineas, LINEAS);
    preparar(&ana, &banco);
    preparar(&blas, &banco);
    preparar(&cora, &banco);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "abrir", abrir, &banco);
    if (rc == 0)
        rc = as_gather_each(atender, ordenes, ORDENES, sizeof *ordenes,
                            NULL);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
