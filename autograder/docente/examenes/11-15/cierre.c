/* Un museo que no consigue cerrar. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [museo] */
static int dentro;      /* visitantes que están dentro */
static as_event vacio;  /* se enciende cuando sale el último */
static as_lock vitrina; /* la mira un solo visitante a la vez */

struct visitante {
    const char *nombre;
    int ms;
    bool con_prisa;
};

static void salir(void)
{
    if (--dentro == 0)
        as_event_set(&vacio);
}

static int visitar(void *arg)
{
    const struct visitante *v = arg;

    dentro++;
    int rc = as_lock_acquire(&vitrina);
    if (rc < 0)
        return rc;
    rc = as_sleep(v->ms);
    as_lock_release(&vitrina);
    if (v->con_prisa)
        return rc; /* por la puerta de atrás */
    salir();
    return rc;
}
/* [/museo] */

/* [cerrar] */
static int apagar_luces(void *arg)
{
    (void)arg;
    int rc = as_event_wait(&vacio);
    if (rc == 0)
        puts("luces apagadas");
    return rc;
}

/* A medianoche, si sigue abierto, cuenta qué pasa y lo cancela todo. */
static int medianoche(void *arg)
{
    int rc = as_sleep(3600 * 1000);
    if (rc < 0)
        return rc;
    printf("medianoche: quedan %d dentro\n", dentro);
    as_dump(stdout);
    as_group_cancel(arg);
    return 0;
}
/* [/cerrar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct visitante gente[] = {{"Ana", 1000, false},
                                {"Blas", 500, true},
                                {"Cora", 700, false}};
    as_group museo;
    int rc = 0;

    as_event_init(&vacio);
    as_lock_init(&vitrina);
    as_group_enter(&museo);
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = as_start_soon(&museo, gente[i].nombre, visitar, &gente[i]);
    if (rc == 0)
        rc = as_start_soon(&museo, "luces", apagar_luces, NULL);
    if (rc == 0)
        rc = as_start_soon(&museo, "medianoche", medianoche, &museo);
    return as_group_leave(&museo, rc);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
