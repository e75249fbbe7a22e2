/*
 * 6 · Construir · 40 minutos
 * Tres trabajadores, y los resultados en el orden en que entraron.
 *
 * Las piezas pasan por dos colas: de `leer` a los trabajadores y de estos a
 * `escribir`. Unas tardan ocho veces más que otras, así que salen desordenadas, y
 * `escribir` guarda las que llegan antes de tiempo. Para que no se acumulen, en
 * ningún momento puede haber más de EN_VUELO piezas nacidas y sin escribir.
 *
 * Escribe las cuatro funciones con TODO. `nacer`, `procesar` y `escribir_una` ya
 * están hechas: la primera pide la memoria de la pieza, y la última la libera. Si
 * algo falla, cada pieza la libera quien la tenga.
 *
 * Las piezas: dos colas, un grupo dentro de otro y un semáforo.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

enum { PIEZAS = 12, TRABAJADORES = 3, EN_VUELO = 5 };

struct pieza {
    int numero; /* de 0 a PIEZAS - 1 */
    int cuadrado;
};

static as_queue pendientes, hechas;
static as_semaphore sitio; /* quedan tantos hasta EN_VUELO */
static int en_vuelo, maximo;

static struct pieza *nacer(int numero)
{
    struct pieza *p = malloc(sizeof *p);

    if (!p)
        return NULL;
    *p = (struct pieza){.numero = numero};
    if (++en_vuelo > maximo)
        maximo = en_vuelo;
    return p;
}

static int procesar(struct pieza *p)
{
    p->cuadrado = p->numero * p->numero;
    return as_sleep(p->numero % 4 == 0 ? 400 : 50);
}

static void escribir_una(struct pieza *p)
{
    printf("%d: %d\n", p->numero, p->cuadrado);
    en_vuelo--;
    free(p);
}

/* Hace nacer las piezas, por orden, y las pone en `pendientes`. */
static int leer(void)
{
    /* TODO */
    (void)nacer;
    return 0;
}

/* Saca de `pendientes`, procesa y pone en `hechas`. */
static int trabajar(void *arg)
{
    /* TODO */
    (void)arg, (void)procesar;
    return 0;
}

/* Saca de `hechas` y las escribe por orden. */
static int escribir(void *arg)
{
    /* TODO */
    (void)arg, (void)escribir_una;
    return 0;
}

/* Lanza a todos, y cierra cada cola a su tiempo. */
static int repartir(void)
{
    /* TODO */
    (void)leer, (void)trabajar, (void)escribir;
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();

    as_queue_init(&pendientes, 2);
    as_queue_init(&hechas, 2);
    as_semaphore_init(&sitio, EN_VUELO);
    int rc = repartir();
    as_queue_destroy(&pendientes);
    as_queue_destroy(&hechas);
    printf("en vuelo, como mucho: %d\n", maximo);
    printf("en %d ms\n", (int)(as_now() - inicio));
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
