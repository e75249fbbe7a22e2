/*
 * 1 · Predecir · 5 minutos
 * Cinco maneras de tardar treinta milisegundos, y un corazón que late cada dos.
 *
 * ¿Con cuáles sigue latiendo? Escribe las cinco líneas: «calcular: late» o
 * «calcular: no late», y así con las demás.
 *
 * predicción:
 * calcular: no late
 * calcular en un hilo: late
 * usleep: no late
 * usleep en un hilo: late
 * as_sleep: late
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <unistd.h>

enum { TARDA_MS = 30 };

static int latidos;

static int latir(void *arg)
{
    (void)arg;
    int rc;

    while ((rc = as_sleep(2)) == 0)
        latidos++;
    return rc;
}

static int calcular(void *arg)
{
    (void)arg;
    uint64_t fin = as_now() + TARDA_MS;

    while (as_now() < fin)
        ; /* un cálculo que dura eso */
    return 0;
}

static int calcular_en_un_hilo(void *arg)
{
    return as_work(calcular, arg);
}

static int bloquear(void *arg)
{
    (void)arg;
    return usleep(TARDA_MS * 1000);
}

static int bloquear_en_un_hilo(void *arg)
{
    return as_work(bloquear, arg);
}

static int dormir(void *arg)
{
    (void)arg;
    return as_sleep(TARDA_MS);
}

static int probar(const char *nombre, as_fn *funcion)
{
    int antes = latidos;
    int rc = funcion(NULL);

    printf("%s: %s\n", nombre, latidos > antes ? "late" : "no late");
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "corazón", latir, NULL);
    if (rc == 0)
        rc = as_sleep(10);
    if (rc == 0)
        rc = probar("calcular", calcular);
    if (rc == 0)
        rc = probar("calcular en un hilo", calcular_en_un_hilo);
    if (rc == 0)
        rc = probar("usleep", bloquear);
    if (rc == 0)
        rc = probar("usleep en un hilo", bloquear_en_un_hilo);
    if (rc == 0)
        rc = probar("as_sleep", dormir);
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
