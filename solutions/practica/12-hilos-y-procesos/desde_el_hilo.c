/*
 * 3 · Arreglar · 8 minutos
 * Un termómetro que avisa desde otro hilo.
 *
 * `medir` es bloqueante y corre en un hilo. Quiere poner cada lectura en una cola
 * del bucle, y las colas son de tareas: el programa acaba con una explicación.
 * Haz que sea el bucle quien la ponga. Deben salir las tres lecturas y «fin».
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <unistd.h>

enum { LECTURAS = 3 };

static as_queue lecturas;

struct termometro {
    as_loop *bucle;
    int grados[LECTURAS];
};

/* Corre en el hilo del bucle. */
static void apuntar(void *arg)
{
    if (as_queue_put_nowait(&lecturas, arg) < 0)
        puts("una lectura perdida"); /* no cabía */
}

/* Corre en otro hilo. */
static int medir(void *arg)
{
    struct termometro *t = arg;
    int rc = 0;

    for (int i = 0; i < LECTURAS && rc == 0; i++) {
        usleep(10000); /* lo que tarda el aparato */
        t->grados[i] = 18 + i * i;
        rc = as_call_soon_threadsafe(t->bucle, apuntar, &t->grados[i]);
    }
    return rc;
}

static int encargar(void *arg)
{
    int rc = as_work(medir, arg);

    as_queue_close(&lecturas);
    return rc;
}

static int mostrar(void *arg)
{
    (void)arg;
    void *grados;
    int rc;

    while ((rc = as_queue_get(&lecturas, &grados)) == 0)
        printf("%d grados\n", *(int *)grados);
    puts("fin");
    return rc == UV_EOF ? 0 : rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct termometro termometro = {.bucle = as_current_loop()};
    const as_call llamadas[] = {{.fn = encargar, .arg = &termometro}, {.fn = mostrar}};

    as_queue_init(&lecturas, LECTURAS);
    int rc = as_gather(llamadas, 2, NULL);
    as_queue_destroy(&lecturas);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
