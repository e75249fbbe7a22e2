/*
 * 5 · Construir · 50 minutos
 * Una cola con tope, para `mini.h`.
 *
 * Escribe `cola_poner` y `cola_sacar`. La cola guarda hasta TOPE números.
 * `cola_poner` suspende mientras esté llena, y `cola_sacar`, mientras esté vacía.
 * Devuelven 0, o un código negativo si cancelan la tarea; entonces ni pusieron ni
 * se llevaron nada. Salen en el orden en que entraron.
 *
 * Piensa en esto antes de empezar: entre que despiertas a una tarea y ella corre,
 * otra puede haberse adelantado, y también pueden cancelarla. Si solo despiertas a
 * una y la cancelan, ¿quién avisa a la siguiente?
 *
 * Las piezas: esperar_en, despertar.
 */
#include "../../../lessons/16-por-dentro/mini.h"

#include <stdio.h>

enum { TOPE = 2 };

struct cola {
    int numeros[TOPE], primero, n;
    as_task *esperan_sitio, *esperan_numero;
};

static int cola_poner(struct cola *c, int numero)
{
    /* TODO */
    (void)c, (void)numero;
    return 0;
}

static int cola_sacar(struct cola *c, int *numero)
{
    /* TODO */
    (void)c;
    *numero = 0;
    return 0;
}

static struct cola cola;

static int producir(void *arg)
{
    (void)arg;
    for (int i = 1; i <= 6; i++) {
        int rc = cola_poner(&cola, i);
        if (rc < 0)
            return rc;
        printf("%3d ms: entra %d\n", (int)as_now(), i);
    }
    return 0;
}

static int consumir(void *arg)
{
    const char *nombre = arg;

    for (int i = 0; i < 3; i++) {
        int numero, rc = cola_sacar(&cola, &numero);
        if (rc == 0)
            rc = as_sleep(100);
        if (rc < 0)
            return rc;
        printf("%3d ms: %s acaba el %d\n", (int)as_now(), nombre,
               numero);
    }
    return 0;
}

static int impaciente(void *arg)
{
    int numero, rc = cola_sacar(&cola, &numero);

    (void)arg;
    printf("%3d ms: el impaciente %s\n", (int)as_now(),
           rc == UV_ECANCELED ? "se va sin nada" : "se lleva algo");
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_group g;

    /* Uno espera en la cola vacía y lo cancelan justo después de despertarlo. */
    as_group_enter(&g);
    as_task *t = as_spawn(&g, "impaciente", impaciente, NULL);
    int rc = t ? as_sleep(1) : UV_ENOMEM;
    if (rc == 0)
        rc = cola_poner(&cola, 0);
    if (rc == 0)
        cancelar(t);
    rc = as_group_leave(&g, rc);
    int numero;
    if (rc == 0)
        rc = cola_sacar(&cola, &numero);
    if (rc < 0)
        return rc;
    printf("%3d ms: el %d sigue en la cola\n", (int)as_now(), numero);

    as_group_enter(&g);
    rc = as_start_soon(&g, "productor", producir, NULL);
    if (rc == 0)
        rc = as_start_soon(&g, "Ana", consumir, "Ana");
    if (rc == 0)
        rc = as_start_soon(&g, "Luis", consumir, "Luis");
    return as_group_leave(&g, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
