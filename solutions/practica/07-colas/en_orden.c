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

/* Hace nacer las piezas, por orden, y las pone en `pendientes`. El permiso se toma antes de que
 * nazca la pieza, y lo devuelve quien la escribe. */
static int leer(void)
{
    for (int i = 0; i < PIEZAS; i++) {
        int rc = as_semaphore_acquire(&sitio);
        if (rc < 0)
            return rc;
        struct pieza *p = nacer(i);
        if (!p)
            return UV_ENOMEM;
        rc = as_queue_put(&pendientes, p);
        if (rc < 0) {
            free(p);
            return rc;
        }
    }
    return 0;
}

/* Saca de `pendientes`, procesa y pone en `hechas`. */
static int trabajar(void *arg)
{
    (void)arg;
    void *sacado;
    int rc;

    while ((rc = as_queue_get(&pendientes, &sacado)) == 0) {
        struct pieza *p = sacado;
        rc = procesar(p);
        if (rc == 0)
            rc = as_queue_put(&hechas, p);
        if (rc < 0) {
            free(p);
            return rc;
        }
    }
    return rc == UV_EOF ? 0 : rc;
}

/* Saca de `hechas` y las escribe por orden. Las que llegan antes de tiempo son suyas: si algo
 * falla, las libera. */
static int escribir(void *arg)
{
    (void)arg;
    struct pieza *esperan[PIEZAS] = {NULL};
    void *sacado;
    int rc, toca = 0;

    while ((rc = as_queue_get(&hechas, &sacado)) == 0) {
        struct pieza *p = sacado;
        esperan[p->numero] = p;
        for (; toca < PIEZAS && esperan[toca]; toca++) {
            escribir_una(esperan[toca]);
            as_semaphore_release(&sitio);
        }
    }
    for (; toca < PIEZAS; toca++)
        free(esperan[toca]);
    return rc == UV_EOF ? 0 : rc;
}

static int procesar_todo(void)
{
    as_group grupo;
    int rc = 0;

    as_group_enter(&grupo);
    for (int i = 0; i < TRABAJADORES && rc == 0; i++)
        rc = as_start_soon(&grupo, "trabajador", trabajar, NULL);
    if (rc == 0)
        rc = leer();
    as_queue_close(&pendientes);
    return as_group_leave(&grupo, rc);
}

static void vaciar(as_queue *cola)
{
    void *resto;

    while (as_queue_get_nowait(cola, &resto) == 0)
        free(resto);
}

/* Lanza a todos, y cierra cada cola a su tiempo. */
static int repartir(void)
{
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "escribe", escribir, NULL);
    if (rc == 0)
        rc = procesar_todo();
    as_queue_close(&hechas);
    rc = as_group_leave(&grupo, rc);
    vaciar(&pendientes); /* solo si algo falló queda algo */
    vaciar(&hechas);
    return rc;
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
