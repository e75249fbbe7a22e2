/* La respuesta a la pregunta 3: se sale en un solo sitio, por el que pasan todos los caminos. */
#include <asinc/asinc.h>
#include <stdio.h>

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

/* [arreglo] */
static int mirar(const struct visitante *v)
{
    int rc = as_lock_acquire(&vitrina);
    if (rc < 0)
        return rc;
    rc = as_sleep(v->ms);
    as_lock_release(&vitrina);
    return rc;
}

static int visitar(void *arg)
{
    dentro++;
    int rc = mirar(arg);
    salir(); /* en todos los caminos, también si cancelan */
    return rc;
}
/* [/arreglo] */

static uint64_t inicio;

static int apagar_luces(void *arg)
{
    (void)arg;
    int rc = as_event_wait(&vacio);
    if (rc == 0)
        printf("luces apagadas a los %d ms\n",
               (int)(as_now() - inicio));
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct visitante gente[] = {{"Ana", 1000, false},
                                {"Blas", 500, true},
                                {"Cora", 700, false}};
    as_group museo;
    int rc = 0;

    inicio = as_now();
    as_event_init(&vacio);
    as_lock_init(&vitrina);
    as_group_enter(&museo);
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = as_start_soon(&museo, gente[i].nombre, visitar, &gente[i]);
    if (rc == 0)
        rc = as_start_soon(&museo, "luces", apagar_luces, NULL);
    return as_group_leave(&museo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
