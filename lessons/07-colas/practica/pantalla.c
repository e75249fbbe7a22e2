/*
 * 5 · Construir · 15 minutos
 * Una pantalla que escribe como mucho cada 250 ms, y siempre lo último.
 *
 * Los avisos llegan por la cola cuando quieren: son enteros, el tanto por ciento.
 * `pintar` mira a los 250 ms, a los 500, a los 750...: si desde la vez anterior llegó
 * algún aviso nuevo, escribe «T ms: P %» con el último. Y al cerrarse la cola, el
 * último si aún no lo había escrito. Es lo que hará la pantalla del laboratorio 11.
 *
 * Las piezas: as_queue_get dentro de un ámbito cuyo plazo llega hasta la próxima
 * vez que toca pintar. Si ya pasó la hora, ponle 0: negativo es «sin plazo».
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CADA_MS = 250 };

static uint64_t inicio;

static int pintar(void *arg)
{
    as_queue *avisos = arg;
    /* TODO */
    (void)avisos, (void)inicio;
    return 0;
}

static int avisar(as_queue *avisos)
{
    static int tantos[] = {5, 10, 20, 60, 61, 100};
    static const int esperas[] = {100, 50, 30, 600, 10, 20};

    for (int i = 0; i < 6; i++) {
        int rc = as_sleep(esperas[i]);
        if (rc == 0)
            rc = as_queue_put(avisos, &tantos[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    as_queue avisos;
    as_group grupo;

    inicio = as_now();
    as_queue_init(&avisos, 0);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "pantalla", pintar, &avisos);
    if (rc == 0)
        rc = avisar(&avisos);
    as_queue_close(&avisos);
    rc = as_group_leave(&grupo, rc);
    as_queue_destroy(&avisos);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
