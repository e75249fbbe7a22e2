/* Ejercicio 3: tres productores, dos consumidores y una cola con tope. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRODUCTORES = 3, POR_PRODUCTOR = 4, CONSUMIDORES = 2, TOPE = 5 };
enum { SEMILLA = 7300 }; /* otra daría otros tiempos */

/* [participante] */
struct participante {
    as_queue *cola;
    int numero;
    unsigned azar; /* su semilla: cada ejecución es igual */
};
/* [/participante] */

struct elemento {
    int productor, orden;
};

static int dormir_entre(unsigned *azar, int minimo_ms, int maximo_ms)
{
    return as_sleep(minimo_ms +
                    rand_r(azar) % (maximo_ms - minimo_ms + 1));
}

/* [producir] */
static int producir(void *arg)
{
    struct participante *p = arg;

    for (int i = 0; i < POR_PRODUCTOR; i++) {
        int rc = dormir_entre(&p->azar, 100, 500);
        if (rc < 0)
            return rc;
        struct elemento *e = malloc(sizeof *e);
        if (!e)
            return UV_ENOMEM;
        *e = (struct elemento){p->numero, i};
        rc = as_queue_put(p->cola, e); /* llena, espera */
        if (rc < 0) {
            free(e);
            return rc;
        }
        printf("Productor %d creó: %d-%d\n", p->numero, p->numero, i);
    }
    printf("Productor %d terminó\n", p->numero);
    return 0;
}
/* [/producir] */

/* [consumir] */
static int consumir(void *arg)
{
    struct participante *c = arg;
    void *sacado;
    int rc;

    while ((rc = as_queue_get(c->cola, &sacado)) == 0) {
        struct elemento e = *(struct elemento *)sacado;
        free(sacado);
        rc = dormir_entre(&c->azar, 200, 800);
        if (rc < 0)
            return rc;
        printf("  Consumidor %d procesó: %d-%d\n", c->numero,
               e.productor, e.orden);
        as_queue_task_done(c->cola);
    }
    if (rc != UV_EOF)
        return rc;
    printf("  Consumidor %d terminó\n", c->numero);
    return 0;
}
/* [/consumir] */

/* [repartir] */
static int repartir(as_queue *cola)
{
    struct participante productores[PRODUCTORES];
    struct participante consumidores[CONSUMIDORES];
    as_call llamadas[PRODUCTORES];
    as_group grupo;
    int rc = 0;

    for (int i = 0; i < PRODUCTORES; i++) {
        productores[i] = (struct participante){cola, i, SEMILLA + i};
        llamadas[i] = (as_call){producir, &productores[i], "productor"};
    }
    as_group_enter(&grupo);
    for (int i = 0; i < CONSUMIDORES && rc == 0; i++) {
        consumidores[i] = (struct participante){cola, i,
                                                SEMILLA + 50 + i};
        rc = as_start_soon(&grupo, "consumidor", consumir,
                           &consumidores[i]);
    }
    if (rc == 0)
        rc = as_gather(llamadas, PRODUCTORES, NULL);
    if (rc == 0)
        rc = as_queue_join(cola); /* todo está procesado */
    as_queue_close(cola);         /* los consumidores reciben UV_EOF */
    return as_group_leave(&grupo, rc);
}
/* [/repartir] */

static int principal(void *arg)
{
    (void)arg;
    as_queue cola;

    as_queue_init(&cola, TOPE);
    int rc = repartir(&cola);
    void *resto;
    while (as_queue_get_nowait(&cola, &resto) == 0)
        free(resto); /* solo si algo falló a mitad */
    as_queue_destroy(&cola);
    if (rc == 0)
        puts("Todo repartido");
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
