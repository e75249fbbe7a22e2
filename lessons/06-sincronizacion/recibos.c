/* Una cuenta y tres recibos: el que no cabe espera a que haya dinero. */
#include <asinc/asinc.h>
#include <stdio.h>

static int saldo = 100;
static as_lock caja;
static as_condition hay_cambio; /* avisa de que cambió el saldo */
static uint64_t inicio;

struct orden {
    const char *nombre;
    int cantidad;
    int ms; /* en qué momento llega */
};

static void contar(const struct orden *o, const char *hace)
{
    printf("%4d ms: %s, %s %d; quedan %d\n", (int)(as_now() - inicio),
           o->nombre, hace, o->cantidad, saldo);
}

/* [pagar] */
static int pagar(void *arg)
{
    const struct orden *o = arg;

    int rc = as_lock_acquire(&caja);
    if (rc < 0)
        return rc;
    while (rc == 0 && saldo < o->cantidad)
        rc = as_condition_wait(&hay_cambio);
    if (rc == 0)
        rc = as_sleep(50); /* la consulta, con la caja tomada */
    if (rc == 0) {
        saldo -= o->cantidad;
        contar(o, "salen");
    }
    as_lock_release(&caja);
    return rc;
}
/* [/pagar] */

static int ingresar(void *arg)
{
    const struct orden *o = arg;

    int rc = as_sleep(o->ms);
    if (rc == 0)
        rc = as_lock_acquire(&caja);
    if (rc < 0)
        return rc;
    /* [ingresar] */
    saldo += o->cantidad;
    contar(o, "entran");
    as_condition_notify_all(&hay_cambio);
    as_lock_release(&caja);
    /* [/ingresar] */
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    struct orden viaje = {"viaje", 150, 0}, luz = {"luz", 30, 0},
                 alquiler = {"alquiler", 90, 0},
                 regalo = {"regalo", 60, 1000},
                 nomina = {"nómina", 120, 2000};
    const as_call llamadas[] = {
        {pagar, &viaje, "viaje"},       {pagar, &luz, "luz"},
        {pagar, &alquiler, "alquiler"}, {ingresar, &regalo, "regalo"},
        {ingresar, &nomina, "nómina"},
    };

    inicio = as_now();
    as_lock_init(&caja);
    as_condition_init(&hay_cambio, &caja);
    return as_gather(llamadas, 5, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
